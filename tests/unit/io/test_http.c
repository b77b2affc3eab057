/* test_http.c - the pool: what is sent, kept connections, limits, time-outs, and every way to get
 * no answer. */
#include "errand.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

TEST(an_answer_comes_with_status_headers_and_body)
{
    struct errand_pool p;
    struct errand e = {0};

    open_pool(&p, (struct mn_http_settings){0});
    fetch(&p, &e, "/ok", (struct mn_http_ask){0});
    assert_int_equal(e.status, 200);
    assert_string_equal(e.body.p, "hello");
    assert_string_equal(e.header, "yes");
    assert_int_equal(e.nheaders, 2);
    assert_string_equal(e.code, "");
    fetch(&p, &e, "/early", (struct mn_http_ask){0});
    assert_int_equal(e.nheaders, 2); /* not those of the 103 */
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(method_headers_and_body_are_sent_as_asked)
{
    struct errand_pool p;
    struct errand e = {0};
    const struct mn_header headers[] = {{MN_STR("Authorization"), MN_STR("Bearer k")},
                                        {MN_STR("X-Empty"), MN_STR("")},
                                        {MN_STR("Content-Type"), MN_STR("application/json")}};

    open_pool(&p, (struct mn_http_settings){0});
    fetch(&p, &e, "/echo",
          (struct mn_http_ask){.method = MN_STR("POST"),
                               .headers = headers,
                               .nheaders = 3,
                               .body = MN_STR("{\"a\":1}")});
    assert_true(mn_str_starts(mn_buf_str(&e.body), MN_STR("POST /echo HTTP/1.1\r\n")));
    assert_true(has(&e, "\r\nAuthorization: Bearer k\r\n"));
    assert_true(has(&e, "\r\nX-Empty:"));
    assert_true(has(&e, "\r\nContent-Type: application/json\r\n"));
    assert_true(has(&e, "\r\nContent-Length: 7\r\n"));
    assert_true(has(&e, "\r\nUser-Agent: myna/"));
    assert_true(has(&e, "\r\n\r\n{\"a\":1}"));
    assert_false(has(&e, "Expect"));
    fetch(&p, &e, "/echo", (struct mn_http_ask){.method = MN_STR("DELETE")});
    assert_true(has(&e, "DELETE /echo"));
    assert_false(has(&e, "Content-Type"));
    fetch(&p, &e, "/echo", (struct mn_http_ask){.method = MN_STR("POST")});
    assert_true(has(&e, "\r\nContent-Length: 0\r\n"));
    fetch(&p, &e, "/echo", (struct mn_http_ask){.method = MN_STR("PATCH"), .body = MN_STR("x")});
    assert_true(has(&e, "PATCH /echo"));
    fetch(&p, &e, "/echo", (struct mn_http_ask){.method = MN_STR("HEAD")});
    assert_int_equal(e.status, 200);
    assert_int_equal(e.body.n, 0);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(what_cannot_be_sent_is_refused_at_once)
{
    static const char *const urls[] = {"ftp://127.0.0.1/x",
                                       "file:///etc/passwd",
                                       "nonsense",
                                       "http://127.0.0.1:99999/",
                                       "http://",
                                       "gopher://h/",
                                       "http://127.0.0.1/\r\nX: 1"};
    struct errand_pool p;
    struct errand e = {0};
    const struct mn_header bad[] = {{MN_STR("X-A"), MN_STR("1\r\nX-B: 2")},
                                    {MN_STR("X A"), MN_STR("1")}};
    size_t i;

    open_pool(&p, (struct mn_http_settings){0});
    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        assert_int_equal(send_to(&p, &e, urls[i], (struct mn_http_ask){0}), MN_ECONFIG);
    for (i = 0; i < 2; i++)
        assert_int_equal(
            send_to(&p, &e, "/ok", (struct mn_http_ask){.headers = &bad[i], .nheaders = 1}),
            MN_ECONFIG);
    assert_int_equal(send_to(&p, &e, "/ok", (struct mn_http_ask){.method = MN_STR("GET /")}),
                     MN_ECONFIG);
    assert_null(e.op);
    wire_pass(&p.wire, 20);
    assert_int_equal(e.told, 0);
    close_pool(&p);
}

TEST(a_connection_is_used_again)
{
    struct errand_pool p;
    struct errand e = {0};
    int i;

    open_pool(&p, (struct mn_http_settings){0});
    for (i = 0; i < 5; i++)
        fetch(&p, &e, "/ok", (struct mn_http_ask){0});
    assert_int_equal(p.origin.requests, 5);
    assert_int_equal(p.origin.connections, 1);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(three_at_once_take_the_time_of_the_slowest)
{
    struct errand_pool p;
    struct errand e[3] = {{0}};
    int64_t start_ms;
    int i;

    open_pool(&p, (struct mn_http_settings){0});
    start_ms = wire_now(&p.wire);
    for (i = 0; i < 3; i++)
        assert_int_equal(send_to(&p, &e[i], "/slow", (struct mn_http_ask){0}), 0);
    UNTIL(&p.wire, e[0].told && e[1].told && e[2].told);
    assert_in_range(wire_now(&p.wire) - start_ms, 95, 290); /* not 300 */
    for (i = 0; i < 3; i++)
        mn_buf_free(&e[i].body);
    close_pool(&p);
}

TEST(a_client_keeps_to_its_connections_and_the_rest_wait_in_order)
{
    enum { N = 6 };
    struct errand_pool p;
    struct errand e[N] = {{0}}, other = {0};
    struct mn_http_ask ask = {.pool = MN_STR("crm"), .pool_connections = 2};
    int i;

    open_pool(&p, (struct mn_http_settings){0});
    for (i = 0; i < N; i++)
        assert_int_equal(send_to(&p, &e[i], "/slow", ask), 0);
    assert_int_equal(send_to(&p, &other, "/ok", (struct mn_http_ask){0}), 0);
    UNTIL(&p.wire, other.told); /* another client does not wait behind them */
    assert_int_equal(e[0].told, 0);
    UNTIL(&p.wire, e[N - 1].told);
    assert_int_equal(p.origin.most, 3);
    for (i = 2; i < N; i++)
        assert_true(e[i].at_ms >= e[i - 2].at_ms + 90);
    for (i = 0; i < N; i++)
        mn_buf_free(&e[i].body);
    mn_buf_free(&other.body);
    close_pool(&p);
}

TEST(all_clients_together_keep_to_the_total)
{
    struct errand_pool p;
    struct errand a = {0}, b = {0};

    open_pool(&p, (struct mn_http_settings){.total_connections = 1});
    assert_int_equal(send_to(&p, &a, "/slow", (struct mn_http_ask){.pool = MN_STR("a")}), 0);
    assert_int_equal(send_to(&p, &b, "/ok", (struct mn_http_ask){.pool = MN_STR("b")}), 0);
    UNTIL(&p.wire, b.told);
    assert_true(a.told);
    assert_int_equal(p.origin.most, 1);
    mn_buf_free(&a.body);
    mn_buf_free(&b.body);
    close_pool(&p);
}

TEST(no_answer_in_time_is_timeout)
{
    struct errand_pool p;
    struct errand e = {0}, waits = {0};
    int64_t start_ms;

    open_pool(&p, (struct mn_http_settings){.host_connections = 1});
    wire_pass(&p.wire, 100); /* the clock must not be taken for what it was before */
    start_ms = wire_now(&p.wire);
    assert_int_equal(send_to(&p, &waits, "/never", (struct mn_http_ask){.total_ms = 300}), 0);
    fetch(&p, &e, "/ok", (struct mn_http_ask){.total_ms = 80}); /* waiting counts */
    assert_string_equal(e.code, "timeout");
    assert_int_equal(e.status, 0);
    assert_in_range(wire_now(&p.wire) - start_ms, 75, 290);
    UNTIL(&p.wire, waits.told);
    assert_string_equal(waits.code, "timeout");
    assert_in_range(wire_now(&p.wire) - start_ms, 290, 900);
    fetch(&p, &e, "/ok", (struct mn_http_ask){0}); /* and the next gets its turn */
    assert_int_equal(e.status, 200);
    mn_buf_free(&e.body);
    mn_buf_free(&waits.body);
    close_pool(&p);
}

TEST(a_host_that_does_not_take_the_connection_is_timeout)
{
    struct errand_pool p;
    struct errand e = {0};

    open_pool(&p, (struct mn_http_settings){.connect_ms = 100});
    /* Of no machine (RFC 5737): swallowed, or refused at once where there is no way out. */
    fetch(&p, &e, "http://192.0.2.1:9/", (struct mn_http_ask){0});
    assert_true(strcmp(e.code, "timeout") == 0 || strcmp(e.code, "refused") == 0);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(every_failure_has_its_code)
{
    static const struct {
        const char *url, *code;
    } rows[] = {
        {"http://127.0.0.1:1/", "refused"},
        {"http://none.test/", "dns"},
        {"/reset", "reset"},
        {"/cut", "reset"},
        {"/big", "too_large"},
        {"/endless", "too_large"},
        {"/heads", "too_large"},
    };
    struct errand_pool p;
    struct errand e = {0};
    size_t i;

    open_pool(&p, (struct mn_http_settings){.max_body_bytes = 100000});
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fetch(&p, &e, rows[i].url, (struct mn_http_ask){0});
        assert_string_equal(e.code, rows[i].code);
        assert_int_equal(e.status, 0);
        assert_int_equal(e.body.n, 0);
    }
    fetch(&p, &e, "/big", (struct mn_http_ask){.max_body = 200000});
    assert_int_equal(e.body.n, 200000);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(plain_http_where_TLS_is_expected_is_tls)
{
    struct errand_pool p;
    struct errand e = {0};
    char url[64];

    open_pool(&p, (struct mn_http_settings){0});
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/ok", p.origin.port);
    fetch(&p, &e, url, (struct mn_http_ask){.total_ms = 1000});
    assert_true(strcmp(e.code, "tls") == 0 || strcmp(e.code, "timeout") == 0);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_name_is_resolved_and_kept_in_host)
{
    struct errand_pool p;
    struct errand e = {0};
    char url[64], host[64];

    open_pool(&p, (struct mn_http_settings){0});
    snprintf(url, sizeof(url), "http://localhost:%d/echo", p.origin.port);
    snprintf(host, sizeof(host), "\r\nHost: localhost:%d\r\n", p.origin.port);
    fetch(&p, &e, url, (struct mn_http_ask){0});
    assert_true(has(&e, host));
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_name_that_resolves_too_slowly_is_timeout_and_holds_up_nobody)
{
    struct errand_pool p;
    struct errand slow = {0}, e = {0};

    open_pool(&p, (struct mn_http_settings){.connect_ms = 50});
    assert_int_equal(send_to(&p, &slow, "http://slow.test/", (struct mn_http_ask){0}), 0);
    fetch(&p, &e, "/ok", (struct mn_http_ask){0});
    assert_int_equal(slow.told, 0);
    UNTIL(&p.wire, slow.told);
    assert_string_equal(slow.code, "timeout");
    mn_buf_free(&slow.body);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(every_address_of_a_name_is_tried)
{
    struct errand_pool p;
    struct errand e = {0};
    char url[64];

    open_pool(&p, (struct mn_http_settings){0});
    snprintf(url, sizeof(url), "http://two.test:%d/echo", p.origin.port); /* 127.0.0.2 refuses */
    fetch(&p, &e, url, (struct mn_http_ask){0});
    assert_int_equal(e.status, 200);
    assert_true(has(&e, "\r\nHost: two.test:"));
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_cancelled_request_is_never_told)
{
    struct errand_pool p;
    struct errand running = {0}, waiting = {0}, named = {0}, last = {0};
    struct mn_http_ask ask = {.pool = MN_STR("one"), .pool_connections = 1};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(send_to(&p, &running, "/never", ask), 0);
    assert_int_equal(send_to(&p, &waiting, "/ok", ask), 0);
    assert_int_equal(send_to(&p, &last, "/ok", ask), 0);
    assert_int_equal(send_to(&p, &named, "http://slow.test/", (struct mn_http_ask){0}), 0);
    mn_http_cancel(named.op);
    UNTIL(&p.wire, p.origin.requests == 1);
    mn_http_cancel(waiting.op);
    mn_http_cancel(running.op); /* makes room for the last */
    UNTIL(&p.wire, last.told == 1);
    wire_pass(&p.wire, 30);
    assert_int_equal(running.told + waiting.told + named.told, 0);
    mn_buf_free(&last.body);
    close_pool(&p);
}

TEST(done_may_cancel_another_and_send_again)
{
    struct errand_pool p;
    struct errand a = {0}, b = {0};

    open_pool(&p, (struct mn_http_settings){0});
    a.cancels = &b;
    a.again = "/slow";
    assert_int_equal(send_to(&p, &b, "/slow", (struct mn_http_ask){0}), 0);
    assert_int_equal(send_to(&p, &a, "/ok", (struct mn_http_ask){0}), 0);
    UNTIL(&p.wire, a.told == 2);
    assert_string_equal(a.body.p, "late");
    assert_int_equal(b.told, 0);
    mn_buf_free(&a.body);
    close_pool(&p);
}

TEST(closing_the_pool_cancels_everything)
{
    struct errand_pool p;
    struct errand e[4] = {{0}};
    struct mn_http_ask ask = {.pool = MN_STR("one"), .pool_connections = 1};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(send_to(&p, &e[0], "/never", ask), 0);
    assert_int_equal(send_to(&p, &e[1], "/ok", ask), 0);
    UNTIL(&p.wire, p.origin.requests == 1);
    assert_int_equal(send_to(&p, &e[2], "http://slow.test/", (struct mn_http_ask){0}), 0);
    assert_int_equal(send_to(&p, &e[3], "http://x..y/", (struct mn_http_ask){0}), 0);
    close_pool(&p);
    assert_int_equal(e[0].told + e[1].told + e[2].told + e[3].told, 0);
}

TEST(too_many_waiting_are_refused)
{
    struct errand_pool p;
    static struct errand e[1100];
    struct mn_http_ask ask = {.pool = MN_STR("one"), .pool_connections = 1};
    int i, err = 0;

    memset(e, 0, sizeof(e));
    open_pool(&p, (struct mn_http_settings){0});
    for (i = 0; i < 1100 && err == 0; i++)
        err = send_to(&p, &e[i], "/never", ask);
    assert_int_equal(err, MN_EFULL);
    assert_int_equal(i, 1002); /* one runs, 1,000 wait */
    close_pool(&p);
}

TEST(a_redirect_is_an_answer_unless_asked_otherwise)
{
    struct errand_pool p;
    struct errand e = {0};

    open_pool(&p, (struct mn_http_settings){0});
    fetch(&p, &e, "/to/ok", (struct mn_http_ask){0});
    assert_int_equal(e.status, 302);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_redirect_is_followed_so_often_and_not_more)
{
    struct errand_pool p;
    struct errand e = {0};

    open_pool(&p, (struct mn_http_settings){.max_redirects = 3});
    fetch(&p, &e, "/to/to/ok", (struct mn_http_ask){0});
    assert_int_equal(e.status, 200);
    assert_string_equal(e.body.p, "hello");
    p.origin.requests = 0;
    fetch(&p, &e, "/loop", (struct mn_http_ask){0});
    assert_int_equal(e.status, 302);
    assert_int_equal(p.origin.requests, 4);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_redirect_to_another_host_does_not_carry_the_key)
{
    struct errand_pool p;
    struct errand e = {0};
    const struct mn_header headers[] = {{MN_STR("authorization"), MN_STR("Bearer secret")},
                                        {MN_STR("X-Kept"), MN_STR("1")}};
    struct mn_http_ask ask = {.headers = headers, .nheaders = 2};

    open_pool(&p, (struct mn_http_settings){.max_redirects = 3});
    fetch(&p, &e, "/away/echo", ask);
    assert_int_equal(e.status, 200);
    assert_false(has(&e, "secret"));
    assert_true(has(&e, "X-Kept: 1"));
    fetch(&p, &e, "/to/echo", ask);
    assert_true(has(&e, "secret"));
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(see_other_is_followed_by_get_without_the_body)
{
    struct errand_pool p;
    struct errand e = {0};

    open_pool(&p, (struct mn_http_settings){.max_redirects = 3});
    fetch(&p, &e, "/see/echo",
          (struct mn_http_ask){.method = MN_STR("POST"), .body = MN_STR("pay")});
    assert_true(has(&e, "GET /echo"));
    assert_false(has(&e, "pay"));
    mn_buf_free(&e.body);
    close_pool(&p);
}
