/* operate.c - the table of what an operator may do, and how a request finds its row.
 *
 * A body is looked at by the row's schema before the row sees it: what is wrong is 422 with the
 * field in param. The same schemas stand in the document (operate_openapi.c). */
#include "call/operate.h"

#include "base/json_write.h"
#include "base/schema.h"

#include <stdlib.h>

/* clang-format off */
#define WORDS "\"type\":\"string\",\"minLength\":1,\"maxLength\":10000"
#define OBJECT(required, properties)                                                               \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required "],"             \
    "\"properties\":{" properties "}}"
#define CALL "/v1/myna/calls/{call}"
/* clang-format on */

const struct mn_operation mn_operations[] = {
    {"GET", "/v1/myna", "status", "How the server is", NULL, NULL, "Status", mn_operate_status},
    {"GET", "/v1/myna/openapi.json", "openapi", "This document", NULL, NULL, "Document",
     mn_operate_openapi},
    {"GET", "/v1/myna/calls", "list_calls", "Calls, oldest first", NULL,
     "limit integer how many, 1 to 100 (20)|after integer of the page before: next|app string only "
     "calls of this app",
     "CallList", mn_operate_list},
    {"GET", "/v1/myna/records", "list_records",
     "Calls as they were recorded, newest first; one that is named with its items and events", NULL,
     "call string only this one, whole|app string only calls of this app|since_ms integer that "
     "began then or later, Unix time|before_ms integer that began before: began_ms of the last of "
     "the page before|limit integer how many, 1 to 100 (20)",
     "RecordList", mn_operate_records},
    {"GET", "/v1/myna/records/{record}", "show_record",
     "One call as it was recorded, with its items and events", NULL, NULL, "Record",
     mn_operate_record},
    {"GET", "/v1/myna/events", "follow_events",
     "What happens in all calls, as server-sent events: a call's events with its id", NULL, NULL,
     "stream", mn_operate_events},
    {"GET", CALL, "show_call", "One call, with its state and what it used", NULL, NULL, "CallWhole",
     mn_operate_show},
    {"GET", CALL "/history", "show_history", "What was said in it, oldest first", NULL,
     "last integer only the newest so many, up to 10000", "History", mn_operate_history},
    {"GET", CALL "/events", "follow_call",
     "What happens in it, as server-sent events: first 'call' with how it is, then its events by "
     "their names; the stream ends with the call",
     NULL, NULL, "stream", mn_operate_events},
    {"POST", CALL "/say", "say", "The agent says these words",
     OBJECT("\"text\"", "\"text\":{" WORDS "},\"interrupt\":{\"type\":\"boolean\","
                        "\"description\":\"false: the caller cannot cut in\"}"),
     NULL, "Order", mn_operate_say},
    {"POST", CALL "/send_text", "send_text", "As if the caller had typed this",
     OBJECT("\"text\"", "\"text\":{" WORDS "}"), NULL, "Order", mn_operate_type},
    {"POST", CALL "/handoff", "handoff", "Another agent of the app goes on with the call",
     OBJECT("\"agent\"",
            "\"agent\":{\"type\":\"string\"},"
            "\"last\":{\"type\":\"integer\",\"minimum\":-1,\"maximum\":1000,\"description\":"
            "\"how many of the newest items it knows; 0: all; -1: none\"},"
            "\"say\":{" WORDS ",\"description\":\"its first words\"},"
            "\"instructions\":{" WORDS ",\"description\":\"for what it says first\"},"
            "\"silent\":{\"type\":\"boolean\",\"description\":\"it waits to be spoken to\"}"),
     NULL, "Order", mn_operate_handoff},
    {"POST", CALL "/interrupt", "interrupt",
     "What is being said stops, as if the caller had cut in", OBJECT("", ""), NULL, "Order",
     mn_operate_interrupt},
    {"POST", CALL "/approve", "approve", "A tool that waits for approval may run",
     OBJECT("\"call_id\"", "\"call_id\":{\"type\":\"string\"}"), NULL, "Order", mn_operate_approve},
    {"POST", CALL "/reject", "reject", "A tool that waits for approval may not run",
     OBJECT("\"call_id\"", "\"call_id\":{\"type\":\"string\"},\"reason\":{" WORDS
                           ",\"description\":\"for the model\"}"),
     NULL, "Order", mn_operate_reject},
    {"POST", CALL "/hang_up", "hang_up", "The call ends once what is being said has been heard",
     OBJECT("", "\"reason\":{\"type\":\"string\",\"maxLength\":100},"
                "\"now\":{\"type\":\"boolean\",\"description\":\"at once\"}"),
     NULL, "Order", mn_operate_hang_up},
    {"POST", "/v1/myna/reload", "reload", "The apps are read again: all or none", OBJECT("", ""),
     NULL, "Status", mn_operate_reload},
    {"POST", "/v1/myna/rollback", "rollback", "The generation of the apps before this one, again",
     OBJECT("", ""), NULL, "Status", mn_operate_rollback},
    {"POST", "/v1/myna/drain", "drain", "No new calls are taken; those there are go on",
     OBJECT("", ""), NULL, "Status", mn_operate_drain},
    {"POST", "/v1/myna/resume", "resume", "New calls are taken again", OBJECT("", ""), NULL,
     "Status", mn_operate_resume},
    {"GET", "/v1/myna/logs", "logs", "Lines of the log as server-sent events", NULL,
     "tail integer how many of the newest come first, up to 10000 (100)|follow boolean stay for "
     "what comes|call string only lines of this call",
     "stream", mn_operate_logs},
    {0},
};

