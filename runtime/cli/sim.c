/* sim.c - `myna sim`: the simulated Realtime API on a port, for any client in any language. */
#include "call/dialect_asked.h"
#include "cli/command.h"
#include "io/server.h"
#include "sim/model_server.h"
#include "sim/phones.h"
#include "sim/rest.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

struct sim_server {
    struct mn_start *start;
    struct mn_loop *loop;
    struct mn_server *server;
    struct mn_random random;
    struct mn_rest *rest;
    struct mn_sim_phones phones;
};

struct fault {
    bool asked;
    enum mn_sim_fault kind;
    int64_t number;
    struct mn_str text;
};

static const char *const subprotocols[] = {"realtime", NULL};

/* The key a client presents, in whatever way it can. */
static struct mn_str key_of(struct mn_exchange *x)
{
    struct mn_str key = mn_exchange_header(x, "authorization"), offer;
    struct mn_str bearer = MN_STR("Bearer "), name = MN_STR("openai-insecure-api-key.");

    if (mn_str_starts(key, bearer))
        return (struct mn_str){key.p + bearer.n, key.n - bearer.n};
    for (int i = 0; (offer = mn_exchange_offer(x, i)).n > 0; i++)
        if (mn_str_starts(offer, name))
            return (struct mn_str){offer.p + name.n, offer.n - name.n};
    return (struct mn_str){NULL, 0};
}

/* With --key a key must be there; any will do, as no model is behind it. */
static bool admit(void *owner, struct mn_exchange *x)
{
    struct sim_server *sim = owner;

    if (sim->start->settings.key == NULL || key_of(x).n > 0)
        return true;
    mn_exchange_refuse(x, 401, NULL, "invalid_api_key", "You didn't provide an API key.");
    return false;
}

/* What the client asks for in its address. Returns false after refusing it. */
static bool read_settings(struct sim_server *sim, struct mn_exchange *x,
                          struct mn_sim_settings *settings)
{
    struct mn_str call = mn_exchange_query(x, "call_id");

    settings->seed = mn_random_next(&sim->random);
    settings->dialect = mn_dialect_asked(x, MN_GA);
    settings->transcription = mn_str_is(mn_exchange_query(x, "intent"), "transcription");
    if (call.n == 0) {
        mn_rest_session(sim->rest, key_of(x), &settings->session);
        return true;
    }
    if (mn_sim_phones_has(&sim->phones, call))
        return true;
    mn_exchange_refuse(x, 404, NULL, "call_id_not_found", "No such call is going on.");
    return false;
}

/* ?fault=stall:3000 and the like (sim/fault.h), once the session has begun. Returns false after
 * refusing one there is not. */
static bool read_fault(struct mn_exchange *x, struct fault *fault)
{
    struct mn_str word = mn_exchange_query(x, "fault");

    fault->asked = word.n > 0;
    if (!fault->asked || mn_sim_fault_read(word, &fault->kind, &fault->number, &fault->text))
        return true;
    mn_exchange_refuse(x, 400, NULL, "invalid_value", "There is no such fault.");
    return false;
}

static void accept_session(void *owner, struct mn_exchange *x)
{
    struct sim_server *sim = owner;
    struct mn_sim_settings settings = mn_sim_defaults();
    struct mn_str model = mn_exchange_query(x, "model"), call = mn_exchange_query(x, "call_id");
    struct fault fault;
    struct mn_sim_end *end;
    struct mn_link *link;
    char name[128];

    if (!read_fault(x, &fault) || !read_settings(sim, x, &settings))
        return;
    snprintf(name, sizeof(name), "%.*s", MN_FMT(model));
    settings.model = model.n > 0 ? name : "gpt-realtime";
    if (mn_exchange_accept(x, &link) != 0) {
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return;
    }
    if (call.n > 0) {
        if (!mn_sim_phones_join(&sim->phones, call, link, &settings))
            mn_link_close(link, 1013, MN_STR("too many listen in on this call"));
        return;
    }
    if (mn_sim_link(&end, link, mn_loop_clock(sim->loop), &settings) != 0)
        mn_link_close(link, 1011, MN_STR("out of memory"));
    else if (fault.asked)
        mn_sim_end_fault(end, fault.kind, fault.number, fault.text);
}

