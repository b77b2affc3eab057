/* test_api.c - requests of the API: where they go, what the simulator's twin answers, and when. */
#include "test.h"

#include "base/err.h"
#include "call/api.h"

#include <errno.h>

struct desk {
    struct mn_clock clock;
    struct mn_settings settings;
    struct mn_api api;
    int told, status;
    struct mn_buf body;
};

/* Says what it was asked, and when. */
static int echo(const struct mn_http_ask *asked, uint64_t seed, int64_t wall_s, int *status,
                struct mn_buf *body)
{
    *status = 200;
    return mn_buf_addf(body, "%.*s %.*s %d %d", MN_FMT(asked->url), MN_FMT(asked->body), (int)seed,
                       (int)wall_s) < 0
               ? -ENOMEM
               : 0;
}

static void open_desk(struct desk *d, mn_api_double *twin)
{
    *d = (struct desk){0};
    mn_clock_open_virtual(&d->clock, 1700000000000);
    mn_api_open(&d->api, &d->settings, &d->clock, twin);
}

static void close_desk(struct desk *d)
{
    mn_api_close(&d->api);
    mn_buf_free(&d->body);
    mn_clock_close(&d->clock);
}

static void on_done(void *desk, const struct mn_http_answer *answer)
{
    struct desk *d = desk;

    d->told++;
    d->status = answer->status;
    mn_buf_add_str(&d->body, answer->body);
}

static int ask(struct desk *d, const char *path, const char *body, void **op)
{
    struct mn_http_ask ask = {.method = MN_STR("POST"),
                              .url = mn_str(path),
                              .body = mn_str(body),
                              .of_api = true,
                              .upstream = MN_STR("")};

    return mn_api_ask(&d->api, &ask, on_done, d, op);
}

TEST(an_address_of_the_api_follows_from_where_the_model_is)
{
    static const char *const rows[][2] = {
        {"", "https://api.openai.com/v1/responses"},
        {"openai", "https://api.openai.com/v1/responses"},
        {"sim", "https://api.openai.com/v1/responses"},
        {"wss://api.openai.com/v1/realtime", "https://api.openai.com/v1/responses"},
        {"ws://127.0.0.1:8090", "http://127.0.0.1:8090/v1/responses"},
        {"ws://127.0.0.1:8090/", "http://127.0.0.1:8090/v1/responses"},
        {"ws://[::1]:8090/v1/realtime/", "http://[::1]:8090/v1/responses"},
        {"wss://x.test/openai/realtime?api-version=2", "https://x.test/openai/responses"},
        {"http://desk.test", "http://desk.test/v1/responses"},
        {"https://desk.test/v1", "https://desk.test/v1/responses"},
        {"https://desk.test/a/v2/", "https://desk.test/a/v2/responses"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mn_buf url = {0};

        assert_int_equal(mn_api_url(&url, mn_str(rows[i][0]), MN_STR("/responses")), 0);
        assert_string_equal(url.p, rows[i][1]);
        mn_buf_free(&url);
    }
}

TEST(the_twin_answers_in_the_next_turn_and_not_before)
{
    struct desk d;
    void *op;

    open_desk(&d, echo);
    assert_int_equal(ask(&d, "/moderations", "{}", &op), 0);
    assert_int_equal(d.told, 0);
    mn_clock_run(&d.clock);
    assert_int_equal(d.told, 1);
    assert_int_equal(d.status, 200);
    assert_string_equal(d.body.p, "/moderations {} 1 1700000000");
    close_desk(&d);
}

TEST(a_request_that_is_cancelled_or_outlives_its_worker_is_told_to_nobody)
{
    struct desk d;
    void *op, *other;

    open_desk(&d, echo);
    assert_int_equal(ask(&d, "/moderations", "{\"input\":\"x\"}", &op), 0);
    assert_int_equal(ask(&d, "/moderations", "{\"input\":\"y\"}", &other), 0);
    assert_true(mn_api_cancel(&d.api, op));
    assert_false(mn_api_cancel(&d.api, &d)); /* the pool's */
    mn_api_close(&d.api);
    mn_clock_run(&d.clock);
    assert_int_equal(d.told, 0);
    close_desk(&d);
}

TEST(without_a_twin_the_simulator_cannot_be_asked)
{
    struct desk d;
    void *op;

    open_desk(&d, NULL);
    assert_int_equal(ask(&d, "/responses", "{}", &op), MN_ECONFIG);
    close_desk(&d);
}