void mn_operate_reply(struct mn_exchange *x, int status, struct mn_buf *json)
{
    static const struct mn_header fresh = {MN_STR("Cache-Control"), MN_STR("no-store")};

    if (json->err == 0)
        mn_exchange_reply(
            x, &(struct mn_reply){
                   .status = status, .headers = &fresh, .nheaders = 1, .body = mn_buf_str(json)});
    else
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
    mn_buf_free(json);
}

bool mn_operate_number(struct mn_exchange *x, const char *name, int64_t from, int64_t to,
                       int64_t otherwise, int64_t *out)
{
    struct mn_str text = mn_exchange_query(x, name);
    struct mn_buf message = {0};
    char *end;

    *out = otherwise;
    if (text.p == NULL)
        return true;
    *out = strtoll(text.p, &end, 10); /* what was asked for ends with a NUL */
    if (text.n > 0 && end == text.p + text.n && *out >= from && *out <= to)
        return true;
    mn_buf_addf(&message, "%s: expected a number from %lld to %lld.", name, (long long)from,
                (long long)to);
    mn_exchange_refuse_field(x, 422, "invalid_value", name,
                             message.err == 0 ? message.p : "Not a number.");
    mn_buf_free(&message);
    return false;
}

/* --- from a path to its row and call --- */

/* Whether path is the row's; *id is then what stands where the row has "{call}" or "{record}". */
static bool fits(const struct mn_operation *op, struct mn_str path, struct mn_str *id)
{
    const char *hole = strchr(op->path, '{');
    struct mn_str before, after;

    *id = (struct mn_str){NULL, 0};
    if (hole == NULL)
        return mn_str_is(path, op->path);
    before = (struct mn_str){op->path, (size_t)(hole - op->path)};
    after = mn_str(strchr(hole, '}') + 1);
    if (!mn_str_starts(path, before) || path.n <= before.n + after.n ||
        memcmp(path.p + path.n - after.n, after.p, after.n) != 0)
        return false;
    *id = (struct mn_str){path.p + before.n, path.n - before.n - after.n};
    return memchr(id->p, '/', id->n) == NULL;
}

/* NULL when x was refused. */
static const struct mn_operation *find_row(struct mn_exchange *x, struct mn_str *id)
{
    struct mn_str method = mn_exchange_method(x);
    struct mn_buf allowed = {0};
    const struct mn_operation *op;

    method = mn_str_is(method, "HEAD") ? MN_STR("GET") : method;
    for (op = mn_operations; op->path != NULL; op++) {
        if (!fits(op, mn_exchange_path(x), id))
            continue;
        if (mn_str_is(method, op->method))
            break;
        mn_buf_addf(&allowed, "%s%s", allowed.n > 0 ? ", " : "", op->method);
    }
    if (op->path != NULL) {
        mn_buf_free(&allowed);
        return op;
    }
    mn_exchange_allow(x, mn_buf_str(&allowed));
    if (allowed.n > 0)
        mn_exchange_refuse(x, 405, NULL, "method_not_allowed",
                           "This path does not know this method.");
    else
        mn_exchange_refuse(x, 404, NULL, "not_found",
                           "There is nothing at this path. GET /v1/myna/openapi.json lists what "
                           "there is.");
    mn_buf_free(&allowed);
    return NULL;
}

/* --- the body --- */

/* What the schema says is "field: what is wrong". */
static void refuse_body(struct mn_exchange *x, struct mn_str why)
{
    const char *colon = memmem(why.p, why.n, ": ", 2);
    struct mn_buf message = {0}, param = {0};

    mn_buf_add_str(&message, why);
    mn_buf_add(&param, why.p, colon != NULL ? (size_t)(colon - why.p) : 0);
    mn_exchange_refuse_field(x, 422, "invalid_value", param.n > 0 ? param.p : NULL,
                             message.err == 0 && message.n > 0 ? message.p : "Not so.");
    mn_buf_free(&message);
    mn_buf_free(&param);
}

static void run(struct mn_operating *o, struct mn_json *body)
{
    struct mn_schema *schema = NULL;
    struct mn_buf why = {0};
    int err = mn_schema_compile(&schema, mn_str(o->op->body), &why);

    if (err == 0)
        err = mn_schema_check(schema, body, &why);
    o->body = body;
    if (err == 0)
        o->op->run(o);
    else
        refuse_body(o->x, mn_buf_str(&why));
    mn_schema_free(schema);
    mn_buf_free(&why);
}

static void read_body(struct mn_operating *o)
{
    struct mn_str text = mn_exchange_body(o->x);
    struct mn_json *body = NULL;

    if (mn_json_parse(&body, text.n > 0 ? text : MN_STR("{}"), &mn_json_frame, NULL) != 0)
        mn_exchange_refuse(o->x, 400, NULL, "invalid_json", "The body is not JSON.");
    else
        run(o, body);
    mn_json_free(body);
}

void mn_operate_serve(void *worker, struct mn_exchange *x)
{
    struct mn_operating o = {.w = worker, .x = x};
    bool lives;

    o.op = find_row(x, &o.id);
    if (o.op == NULL)
        return;
    lives = strstr(o.op->path, "{call}") != NULL; /* a record is in a file that all can read */
    o.call = lives ? mn_worker_find_call(o.w, o.id) : NULL;
    if (lives && o.call == NULL && mn_owner_pass_on(o.w, x, o.id))
        return;
    if (lives && o.call == NULL)
        mn_exchange_refuse_field(x, 404, "call_not_found", "call",
                                 "There is no such call. It may be over.");
    else if (o.op->body != NULL)
        read_body(&o);
    else
        o.op->run(&o);
}