/* Everything else of the API that is doubled (sim/rest.h). */
static void answer_rest(void *owner, struct mn_exchange *x)
{
    struct sim_server *sim = owner;
    struct mn_rest_answer answer;
    struct mn_header location = {MN_STR("Location"), {NULL, 0}};

    mn_rest_answer(sim->rest,
                   &(struct mn_rest_ask){
                       .method = mn_exchange_method(x),
                       .path = mn_exchange_path(x),
                       .type = mn_exchange_header(x, "content-type"),
                       .body = mn_exchange_body(x),
                       .wall_s = mn_clock_wall(mn_loop_clock(sim->loop)) / 1000,
                   },
                   &answer);
    location.value = mn_str(answer.location);
    mn_exchange_reply(x, &(struct mn_reply){.status = answer.status,
                                            .type = answer.type,
                                            .headers = &location,
                                            .nheaders = answer.location[0] != '\0',
                                            .body = mn_buf_str(&answer.body)});
    mn_buf_free(&answer.body);
    mn_sim_phones_look(&sim->phones);
}

static const struct mn_route routes[] = {
    {"GET", "/v1/realtime", .accept = accept_session},
    {"GET", "/v1/*", .handle = answer_rest},
    {"POST", "/v1/*", .handle = answer_rest},
    {0},
};

static void on_signal(void *owner, int signum)
{
    (void)signum;
    mn_loop_stop(((struct sim_server *)owner)->loop);
}

static int listen_on(struct sim_server *sim)
{
    const struct mn_settings *s = &sim->start->settings;
    struct mn_buf why = {0};
    int err = mn_server_open(&sim->server, sim->loop,
                             &(struct mn_server_settings){
                                 .host = s->host,
                                 .port = (int)s->port,
                                 .cert_file = s->tls_cert,
                                 .key_file = s->tls_key,
                                 .max_message_bytes = (size_t)s->max_message,
                                 .high_water_bytes = (size_t)s->send_queue,
                                 .subprotocols = subprotocols,
                                 .admit = admit,
                             },
                             routes, sim);

    if (err != 0) {
        mn_settings_say_unlistened(s, err, &why);
        mn_cli_complain(&why);
        mn_buf_free(&why);
    }
    return err;
}

static int serve_sim(struct mn_start *start)
{
    struct sim_server sim = {.start = start};
    int err = mn_loop_open(&sim.loop, &start->log);

    if (err == 0)
        err = mn_random_system(&sim.random);
    if (err == 0) {
        sim.rest = mn_rest_new(&mn_brain_standin, mn_random_next(&sim.random));
        err = sim.rest != NULL ? 0 : -ENOMEM;
    }
    sim.phones.clock = mn_loop_clock(sim.loop);
    sim.phones.rest = sim.rest;
    if (err == 0)
        err = listen_on(&sim);
    if (err == 0) {
        mn_loop_signal(sim.loop, SIGINT, on_signal, &sim);
        mn_loop_signal(sim.loop, SIGTERM, on_signal, &sim);
        fprintf(stderr, "myna: a stand-in, not a model: it follows words, it does not think\n");
        mn_cli_tell_address(&start->settings, mn_server_port(sim.server));
        mn_loop_run(sim.loop);
    }
    mn_server_close(sim.server);
    mn_sim_phones_close(&sim.phones);
    mn_loop_close(sim.loop);
    mn_rest_free(sim.rest);
    return err == 0 ? MN_EXIT_OK : MN_EXIT_USAGE;
}

int mn_cmd_sim(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_start s;
    int status;

    if (mn_start_read(&s, self, argc, argv, from, &status))
        status = serve_sim(&s);
    mn_start_free(&s);
    return status;
}
