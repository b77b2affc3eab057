/* stage.h - where a scenario is played: one call of an app, with its world replaced.
 *
 *   mouth, ear --pair-- [ the real call ] --pair-- simulator <-- what the scenario says it answers
 *                            |   virtual clock, stubbed HTTP, kept log
 *                            +--> records: all that happened, with its time
 *
 * A stage decides nothing. It moves time, acts as the caller, and writes down what happens; what
 * the model answers and what HTTP replies it asks for by a record, and the scenario (Lua, above)
 * answers. No wall clock, no thread: the same steps give the same records. */
#ifndef MN_SIM_STAGE_H
#define MN_SIM_STAGE_H

#include "call/call.h"
#include "sim/brain.h"
#include "sim/fault.h"

struct mn_stage;
struct mn_wire;

enum mn_lane {
    MN_LANE_CALLER, /* an event told to the caller, but for audio deltas */
    MN_LANE_MODEL,  /* an event sent to the model, but for audio */
    MN_LANE_NOTE,   /* {"note":name, ...} of the call */
    MN_LANE_LOG,    /* a line of the log, as JSON */
    MN_LANE_HTTP,   /* a request: {"id","method","url","headers","body"}; wants mn_stage_reply */
    MN_LANE_MAIL,   /* a mail: {"to","cc","reply_to","subject","text","html"}, secrets by name */
    MN_LANE_TRACE,  /* a point of the author's: {"name","agent","tool","fields"} */
    MN_LANE_ASK,    /* the model is asked: {"instructions","own_instructions","last","text"}; wants
                       mn_stage_answer */
    MN_LANE_END,    /* the call is over: {"code","reason"} */
    MN_LANE_COUNT,
};

struct mn_record {
    int64_t at_ms; /* since the stage opened */
    enum mn_lane lane;
    struct mn_buf text; /* JSON */
};

const char *mn_lane_name(enum mn_lane lane);

struct mn_stage_settings {
    struct mn_bundle *bundle; /* held by the call */
    int64_t wall_ms;          /* Unix time it starts at */
    uint64_t seed;
    const char *start;        /* agent who answers; NULL: the app's */
    struct mn_str meta, user; /* JSON for ctx.call and ctx.user; may be empty */
    struct mn_str state;      /* JSON for ctx.state, over what the app says; may be empty */
    struct mn_wire *wire;     /* its parties speak over it; NULL: in this process. Borrowed */
    struct mn_str history;    /* JSON of the items the call begins with; may be empty */
    bool notes;               /* the caller asks for myna.* events */
    bool keeps_sound;         /* both sides are kept, for mn_stage_keep_sound; an hour at most */
};

/* Something said to the caller, as far as it has come and been heard by now. */
struct mn_heard {
    const char *item;
    struct mn_str words; /* all that came of it; what was heard of them: */
    size_t bytes;
    int64_t began_ms; /* when its first sample was heard; the newest may lie ahead */
    int64_t ms;       /* of its audio heard */
    bool cut;         /* the caller cut in before its end */
};

/* Sets the stage; no call is there yet. Copies the settings. Returns 0 or -ENOMEM. */
int mn_stage_open(struct mn_stage **out, const struct mn_stage_settings *settings);

/* The caller calls, unless they did before. Returns 0 or what opening the call said. */
int mn_stage_begin(struct mn_stage *st);

/* Hangs up, lets everything end, frees it. Accepts NULL. */
void mn_stage_close(struct mn_stage *st);

int64_t mn_stage_now(const struct mn_stage *st); /* ms since it opened */

/* Moves time until something is recorded, at most to until_ms. Returns 1 when something was, else
 * 0; or MN_ELIMIT at a moment that does not end (mn_clock_advance). */
int mn_stage_step(struct mn_stage *st, int64_t until_ms);

/* The same, and ends too when more words are heard of items from that one on, when the audio that
 * came has been heard out, or when the caller's mouth opens or closes. Looks every 20 ms, and when
 * that is due. */
int mn_stage_listen(struct mn_stage *st, int64_t until_ms, int item);

/* Bytes of words heard of items from that one on, and how many items there are: grows whenever more
 * is heard. */
int64_t mn_stage_amount(const struct mn_stage *st, int item);

int mn_stage_records(const struct mn_stage *st);
const struct mn_record *mn_stage_record(const struct mn_stage *st, int i); /* until the next step */

/* Appends all records, a line each: "1240 note {...}". The same steps give the same bytes. */
int mn_stage_dump(const struct mn_stage *st, struct mn_buf *out);

/* The caller speaks for ms (whole frames of 20 ms, at least one); words is what the model's ear
 * will make of it. Returns 0 or an error. */
int mn_stage_speak(struct mn_stage *st, struct mn_str words, int64_t ms);

/* The same with the button of push-to-talk held down: what is being heard stops at the press, and
 * no silence follows the words. The events are whoever's who calls. A press too short for a turn
 * has no words. */
int mn_stage_hold(struct mn_stage *st, struct mn_str words, int64_t ms);

