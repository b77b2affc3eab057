/* machine.h - what the files behind model.h share. Nobody else includes it.
 *
 *     model.c         the session's life, which file takes which event, time
 *     outbox.c        events on their way to the client
 *     config, item    values: the session's keys, one item
 *     conversation.c  the items in order; create, retrieve, truncate, delete
 *     hearing.c       the input audio buffer and its turns
 *     transcript.c    what was said in them
 *     response.c      responses: who may run, their life from created to done
 *     response_tell.c how a response is shown
 *     ask.c           the brain is asked what a response holds
 *     speak.c         what a running response emits, step by step
 *     sound.c         what speech is made of
 *     playing.c       what is heard of it, where audio travels beside the session (WebRTC, SIP)
 *     usage.c         tokens and rate limits
 *     fault.c         what goes wrong on request */
#ifndef MN_SIM_MACHINE_H
#define MN_SIM_MACHINE_H

#include "audio/speech.h"
#include "base/id.h"
#include "base/json_write.h"
#include "base/list.h"
#include "io/link.h"
#include "sim/config.h"
#include "sim/fault.h"
#include "sim/item.h"
#include "sim/model.h"

#define MN_SIM_HELD_MAX   (32u << 20) /* bytes of conversation kept; our own bound */
#define MN_SIM_QUEUED_MAX (16u << 20) /* bytes of events waiting to be taken; our own bound */
#define MN_SIM_HEARD_MAX  64          /* transcripts given ahead of the turns they belong to */

struct mn_sim_outbox {
    struct mn_buf bytes; /* each event: its size_t length, then its text */
    size_t head;         /* where the oldest untaken one starts */
    size_t start;        /* where the one being written starts */
    enum mn_event_type type;
};

struct mn_sim_tokens {
    int64_t text, audio, image;
};

struct mn_sim_meter {
    struct mn_sim_tokens last; /* input of the last response: what may be cached */
    int64_t window_ms;         /* when this minute of rate limits began */
    int64_t requests, spent;   /* in it */
};

/* A response in flight. */
struct mn_sim_response {
    struct mn_list link;
    char id[MN_ID_MAX];
    bool out_of_band;
    bool parked;            /* the brain does not know yet */
    struct mn_json *params; /* of its response.create; NULL when automatic */
    struct mn_list input;   /* items of params.input, when own_input */
    bool own_input;
    struct mn_sim_outputs outputs;
    struct mn_sim_item *items[MN_SIM_OUTPUTS_MAX]; /* begun; in the conversation, or ours */
    int nitems;
    bool speaking; /* outputs.list[nitems - 1] is under way */
    bool speaks;   /* in audio, not text */
    enum mn_audio_format format;
    int64_t due_ms;   /* of its next step */
    int64_t late_ms;  /* its first output comes so much later */
    size_t sent;      /* bytes of the output's text given as deltas */
    int64_t lasts_ms; /* the output's speech, and how much of it was given */
    int64_t played_ms;
    int64_t max_tokens; /* 0: no limit */
    struct mn_sim_tokens in, cached, out;
};

/* What the far end plays, when audio travels beside the session. */
struct mn_sim_playing {
    char response_id[MN_ID_MAX]; /* "": nothing */
    char item_id[MN_ID_MAX];
    int64_t began_ms, lasts_ms; /* lasts: as far as it was made */
    bool whole;                 /* its response is over: nothing more is added */
};

struct mn_sim_hearing {
    int64_t samples; /* of 24 kHz, appended since the session began */
    int64_t begun;   /* where the uncommitted buffer begins */
    struct mn_vad vad;
    bool speaking; /* a turn is being spoken, since: */
    int64_t speech_at_ms;
    int64_t idle_at_ms;                    /* idle_timeout_ms strikes; INT64_MAX: never */
    char item_id[MN_ID_MAX];               /* of the turn being spoken */
    struct mn_buf heard[MN_SIM_HEARD_MAX]; /* ring of transcripts given ahead */
    unsigned first, count;
    struct mn_list late; /* struct transcript: told later */
};

