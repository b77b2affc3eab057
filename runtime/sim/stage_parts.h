/* stage_parts.h - the inside of a stage, shared by stage.c, stage_caller.c, stage_model.c and
 * stage_http.c, and by no one else. */
#ifndef MN_SIM_STAGE_PARTS_H
#define MN_SIM_STAGE_PARTS_H

#include "audio/format.h"
#include "audio/speech.h"
#include "core/history.h"
#include "core/playout.h"
#include "io/http_cache.h"
#include "sim/model_server.h"
#include "sim/rest.h"
#include "sim/stage.h"
#include "sim/wire.h"
#include "store/records.h"

/* What one scenario may leave behind; a scenario of an hour leaves some thousands. */
#define MN_STAGE_RECORDS 100000

/* Words heard are kept for this many items of one call. */
#define MN_STAGE_ITEMS 512

struct mn_stage_item {
    char id[MN_ID_MAX];
    struct mn_item said; /* its words, and which audio they came with */
    int64_t samples, began_ms;
    int64_t heard_ms; /* once settled: cut, when nothing more is heard of it */
    bool written;     /* text, read as it comes */
    bool settled, cut;
};

/* Samples at 24 kHz since the stage opened. */
struct mn_stretch {
    int64_t from, to;
};

enum mn_stage_side_name { MN_STAGE_MOUTH, MN_STAGE_EAR, MN_STAGE_SIDES };

struct mn_stage_side {
    struct mn_stretch *list; /* where it sounds, in order; what lies ahead is in it */
    int nlist;
    int16_t *pcm; /* kept of it, when it is; silent past n */
    size_t n, cap;
};

/* One connection to the model: a simulator of its own. */
struct mn_stage_leg {
    struct mn_stage *st;
    struct mn_sim_end *end; /* NULL: this place is free */
    struct mn_brain brain;
};

#define MN_STAGE_LEGS 8 /* at once: one in use, one being prepared, the others closing */

struct mn_stage {
    struct mn_clock clock;
    uint64_t seed;
    struct mn_log log;
    struct mn_pacing pacing;
    struct mn_state_limits script;
    struct mn_shared *shared; /* this scenario's own, as these */
    struct mn_records *kept;  /* in memory; NULL until they are asked */
    struct mn_list questions; /* to them, not answered yet */
    struct mn_list posted;    /* mails, what becomes of which was not told yet */
    int mail_refusals;        /* the next mails, as many, are refused with these words */
    struct mn_buf mail_refusal;
    int nkept;   /* ids given so far */
    int ntokens; /* tokens made so far */
    struct mn_world world;
    struct mn_upstream upstream, fallback;
    struct mn_bundle *bundle; /* held */
    struct mn_wire *wire;     /* borrowed; NULL: all parties are in this process */
    struct mn_buf start, meta, user, state, history;
    struct mn_call *call; /* NULL before it began, and once it is over */
    bool begun, over, notes;
    bool away; /* the caller's network broke, and they may come back */
    bool (*stand_in)(void *owner, struct mn_str tool, struct mn_str arguments, struct mn_buf *out);
    void *stand_in_owner;
    struct mn_str alone; /* the tool that runs so, in the bundle's spec */
    struct mn_buf alone_args;
    int64_t alone_ms; /* when it began */

    struct mn_record *records;
    int nrecords, caprecords;

    struct mn_link *caller;                 /* our end; NULL once closed */
    enum mn_audio_format line_in, line_out; /* of what they send, and are sent (stage_line.c) */
    struct mn_timer mouth;                  /* every 20 ms while audio is sent */
    int64_t mouth_ms;             /* of the current speech and the hush after it, already sent */
    int64_t speech_ms;            /* its length */
    int spoken;                   /* speeches so far: their watermark */
    bool understood;              /* the server has seen where the speech ended */
    struct mn_speech_waves waves; /* what it speaks with */
    struct mn_playout ear;
    struct mn_stage_item items[MN_STAGE_ITEMS];
    int nitems;

    struct mn_stage_side sides[MN_STAGE_SIDES];
    bool keeps_sound;
    int16_t *recording; /* that the mouth plays; NULL: marked speech */
    size_t nrecording;

