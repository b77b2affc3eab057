/* measure.c - how long a call's parts take, and how it ends, counted (measure.h).
 *
 * Only notes and the model's events are looked at; a frame of audio is never. */
#include "call/measure.h"

#include "call/call_parts.h"

static int64_t now_of(const struct mn_call *c)
{
    return mn_clock_now(c->world->clock);
}

/* The time since *from_ms, which is over. */
static void took(struct mn_call *c, int at, int64_t *from_ms)
{
    if (*from_ms > 0)
        mn_metric_observe(c->measure.app, at, (now_of(c) - *from_ms) * 1000);
    *from_ms = 0;
}

void mn_measure_open(struct mn_call *c)
{
    c->measure.app = mn_metrics_app(c->world->metrics, mn_bundle_spec(c->bundle)->name);
    c->measure.began_ms = now_of(c);
    mn_metric_add(c->measure.app, MN_APP_CALLS_OPEN, 1);
}

void mn_measure_event(struct mn_call *c, const struct mn_event *ev)
{
    struct mn_measure *m = &c->measure;

    switch (ev->type) {
    case MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STARTED:
        m->spoke_ms = now_of(c);
        break;
    case MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STOPPED:
    case MN_EV_INPUT_AUDIO_BUFFER_COMMITTED:
        m->asked_ms = now_of(c);
        m->by_turn = true;
        break;
    case MN_EV_RESPONSE_CREATED:
        m->spoke_ms = 0;
        if (!m->by_turn)
            m->asked_ms = now_of(c);
        break;
    case MN_EV_ERROR:
        mn_metric_add(mn_metrics_worker(c->world->metrics),
                      MN_M_UPSTREAM_ERRORS + MN_UPSTREAM_EVENT, 1);
        break;
    default:
        break;
    }
}

static bool has_tool(const struct mn_app_spec *app, struct mn_str name)
{
    for (int a = 0; a < app->nagents; a++) {
        for (int t = 0; t < app->agents[a].ntools; t++) {
            if (mn_str_same(app->agents[a].tools[t].name, name))
                return true;
        }
    }
    return false;
}

/* The name is what the model called: only one of the app's may become a label. */
static void tool_ended(struct mn_call *c, struct mn_str text)
{
    const struct mn_app_spec *app = mn_bundle_spec(c->bundle);
    struct mn_json *note;
    struct mn_str name;
    double seconds;

    if (c->world->metrics == NULL || mn_json_parse(&note, text, &mn_json_frame, NULL) != 0)
        return;
    name = mn_json_str(note, "tool");
    seconds = mn_json_num(note, "seconds", 0);
    mn_metric_observe(mn_metrics_tool(c->world->metrics, app->name,
                                      has_tool(app, name) ? name : MN_STR("unknown")),
                      MN_TOOL_SECONDS, (int64_t)(seconds * 1e6));
    mn_json_free(note);
}

void mn_measure_note(struct mn_call *c, enum mn_note note, struct mn_str text)
{
    struct mn_measure *m = &c->measure;

    switch (note) {
    case MN_NOTE_AGENT_START:
        if (!m->ready) {
            m->asked_ms = now_of(c);
            took(c, MN_APP_SETUP, &m->began_ms);
        }
        m->ready = true;
        break;
    case MN_NOTE_AUDIO_START:
        took(c, MN_APP_FIRST_AUDIO, &m->asked_ms);
        m->by_turn = false;
        break;
    case MN_NOTE_AUDIO_INTERRUPTED:
        took(c, MN_APP_BARGE_IN, &m->spoke_ms);
        break;
    case MN_NOTE_TOOL_END:
        tool_ended(c, text);
        break;
    case MN_NOTE_RECONNECTING:
        mn_metric_add(mn_metrics_worker(c->world->metrics), MN_M_RECONNECTS, 1);
        break;
    default:
        break;
    }
}

/* In the order of the row's values. */
enum { COMPLETED, CALLER_LEFT, UPSTREAM, SLOW_CALLER, STOPPED, FAILED };

static int outcome(int code, struct mn_str reason)
{
    if (code == 1000)
        return mn_str_is(reason, "the caller left") ? CALLER_LEFT : COMPLETED;
    if (code == 1001)
        return STOPPED;
    if (code == 1008)
        return SLOW_CALLER;
    if (mn_str_starts(reason, MN_STR("upstream_")) || mn_str_is(reason, "session_refused"))
        return UPSTREAM;
    return FAILED;
}

void mn_measure_end(struct mn_call *c, int code, struct mn_str reason)
{
    if (c->measure.over)
        return;
    c->measure.over = true;
    mn_metric_add(c->measure.app, MN_APP_CALLS_OPEN, -1);
    mn_metric_add(c->measure.app, MN_APP_CALLS + outcome(code, reason), 1);
}
