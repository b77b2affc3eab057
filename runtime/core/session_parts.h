/* session_parts.h - the inside of a session, shared by the files that make it up and by no one
 * else.
 *
 *   session.c          feed, deadline, the order of things
 *   session_model.c    what the model's events do: one row an event
 *   session_items.c    items and their words, into the history (R50, R51)
 *   edit.c             the history as a script wants it (R24, R52)
 *   replay.c           the history, to a model that has nothing of it (R52)
 *   session_ask.c      asking the model to speak (R1, R4, R8)
 *   session_error.c    what the model could not or would not do (R6, R64)
 *   session_account.c  what the call has used, and how much it may (R65, R66)
 *   session_retry.c    the pause before it is asked again (R6)
 *   session_caller.c   what a caller may send (R70, R72, R75)
 *   session_view.c     what a caller sees (R71, R76)
 *   session_update.c   the one session.update in flight (R20)
 *   session_config.c   the session as model and caller are told it
 *   away.c             waiting for a lost caller (R63)
 *   legs.c             connections to the model, with legs_setup.c, legs_lost.c, legs_takeover.c
 *                      (legs_parts.h; R22, R61, R62)
 *   lost.c             what was under way on one that is gone
 *   opening.c          who answers, and how the call begins (R68)
 *   prepared.c         what an agent is right now
 *   prelude.c          tools that run before an agent's first words (R69)
 *   direct.c           calls whose audio does not come by here (R80 to R83)
 *   digits.c           keys the caller presses (R38)
 *   sound.c            recordings a script plays (R9)
 *   picture.c          pictures a script shows the model (R50)
 *   heard.c            scripts that wait until what is said has been heard (R39)
 *   tools.c            calls in flight (R10 to R15)
 *   tool_answer.c      what they are answered with (R11, R12, R16)
 *   filler.c           words while a tool runs, beside the conversation (R5, R18)
 *   late.c             what tools say after their call was answered (R17)
 *   approval.c         tools that wait for a word (R19)
 *   handoff.c          moving to another agent (R20 to R25)
 *   refresh.c          instructions and tools that change while an agent speaks (R26)
 *   cut.c              cutting in (R30 to R34)
 *   turns.c            what counts as a turn, where Myna decides (R35)
 *   push_to_talk.c     turns that the caller begins and ends by hand (R36)
 *   idle.c             the ladder of silence (R37)
 *   guard.c            guardrails on what is said, guard_trip.c what becomes of one that trips,
 *                      guard_hold.c what is held back, guard_input.c what the caller says
 *                      (R40-R44), guard_filler.c fillers (R75)
 *   effects.c          the queue of effects, and what each holds */
#ifndef MN_CORE_SESSION_PARTS_H
#define MN_CORE_SESSION_PARTS_H

#include "base/b64.h"
#include "core/arbiter.h"
#include "core/away.h"
#include "core/digits.h"
#include "core/direct.h"
#include "core/errors.h"
#include "core/event_write.h"
#include "core/filler.h"
#include "core/guard.h"
#include "core/heard.h"
#include "core/history.h"
#include "core/idle.h"
#include "core/late.h"
#include "core/legs.h"
#include "core/opening.h"
#include "core/playout.h"
#include "core/prelude.h"
#include "core/push_to_talk.h"
#include "core/session.h"
#include "core/sound.h"
#include "core/tools.h"
#include "core/turns.h"

/* Effects that may wait to be taken (a power of two). A feed causes a handful; the most is an edit
 * that takes every item of a full history away and puts another in its place, each with an output
 * and a note. */
#define MN_EFFECTS_MAX 16384

/* R20: how long Lua has to prepare an agent, and the server to acknowledge an update. */
#define MN_PREPARE_MS 2000
#define MN_UPDATE_MS  2000

/* A dial, and then the first update: each has only to be slow, not lost, so it gets longer. */
#define MN_START_MS 10000