    struct mn_stage_leg legs[MN_STAGE_LEGS];
    struct mn_sim_end *model;    /* the one talked to last; NULL while there is none */
    struct mn_stage_leg *asking; /* who asked last */
    uint64_t dialled;
    struct mn_buf words;           /* of the newest speech, for whoever hears it */
    char asked[MN_ID_MAX];         /* the response it was last asked about; empty: none */
    bool answered, improvised;     /* by outputs, or by the stand-in */
    struct mn_sim_outputs outputs; /* of the answer */

    int refusals, refusal_status; /* of the next dials */
    struct mn_buf refusal_body;

    struct mn_list requests;
    struct mn_http_cache *cache; /* before them */
    int nrequests;

    struct mn_rest *rest; /* of requests of the API; NULL before the first */
    struct mn_brain writer;
    struct mn_sim_outputs *written; /* what the one being answered holds; NULL: the stand-in's */
};

/* Appends a record to be filled; NULL when there is no room. */
struct mn_buf *mn_stage_note(struct mn_stage *st, enum mn_lane lane);
void mn_stage_note_text(struct mn_stage *st, enum mn_lane lane, struct mn_str json);

/* Joins two ends: by a wire when there is one. As mn_link_pair. */
int mn_stage_join(struct mn_stage *st, enum mn_wire_dialler who, struct mn_link **a,
                  struct mn_link **b);

int mn_stage_open_caller(struct mn_stage *st, struct mn_link **theirs); /* stage_caller.c */
void mn_stage_close_caller(struct mn_stage *st);
void mn_stage_note_end(struct mn_stage *st, int code, struct mn_str reason);
int mn_stage_open_mouth(struct mn_stage *st, struct mn_str words, int64_t ms);

/* The caller was told that the session is like this. */
void mn_stage_line_set(struct mn_stage *st, const struct mn_json *session); /* stage_line.c */
/* Between samples of 24 kHz and base64 on the line, n at most a frame of 20 ms. Appends; returns 0,
 * -ENOMEM, or what mn_b64_decode says. */
int mn_stage_line_encode(struct mn_stage *st, const int16_t *pcm, size_t n, struct mn_buf *out);
int mn_stage_line_decode(const struct mn_stage *st, struct mn_str audio, struct mn_buf *pcm);
int64_t mn_stage_line_samples(const struct mn_stage *st, struct mn_str audio); /* in such text */

void mn_stage_sounds(struct mn_stage_side *side, int64_t from, int64_t to); /* stage_sound.c */
void mn_stage_put_sound(struct mn_stage *st, struct mn_stage_side *side, int64_t from,
                        const int16_t *pcm, size_t n);
void mn_stage_hear_sound(struct mn_stage *st, struct mn_str audio, int64_t due_ms, int64_t samples);
void mn_stage_hush_sound(struct mn_stage *st, enum mn_stage_side_name which); /* from now on */
void mn_stage_close_sound(struct mn_stage *st);
void mn_stage_open_model(struct mn_stage *st); /* stage_model.c */
struct mn_upstream *mn_stage_upstream_at(void *stage, struct mn_str address);
int mn_stage_open_http(struct mn_stage *st); /* 0 or -ENOMEM */
int mn_stage_http(void *stage, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                  void **op); /* stage_http.c */
void mn_stage_http_cancel(void *stage, void *op);
void mn_stage_close_http(struct mn_stage *st);
int mn_stage_keep(void *stage, const struct mn_keep_ask *ask, mn_keep_done *done, void *op_owner,
                  void **op); /* stage_store.c */
int mn_stage_search(void *stage, struct mn_bundle *app, const struct mn_search_ask *ask,
                    mn_keep_done *done, void *op_owner, void **op);
void mn_stage_keep_cancel(void *stage, void *op);
void mn_stage_close_store(struct mn_stage *st);
int mn_stage_mail(void *stage, const struct mn_mail_ask *ask, const char *call_id,
                  mn_mail_done *done, void *op_owner, void **op,
                  struct mn_buf *why); /* stage_mail.c */
void mn_stage_mail_forget(void *stage, void *op);
int mn_stage_token(void *stage, struct mn_str app, struct mn_str ask, struct mn_buf *out,
                   struct mn_buf *why); /* stage_token.c */
void mn_stage_close_mail(struct mn_stage *st);
/* Whether request id is one of the API that waits for its answer, and what it asks. */
bool mn_stage_asked_of_api(struct mn_stage *st, int id, struct mn_str *path, struct mn_str *body);
bool mn_stage_ask_stand_in(void *stage, struct mn_str tool, struct mn_str arguments,
                           struct mn_buf *out); /* stage_tools.c */

#endif
