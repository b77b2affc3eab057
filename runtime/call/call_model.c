/* call_model.c - the model's end: dial, events in, events out. */
#include "call/call_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

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

static void count(struct mn_call *c, int kind)
{
    mn_metric_add(mn_metrics_worker(c->world->metrics), MN_M_UPSTREAM_ERRORS + kind, 1);
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

static void on_audio(struct mn_call_leg *leg, struct mn_str frame, const struct mn_span *span)
{
    struct mn_call *c = leg->call;
    struct mn_verdict verdict =
        mn_session_audio(c->session, leg->number, span, mn_clock_now(c->world->clock));

    if (verdict.act != MN_AUDIO_DROP)
        play(c, frame, span, &verdict);
    if (mn_session_has_effects(c->session)) /* the first audio of a response is worth a note */
        mn_call_pump(c);
}

/* For an app that listens to all of it. A key of the caller's may be one that a script collects,
 * and is left out (R38). */
static void show_script(struct mn_call *c, const struct mn_event *ev)
{
    const struct mn_app_spec *app = mn_bundle_spec(c->bundle);
    struct mn_buf note = {0};
    struct mn_writer w = mn_writer(&note);

    if (c->ending || !mn_state_wants(c->state, MN_NOTE_TRANSPORT_EVENT) ||
        ev->type == MN_EV_INPUT_AUDIO_BUFFER_DTMF_EVENT_RECEIVED)
        return;
    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "agent", app->agents[mn_session_agent(c->session)].name);
    mn_write_raw(&w, "event", ev->raw);
    mn_write_close(&w);
    if (note.err == 0)
        mn_state_note(c->state, MN_NOTE_TRANSPORT_EVENT, mn_buf_str(&note));
    mn_buf_free(&note);
}

static void on_event(void *owner, const struct mn_event *ev)
{
    struct mn_call_leg *leg = owner;

    if (ev->type == MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA) { /* written in an unusual way */
        on_audio(leg, ev->raw,
                 &(struct mn_span){.audio = ev->delta,
                                   .response_id = ev->response_id,
                                   .item_id = ev->item_id,
                                   .content_index = ev->content_index,
                                   .output_index = ev->output_index});
        return;
    }
    show_script(leg->call, ev);
    mn_measure_event(leg->call, ev);
    mn_call_feed(leg->call,
                 &(struct mn_input){.type = MN_IN_MODEL, .leg = leg->number, .event = ev});
}

/* We hang up, and the session hears at once that the leg is gone. */
static void give_up(struct mn_call_leg *leg, int code, const char *reason, int err)
{
    leg->left = true;
    mn_link_close(leg->link, code, mn_str(reason));
    mn_call_feed(
        leg->call,
        &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = leg->number, .err = err, .code = code});
}

static void pass_over(struct mn_call_leg *leg, const struct mn_fault *fault)
{
    struct mn_call *c = leg->call;

    count(c, MN_UPSTREAM_RUBBISH);
    MN_LOG(c->world->log, WARN, c->id, "the model sent what is no event; ignored",
           {"code", mn_str(fault->code)}, {"message", mn_str(fault->message)});
    if (++leg->rubbish < RUBBISH_MAX)
        return;
    MN_LOG(c->world->log, ERROR, c->id, "the model is left: its frames are no events",
           {"frames", .i = leg->rubbish, .is_int = true}, {"hint", hint(MN_EPROTOCOL)});
    give_up(leg, 1002, "not events of the Realtime API", MN_EPROTOCOL);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct mn_call_leg *leg = link->owner;
    struct mn_call *c = leg->call;
    struct mn_fault fault;
    struct mn_span span;

    if (c->ending || leg->left)
        return;
    if (mn_span_read(text, &span) == MN_HOT_DELTA) {
        on_audio(leg, text, &span);
        return;
    }
    if (mn_dialect_read(text, MN_FROM_SERVER, leg->upstream->dialect, &c->world->limits->frame,
                        on_event, leg, &fault) != 0)
        pass_over(leg, &fault);
}

static void free_leg(struct mn_call_leg *leg)
{
    mn_list_remove(&leg->place);
    free(leg);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct mn_call_leg *leg = link->owner;
    struct mn_call *c = leg->call;
    mn_leg number = leg->number;
    bool news = !leg->left && !c->ending;

    free_leg(leg);
    c->hung_up = c->hung_up || (c->line[0] != '\0' && !c->ending && code == 1000);
    if (news && !c->hung_up) {
        count(c, MN_UPSTREAM_CLOSED);
        MN_LOG(c->world->log, WARN, c->id, "the connection to the model closed",
               {"code", .i = code, .is_int = true}, {"reason", reason},
               {"error", mn_str(err != 0 ? mn_strerror(err) : "")}, {"hint", hint(err)});
    }
    if (news)
        mn_call_feed(
            c,
            &(struct mn_input){
                .type = MN_IN_LEG_DOWN, .leg = number, .err = err, .code = code, .text = reason});
    mn_call_closed(c);
}

