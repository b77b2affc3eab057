/* test_http_pool.c - what a client of the pool may: connections kept, turns, time-outs, proxies,
 * and which addresses it may reach. */
#include "errand.h"

#include "base/err.h"

#include <stdio.h>
#include <string.h>

static void fetch_many(struct errand_pool *p, struct errand *e, int n, struct mn_http_ask ask)
{
    int i;

    for (i = 0; i < n; i++)
        assert_int_equal(send_to(p, &e[i], "/slow", ask), 0);
    for (i = 0; i < n; i++)
        UNTIL(&p->wire, e[i].told);
    for (i = 0; i < n; i++)
        mn_buf_free(&e[i].body);
}

TEST(of_idle_connections_a_client_keeps_so_many)
{
    static const struct {
        int asked, pool, kept;
    } rows[] = {{0, 0, 5}, {0, 3, 3}, {0, -1, 0}, {2, 0, 2}, {-1, 0, 0}, {100, 0, 6}};
    struct errand_pool p;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct errand e[6] = {{0}};
        struct mn_http_ask ask = {.pool = MN_STR("crm"), .pool_keep = rows[i].asked};

        open_pool(&p, (struct mn_http_settings){.keep = rows[i].pool});
        fetch_many(&p, e, 6, ask);
        wire_pass(&p.wire, 50);
        assert_int_equal(p.origin.connections, 6);
        assert_int_equal(p.origin.open, rows[i].kept);
        close_pool(&p);
    }
}

TEST(while_others_wait_no_connection_is_closed)
{
    struct errand e[6] = {{0}};
    struct mn_http_ask ask = {.pool = MN_STR("crm"), .pool_connections = 2, .pool_keep = -1};
    struct errand_pool p;

    open_pool(&p, (struct mn_http_settings){0});
    fetch_many(&p, e, 6, ask);
    wire_pass(&p.wire, 50);
    assert_in_range(p.origin.connections, 2, 3);
    assert_in_range(p.origin.open, 0, 1); /* the last ones were not needed any more */
    close_pool(&p);
}