/* A turn the server said it would answer by itself; past this we no longer wait for it (R4's owed
 * response is longer: that is when we complain). */
#define MN_OWN_ANSWER_MS 2000

/* R4: how long an answer may be owed before it is asked for once more. */
#define MN_OWED_MS 5000

/* R4: a response in flight of which nothing has come for this long is given up. Some think; none
 * thinks this long and then speaks to somebody who still listens. */
#define MN_STALLED_MS 20000

/* R6: the pause before a failed response is asked for once more; what the server says it needs,
 * when it says so, up to what a caller will wait in silence. */
#define MN_RETRY_MS     1000
#define MN_RETRY_MAX_MS 10000

/* Goodbye words get this long to be heard. */
#define MN_HANG_UP_MS 30000

/* Events a caller may send before the model is ready; audio waits elsewhere (call/). */
#define MN_EARLY_MAX   16
#define MN_EARLY_BYTES (1 << 20)

/* Updates in line, past which a caller's is refused. Ours are bounded by one handoff at a time. */
#define MN_UPDATES_MAX 8

/* R8: what an agent is asked whose words are given. */
#define MN_SAY "Say exactly these words: "

/* What the ids of our events begin with, so that an error tells whose event it speaks of. */
#define MN_OUR_EVENTS "myna_"

/* What an agent is right now: the answer to a PREPARE. */
struct mn_prepared {
    struct mn_buf instructions;
    struct mn_buf tools;  /* JSON array */
    struct mn_buf prompt; /* R27: JSON object; empty: none */
};

/* The parts of the session a caller may set (R70), as raw JSON. */
struct mn_config {
    struct mn_buf input_format, output_format, turn_detection, transcription;
    bool gated;   /* R44: Myna asks for the answers to what the caller says */
    bool answers; /* and was to: the server would have, by turn_detection's create_response */
    bool ours;    /* R35: the model is told neither to cancel nor to answer by itself */
    bool direct;  /* R80: audio has no format of ours */
};

enum mn_update_why {
    MN_UPDATE_HANDOFF,
    MN_UPDATE_REFRESH,
    MN_UPDATE_CALLER,
    MN_UPDATE_RESTORE,
    MN_UPDATE_TURNS, /* R35 */
};

struct mn_update {
    struct mn_list link;
    enum mn_update_why why;
    char event_id[MN_ID_MAX];
    struct mn_buf wish;         /* CALLER: its "session", as JSON; owned */
    struct mn_buf caller_event; /* CALLER: its event_id; owned */
    struct mn_config config;    /* CALLER, once sent: what holds when it is acknowledged; owned */
    bool reformats;             /* CALLER: the agent would sound in another format */
    bool sent;
    int64_t deadline_ms;
};

/* The newest response of the default conversation. Calls of older ones name theirs themselves. */
struct mn_turn {
    char response_id[MN_ID_MAX];
    unsigned number; /* counts the responses, from 1 */
    int agent;       /* R14: whose tools serve its calls */
    bool done;       /* response.done has come */
    bool cut;        /* R33: its audio is no longer wanted */
    bool handed_off; /* R23: one handoff a response */
};

/* R6: asking again for what failed. */
struct mn_retry {
    int64_t at_ms;    /* nothing is asked of the model before */
    int64_t reset_ms; /* when the limit that is used up is whole again, as the server last said */
};

enum mn_handoff_phase {
    MN_HANDOFF_NONE,
    MN_HANDOFF_ASKING,    /* the author's on_handoff */
    MN_HANDOFF_PRELUDE,   /* the next agent's tools that run first */
    MN_HANDOFF_PREPARING, /* instructions and tools of the next agent */
    MN_HANDOFF_UPDATING,  /* session.update sent or in line */
};