/* The caller plays a recording (a WAV of at most ten minutes) as they would speak. *ms is its
 * length. Returns 0, MN_ELIMIT when it is empty or too long, or what mn_wav_load or mn_stage_speak
 * say. */
int mn_stage_play_file(struct mn_stage *st, const char *path, struct mn_str words, int64_t *ms);
bool mn_stage_speaking(const struct mn_stage *st);
int64_t mn_stage_words_end(const struct mn_stage *st); /* of the last, ahead perhaps; -1: none */
int mn_stage_send(struct mn_stage *st, struct mn_str event); /* a frame of the caller's own */
void mn_stage_hang_up(struct mn_stage *st);
void mn_stage_vanish(struct mn_stage *st); /* the caller's network breaks: 1006 */
/* They dial in again, with a token (R63). Returns 0; MN_EABSENT when no call takes it. */
int mn_stage_return(struct mn_stage *st, struct mn_str token);

/* What the caller's ear has heard, oldest first; borrowed until the next step. */
int mn_stage_items(const struct mn_stage *st);
struct mn_heard mn_stage_heard(const struct mn_stage *st, int i);
int64_t mn_stage_unheard(const struct mn_stage *st); /* ms of audio still to be heard */

/* What can be measured of both sides from from_ms to now, in samples, told in ms. What comes of the
 * model counts as sound, be it ever so soft. */
struct mn_sound {
    int64_t words_ms;   /* when the caller's last words end, ahead perhaps; -1: there were none */
    int64_t heard_ms;   /* when the caller first heard something; -1: not yet */
    int64_t overlap_ms; /* for which both sounded */
    int64_t silence_ms; /* the longest time in which neither did */
    int64_t quiet_ms;   /* how long that has lasted now; 0: somebody sounds */
};
struct mn_sound mn_stage_sound(const struct mn_stage *st, int64_t from_ms);

/* Writes both sides as a stereo WAV: left what the caller said, right what they heard. Only of a
 * stage that keeps them (settings). Returns 0 or as mn_wav_create. */
int mn_stage_keep_sound(const struct mn_stage *st, const char *path);

/* Nobody speaks, nothing is owed, no tool runs: the floor is free. True once the call is over. */
bool mn_stage_idle(const struct mn_stage *st);

/* Whether the model still owes what it was asked last: its response may have been cancelled. */
bool mn_stage_asked(const struct mn_stage *st);

/* What it answers; empties outputs. False when it owes nothing, and then they stay. */
bool mn_stage_answer(struct mn_stage *st, struct mn_sim_outputs *outputs);

/* The same, with what the stand-in (sim/brain.h) makes of the question. */
bool mn_stage_improvise(struct mn_stage *st);

/* The model misbehaves, now or in what it does next (sim/fault.h). Returns 0; -EINVAL when the
 * number makes no sense; MN_ECLOSED when no model is connected. */
int mn_stage_fault(struct mn_stage *st, enum mn_sim_fault fault, int64_t number,
                   struct mn_str text);

/* The next dials, as many as times, are answered with an HTTP status (401, 429, 503; 0: never,
 * which is a time-out after 10 s) and a body; empty: the API's own for that status. Copied. Returns
 * 0 or -ENOMEM. */
int mn_stage_refuse(struct mn_stage *st, int status, struct mn_str body, int times);

/* The answer to request id, after delay_ms; copied. One that comes after the request's time-out
 * changes nothing. False when there is no such request any more. */
bool mn_stage_reply(struct mn_stage *st, int id, const struct mn_http_answer *answer,
                    int64_t delay_ms);

/* Answers request id of the API (its record has "api") as the simulator would, with these outputs
 * or, for NULL, the stand-in's. Appends the answer's body to out. Returns its status; 0 when there
 * is no such request any more. */
int mn_stage_answer_api(struct mn_stage *st, int id, struct mn_sim_outputs *outputs,
                        int64_t delay_ms, struct mn_buf *out);

/* The next mails, as many as times, are given up with these words. Copied. Returns 0 or -ENOMEM. */
int mn_stage_refuse_mails(struct mn_stage *st, struct mn_str why, int times);

/* Moderation flags these words from now on. Returns as mn_rest_flag. */
int mn_stage_flag(struct mn_stage *st, struct mn_str words, struct mn_str category);

/* A tool runs alone, beside the conversation: the notes of its start and end are recorded, with the
 * call_id "alone". Of the active agent, else of the first that has it. Returns 0, MN_EABSENT,
 * MN_EFULL (one runs so already), MN_ECLOSED or -ENOMEM. */
int mn_stage_run_alone(struct mn_stage *st, struct mn_str name, struct mn_str arguments);

/* Who is asked before a tool runs (script/ports.h). */
void mn_stage_stand_in(struct mn_stage *st,
                       bool (*fn)(void *owner, struct mn_str tool, struct mn_str arguments,
                                  struct mn_buf *out),
                       void *owner);

/* What is there though the call is over, in words; NULL when nothing is. */
const char *mn_stage_left(const struct mn_stage *st);

struct mn_call *mn_stage_call(struct mn_stage *st); /* NULL once it is over */

#endif
