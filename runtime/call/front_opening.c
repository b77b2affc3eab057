/* front_opening.c - a WebSocket at an app's route: the call its function opens, or why it does not.
 *
 *     upgrade --> [ opening: messages are kept ] --{ call = }--> the call, which gets them
 *                              \------------------{ status = }--> an error event, then the close
 *
 * WHY AFTER THE UPGRADE  libwebsockets wants to know in the callback that tells of an upgrade
 * whether to make it, and a route may wait. So the WebSocket opens at once, and a refusal is an
 * error event and a close with 4000 + the status a request would have been answered with: more than
 * a page could see of a refused upgrade. Keys, paths and a server that is full are judged before,
 * and are answered over HTTP. */
#include "base/err.h"
#include "base/id.h"
#include "call/dialect_asked.h"
#include "call/front.h"
#include "call/front_parts.h"
#include "call/principal.h"
#include "core/event_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CLOSE_BASE 4000 /* RFC 6455, 7.4.2: from here to 4999 they are an application's own */

struct opening {
    struct mn_list place; /* in the front's */
    struct mn_front *front;
    struct mn_front_job *job; /* NULL once it has answered */
    struct mn_link *link;     /* NULL once it is somebody else's, or gone */
    struct mn_timer late;
    struct mn_buf early; /* what the caller has sent: struct early, then its bytes, each */
    struct mn_buf path;  /* for the log */
    char peer[64];
    struct mn_principal who; /* the request's, kept: its request is gone by then */
    enum mn_dialect dialect;
    bool notes;
    int64_t began_ms;
};

struct early {
    size_t n;
    bool binary;
};

static struct mn_worker *worker_of(const struct opening *o)
{
    return o->front->worker;
}

static void end_opening(struct opening *o)
{
    struct mn_front *front = o->front;
    struct mn_front_job *job = o->job;

    o->job = NULL;
    if (job != NULL)
        mn_front_stop(job);
    mn_timer_stop(&o->late);
    mn_list_remove(&o->place);
    mn_buf_free(&o->early);
    mn_buf_free(&o->path);
    mn_principal_clear(&o->who);
    free(o);
    mn_front_ended(front);
}

static void log_opening(const struct opening *o, int status)
{
    struct mn_worker *w = worker_of(o);

    MN_LOG(w->log, DEBUG, NULL, "route", {"app", mn_bundle_spec(o->front->bundle)->name},
           {"method", MN_STR("WS")}, {"path", mn_buf_str(&o->path)},
           {"status", .i = status, .is_int = true},
           {"ms", .i = mn_clock_now(w->world.clock) - o->began_ms, .is_int = true});
}

/* --- no call ------------------------------------------------------------------------------------
 */

static void tell_fault(struct opening *o, const struct mn_fault *fault)
{
    struct mn_buf event = {0};
    char id[MN_ID_MAX];

    mn_id_new(id, "event", &worker_of(o)->random);
    if (mn_event_error(&event, id, fault) == 0)
        (void)mn_link_send(o->link, mn_buf_str(&event)); /* the close code tells without it */
    mn_buf_free(&event);
}

/* Ends o. */
static void turn_away(struct opening *o, int status, const char *type, const char *code,
                      struct mn_str message)
{
    struct mn_fault fault = {.type = type, .code = code};

    if (type == NULL)
        fault.type = status >= 500 ? "server_error" : "invalid_request_error";
    snprintf(fault.message, sizeof(fault.message), "%.*s", MN_FMT(message));
    log_opening(o, status);
    tell_fault(o, &fault);
    o->link->events = &mn_link_nobody;
    mn_link_close(o->link, CLOSE_BASE + status, message);
    end_opening(o);
}

static const char *copied(char *out, size_t size, struct mn_str from)
{
    snprintf(out, size, "%.*s", MN_FMT(from));
    return from.n > 0 ? out : NULL;
}

/* The words of a reply are those of {"error": {...}}, as the API has it, else its text. */
static void refuse(struct opening *o, int status, struct mn_str body)
{
    struct mn_json *said = NULL;
    const struct mn_json *error;
    struct mn_str message = body;
    char type[64], code[64], words[512];

    (void)mn_json_parse(&said, body, &mn_json_frame, NULL); /* it may be text */
    error = mn_json_get(said, "error");
    if (mn_json_kind(error) == MN_JSON_STRING)
        message = mn_json_text(error);
    else if (mn_json_str(error, "message").n > 0)
        message = mn_json_str(error, "message");
    if (message.n == 0)
        message = MN_STR("The call was refused.");
    snprintf(words, sizeof(words), "%.*s", (int)(message.n < 500 ? message.n : 500), message.p);
    turn_away(o, status, copied(type, sizeof(type), mn_json_str(error, "type")),
              copied(code, sizeof(code), mn_json_str(error, "code")), mn_str(words));
    mn_json_free(said);
}