struct mn_handoff {
    enum mn_handoff_phase phase;
    int from, to;
    char call_id[MN_ID_MAX]; /* of the transfer call; "" when a script moved the call */
    uint32_t ticket;
    int64_t deadline_ms;
    struct mn_prepared next;
    struct mn_buf items; /* R24: what the next agent knows, as a script chose it; "" for all */
    struct mn_buf say, reply;
    bool silent;
};

/* R26: the active agent is looked at again. */
struct mn_refresh {
    bool wanted; /* as soon as it can be */
    bool moved;  /* R60: wanted at the next moment nothing is going on */
    uint32_t ticket;
    int64_t deadline_ms;
    bool updating; /* what changed is in the line of updates */
    struct mn_prepared next;
};

struct mn_session {
    const struct mn_app_spec *app;
    char id[MN_ID_MAX];
    struct mn_session_settings settings;
    struct mn_random random;
    int64_t now_ms; /* of the newest feed: audio does not move it, or deadlines would be lost */
    int64_t began_ms;
    bool started, ended, created_told;

    struct mn_legs legs;
    struct mn_away away;
    struct mn_opening opening;
    struct mn_prelude *prelude; /* NULL: none has run whose results are not in the history */

    int agent;
    struct mn_prepared active; /* of that agent */
    struct mn_config config;
    struct mn_arbiter arbiter;
    struct mn_playout playout;
    struct mn_direct direct;
    struct mn_history history;
    struct mn_handoff handoff;
    struct mn_refresh refresh;
    struct mn_filler filler;
    struct mn_late late;
    struct mn_turn turn;
    struct mn_guard *guard; /* NULL: the app has no guardrails */
    int doomed;             /* items that go when their response is over (edit.c) */
    struct mn_item *voice;  /* the item audio came for last; NULL once the history changed */
    char unheard[MN_PLAYOUT_ITEMS][MN_ID_MAX]; /* R32: to delete when their response is over */
    int nunheard;

    struct mn_list calls; /* of mn_tool_call, newest last */
    int ncalls;
    struct mn_buf early[MN_EARLY_MAX]; /* the caller's frames, kept until the leg is ready */
    int nearly;
    size_t early_bytes;
    struct mn_list updates; /* of mn_update, the first may be in flight */
    int nupdates;
    int handoffs_this_turn, tools_this_turn;

    bool speaking;         /* audio is, or is due to be, in the caller's ear */
    bool caller_speaks;    /* between speech_started and speech_stopped */
    int64_t stopped_ms;    /* when the caller did last */
    int64_t own_answer_ms; /* until then the server may answer a turn by itself */
    int64_t owed_ms;       /* R4: by then a response must have begun, or ended; 0: none is owed */
    struct mn_retry retry;
    struct mn_turns turns;
    struct mn_push_to_talk talk;
    struct mn_idle idle;
    struct mn_digits digits;
    struct mn_heard heard;
    struct mn_sounds sounds;
    struct mn_usage usage; /* R66 */
    int64_t quiet_ms;      /* R65: since when nobody speaks and nothing is owed; or INT64_MAX */
    bool hanging_up;
    int64_t hang_up_ms;
    int hang_up_code;       /* of the close; 0: 1000 */
    struct mn_buf farewell; /* the reason */

    uint32_t tickets, events;  /* counters to name things by */
    unsigned misplaced;        /* inputs that made no sense when they came */
    unsigned benign;           /* errors of the model's by which nothing was lost (R64) */
    struct mn_effect *effects; /* ring of cap, a power of two */
    unsigned head, tail, cap;
    int err; /* sticks: -ENOMEM */
};

/* --- effects.c --- */

/* Each appends one effect and returns it to be filled, or NULL (s->err is set). */
struct mn_effect *mn_fx(struct mn_session *s, enum mn_effect_type type);
void mn_fx_send_raw(struct mn_session *s, struct mn_str frame);
void mn_fx_tell_raw(struct mn_session *s, struct mn_str frame, bool in_order);
uint32_t mn_fx_run(struct mn_session *s, enum mn_job job, int agent, int tool, const char *call_id,
                   struct mn_str arguments); /* its ticket; 0 when it failed */
