/* call_script.c - the script's end: jobs run, results come back, orders are taken. */
#include "call/call_parts.h"

#include "base/err.h"
#include "script/live.h"

#include <errno.h>

/* Called from inside the script's machinery: the session hears it now, effects are carried out
 * after, so that a state is never entered from its own callback. */
static int feed_from_script(struct mn_call *c, const struct mn_input *in)
{
    int err;

    if (c->ending)
        return MN_ECLOSED;
    err = mn_session_feed(c->session, in, mn_clock_now(c->world->clock));
    mn_call_fed(c, err);
    mn_call_pump_soon(c);
    return err;
}

/* R16: nobody waits for it any more. */
static void log_late(struct mn_call *c, uint32_t ticket, int err)
{
    const char *tool = mn_session_tool(c->session, ticket);

    if (tool[0] != '\0')
        MN_LOG(c->world->log, INFO, c->id, "a tool ended after the call did",
               {"tool", mn_str(tool)}, {"error", mn_str(err != 0 ? mn_strerror(err) : "")});
}

#define ALONE UINT32_MAX /* the session's tickets count from 1 */

static void on_done(void *owner, uint32_t ticket, const struct mn_job_result *result)
{
    struct mn_call *c = owner;
    mn_job_done *done = c->alone_done;

    if (ticket == ALONE) {
        c->alone_done = NULL;
        done(c->alone_owner, ticket, result);
        return;
    }
    if (c->ending)
        log_late(c, ticket, result->err);
    feed_from_script(owner, &(struct mn_input){.type = MN_IN_RESULT,
                                               .ticket = ticket,
                                               .err = result->err,
                                               .text = result->text,
                                               .tools = result->tools,
                                               .prompt = result->prompt});
}

void mn_call_run(struct mn_call *c, const struct mn_effect *fx)
{
    int err = mn_state_run(c->state, fx->ticket, fx->job, fx->agent, fx->tool, fx->call_id,
                           mn_buf_str(&fx->text));

    if (err != 0)
        mn_call_feed(c, &(struct mn_input){.type = MN_IN_RESULT, .ticket = fx->ticket, .err = err});
}

int mn_call_run_alone(struct mn_call *c, int agent, int tool, struct mn_str arguments,
                      mn_job_done *done, void *owner)
{
    int err;

    if (c->alone_done != NULL)
        return MN_EFULL;
    if (c->state == NULL || c->ending)
        return MN_ECLOSED;
    err = mn_state_run(c->state, ALONE, MN_JOB_TOOL, agent, tool, "alone", arguments);
    if (err == 0) {
        c->alone_done = done;
        c->alone_owner = owner;
    }
    return err;
}

static bool stand_in(void *call, struct mn_str tool, struct mn_str arguments, struct mn_buf *out)
{
    struct mn_world *world = ((struct mn_call *)call)->world;

    return world->stand_in != NULL && world->stand_in(world->owner, tool, arguments, out);
}

static int http(void *call, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                void **op)
{
    struct mn_call *c = call;
    struct mn_http_ask of_app = *ask;

    of_app.app = mn_bundle_spec(c->bundle)->name;
    if (ask->of_api && ask->upstream.n == 0)
        of_app.upstream = mn_bundle_spec(c->bundle)->upstream;
    return c->world->http(c->world->owner, &of_app, done, op_owner, op);
}

static void http_resume(void *call, void *op)
{
    struct mn_world *world = ((struct mn_call *)call)->world;

    if (world->http_resume != NULL)
        world->http_resume(world->owner, op);
}

static void http_cancel(void *call, void *op)
{
    struct mn_world *world = ((struct mn_call *)call)->world;

    world->http_cancel(world->owner, op);
}

static int shared(void *call, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    const struct mn_call *c = call;

    if (c->world->shared == NULL)
        return MN_ECLOSED;
    return mn_shared_do(c->world->shared, mn_bundle_spec(c->bundle)->name, ask, out);
}

static int keep(void *call, const struct mn_keep_ask *ask, mn_keep_done *done, void *op_owner,
                void **op)
{
    const struct mn_call *c = call;
    struct mn_keep_ask own = *ask;

    if (c->world->keep == NULL)
        return MN_ECLOSED;
    own.app = mn_bundle_spec(c->bundle)->name;
    return c->world->keep(c->world->owner, &own, done, op_owner, op);
}

static int search(void *call, const struct mn_search_ask *ask, mn_keep_done *done, void *op_owner,
                  void **op)
{
    const struct mn_call *c = call;

    if (c->world->search == NULL)
        return MN_ECLOSED;
    return c->world->search(c->world->owner, c->bundle, ask, done, op_owner, op);
}