/* A fault that waits for what it spoils. */
struct mn_sim_armed {
    bool on;
    int64_t number;
    char text[MN_LINK_REASON_MAX + 1];
};

struct mn_sim_faults {
    struct mn_sim_armed armed[MN_SIM_FAULTS];
    bool stalled; /* no event is given, and nothing is done, until: */
    int64_t stalled_until_ms;
    struct mn_buf held; /* an event kept back, as the outbox has it; empty: none */
    enum mn_sim_fault held_by;
    struct mn_buf late; /* the last audio of a response, to come again; empty: none */
};

struct mn_sim {
    struct mn_sim_settings set;
    struct mn_random random;
    struct mn_brain brain;
    char id[MN_ID_MAX], conversation_id[MN_ID_MAX];
    int64_t now_ms, expires_ms, expires_at_s;
    struct mn_sim_config config;
    struct mn_list items;
    uint32_t numbered;
    struct mn_list responses;
    struct mn_sim_hearing hearing;
    struct mn_sim_playing playing;
    struct mn_sim_meter meter;
    struct mn_sim_outbox outbox;
    struct mn_sim_faults faults;
    struct mn_speech_waves waves; /* what it speaks with */
    struct mn_str asker; /* event_id of the frame in hand; borrowed, empty between frames */
    bool spoke;          /* audio of the assistant is present */
    bool closed;
    int close_code;
    char close_reason[MN_LINK_REASON_MAX + 1];
};

/* model.c */
void mn_sim_pass(struct mn_sim *sim, int64_t now_ms); /* time is now */
void mn_sim_shut(struct mn_sim *sim, int code, struct mn_str reason);

/* fault.c: the fault, disarmed, when it was armed; NULL when not. */
const struct mn_sim_armed *mn_sim_fault_strikes(struct mn_sim *sim, enum mn_sim_fault fault);
/* The event at outbox.start is whole: spoils it, keeps it back, or lets one go that was kept. */
void mn_sim_fault_event(struct mn_sim *sim);

/* outbox.c: an event is begun, given its members, and ended. Begin says false when the dialect has
 * no such event: there is nothing to tell then. */