void mn_fx_stop(struct mn_session *s, uint32_t ticket);

/* Open an event; the caller adds members to w and closes it with mn_fx_done. What is sent goes over
 * the active leg: false while there is none, and then nobody is told (R62: what the model must know
 * is in the history, what it must do waits). */
bool mn_fx_send(struct mn_session *s, struct mn_writer *w, enum mn_event_type type,
                char event_id[MN_ID_MAX]);
bool mn_fx_send_to(struct mn_session *s, mn_leg leg, struct mn_writer *w, enum mn_event_type type);
bool mn_fx_send_on(struct mn_session *s, mn_leg leg, struct mn_writer *w, enum mn_event_type type,
                   char event_id[MN_ID_MAX]);
/* A message of ours for the model. id may be NULL: the model's. */
bool mn_fx_send_system(struct mn_session *s, const char *id, struct mn_str text);
bool mn_fx_tell(struct mn_session *s, struct mn_writer *w, enum mn_event_type type, bool in_order);
bool mn_fx_note(struct mn_session *s, struct mn_writer *w, enum mn_note note);
/* A note a script makes: members is an object. */
void mn_fx_note_given(struct mn_session *s, enum mn_note note, const struct mn_json *members);
void mn_fx_done(struct mn_session *s, struct mn_writer *w);
void mn_fx_note_plain(struct mn_session *s, enum mn_note note); /* just the agent */
void mn_fx_note_error(struct mn_session *s, const char *code, const char *message); /* of ours */
void mn_fx_note_model_error(struct mn_session *s, const struct mn_json *error,
                            enum mn_error_class class);
void mn_fx_fault(struct mn_session *s, const struct mn_fault *fault);
void mn_fx_awaited(struct mn_session *s, uint32_t ticket, enum mn_awaited how, struct mn_str text);
void mn_fx_end(struct mn_session *s, int code, const char *reason);

/* --- prepared.c --- */
int mn_prepared_take(struct mn_prepared *p, const struct mn_input *in);      /* 0 or -ENOMEM */
bool mn_prepared_is(const struct mn_prepared *p, const struct mn_input *in); /* the same? */
void mn_prepared_free(struct mn_prepared *p);                                /* to all zero */

/* --- session_config.c --- */
int mn_config_init(struct mn_config *c, const struct mn_app_spec *app);
void mn_config_free(struct mn_config *c);
int mn_config_copy(struct mn_config *to, const struct mn_config *from);
/* Takes what a caller's session.update may set; sets *changed. False with fault filled when a value
 * is none we can serve. */
bool mn_config_apply(struct mn_config *c, const struct mn_json *session, bool *changed,
                     struct mn_fault *fault);
int mn_config_samples_per_ms(const struct mn_config *c);          /* of the audio to the caller */
int mn_config_bytes_per_ms(const struct mn_config *c);            /* of the audio from the caller */
enum mn_audio_format mn_config_format(const struct mn_config *c); /* of the audio to the caller */
struct mn_str mn_config_voice(const struct mn_session *s, int agent);
/* The members of an update's "session", for that leg: an agent's, with all else when whole. */
void mn_config_write_agent(struct mn_session *s, struct mn_writer *w,
                           const struct mn_session_leg *leg, int agent,
                           const struct mn_prepared *prepared, bool whole);
void mn_config_write_audio(struct mn_writer *w, const struct mn_config *c, struct mn_str voice,
                           bool to_model);
/* session.audio.input.turn_detection, as the model is to have it. */
void mn_config_write_turns(struct mn_writer *w, const struct mn_config *c);
bool mn_config_answers(const struct mn_config *c);       /* is a turn to be answered? */
int64_t mn_config_silence_ms(const struct mn_config *c); /* that ends a turn */
void mn_config_tell(struct mn_session *s, enum mn_event_type type);