static int mail(void *call, const struct mn_mail_ask *ask, mn_mail_done *done, void *op_owner,
                void **op, struct mn_buf *why)
{
    const struct mn_call *c = call;
    struct mn_mail_ask own = *ask;

    if (c->world->mail == NULL) {
        mn_buf_add_text(why, "this call has no mail");
        return MN_ECLOSED;
    }
    own.app = mn_bundle_spec(c->bundle)->name;
    return c->world->mail(c->world->owner, &own, c->id, done, op_owner, op, why);
}

static int token(void *call, struct mn_str ask, struct mn_buf *out, struct mn_buf *why)
{
    const struct mn_call *c = call;

    if (c->world->token == NULL) {
        mn_buf_add_text(why, "this call has no tokens");
        return MN_ECLOSED;
    }
    return c->world->token(c->world->owner, mn_bundle_spec(c->bundle)->name, ask, out, why);
}

static void mail_forget(void *call, void *op)
{
    struct mn_world *world = ((struct mn_call *)call)->world;

    world->mail_forget(world->owner, op);
}

static void keep_cancel(void *call, void *op)
{
    struct mn_world *world = ((struct mn_call *)call)->world;

    world->keep_cancel(world->owner, op);
}

static const struct {
    const char *word;
    enum mn_input_type type;
    bool whole;
} orders[] = {
    {"say_whole", MN_IN_SAY, true},
    {"say", MN_IN_SAY},
    {"reply", MN_IN_REPLY},
    {"interrupt", MN_IN_INTERRUPT},
    {"hang_up", MN_IN_HANG_UP},
    {"refresh", MN_IN_REFRESH},
    {"history", MN_IN_HISTORY},
    {"tripped", MN_IN_TRIPPED},
    {"tool_started", MN_IN_TEXT_TOOL},
    {"tool_ended", MN_IN_TEXT_TOOL, true},
};

/* text is a JSON object: agent, and the members of mn_move. */
static int order_handoff(struct mn_call *c, struct mn_str text)
{
    struct mn_json *wish = NULL;
    struct mn_move move = {0};
    struct mn_input in = {.type = MN_IN_HANDOFF, .move = &move};
    struct mn_buf items = {0};
    int err = mn_json_parse(&wish, text, &mn_json_frame, NULL);

    if (err == 0 && mn_json_get(wish, "items") != NULL)
        err = mn_json_print(mn_json_get(wish, "items"), &items);
    in.agent = mn_app_agent_named(mn_bundle_spec(c->bundle), mn_json_str(wish, "agent"));
    if (err == 0 && in.agent < 0)
        err = MN_EABSENT;
    move.last = (int)mn_json_int(wish, "last", 0);
    move.items = mn_buf_str(&items);
    move.say = mn_json_str(wish, "say");
    move.reply = mn_json_str(wish, "reply");
    move.silent = mn_json_bool(wish, "silent", false);
    if (err == 0)
        err = feed_from_script(c, &in);
    mn_json_free(wish);
    mn_buf_free(&items);
    return err;
}

int mn_call_order(struct mn_call *c, const char *word, struct mn_str text)
{
    struct mn_input in = {.text = text};
    int err;

    if (c->ending)
        return MN_ECLOSED;
    if (strcmp(word, "send") == 0) {
        mn_call_send(c, text);
        return 0;
    }
    if (strcmp(word, "ours") == 0) { /* an event that only a client which knows ours can act on */
        if (!c->notes)
            return MN_EABSENT;
        mn_call_send(c, text);
        return 0;
    }
    if (strcmp(word, "handoff") == 0)
        return order_handoff(c, text);
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (strcmp(word, orders[i].word) != 0)
            continue;
        in.type = orders[i].type;
        in.whole = orders[i].whole;
        err = feed_from_script(c, &in);
        if (err == 0 && in.type == MN_IN_HISTORY && c->world->edited != NULL)
            c->world->edited(c->world->owner, c);
        return err;
    }
    return MN_EABSENT;
}

static int order(void *call, const char *word, struct mn_str text)
{
    return mn_call_order(call, word, text);
}

static int play(void *call, const struct mn_recording *wish)
{
    return feed_from_script(call, &(struct mn_input){.type = MN_IN_PLAY, .play = wish});
}