TEST(a_connection_idle_for_too_long_is_not_used_again)
{
    struct errand_pool p;
    struct errand e = {0};
    struct mn_http_ask ask = {.keep_ms = 1000};

    open_pool(&p, (struct mn_http_settings){0});
    fetch(&p, &e, "/ok", ask);
    wire_pass(&p.wire, 500);
    fetch(&p, &e, "/ok", ask);
    assert_int_equal(p.origin.connections, 1);
    wire_pass(&p.wire, 2100);
    fetch(&p, &e, "/ok", ask);
    assert_int_equal(p.origin.connections, 2);
    UNTIL(&p.wire, p.origin.open == 1);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(clients_of_one_host_have_limits_of_their_own)
{
    struct errand_pool p;
    struct errand e[2] = {{0}}, other = {0};
    struct mn_http_ask ask = {.pool = MN_STR("a"), .pool_connections = 1};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(send_to(&p, &e[0], "/slow", ask), 0);
    assert_int_equal(send_to(&p, &e[1], "/slow", ask), 0);
    ask.pool = MN_STR("b");
    assert_int_equal(send_to(&p, &other, "/slow", ask), 0);
    UNTIL(&p.wire, e[1].told);
    assert_true(other.at_ms < e[1].at_ms);
    mn_buf_free(&e[0].body);
    mn_buf_free(&e[1].body);
    mn_buf_free(&other.body);
    close_pool(&p);
}

TEST(who_gets_no_turn_in_time_is_told_so)
{
    struct errand_pool p;
    struct errand e = {0}, waits = {0}, fits = {0};
    struct mn_http_ask ask = {.pool = MN_STR("a"), .pool_connections = 1};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(send_to(&p, &e, "/slow", ask), 0);
    ask.pool_ms = 2000;
    assert_int_equal(send_to(&p, &fits, "/drip", ask), 0); /* 250 ms: its turn was in time */
    ask.pool_ms = 30;
    assert_int_equal(send_to(&p, &waits, "/ok", ask), 0);
    UNTIL(&p.wire, waits.told);
    assert_string_equal(waits.code, "timeout");
    assert_int_equal(e.told, 0);
    UNTIL(&p.wire, fits.told);
    assert_int_equal(fits.status, 200);
    mn_buf_free(&e.body);
    mn_buf_free(&fits.body);
    mn_buf_free(&waits.body);
    close_pool(&p);
}

TEST(silence_is_a_timeout_and_slowness_is_not)
{
    struct errand_pool p;
    struct errand e = {0};
    int64_t start_ms;

    open_pool(&p, (struct mn_http_settings){0});
    fetch(&p, &e, "/drip", (struct mn_http_ask){.idle_ms = 150});
    assert_int_equal(e.status, 200);
    assert_string_equal(e.body.p, "ddddd");
    start_ms = wire_now(&p.wire);
    fetch(&p, &e, "/begin", (struct mn_http_ask){.idle_ms = 150});
    assert_string_equal(e.code, "timeout");
    assert_in_range(wire_now(&p.wire) - start_ms, 145, 900);
    fetch(&p, &e, "/never", (struct mn_http_ask){.idle_ms = 100});
    assert_string_equal(e.code, "timeout");
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(waiting_requests_are_bounded_as_set)
{
    struct errand_pool p;
    struct errand e[4] = {{0}};
    struct mn_http_ask ask = {.pool = MN_STR("one"), .pool_connections = 1};

    open_pool(&p, (struct mn_http_settings){.max_waiting = 2});
    assert_int_equal(send_to(&p, &e[0], "/never", ask), 0);
    assert_int_equal(send_to(&p, &e[1], "/never", ask), 0);
    assert_int_equal(send_to(&p, &e[2], "/never", ask), 0);
    assert_int_equal(send_to(&p, &e[3], "/never", ask), MN_EFULL);
    close_pool(&p);
}

TEST(headers_and_body_may_be_as_long_as_their_limit)
{
    struct errand_pool p;
    struct errand e = {0};
    /* Status line, X-Much with 100,000 bytes, a length, an empty line. */
    size_t head = strlen("HTTP/1.1 200 OK\r\nX-Much: \r\nContent-Length: 0\r\n\r\n") + 100000;
    size_t i;

    for (i = 0; i < 2; i++) {
        open_pool(&p, (struct mn_http_settings){.max_headers_bytes = head - i,
                                                .max_body_bytes = 200000 - i});
        fetch(&p, &e, "/heads", (struct mn_http_ask){0});
        assert_string_equal(e.code, i == 0 ? "" : "too_large");
        fetch(&p, &e, "/big", (struct mn_http_ask){0});
        assert_string_equal(e.code, i == 0 ? "" : "too_large");
        close_pool(&p);
    }
    mn_buf_free(&e.body);
}

/* ---- where it may go ---- */

TEST(a_private_address_is_refused_unless_the_client_names_it)
{
    struct errand_pool p;
    struct errand e = {0};
    char url[64];

    open_strict_pool(&p, (struct mn_http_settings){0});
    fetch(&p, &e, "/ok", (struct mn_http_ask){0});
    assert_string_equal(e.code, "private");
    snprintf(url, sizeof(url), "http://localhost:%d/ok", p.origin.port);
    fetch(&p, &e, url, (struct mn_http_ask){0});
    assert_string_equal(e.code, "private"); /* by what the name stands for */
    fetch(&p, &e, "http://[::ffff:127.0.0.1]/", (struct mn_http_ask){0});
    assert_string_equal(e.code, "private");
    assert_int_equal(p.origin.connections, 0);
    fetch(&p, &e, url, (struct mn_http_ask){.names_host = true});
    assert_int_equal(e.status, 200);
    fetch(&p, &e, "/ok", (struct mn_http_ask){.any_host = true});
    assert_int_equal(e.status, 200);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_connection_to_a_private_address_is_not_shared_with_those_who_may_not)
{
    struct errand_pool p;
    struct errand e = {0};
    char url[64];

    open_strict_pool(&p, (struct mn_http_settings){0});
    snprintf(url, sizeof(url), "http://localhost:%d/ok", p.origin.port);
    fetch(&p, &e, url, (struct mn_http_ask){.names_host = true});
    fetch(&p, &e, url, (struct mn_http_ask){.names_host = true});
    assert_int_equal(p.origin.connections, 1); /* it is kept, and used again */
    fetch(&p, &e, url, (struct mn_http_ask){0});
    assert_string_equal(e.code, "private");
    assert_int_equal(p.origin.requests, 2);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(of_a_names_addresses_the_private_ones_are_left_out)
{
    struct errand_pool p;
    struct errand e = {0};

    open_strict_pool(&p, (struct mn_http_settings){.connect_ms = 300});
    /* Of 192.0.2.1, which leads nowhere, and 127.0.0.1, which would answer. */
    fetch(&p, &e, "http://dark.test:9/", (struct mn_http_ask){0});
    assert_int_equal(e.status, 0);
    assert_string_not_equal(e.code, "");
    assert_int_equal(p.origin.connections, 0);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_redirect_leads_to_no_private_address)
{
    struct errand_pool p;
    struct errand e = {0};
    struct mn_http_ask ask = {.names_host = true};

    open_strict_pool(&p, (struct mn_http_settings){.max_redirects = 3});
    fetch(&p, &e, "/to/ok", ask); /* the host that is named */
    assert_int_equal(e.status, 200);
    fetch(&p, &e, "/away/ok", ask);
    assert_string_equal(e.code, "private");
    ask.any_host = true;
    fetch(&p, &e, "/away/ok", ask);
    assert_int_equal(e.status, 200);
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_redirect_to_another_host_carries_no_secret_header)
{
    struct errand_pool p;
    struct errand e = {0};
    const struct mn_header headers[] = {{MN_STR("X-Api-Key"), MN_STR("hidden")},
                                        {MN_STR("X-Kept"), MN_STR("1")}};
    struct mn_http_ask ask = {.headers = headers, .nheaders = 2, .nsecret = 1};

    open_pool(&p, (struct mn_http_settings){.max_redirects = 3});
    fetch(&p, &e, "/away/echo", ask);
    assert_false(has(&e, "hidden"));
    assert_true(has(&e, "X-Kept: 1"));
    fetch(&p, &e, "/to/echo", ask);
    assert_true(has(&e, "hidden"));
    mn_buf_free(&e.body);
    close_pool(&p);
}

TEST(a_proxy_is_asked_for_the_whole_address)
{
    struct errand_pool p;
    struct errand e = {0};
    char proxy[80];

    open_strict_pool(&p, (struct mn_http_settings){0});
    snprintf(proxy, sizeof(proxy), "http://me:word@localhost:%d", p.origin.port);
    fetch(&p, &e, "http://none.test/a?b=1", (struct mn_http_ask){.proxy = mn_str(proxy)});
    assert_int_equal(e.status, 200);
    assert_true(mn_str_starts(mn_buf_str(&e.body), MN_STR("GET http://none.test/a?b=1 HTTP/1.1")));
    assert_true(has(&e, "\r\nHost: none.test\r\n"));
    assert_true(has(&e, "\r\nProxy-Authorization: Basic bWU6d29yZA==\r\n"));
    fetch(&p, &e, "http://10.0.0.1/a", (struct mn_http_ask){.proxy = mn_str(proxy)});
    assert_string_equal(e.code, "private"); /* nor by a proxy */
    assert_int_equal(send_to(&p, &e, "/ok", (struct mn_http_ask){.proxy = MN_STR("ftp://x")}),
                     MN_ECONFIG);
    assert_int_equal(send_to(&p, &e, "/ok", (struct mn_http_ask){.proxy = MN_STR("nonsense")}),
                     MN_ECONFIG);
    mn_buf_free(&e.body);
    close_pool(&p);
}