/* --- legs.c --- */
void mn_legs_start(struct mn_session *s);
void mn_legs_prepared(struct mn_session *s); /* the first agent is */
int mn_legs_from_next(struct mn_session *s, const struct mn_event *ev);
void mn_legs_down(struct mn_session *s, const struct mn_input *in);
void mn_legs_fail(struct mn_session *s, bool heals); /* by a fatal error of the active leg */
bool mn_legs_must_redial(const struct mn_session *s, int agent);
void mn_legs_redial(struct mn_session *s); /* for s->handoff, which is prepared */
void mn_legs_hang_up(struct mn_session *s);
void mn_legs_time(struct mn_session *s);
int64_t mn_legs_deadline(const struct mn_session *s);
void mn_legs_free(struct mn_session *s);

/* --- lost.c --- */
void mn_lost_settle(struct mn_session *s); /* the active leg is gone: what it had under way is */

/* --- session_update.c --- */
void mn_update_handoff(struct mn_session *s); /* to s->handoff.to, as it is in .next */
void mn_update_refresh(struct mn_session *s); /* the active agent, as it is in refresh.next */
void mn_update_turns(struct mn_session *s);   /* R35: whose decision they are */
void mn_update_caller(struct mn_session *s, const struct mn_event *ev);
void mn_update_acked(struct mn_session *s);
void mn_updates_lost(struct mn_session *s);  /* the leg is gone: what it was sent is sent again */
void mn_updates_go_on(struct mn_session *s); /* once there is another */
/* Does the error name this event, or, naming none, speak of the session? */
bool mn_update_speaks_of(const char *event_id, const struct mn_json *error);
bool mn_update_refused(struct mn_session *s, const struct mn_event *ev); /* was it one of ours? */
void mn_update_time(struct mn_session *s);
int64_t mn_update_deadline(const struct mn_session *s);
void mn_updates_free(struct mn_session *s);

/* --- handoff.c --- */
void mn_handoff_begin(struct mn_session *s, struct mn_tool_call *call, int to);
int mn_handoff_by_script(struct mn_session *s, int to, const struct mn_move *move);
bool mn_handoff_result(struct mn_session *s, const struct mn_input *in);
void mn_handoff_prepare(struct mn_session *s); /* after the next agent's prelude */
void mn_handoff_acked(struct mn_session *s);
void mn_handoff_failed(struct mn_session *s, const char *reason);
void mn_handoff_time(struct mn_session *s);
int64_t mn_handoff_deadline(const struct mn_session *s);
void mn_handoff_free(struct mn_session *s);

/* --- refresh.c --- */
void mn_refresh_want(struct mn_session *s);
void mn_refresh_moved(struct mn_session *s);
bool mn_refresh_busy(const struct mn_session *s); /* a request should wait for it */
bool mn_refresh_result(struct mn_session *s, const struct mn_input *in);
void mn_refresh_acked(struct mn_session *s);
void mn_refresh_failed(struct mn_session *s, const char *reason);
void mn_refresh_stop(struct mn_session *s);
void mn_refresh_time(struct mn_session *s);
int64_t mn_refresh_deadline(const struct mn_session *s);
void mn_refresh_free(struct mn_session *s);

/* --- cut.c --- */
/* The caller cut in. heard_ms is the caller's own report for item_id; -1 when it made none.
 * server_did says whether the server cancels the response by itself. */
void mn_cut_in(struct mn_session *s, struct mn_str item_id, int64_t heard_ms, bool server_did);
void mn_cut_response(struct mn_session *s, bool server_did); /* cancels it, R3 */
void mn_cut_off(struct mn_session *s);                       /* the same, but by us: tools go on */
void mn_cut_delete_later(struct mn_session *s, const char *item_id); /* when its response is over */
void mn_cut_response_done(struct mn_session *s, const struct mn_json *response);
void mn_cut_flood(struct mn_session *s);
void mn_cut_ended(struct mn_session *s);
void mn_cut_note(struct mn_session *s, const struct mn_cut *cut);
/* The words of an item end where its audio did. */
void mn_cut_words(struct mn_session *s, struct mn_item *item, int64_t heard_ms,
                  int64_t received_ms);