static void on_open(struct mn_link *link)
{
    struct mn_call_leg *leg = link->owner;

    if (leg->call->line[0] != '\0' && !leg->call->ending && !leg->left)
        mn_call_feed(leg->call, &(struct mn_input){.type = MN_IN_LEG_UP, .leg = leg->number});
}

static const struct mn_link_events events = {
    .on_open = on_open,
    .on_message = on_message,
    .on_close = on_close,
};

static struct mn_upstream *upstream_for(struct mn_call *c, bool fallback)
{
    const struct mn_app_spec *app = mn_bundle_spec(c->bundle);
    struct mn_str address = fallback ? app->fallback : app->upstream;
    struct mn_world *world = c->world;

    if (address.n == 0)
        return world->upstream;
    return world->upstream_at != NULL ? world->upstream_at(world->owner, address) : NULL;
}

static int reach(struct mn_call *c, struct mn_call_leg *leg)
{
    struct mn_upstream *u = leg->upstream;

    if (u == NULL || (c->line[0] != '\0' && u->attach == NULL))
        return MN_ECONFIG;
    if (c->line[0] != '\0')
        return u->attach(u, mn_str(c->line), &events, leg, &leg->link);
    return u->dial(u, mn_bundle_spec(c->bundle)->model, &events, leg, &leg->link);
}

static int dial(struct mn_call *c, mn_leg number, bool fallback)
{
    struct mn_call_leg *leg = calloc(1, sizeof(*leg));
    int err;

    if (leg == NULL)
        return -ENOMEM;
    leg->call = c;
    leg->number = number;
    leg->upstream = upstream_for(c, fallback);
    mn_list_append(&c->legs, &leg->place);
    err = reach(c, leg);
    if (err != 0)
        free_leg(leg);
    return err;
}

void mn_call_dial(struct mn_call *c, mn_leg leg, bool fallback)
{
    int err = dial(c, leg, fallback);

    if (err == 0)
        return;
    count(c, MN_UPSTREAM_DIAL);
    MN_LOG(c->world->log, ERROR, c->id, "the model cannot be dialled",
           {"error", mn_str(mn_strerror(err))}, {"hint", hint(err)});
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = leg, .err = err});
}

/* NULL when it has closed, or was left. */
static struct mn_call_leg *find(struct mn_call *c, mn_leg number)
{
    for (struct mn_list *l = c->legs.next; l != &c->legs; l = l->next) {
        struct mn_call_leg *leg = mn_container_of(l, struct mn_call_leg, place);

        if (leg->number == number && !leg->left)
            return leg;
    }
    return NULL;
}

int mn_call_audio_to_model(struct mn_call *c, mn_leg leg, struct mn_str frame)
{
    struct mn_call_leg *to = find(c, leg);

    return to != NULL ? mn_link_send(to->link, frame) : MN_ECLOSED;
}

static int send(struct mn_call_leg *leg, struct mn_str event)
{
    struct mn_call *c = leg->call;
    int rc =
        mn_dialect_out(&event, &c->model_scratch, event, MN_FROM_CLIENT, leg->upstream->dialect);

    return rc == 1 ? mn_link_send(leg->link, event) : rc;
}

void mn_call_to_model(struct mn_call *c, mn_leg leg, struct mn_str event, bool first)
{
    struct mn_call_leg *to = find(c, leg);
    int err;

    if (!first)
        mn_call_send_early(c); /* a commit among the events is of audio that came before it */
    err = to != NULL ? send(to, event) : 0;
    if (err == 0 || err == MN_ECLOSED)
        return; /* its on_close tells */
    MN_LOG(c->world->log, ERROR, c->id, "an event for the model was not taken",
           {"error", mn_str(mn_strerror(err))});
    give_up(to, 1008, "reading too slowly", err);
}

static void leave(struct mn_call_leg *leg, const char *reason)
{
    leg->left = true;
    mn_link_close(leg->link, 1000, mn_str(reason));
}

void mn_call_leave_model(struct mn_call *c, mn_leg leg)
{
    struct mn_call_leg *gone = find(c, leg);

    if (gone != NULL)
        leave(gone, "");
}

void mn_call_leave_all(struct mn_call *c)
{
    for (struct mn_list *l = c->legs.next; l != &c->legs; l = l->next) {
        struct mn_call_leg *leg = mn_container_of(l, struct mn_call_leg, place);

        if (!leg->left)
            leave(leg, "the call is over");
    }
}