bool mn_sim_begin(struct mn_sim *sim, struct mn_writer *w, enum mn_event_type type);
void mn_sim_end(struct mn_sim *sim, struct mn_writer *w);
int mn_sim_health(const struct mn_sim *sim); /* 0, -ENOMEM or MN_EFULL */
/* Tells the client what was wrong with the frame in hand. param may be NULL. */
void mn_sim_refuse(struct mn_sim *sim, const char *code, const char *param, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void mn_sim_refuse_fault(struct mn_sim *sim, const struct mn_fault *fault, bool names_asker);

/* conversation.c */
void mn_sim_item_create(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_item_retrieve(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_item_truncate(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_item_delete(struct mn_sim *sim, const struct mn_event *ev);
/* The item ends there, and the client is told. */
void mn_sim_item_shorten(struct mn_sim *sim, struct mn_sim_item *item, int64_t audio_ms);
struct mn_sim_item *mn_sim_item_find(struct mn_sim *sim, struct mn_str id);
/* Puts item, now the conversation's, in front of a node of sim->items (the list: at the end), and
 * tells the client that it was added. */
void mn_sim_item_place(struct mn_sim *sim, struct mn_sim_item *item, struct mn_list *before);
/* Tells "added" or "done", with the id of the item before it. */
void mn_sim_item_tell(struct mn_sim *sim, const struct mn_sim_item *item, enum mn_event_type type);

/* hearing.c */
void mn_sim_append(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_append_audio(struct mn_sim *sim, struct mn_str audio); /* base64 */
void mn_sim_commit(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_clear(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_hearing_init(struct mn_sim *sim);
void mn_sim_hearing_set(struct mn_sim *sim);                   /* turn_detection may have changed */
void mn_sim_hearing_busy(struct mn_sim *sim);                  /* the model has the floor */
void mn_sim_hearing_idle(struct mn_sim *sim, int64_t from_ms); /* and gives it back then */
void mn_sim_hearing_tick(struct mn_sim *sim);                  /* hearing.idle_at_ms is here */

/* transcript.c */
struct mn_str mn_sim_transcript_next(struct mn_sim *sim); /* what was said in the next turn */
void mn_sim_transcript_promise(struct mn_sim *sim, const struct mn_sim_item *item);
int64_t mn_sim_transcript_deadline(const struct mn_sim *sim);
void mn_sim_transcript_tick(struct mn_sim *sim); /* the oldest is due */
void mn_sim_transcript_free(struct mn_sim *sim);

/* response_tell.c: response.created or .done. reason may be NULL. */
void mn_sim_response_tell(struct mn_sim *sim, const struct mn_sim_response *r,
                          enum mn_event_type type, const char *status, const char *reason);

/* response.c */
void mn_sim_response_create(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_response_cancel(struct mn_sim *sim, const struct mn_event *ev);
void mn_sim_response_auto(struct mn_sim *sim); /* a turn ended: create_response */
void mn_sim_response_cut(struct mn_sim *sim);  /* the caller spoke: interrupt_response */
struct mn_sim_response *mn_sim_response_due(const struct mn_sim *sim); /* the earliest, or NULL */
/* Ends it: what is open is closed, response.done told, r freed. reason may be NULL. */
void mn_sim_response_end(struct mn_sim *sim, struct mn_sim_response *r, const char *status,
                         const char *reason);
void mn_sim_response_free(struct mn_sim_response *r); /* without a word; accepts NULL */

/* ask.c: fills r->outputs; or parks r, due never, when the brain does not know yet. */
void mn_sim_ask_brain(struct mn_sim *sim, struct mn_sim_response *r);
void mn_sim_ask_waiting(struct mn_sim *sim); /* again, those that are parked */

/* speak.c */
void mn_sim_speak(struct mn_sim *sim, struct mn_sim_response *r); /* one step; may end and free r */
void mn_sim_speak_close(struct mn_sim *sim, struct mn_sim_response *r, enum mn_sim_status status);

/* sound.c: appends an item's speech from one ms to another as base64. Returns 0 or an error. */
int mn_sim_sound(struct mn_sim *sim, struct mn_buf *out, uint32_t number, int64_t from_ms,
                 int64_t to_ms, enum mn_audio_format format);

/* playing.c: nothing, unless settings.direct. */
void mn_sim_play_item(struct mn_sim *sim, const struct mn_sim_response *r); /* its first audio */
void mn_sim_play_more(struct mn_sim *sim, int64_t ms);
void mn_sim_play_whole(struct mn_sim *sim, const struct mn_sim_response *r); /* r is over */
void mn_sim_play_cut(struct mn_sim *sim); /* stops, and the item ends where it was heard to */
int64_t mn_sim_play_deadline(const struct mn_sim *sim);
void mn_sim_play_tick(struct mn_sim *sim); /* the deadline is here */

/* usage.c */
struct mn_sim_tokens mn_sim_tokens_of(const struct mn_sim_item *item);
int64_t mn_sim_tokens_of_text(size_t bytes);
/* overhead: bytes of instructions and tools. */
void mn_sim_usage_in(struct mn_sim *sim, struct mn_sim_response *r, size_t overhead_bytes);
/* Whether the minute is spent: then r fails. */
bool mn_sim_rates_spent(struct mn_sim *sim, struct mn_sim_response *r);
void mn_sim_usage_write(struct mn_writer *w, const struct mn_sim_response *r);
void mn_sim_rate_limits(struct mn_sim *sim, const struct mn_sim_response *r);

#endif