/* Past three quarters of what may wait the rest of the conversation would be in danger. */
static bool has_room(const struct mn_call *c, size_t n)
{
    size_t room = c->world->limits->model_queue / 4 * 3, waits = c->pictures;

    for (const struct mn_list *l = c->legs.next; l != &c->legs; l = l->next) {
        const struct mn_call_leg *leg = mn_container_of(l, struct mn_call_leg, place);

        waits += leg->left ? 0 : mn_link_queued(leg->link);
    }
    return n <= room && waits <= room - n;
}

static bool takes_pictures(const struct mn_call *c)
{
    for (const struct mn_list *l = c->legs.next; l != &c->legs; l = l->next) {
        if (mn_container_of(l, struct mn_call_leg, place)->upstream->dialect == MN_BETA)
            return false;
    }
    return true;
}

static int picture(void *call, const struct mn_picture *shown)
{
    struct mn_call *c = call;
    int err;

    if (!takes_pictures(c))
        return MN_EREFUSED;
    if (!has_room(c, shown->url.n))
        return MN_ELIMIT;
    err = feed_from_script(c, &(struct mn_input){.type = MN_IN_PICTURE, .picture = shown});
    if (err == 0)
        c->pictures += shown->url.n;
    return err;
}

static void trace(void *call, struct mn_str point)
{
    struct mn_call *c = call;

    if (c->world->trace != NULL)
        c->world->trace(c->world->owner, c, point);
}

static int agent(void *call)
{
    return mn_session_agent(((struct mn_call *)call)->session);
}

static int of_tool(void *call, const char *word, struct mn_str call_id, struct mn_str text)
{
    struct mn_call *c = call;
    bool progress = strcmp(word, "progress") == 0;

    if (c->ending)
        return MN_ECLOSED;
    feed_from_script(c, &(struct mn_input){.type = progress ? MN_IN_PROGRESS : MN_IN_APPROVAL,
                                           .call_id = call_id,
                                           .approved = strcmp(word, "approve") == 0,
                                           .text = text});
    return 0;
}

static int await(void *call, uint32_t ticket, const struct mn_collect *collect)
{
    return feed_from_script(
        call, &(struct mn_input){.type = collect != NULL ? MN_IN_COLLECT : MN_IN_HEAR_OUT,
                                 .ticket = ticket,
                                 .collect = collect});
}

static void forget(void *call, uint32_t ticket)
{
    feed_from_script(call, &(struct mn_input){.type = MN_IN_FORGET, .ticket = ticket});
}

static int history(void *call, int last, struct mn_buf *out)
{
    return mn_session_history(((struct mn_call *)call)->session, last, out);
}

static void usage(void *call, struct mn_writer *w)
{
    mn_session_usage(((struct mn_call *)call)->session, w);
}

int mn_call_open_script(struct mn_call *c, const struct mn_call_settings *settings)
{
    c->ports = (struct mn_ports){
        .owner = c,
        .http = http,
        .http_cancel = http_cancel,
        .shared = shared,
        .http_resume = http_resume,
        .keep = keep,
        .keep_cancel = keep_cancel,
        .search = search,
        .mail = mail,
        .mail_forget = mail_forget,
        .token = token,
        .order = order,
        .play = play,
        .picture = picture,
        .trace = trace,
        .agent = agent,
        .of_tool = of_tool,
        .await = await,
        .forget = forget,
        .history = history,
        .usage = usage,
        .stand_in = stand_in,
    };
    return mn_state_open(&c->state,
                         &(struct mn_state_settings){
                             .bundle = c->bundle,
                             .clock = c->world->clock,
                             .log = c->world->log,
                             .ports = &c->ports,
                             .limits = c->world->script,
                             .turn = c->world->lua_turn,
                             .call_id = c->id,
                             .seed = settings->seed,
                             .meta = settings->meta,
                             .user = settings->user,
                             .state = settings->state,
                         },
                         on_done, c);
}

void mn_call_move(struct mn_call *c, struct mn_bundle *newer)
{
    struct mn_buf why = {0};
    int err;

    if (c->ending || c->state == NULL)
        return;
    err = mn_state_move(c->state, newer, &why);
    if (err == MN_ECONFIG)
        MN_LOG(c->world->log, WARN, c->id,
               "the call keeps the prompts it has: the app's tools changed",
               {"reason", mn_buf_str(&why)});
    mn_buf_free(&why);
    if (err == 0)
        mn_call_feed(c, &(struct mn_input){.type = MN_IN_MOVED});
}

const struct mn_bundle *mn_call_bundle(const struct mn_call *c)
{
    return c->bundle;
}
