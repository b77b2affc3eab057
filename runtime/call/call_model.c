/* call_model.c - the model's end: dial, events in, events out. */
#include "call/call_parts.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>

/* One frame that is no event says little; so many say that this is no Realtime API. */
#define RUBBISH_MAX 20

/* What whoever runs the server can do about it; the caller is told by the session. */
static const struct {
    int err;
    const char *hint;
} hints[] = {
    {0, "the model ended it, and its code and reason say why"},
    {-ECONNREFUSED, "nothing listens there: check --upstream, and that the model runs"},
    {MN_ECONFIG, "check --upstream and --upstream-ca"},
    {MN_ERESOLVE, "check the host in --upstream, and this machine's name server"},
    {MN_ETIMEOUT, "check the network between; --connect-timeout and --ping bound the wait"},
    {MN_ETLS, "check the model's certificate; --upstream-ca names a private CA"},
    {MN_EREFUSED, "401: check OPENAI_API_KEY; 404: the path of --upstream and the app's model; "
                  "429: the account's limits"},
    {MN_EPROTOCOL, "check that --upstream speaks the Realtime API"},
    {MN_ELIMIT, "its frame was longer than --max-message"},
    {MN_ECLOSED, "it hung up without a word: its own log may say why"},
};

static struct mn_str hint(int err)
{
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (hints[i].err == err)
            return mn_str(hints[i].hint);
    }
    return MN_STR("check --upstream and the network between");
}

static void play(struct mn_call *c, struct mn_str frame, const struct mn_span *span,
                 const struct mn_verdict *verdict)
{
    if (span->beta) { /* R74: inside all is GA */
        mn_buf_clear(&c->model_scratch);
        if (mn_dialect_write_audio(&c->model_scratch, frame, span, MN_GA) != 1)
            return; /* audio that is lost is a gap, not an error */
        frame = mn_buf_str(&c->model_scratch);
    }
    if (verdict->act == MN_AUDIO_HOLD)
        mn_call_hold(c, frame, verdict->held, true, verdict->offset_ms);
    else
        mn_call_play(c, frame, verdict->release_at_ms);
}

static void on_audio(struct mn_call *c, struct mn_str frame, const struct mn_span *span)
{
    struct mn_verdict verdict =
        mn_session_audio(c->session, c->leg, span, mn_clock_now(c->world->clock));

    if (verdict.act != MN_AUDIO_DROP)
        play(c, frame, span, &verdict);
    mn_call_pump(c); /* the first audio of a response is worth a note */
}

static void on_event(void *call, const struct mn_event *ev)
{
    struct mn_call *c = call;

    if (ev->type == MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA) { /* written in an unusual way */
        on_audio(c, ev->raw,
                 &(struct mn_span){.audio = ev->delta,
                                   .response_id = ev->response_id,
                                   .item_id = ev->item_id,
                                   .content_index = ev->content_index,
                                   .output_index = ev->output_index});
        return;
    }
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_MODEL, .leg = c->leg, .event = ev});
}

static void pass_over(struct mn_call *c, const struct mn_fault *fault)
{
    MN_LOG(c->world->log, WARN, c->id, "the model sent what is no event; ignored",
           {"code", mn_str(fault->code)}, {"message", mn_str(fault->message)});
    if (++c->rubbish < RUBBISH_MAX)
        return;
    MN_LOG(c->world->log, ERROR, c->id, "the model is left: its frames are no events",
           {"frames", .i = c->rubbish, .is_int = true}, {"hint", hint(MN_EPROTOCOL)});
    mn_link_close(c->model, 1002, MN_STR("not events of the Realtime API"));
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = c->leg, .err = MN_EPROTOCOL});
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct mn_call *c = link->owner;
    struct mn_fault fault;
    struct mn_span span;

    if (c->ending)
        return;
    if (mn_span_read(text, &span) == MN_HOT_DELTA) {
        on_audio(c, text, &span);
        return;
    }
    if (mn_dialect_read(text, MN_FROM_SERVER, c->world->upstream->dialect, &c->world->limits->frame,
                        on_event, c, &fault) != 0)
        pass_over(c, &fault);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct mn_call *c = link->owner;

    c->model = NULL;
    if (!c->ending) {
        MN_LOG(c->world->log, WARN, c->id, "the connection to the model closed",
               {"code", .i = code, .is_int = true}, {"reason", reason},
               {"error", mn_str(err != 0 ? mn_strerror(err) : "")}, {"hint", hint(err)});
        mn_call_feed(c, &(struct mn_input){
                            .type = MN_IN_LEG_DOWN, .leg = c->leg, .err = err, .text = reason});
    }
    mn_call_closed(c);
}

static const struct mn_link_events events = {
    .on_message = on_message,
    .on_close = on_close,
};

void mn_call_dial(struct mn_call *c, mn_leg leg)
{
    struct mn_upstream *u = c->world->upstream;
    int err;

    assert(c->model == NULL); /* one leg at a time: sessions dial once */
    c->leg = leg;
    err = u->dial(u, mn_bundle_spec(c->bundle)->model, &events, c, &c->model);
    if (err == 0)
        return;
    c->model = NULL;
    MN_LOG(c->world->log, ERROR, c->id, "the model cannot be dialled",
           {"error", mn_str(mn_strerror(err))}, {"hint", hint(err)});
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = leg, .err = err});
}

static int send(struct mn_call *c, struct mn_str event)
{
    int rc = mn_dialect_out(&event, &c->model_scratch, event, MN_FROM_CLIENT,
                            c->world->upstream->dialect);

    return rc == 1 ? mn_link_send(c->model, event) : rc;
}

void mn_call_to_model(struct mn_call *c, mn_leg leg, struct mn_str event)
{
    int err;

    mn_call_send_early(c); /* a commit among the events is of audio that came before it */
    err = c->model != NULL && leg == c->leg ? send(c, event) : 0;
    if (err == 0 || err == MN_ECLOSED)
        return; /* its on_close tells */
    MN_LOG(c->world->log, ERROR, c->id, "an event for the model was not taken",
           {"error", mn_str(mn_strerror(err))});
    mn_link_close(c->model, 1008, MN_STR("reading too slowly"));
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = leg, .err = err});
}

void mn_call_leave_model(struct mn_call *c, mn_leg leg)
{
    if (c->model != NULL && leg == c->leg)
        mn_link_close(c->model, 1000, (struct mn_str){0});
}
