/* guard.h - the guardrails of a session: what is said, and what the caller says, is looked at by
 * the app's checks (R40 to R45).
 *
 *     words of a response --> checks (RUN) --> verdicts (RESULT) --> pass: release what is held
 *                                                                --> block: trip
 *
 * A check is work of the script's with a ticket and a time. It belongs to one response, or to one
 * turn of the caller's, and its verdict touches nothing else (R40). A session whose app has no
 * guardrails has none of this. */
#ifndef MN_CORE_GUARD_H
#define MN_CORE_GUARD_H

#include "base/buf.h"
#include "base/id.h"
#include "core/playout.h"
#include "core/session.h"

struct mn_event;
struct mn_json;

/* Turns of the caller's that wait for their verdict at once. Past it the oldest is taken to be
 * late (R43): who says five things while the first is looked at is not waiting for an answer. */
#define MN_GATES_MAX 4

/* Checks at once: each guardrail on the newest response, each on every turn that waits, and as many
 * of older responses; past it the oldest of those is stopped. */
#define MN_CHECKS_MAX ((1 + MN_GATES_MAX + 1) * MN_GUARDRAILS_MAX)

/* R41: how often in a turn an answer is asked for again. Then fixed words are said; when these trip
 * too, nothing more is asked for. */
#define MN_CORRECTIONS_MAX 2

/* R42: items of one response with audio held at once; a response speaks one, two with a preamble.
 */
#define MN_HELD_ITEMS 4

/* How much of a response had come. Frames and events that are held are counted through the call,
 * audio from the response's beginning. */
struct mn_hold_mark {
    uint32_t held;
    int64_t samples;
};

struct mn_check {
    uint32_t ticket; /* 0: this place is free */
    bool input;
    bool filler; /* output: of one, beside the conversation */
    int agent, guardrail;
    char response_id[MN_ID_MAX]; /* output */
    char item_id[MN_ID_MAX];     /* being said; input: the caller's, "" when it was typed */
    unsigned gate;               /* input: the serial of its gate */
    struct mn_hold_mark upto;    /* what may be released once it has passed */
    int64_t deadline_ms;
};

/* One guardrail on the newest response. */
struct mn_guard_seen {
    uint32_t ticket; /* of the check under way; 0: none */
    size_t bytes, chars;
    struct mn_hold_mark passed;
    bool passed_end;
};

struct mn_held_item {
    char item_id[MN_ID_MAX];
    int content_index;
    int64_t samples; /* held */
};

/* R42. */
struct mn_hold {
    bool on;                      /* the newest response is held */
    bool shut;                    /* cut before all of it had passed: the rest is never told */
    struct mn_hold_mark all;      /* that came */
    struct mn_hold_mark word;     /* when the newest word began */
    struct mn_hold_mark released; /* of these */
    uint32_t first;               /* number of the last that was before this response */
    struct mn_held_item items[MN_HELD_ITEMS]; /* oldest first */
    int n;
};

/* R44: a turn of the caller's that is not answered before its words have passed. */
struct mn_gate {
    unsigned serial;         /* 0: this place is free */
    char item_id[MN_ID_MAX]; /* of a spoken one */
    struct mn_buf frame;     /* a typed one, kept from the model meanwhile */
    int agent;
    int left;       /* checks under way */
    bool looked_at; /* its words have come */
    bool passed;    /* and waits for those before it, or for the model to be there */
    bool answer;    /* it is ours to ask for an answer */
    int64_t deadline_ms;
};

struct mn_guard {
    struct mn_check checks[MN_CHECKS_MAX];

    /* the newest response */
    struct mn_buf text; /* its words so far, items one under the other */
    size_t chars, item_at;
    char item_id[MN_ID_MAX]; /* being said */
    struct mn_guard_seen seen[MN_GUARDRAILS_MAX];
    bool over, tripped;
    bool cut;                /* the caller cut in: they do not wait for a correction */
    bool correcting;         /* one was asked for and has not begun */
    struct mn_buf held_done; /* its response.done, while that is held */
    struct mn_hold hold;

    int corrections; /* in this turn (R41) */
    struct mn_gate gates[MN_GATES_MAX];
    unsigned ngates; /* so far */
};

