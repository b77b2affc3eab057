/* sim.c - `myna sim`: the simulated Realtime API on a port, for any client in any language. */
#include "cli/command.h"
#include "io/server.h"
#include "sim/model_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define SIM_PORT 8090

struct sim_server {
    struct mn_start *start;
    struct mn_loop *loop;
    struct mn_server *server;
    struct mn_random random;
};

static const char *const subprotocols[] = {"realtime", NULL};

static void accept_session(void *owner, struct mn_exchange *x)
{
    struct sim_server *sim = owner;
    struct mn_sim_settings settings = mn_sim_defaults();
    struct mn_str model = mn_exchange_query(x, "model");
    struct mn_link *link;
    char name[128];

    settings.seed = mn_random_next(&sim->random);
    if (mn_str_is(mn_exchange_header(x, "openai-beta"), "realtime=v1"))
        settings.dialect = MN_BETA;
    snprintf(name, sizeof(name), "%.*s", MN_FMT(model));
    settings.model = model.n > 0 ? name : "gpt-realtime";
    if (mn_exchange_accept(x, &link) != 0) {
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return;
    }
    if (mn_sim_link(NULL, link, mn_loop_clock(sim->loop), &settings) != 0)
        mn_link_close(link, 1011, MN_STR("out of memory"));
}

static const struct mn_route routes[] = {
    {"GET", "/v1/realtime", .accept = accept_session},
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
    mn_loop_close(sim.loop);
    return err == 0 ? MN_EXIT_OK : MN_EXIT_USAGE;
}

/* The simulator has a port of its own, so that it can stand beside `serve`. */
static bool port_was_given(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--port", 6) == 0)
            return true;
    }
    return getenv("MYNA_PORT") != NULL;
}

int mn_cmd_sim(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_start s;
    int status;

    if (mn_start_read(&s, self, argc, argv, from, &status)) {
        if (!port_was_given(argc, argv))
            s.settings.port = SIM_PORT;
        status = serve_sim(&s);
    }
    mn_start_free(&s);
    return status;
}