static void at_capacity(struct opening *o)
{
    turn_away(o, 503, NULL, "at_capacity",
              MN_STR("No more calls can be taken just now. Try again in a moment."));
}

/* --- a call -------------------------------------------------------------------------------------
 */

/* What was sent meanwhile, as if it came now. Whoever has the link hears it. */
static void replay(struct mn_link *link, const struct mn_buf *kept)
{
    size_t at = 0;

    while (at < kept->n) {
        struct early head;
        struct mn_str bytes;

        memcpy(&head, kept->p + at, sizeof(head));
        bytes = (struct mn_str){kept->p + at + sizeof(head), head.n};
        at += sizeof(head) + head.n;
        if (head.binary)
            link->events->on_binary(link, bytes);
        else
            link->events->on_message(link, bytes);
    }
}

static int print(const struct mn_json *call, const char *name, struct mn_buf *out)
{
    const struct mn_json *v = mn_json_get(call, name);

    return v != NULL ? mn_json_print(v, out) : 0;
}

/* ctx.call, as far as the route has said. */
static int print_meta(const struct mn_json *call, struct mn_buf *out)
{
    static const char *const names[] = {"from", "to", "channel", "meta"};
    char before = '{';

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct mn_json *v = mn_json_get(call, names[i]);

        if (v == NULL)
            continue;
        mn_buf_addf(out, "%c\"%s\":", before, names[i]);
        mn_json_print(v, out);
        before = ',';
    }
    return before == ',' ? mn_buf_add_byte(out, '}') : out->err;
}

static enum mn_dialect dialect_of(const struct opening *o, const struct mn_json *call)
{
    struct mn_str name = mn_json_str(call, "dialect");

    if (name.n == 0)
        return o->dialect;
    return mn_str_is(name, "beta") ? MN_BETA : MN_GA;
}

/* The apps may have been read again since the route began: then the call is moved at once. */
static void move_on(struct mn_worker *w, struct mn_call *call)
{
    struct mn_bundle *app =
        mn_generation_find(&w->apps, mn_bundle_spec(mn_call_bundle(call))->name);

    if (app != NULL && app != mn_call_bundle(call))
        mn_call_move(call, app);
}

static void begin_call(struct opening *o, const struct mn_json *said, struct mn_worker_call *call)
{
    struct mn_worker *w = worker_of(o);
    struct mn_link *link = o->link;
    struct mn_call *begun;

    call->app = o->front->bundle;
    call->caller = link;
    call->peer = mn_str(o->peer);
    call->notes = o->notes;
    call->who = &o->who;
    call->dialect = dialect_of(o, said);
    call->quiet = !mn_json_bool(said, "greeting", true);
    link->events = &mn_link_nobody; /* until the call has it; when it cannot, it closes it */
    log_opening(o, 101);
    if (mn_worker_call(w, &begun, call) == 0) {
        replay(link, &o->early);
        move_on(w, begun);
    }
    end_opening(o);
}

/* text: what lua/myna/dialled.lua makes of { call = { ... } }. */
static void open_call(struct opening *o, struct mn_str text)
{
    struct mn_buf agent = {0}, meta = {0}, user = {0}, state = {0};
    struct mn_json *said = NULL;
    struct mn_worker_call call = {0};
    int err = mn_json_parse(&said, text, &mn_json_frame, NULL);

    if (err == 0 && mn_json_str(said, "agent").n > 0)
        err = mn_buf_add_str(&agent, mn_json_str(said, "agent"));
    if (err == 0)
        err = print_meta(said, &meta);
    if (err == 0)
        err = print(said, "user", &user);
    if (err == 0)
        err = print(said, "state", &state);
    call.start = agent.p;
    call.meta = mn_buf_str(&meta);
    call.user = mn_buf_str(&user);
    call.state = mn_buf_str(&state);
    if (err != 0)
        turn_away(o, 500, NULL, NULL, MN_STR("The call cannot be opened."));
    else if (!mn_worker_takes_calls(worker_of(o)))
        at_capacity(o);
    else
        begin_call(o, said, &call);
    mn_json_free(said);
    mn_buf_free(&agent);
    mn_buf_free(&meta);
    mn_buf_free(&user);
    mn_buf_free(&state);
}

/* --- while the route runs -----------------------------------------------------------------------
 */