/* --- guard.c --- */
int mn_guard_open(struct mn_session *s); /* 0 or -ENOMEM */
void mn_guard_free(struct mn_session *s);
void mn_guard_created(struct mn_session *s); /* s->turn is new */
void mn_guard_words(struct mn_session *s, const struct mn_event *ev);
void mn_guard_words_done(struct mn_session *s, const struct mn_event *ev);
void mn_guard_response_done(struct mn_session *s, const struct mn_json *response);
bool mn_guard_result(struct mn_session *s, const struct mn_input *in); /* was it of a check? */
void mn_guard_time(struct mn_session *s);
int64_t mn_guard_deadline(const struct mn_session *s);
bool mn_guard_busy(const struct mn_session *s);  /* something is looked at */
bool mn_guard_waits(const struct mn_session *s); /* so that no answer may be asked for */
void mn_guard_cut(struct mn_session *s);         /* the newest response is cut off */

/* For the other files of guard. */
struct mn_check *mn_guard_check(struct mn_session *s, bool input, int guardrail, int agent,
                                struct mn_str text);
bool mn_guard_is_newest(const struct mn_session *s, const struct mn_check *c); /* its response */
void mn_guard_stop(struct mn_session *s); /* what looks at the newest response */

/* --- guard_filler.c --- */
void mn_guard_filler(struct mn_session *s, const struct mn_event *ev); /* its words are whole */
void mn_guard_stop_filler(struct mn_session *s, const struct mn_check *c);

/* --- guard_trip.c --- */
void mn_guard_trip(struct mn_session *s, const struct mn_check *c, struct mn_str block);
void mn_guard_new_turn(struct mn_session *s);
bool mn_guard_tripped(const struct mn_session *s, const char *response_id);
bool mn_guard_corrects(const struct mn_session *s, const char *response_id);
void mn_guard_note(struct mn_session *s, struct mn_str members); /* R45: MN_IN_TRIPPED */

/* --- guard_hold.c --- */
enum mn_guard_view { MN_GUARD_PASS, MN_GUARD_HOLD, MN_GUARD_HIDE };
enum mn_guard_view mn_guard_view(const struct mn_session *s, const struct mn_event *ev);
void mn_hold_begin(struct mn_session *s, bool on);
void mn_hold_word(struct mn_session *s);
uint32_t mn_hold_next(struct mn_session *s); /* the number of one more that is held */
bool mn_hold_on(const struct mn_session *s);
int64_t mn_hold_ms(const struct mn_session *s); /* of audio that is held */
struct mn_verdict mn_hold_audio(struct mn_session *s, const struct mn_span *span, int64_t samples);
void mn_hold_release(struct mn_session *s, struct mn_hold_mark upto);
void mn_hold_end(struct mn_session *s); /* all has passed */
/* The items of which audio is held, as cut where they were released to. *waits tells whether
 * anything is to be dropped. Nothing more is released. */
int mn_hold_cut(struct mn_session *s, struct mn_cut out[MN_HELD_ITEMS], bool *waits);

/* --- guard_input.c --- */
void mn_gate_committed(struct mn_session *s, const struct mn_event *ev);
void mn_gate_transcribed(struct mn_session *s, const struct mn_event *ev);
void mn_gate_failed(struct mn_session *s, const struct mn_event *ev);
void mn_gate_commit(struct mn_session *s); /* by the caller: what is asked for next waits for it */
/* NULL when the message need not wait; "" when it is kept back; else why it cannot be taken. */
const char *mn_gate_typed(struct mn_session *s, const struct mn_event *ev);
void mn_gate_passed(struct mn_session *s, const struct mn_check *c); /* one of its checks */
/* Nothing of it reaches the model; say or hint, which may be empty, tell what is said instead. */
void mn_gate_refuse(struct mn_session *s, const struct mn_check *c, struct mn_str say,
                    struct mn_str hint);
void mn_gate_time(struct mn_session *s);
int64_t mn_gate_deadline(const struct mn_session *s);
bool mn_gate_waits(const struct mn_session *s);
void mn_gate_free(struct mn_session *s);

#endif
