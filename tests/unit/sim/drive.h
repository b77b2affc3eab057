/* drive.h - a simulator in a test: feed it a line, move its time, read what it said.
 *
 * The brain is a queue of lines, so a test says what each response holds. */
#ifndef MN_TEST_DRIVE_H
#define MN_TEST_DRIVE_H

#include "test.h"

#include "sim/model.h"

#define SAID_MAX 4096

struct drive {
    struct mn_sim *sim;
    struct mn_sim_settings set;
    struct mn_brain brain;
    int64_t now_ms;
    char *said[SAID_MAX]; /* events taken, oldest first */
    int n;
    int seen; /* those before it have been looked at */
    struct {
        const char *call; /* the function, or NULL to say */
        const char *text;
        int64_t lasts_ms;
    } lines[16];
    int first, count;
    int answers; /* how often the brain was asked */
    int err;     /* what it returns instead of a line */
    char instructions[256], last_line[256];
    bool out_of_band;
};

void drive_open(struct drive *d); /* session.created is seen already */
void drive_open_with(struct drive *d, struct mn_sim_settings set);
void drive_close(struct drive *d);

void drive_says(struct drive *d, const char *words, int64_t lasts_ms);
void drive_calls(struct drive *d, const char *name, const char *arguments);

/* Feeds a frame; ' stands for ". */
void drive_feed(struct drive *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void drive_pass(struct drive *d, int64_t ms); /* ticks at each deadline on the way */
void drive_audio(struct drive *d, int64_t ms, int amplitude);

void drive_take(struct drive *d);   /* what was said, after feeding the simulator oneself */
void drive_forget(struct drive *d); /* what was said up to now */

/* The types of the events since the last look, joined by spaces; repeated deltas count once, and
 * rate_limits.updated, which follows every response, is left out. */
const char *drive_types(struct drive *d);

/* The newest event of a type; fails the test when there is none. Freed with the next one. */
const struct mn_json *drive_last(struct drive *d, const char *type);
int drive_count(const struct drive *d, const char *type);

/* Looks at the newest event, which must be an error with this code and param ("" for null). */
void drive_refused(struct drive *d, const char *code, const char *param);
void drive_refused_for(struct drive *d, const char *frame, const char *code, const char *param);

struct mn_str drive_at(const struct mn_json *v, const char *path); /* "item.content.0.text" */
int64_t drive_int(const struct mn_json *v, const char *path);

#endif
