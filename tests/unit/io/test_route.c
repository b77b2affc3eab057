/* test_route.c - which row a request belongs to, and what is said when there is none. */
#include "test.h"

#include "io/route.h"

#include <string.h>

static void nothing(void *owner, struct mn_exchange *x)
{
    (void)owner, (void)x;
}

static const struct mn_route routes[] = {
    {.method = "GET", .path = "/v1/calls", .handle = nothing},
    {.method = "POST", .path = "/v1/calls", .handle = nothing},
    {.method = "GET", .path = "/v1/realtime", .accept = nothing},
    {.method = "DELETE", .path = "/v1/calls/*", .handle = nothing},
    {.method = "GET", .path = "/*", .handle = nothing},
    {0},
};

static int find(const char *method, const char *path, bool upgrade, const struct mn_route **found)
{
    return mn_route_find(routes, mn_str(method), mn_str(path), upgrade, found);
}

TEST(a_route_fits_by_method_and_path)
{
    const struct mn_route *found;

    assert_int_equal(find("POST", "/v1/calls", false, &found), 200);
    assert_ptr_equal(found, &routes[1]);
    assert_int_equal(find("HEAD", "/v1/calls", false, &found), 200);
    assert_ptr_equal(found, &routes[0]);
    assert_int_equal(find("GET", "/v1/callsx", false, &found), 200);
    assert_ptr_equal(found, &routes[4]);
}

TEST(a_path_without_its_method_is_405_and_names_the_others)
{
    const struct mn_route *found;
    struct mn_buf methods = {0};

    assert_int_equal(find("PATCH", "/v1/calls", false, &found), 405);
    assert_null(found);
    mn_route_methods(routes, MN_STR("/v1/calls"), &methods);
    assert_string_equal(methods.p, "GET, HEAD, POST");
    mn_buf_free(&methods);
}

TEST(a_websocket_takes_only_routes_that_accept)
{
    const struct mn_route *found;

    assert_int_equal(find("GET", "/v1/realtime", true, &found), 200);
    assert_ptr_equal(found, &routes[2]);
    assert_int_equal(find("GET", "/v1/calls", true, &found), 404);
    assert_int_equal(
        mn_route_find(routes + 2, MN_STR("GET"), MN_STR("/v1/realtime"), false, &found),
        200); /* the row below serves everything */
}

TEST(a_path_that_is_known_otherwise_is_no_file)
{
    static const struct mn_embedded page[] = {{0}};
    static const struct mn_route with_files[] = {
        {.method = "GET", .path = "/call", .accept = nothing},
        {.method = "POST", .path = "/token", .handle = nothing},
        {.method = "GET", .path = "/*", .files = page},
        {0},
    };
    const struct mn_route *found;
    struct mn_str get = MN_STR("GET");

    assert_int_equal(mn_route_find(with_files, get, MN_STR("/call"), false, &found), 426);
    assert_int_equal(mn_route_find(with_files, get, MN_STR("/token"), false, &found), 405);
    assert_null(found);
    assert_int_equal(mn_route_find(with_files, get, MN_STR("/style.css"), false, &found), 200);
    assert_ptr_equal(found, &with_files[2]);
}

TEST(a_route_with_a_star_tells_what_lies_below)
{
    const struct mn_route *found;

    assert_int_equal(find("DELETE", "/v1/calls/sess_1", false, &found), 200);
    assert_true(mn_str_is(mn_route_below(found, MN_STR("/v1/calls/sess_1")), "sess_1"));
    assert_null(mn_route_below(&routes[0], MN_STR("/v1/calls")).p);
}