static void on_answer(void *owner, const struct mn_front_answer *answer)
{
    struct opening *o = owner;
    int status = 0;

    o->job = NULL;
    for (size_t i = 0; i < answer->head.n && i < 3; i++)
        status = status * 10 + (answer->head.p[i] - '0');
    if (answer->err != 0)
        turn_away(o, 500, NULL, "route_failed",
                  MN_STR("This did not work. The server's log says why."));
    else if (status == 101)
        open_call(o, answer->body);
    else
        refuse(o, status, answer->body);
}

static void on_late(struct mn_timer *timer)
{
    struct opening *o = mn_container_of(timer, struct opening, late);
    struct mn_worker *w = worker_of(o);

    MN_LOG(w->log, WARN, NULL, "a route took too long (route-timeout)",
           {"app", mn_bundle_spec(o->front->bundle)->name}, {"method", MN_STR("WS")},
           {"path", mn_buf_str(&o->path)},
           {"limit_ms", .i = w->settings->route_timeout, .is_int = true});
    turn_away(o, 504, NULL, "route_timeout", MN_STR("This took too long. Try again."));
}

static void keep(struct mn_link *link, struct mn_str bytes, bool binary)
{
    struct opening *o = link->owner;
    const struct early head = {bytes.n, binary};

    mn_buf_add(&o->early, &head, sizeof(head));
    if (mn_buf_add_str(&o->early, bytes) != 0)
        turn_away(o, 413, NULL, "too_early",
                  MN_STR("Too much was sent before the call was opened (route-early)."));
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    keep(link, text, false);
}

static void on_binary(struct mn_link *link, struct mn_str bytes)
{
    keep(link, bytes, true);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    (void)code, (void)reason, (void)err;
    end_opening(link->owner);
}

static const struct mn_link_events events = {
    .on_message = on_message,
    .on_binary = on_binary,
    .on_close = on_close,
};

/* --- */

static int run(struct opening *o, struct mn_exchange *x, const struct mn_app_route *route)
{
    struct mn_worker *w = worker_of(o);
    struct mn_buf head = {0};
    struct mn_front_ask ask = {.route = route, .time_ms = w->settings->route_timeout};
    int err;

    mn_front_write_head(x, route, &head);
    ask.head = mn_buf_str(&head);
    err = head.err != 0 ? head.err : mn_principal_err(&o->who);
    if (err == 0)
        err = mn_front_run(o->front->state, &ask, on_answer, o, &o->job);
    mn_buf_free(&head);
    if (err == 0)
        err = mn_timer_start(w->world.clock, &o->late, ask.time_ms, on_late);
    return err;
}

static struct opening *new_opening(struct mn_front *front, struct mn_exchange *x)
{
    struct opening *o = calloc(1, sizeof(*o));
    struct mn_str peer = mn_exchange_peer(x);

    if (o == NULL)
        return NULL;
    o->front = front;
    o->dialect = mn_dialect_asked(x, (enum mn_dialect)front->worker->settings->dialect);
    o->notes = mn_str_is(mn_exchange_query(x, "events"), "myna");
    o->began_ms = mn_clock_now(front->worker->world.clock);
    o->early.limit = (size_t)front->worker->settings->route_early;
    mn_principal_keep(&o->who, mn_principal_of(x));
    mn_buf_add_str(&o->path, mn_exchange_path(x));
    snprintf(o->peer, sizeof(o->peer), "%.*s", MN_FMT(peer));
    mn_list_append(&front->openings, &o->place);
    mn_front_began(front);
    return o;
}

/* A caller who was lost comes back the way they came (R63), and the route is not asked again. */
static bool resumes(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_str id = mn_exchange_query(x, "session_id");

    if (id.n == 0 || mn_exchange_query(x, "resume").n == 0)
        return false;
    mn_worker_resume(w, x, id);
    return true;
}

static void refuse_upgrade(struct mn_exchange *x)
{
    mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                       "No more requests can be taken just now. Try again in a moment.");
}

void mn_front_open(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct mn_front_route found;
    struct opening *o;
    struct mn_link *link;
    int status;

    if (resumes(w, x))
        return;
    if (!mn_front_find(w, x, &found, &status) || mn_front_is_full(found.front)) {
        refuse_upgrade(x);
        return;
    }
    if (!mn_front_may(x, &found) || !mn_worker_let_in(w, x))
        return;
    o = new_opening(found.front, x);
    if (o == NULL || run(o, x, found.route) != 0 || mn_exchange_accept(x, &link) != 0) {
        refuse_upgrade(x);
        if (o != NULL)
            end_opening(o);
        return;
    }
    o->link = link;
    link->events = &events;
    link->owner = o;
}

void mn_front_drop_openings(struct mn_front *f)
{
    while (!mn_list_empty(&f->openings))
        turn_away(mn_container_of(f->openings.next, struct opening, place), 503, NULL, "going_away",
                  MN_STR("The server is going away. Try again in a moment."));
}