/* --- direct.c (R80 to R83); nothing happens in other calls --- */
void mn_direct_started(struct mn_session *s, const struct mn_event *ev);
void mn_direct_stopped(struct mn_session *s, const struct mn_event *ev);
void mn_direct_cleared(struct mn_session *s, const struct mn_event *ev);
void mn_direct_truncated(struct mn_session *s, const struct mn_event *ev);
void mn_direct_clear(struct mn_session *s); /* what plays is dropped where it plays */
void mn_direct_lost(struct mn_session *s);  /* nobody listens in any more */
bool mn_direct_plays(const struct mn_session *s, const char *response_id);
bool mn_direct_heard(const struct mn_session *s); /* something of the turn's response was */
bool mn_direct_again(const struct mn_session *s); /* the next leg is to listen in again */
bool mn_direct_ended(const struct mn_session *s, const struct mn_input *down); /* the caller left */
void mn_direct_up(struct mn_session *s, mn_leg leg);                           /* legs_setup.c */

/* --- session_model.c, session_caller.c, session_view.c --- */
int mn_session_from_model(struct mn_session *s, const struct mn_event *ev);
int mn_session_from_caller(struct mn_session *s, const struct mn_event *ev);
void mn_session_send_early(struct mn_session *s);
void mn_session_speaks(struct mn_session *s);     /* audio goes to the caller's ear */
void mn_session_lock_voice(struct mn_session *s); /* R22 */
void mn_view_pass(struct mn_session *s, const struct mn_event *ev);
void mn_view_end(struct mn_session *s); /* R42: a response.done that was held and dropped */
bool mn_view_knows(struct mn_session *s, struct mn_str item_id); /* may the caller know of it? */
/* Is this of our own making (R76)? To be asked before the event is acted on. */
bool mn_view_is_ours(struct mn_session *s, const struct mn_event *ev);

/* --- session_items.c --- */
struct mn_item *mn_items_put(struct mn_session *s, const struct mn_event *ev); /* NULL: unusable */
void mn_items_note(struct mn_session *s, enum mn_note note, const struct mn_item *item);
/* Keeps what an image was; part: its place in the message's content. */
void mn_items_image(struct mn_session *s, struct mn_item *item, int part, struct mn_str url);
void mn_items_added(struct mn_session *s, const struct mn_event *ev);
void mn_items_deleted(struct mn_session *s, const struct mn_event *ev);
void mn_items_transcribed(struct mn_session *s, const struct mn_event *ev);
void mn_items_words(struct mn_session *s, const struct mn_event *ev);
void mn_items_words_done(struct mn_session *s, const struct mn_event *ev);
void mn_items_sent_output(struct mn_session *s, struct mn_str id, struct mn_str call_id);
/* R50: puts a mark of ours (MN_ITEM_GUARDRAIL, MN_ITEM_CONFIG) at the end of the history, and tells
 * of it. name is the guardrail's, else empty. */
void mn_history_mark(struct mn_session *s, enum mn_item_kind kind, struct mn_str name,
                     struct mn_str text);

/* --- picture.c --- */
int mn_picture_show(struct mn_session *s, const struct mn_picture *picture);

/* --- edit.c --- */
void mn_items_delete(struct mn_session *s, const char *item_id);    /* at the model */
void mn_items_leaving(struct mn_session *s, struct mn_str item_id); /* it is being deleted */
/* Makes the history, and what the model knows, what items (a JSON array) says; keep_rest: what it
 * does not name stays. Returns 0, or, with nothing changed, MN_EPROTOCOL (not a list of items),
 * MN_ELIMIT (more than a history holds) or -ENOMEM. */
