/* phone.c - the surroundings of a call under test. */
#include "phone.h"

#include "base/b64.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static void keep_line(struct mn_log *log, const char *line, size_t n)
{
    mn_buf_add(log->owner, line, n);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct far_end *end = link->owner;

    mn_buf_add_str(&end->heard, text);
    mn_buf_add_byte(&end->heard, '\n');
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct far_end *end = link->owner;

    (void)err;
    end->link = NULL;
    end->closes++;
    end->code = code;
    snprintf(end->reason, sizeof(end->reason), "%.*s", MN_FMT(reason));
}

static const struct mn_link_events far_events = {.on_message = on_message, .on_close = on_close};

static void take(struct far_end *end, struct mn_link *link)
{
    end->link = link;
    link->events = &far_events;
    link->owner = end;
}

static int dial(struct mn_upstream *u, struct mn_str model, const struct mn_link_events *events,
                void *owner, struct mn_link **out)
{
    struct phone *p = mn_container_of(u, struct phone, upstream);
    struct mn_link *theirs;

    (void)model;
    *out = NULL;
    if (p->dial_err != 0)
        return p->dial_err;
    assert_int_equal(mn_link_pair(out, &theirs, &p->clock, 1 << 20), 0);
    (*out)->events = events;
    (*out)->owner = owner;
    take(&p->model, theirs);
    return 0;
}

static int on_http(void *owner, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                   void **op)
{
    struct phone *p = owner;

    (void)ask;
    p->http_done = done;
    p->http_op = op_owner;
    *op = p;
    return 0;
}

static void on_http_cancel(void *owner, void *op)
{
    (void)op;
    ((struct phone *)owner)->http_done = NULL;
}

static void on_ended(void *owner, struct mn_call *call)
{
    struct phone *p = owner;

    assert_ptr_equal(p->call, call);
    p->call = NULL;
}

void phone_open(struct phone *p)
{
    struct mn_buf why = {0};

    memset(p, 0, sizeof(*p));
    mn_clock_open_virtual(&p->clock, 1780000000000);
    p->log = (struct mn_log){.personal = true,
                             .level = MN_LOG_INFO,
                             .clock = &p->clock,
                             .write = keep_line,
                             .owner = &p->logged};
    mn_pacing_open(&p->pacing, &p->clock);
    p->upstream.dial = dial;
    p->limits = mn_call_defaults;
    p->high_water = 1 << 20;
    p->world = (struct mn_world){.clock = &p->clock,
                                 .log = &p->log,
                                 .pacing = &p->pacing,
                                 .upstream = &p->upstream,
                                 .limits = &p->limits,
                                 .owner = p,
                                 .http = on_http,
                                 .http_cancel = on_http_cancel,
                                 .ended = on_ended};
    if (mn_bundle_load(&p->bundle, MN_TEST_APPS "/desk", &p->log, &why) != 0)
        fail_msg("%s", why.p);
    mn_buf_free(&why);
}

void phone_call(struct phone *p)
{
    struct mn_call_settings settings = {
        .world = &p->world, .bundle = p->bundle, .id = "sess_test", .seed = 7, .notes = p->notes};
    struct mn_link *theirs;

    assert_int_equal(mn_link_pair(&settings.caller, &theirs, &p->clock, p->high_water), 0);
    take(&p->caller, theirs);
    assert_int_equal(mn_call_open(&p->call, &settings), 0);
    phone_advance(p, 0);
}

void phone_close(struct phone *p)
{
    if (p->call != NULL)
        mn_call_end(p->call, 1001, "the test is over");
    phone_advance(p, 0);
    assert_null(p->call);
    assert_null(p->http_done);
    mn_bundle_drop(p->bundle);
    mn_pacing_close(&p->pacing);
    mn_clock_close(&p->clock);
    mn_buf_free(&p->logged);
    mn_buf_free(&p->caller.heard);
    mn_buf_free(&p->model.heard);
}

void phone_advance(struct phone *p, int64_t ms)
{
    mn_clock_advance(&p->clock, mn_clock_now(&p->clock) + ms);
}

static void say(struct phone *p, struct far_end *end, const char *event)
{
    assert_non_null(end->link);
    assert_int_equal(mn_link_send(end->link, mn_str(event)), 0);
    phone_advance(p, 0);
}

void phone_caller_says(struct phone *p, const char *event)
{
    say(p, &p->caller, event);
}

void phone_model_says(struct phone *p, const char *event)
{
    say(p, &p->model, event);
}

void phone_set_up(struct phone *p)
{
    phone_model_says(p, "{\"type\":\"session.created\",\"event_id\":\"e1\",\"session\":{}}");
    phone_heard(&p->model, "session.update");
    phone_model_says(p, "{\"type\":\"session.updated\",\"event_id\":\"e2\",\"session\":{}}");
}

void phone_model_speaks(struct phone *p, int ms)
{
    struct mn_buf event = {0};

    mn_buf_add_text(&event, "{\"type\":\"response.output_audio.delta\",\"event_id\":\"e\","
                            "\"response_id\":\"resp_1\",\"item_id\":\"item_1\","
                            "\"output_index\":0,\"content_index\":0,\"delta\":\"");
    for (int i = 0; i < ms * 16; i++) /* 48 bytes a ms are 64 of base64 */
        mn_buf_add_text(&event, "AAAA");
    mn_buf_add_text(&event, "\"}");
    phone_model_says(p, event.p);
    mn_buf_free(&event);
}

static bool has(const struct mn_buf *b, const char *part)
{
    return b->p != NULL && strstr(b->p, part) != NULL;
}

void phone_heard(const struct far_end *end, const char *part)
{
    if (!has(&end->heard, part))
        fail_msg("'%s' is not in:\n%s", part, end->heard.p != NULL ? end->heard.p : "");
}

void phone_not_heard(const struct far_end *end, const char *part)
{
    if (has(&end->heard, part))
        fail_msg("'%s' is in:\n%s", part, end->heard.p);
}

void phone_logged(const struct phone *p, const char *part)
{
    if (!has(&p->logged, part))
        fail_msg("'%s' is not in:\n%s", part, p->logged.p != NULL ? p->logged.p : "");
}

void phone_ended(const struct phone *p, int close_code, const char *code)
{
    char part[80];

    assert_null(p->call);
    assert_int_equal(p->caller.closes, 1);
    assert_int_equal(p->caller.code, close_code);
    assert_string_equal(p->caller.reason, code);
    snprintf(part, sizeof(part), "\"code\":\"%s\"", code);
    phone_heard(&p->caller, part);
}
