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
    struct mn_buf body, headers;
};

static int times_opened;

static void *open_echo(void)
{
    static int asked;

    times_opened++;
    asked = 0;
    return &asked;
}

static void close_echo(void *asked)
{
    (void)asked;
    times_opened--;
}

/* Says what it was asked, as the how manieth, and when. */
static int answer_echo(void *asked, const struct mn_http_ask *ask, int64_t wall_s,
                       struct mn_api_answer *out)
{
    *out = (struct mn_api_answer){.status = 201, .type = "text/echo", .location = "/v1/there"};
    return mn_buf_addf(&out->body, "%.*s %.*s %d %d", MN_FMT(ask->url), MN_FMT(ask->body),
                       ++*(int *)asked, (int)wall_s) < 0
               ? -ENOMEM
               : 0;
}

static const struct mn_api_double echo = {open_echo, close_echo, answer_echo};

static void open_desk(struct desk *d, const struct mn_api_double *twin)
{
    *d = (struct desk){0};
    mn_clock_open_virtual(&d->clock, 1700000000000);
    mn_api_open(&d->api, &d->settings, &d->clock, twin);
}

static void close_desk(struct desk *d)
{
    mn_api_close(&d->api);
    mn_buf_free(&d->body);
    mn_buf_free(&d->headers);
    mn_clock_close(&d->clock);
}

static void on_done(void *desk, const struct mn_http_answer *answer)
{
    struct desk *d = desk;

    d->told++;
    d->status = answer->status;
    mn_buf_add_str(&d->body, answer->body);
    for (int i = 0; i < answer->nheaders; i++)
        mn_buf_addf(&d->headers, "%.*s=%.*s ", MN_FMT(answer->headers[i].name),
                    MN_FMT(answer->headers[i].value));
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

    open_desk(&d, &echo);
    assert_int_equal(ask(&d, "/moderations", "{}", &op), 0);
    assert_int_equal(d.told, 0);
    mn_clock_run(&d.clock);
    assert_int_equal(d.told, 1);
    assert_int_equal(d.status, 201);
    assert_string_equal(d.body.p, "/moderations {} 1 1700000000");
    assert_string_equal(d.headers.p, "content-type=text/echo location=/v1/there ");
    close_desk(&d);
    assert_int_equal(times_opened, 0);
}

TEST(one_twin_answers_all_requests_of_a_worker)
{
    struct desk d;
    void *op;

    open_desk(&d, &echo);
    assert_int_equal(times_opened, 0); /* not before somebody asks */
    assert_int_equal(ask(&d, "/a", "", &op), 0);
    assert_int_equal(ask(&d, "/b", "", &op), 0);
    assert_int_equal(times_opened, 1);
    mn_clock_run(&d.clock);
    assert_string_equal(d.body.p, "/a  1 1700000000/b  2 1700000000");
    close_desk(&d);
}

TEST(a_request_that_is_cancelled_or_outlives_its_worker_is_told_to_nobody)
{
    struct desk d;
    void *op, *other;

    open_desk(&d, &echo);
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