int mn_edit(struct mn_session *s, struct mn_str items, bool keep_rest);
int mn_edit_check(struct mn_session *s, struct mn_str items); /* the same, and changes nothing */
void mn_edit_response_done(struct mn_session *s);
/* R24: what a handoff begun now takes from the model: all but the `last` newest (0: nothing; -1:
 * all). Carried out, or not, when it is over. */
void mn_edit_fade(struct mn_session *s, int last);
void mn_edit_faded(struct mn_session *s, bool moved);

/* --- replay.c --- */
/* Writes the history to a leg whose model has nothing of it: the newest items, as many as its
 * bounds let in, each behind the one before (R52, R61, R62). What is left out is marked as
 * forgotten. */
void mn_replay(struct mn_session *s, mn_leg leg);
/* Writes one item behind previous ("root": first; NULL: last), its output too if it is a call that
 * has one. Returns the id of what the next goes behind: previous when there was nothing to write.
 */
const char *mn_replay_item(struct mn_session *s, mn_leg leg, struct mn_item *item,
                           const char *previous);
/* R30 of an item the model has as text, which cannot be truncated: it is written anew, in its
 * place. */
void mn_replay_again(struct mn_session *s, struct mn_item *item);
bool mn_replay_lacks_words(const struct mn_session *s); /* a caller's last are being written down */

/* --- session_ask.c --- */
/* R8: a response whose instructions are the active agent's plus a line. */
void mn_session_speak(struct mn_session *s, const char *lead_in, struct mn_str line, bool quoted);
void mn_session_say(struct mn_session *s, struct mn_str line, bool whole); /* R35: uninterrupted */
/* The member of a response's params that says so. */
void mn_ask_instructions(struct mn_session *s, struct mn_writer *w, const char *lead_in,
                         struct mn_str line, bool quoted);
void mn_session_ask(struct mn_session *s, struct mn_request *r);    /* NULL: no memory */
void mn_ask_alive(struct mn_session *s, struct mn_str response_id); /* an event of it has come */
void mn_owed_time(struct mn_session *s);
int64_t mn_owed_deadline(const struct mn_session *s);
int64_t mn_ask_owed(const struct mn_session *s); /* R4: how long the model has to begin an answer */
void mn_ask_time(struct mn_session *s);
int64_t mn_ask_deadline(const struct mn_session *s);

/* --- session_error.c --- */
void mn_session_error(struct mn_session *s, const struct mn_event *ev);
void mn_session_failed(struct mn_session *s, struct mn_str response_id,
                       const struct mn_json *response); /* before mn_arbiter_done */

/* --- session_account.c --- */
void mn_account_response(struct mn_session *s, const struct mn_json *response);
void mn_account_transcription(struct mn_session *s, const struct mn_event *ev);
void mn_limits_time(struct mn_session *s);
/* The app's words, or these, or the model's own when both are empty; then it ends with code. */
void mn_limits_farewell(struct mn_session *s, struct mn_str words, int code);
int64_t mn_limits_deadline(const struct mn_session *s);

/* --- session_retry.c --- */
void mn_retry_limits(struct mn_session *s, const struct mn_event *ev); /* rate_limits.updated */
void mn_retry_pause(struct mn_session *s, const struct mn_json *error);

/* --- session.c --- */
void mn_session_ready(struct mn_session *s);    /* the leg is configured */
void mn_session_new_turn(struct mn_session *s); /* the caller spoke or wrote */
void mn_session_tell_conversation(struct mn_session *s);
void mn_session_lost(struct mn_session *s, const char *code, const char *message);
void mn_session_hang_up(struct mn_session *s, struct mn_str reason); /* once all is said */
/* Since when, or from when on, nobody speaks; INT64_MAX while somebody does whose end is not known,
 * or is to speak next. */
int64_t mn_session_quiet_from(const struct mn_session *s);

#endif
