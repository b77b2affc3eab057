/* session_driver.h - drives a session in a test: real frames in, effects out as one line each.
 *
 *     struct drive d;
 *
 *     drive_ready(&d);                       until the first agent is in force at the model
 *     model_created(&d, "r1");
 *     model_call(&d, "r1", "c1", "find_patient", "{}");
 *     SEES(&d, "run tool find_patient c1 {} as A");
 *     job_done(&d, "c1", "Sam");
 *     model_done(&d, "r1");
 *     SEES(&d, "send output c1 Sam", "send response.create");
 *     drive_close(&d);
 *
 * Frames are written with ' for ". Time is virtual: drive_wait() goes from deadline to deadline and
 * holds each to its word (once fed, the next one is later).
 *
 * The app: agent A has find_patient (5 s), slow (1 s, cancelled by cutting in), look (10 s, with a
 * filler), transfer_to_B, transfer_to_A, fresh_to_C (which takes the newest item along) and
 * blank_to_C (none, and first words); B has get_invoice, transfer_to_A and transfer_to_C; C has
 * refund (1 s) and forget_me, which the operator and the caller approve within a minute. */
#ifndef MN_TEST_SESSION_DRIVER_H
#define MN_TEST_SESSION_DRIVER_H

#include "core/session.h"

#include "test.h"

#define DRIVE_JOBS 128
#define DRIVE_MADE 64

struct drive {
    struct mn_app_spec app;              /* may be changed between drive_init and drive_open */
    struct mn_session_settings settings; /* likewise */
    struct mn_session *s;
    int64_t now_ms;
    mn_leg leg;
    bool shows_turns; /* the flags of turn_detection in updates */
    bool tells;       /* show what the caller is told; else only errors and session.updated */
    unsigned notes;   /* 1 << MN_NOTE_x: those that are shown */
    struct mn_buf seen;
    char event_id[MN_ID_MAX]; /* of the last event sent to the model */
    char item_id[MN_ID_MAX];  /* of the last item of ours sent to it */
    struct {
        char name[MN_ID_MAX]; /* "prepare", or the call's id */
        uint32_t ticket;
    } jobs[DRIVE_JOBS];
    int njobs;
    char made[DRIVE_MADE]
             [MN_ID_MAX]; /* ids of items and calls the session made, shown as #1, #2... */
    int nmade;
};

void drive_init(struct drive *d);
void drive_open(struct drive *d);   /* makes the session and starts it */
void drive_ready(struct drive *d);  /* all of it, until the first session.updated; sees nothing */
void drive_set_up(struct drive *d); /* from drive_open to there */
void drive_close(struct drive *d);

/* Feeds one input and takes its effects. Returns what mn_session_feed returned. */
int drive_feed(struct drive *d, const struct mn_input *in);
int drive_order(struct drive *d, enum mn_input_type type, const char *text);
void drive_wait(struct drive *d, int64_t ms);

int model_sends(struct drive *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
int caller_sends(struct drive *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void model_created(struct drive *d, const char *response);
void model_done(struct drive *d, const char *response);
void model_item(struct drive *d, const char *role, const char *item, const char *previous);
void model_words(struct drive *d, const char *response, const char *item, const char *words);
void model_call(struct drive *d, const char *response, const char *call, const char *tool,
                const char *arguments);
void model_error(struct drive *d, const char *code, const char *event_id); /* id NULL for null */
void model_updated(struct drive *d);
void model_acks(struct drive *d, const char *item_id);
struct mn_verdict model_audio(struct drive *d, const char *response, const char *item, int ms);

void caller_speaks(struct drive *d);
void caller_stops(struct drive *d);

void prepared(struct drive *d, const char *instructions);
void job_done(struct drive *d, const char *name, const char *text);
void job_fails(struct drive *d, const char *name, const char *words);

/* The history must be these items, a line each: "user u1: Hi.", "call c1 find: Sam", "A to B";
 * those the model has forgotten are in brackets. */
#define HISTORY(d, ...) drive_history((d), LINES(__VA_ARGS__, NULL), __FILE__, __LINE__)
void drive_history(struct drive *d, const char *const *lines, const char *file, int line);
const char *drive_id(struct drive *d, struct mn_str id); /* as it is shown */

/* All effects since the last look, in order, are these lines. */
#define LINES(...)      ((const char *const[]){__VA_ARGS__})
#define SEES(d, ...)    drive_sees((d), LINES(__VA_ARGS__, NULL), __FILE__, __LINE__)
#define SEES_NOTHING(d) drive_sees((d), LINES(NULL), __FILE__, __LINE__)
void drive_sees(struct drive *d, const char *const *lines, const char *file, int line);
void drive_forget(struct drive *d); /* looks away: what came so far is not of interest */

/* One effect as a line, appended to d->seen when it is to be shown (session_show.c). */
void drive_show(struct drive *d, const struct mn_effect *fx);

#endif
