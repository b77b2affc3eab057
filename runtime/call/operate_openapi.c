/* operate_openapi.c - the table of operations as an OpenAPI 3.1 document. */
#include "call/operate.h"

#include "base/json_write.h"

#include <stdlib.h>

/* clang-format off */
#define TEXT    "{\"type\":\"string\"}"
#define NUMBER  "{\"type\":\"number\"}"
#define INTEGER "{\"type\":\"integer\"}"
#define FLAG    "{\"type\":\"boolean\"}"
#define CALL_FIELDS                                                                                \
    "\"id\":" TEXT ",\"object\":{\"const\":\"myna.call\"},\"app\":" TEXT ",\"agent\":" TEXT ","    \
    "\"status\":{\"enum\":[\"open\",\"away\",\"ending\"]},"                                        \
    "\"number\":{\"type\":\"integer\",\"description\":\"in the order they began\"},"   \
    "\"started_at\":{\"type\":\"integer\",\"description\":\"Unix seconds\"},\"seconds\":" NUMBER   \
    ",\"peer\":" TEXT ",\"approvals\":{\"type\":\"array\",\"description\":\"tools that wait\","    \
    "\"items\":{\"type\":\"object\",\"required\":[\"call_id\",\"tool\"],\"properties\":{"          \
    "\"call_id\":" TEXT ",\"tool\":" TEXT ",\"arguments\":{},\"approve_by\":"                      \
    "{\"enum\":[\"operator\",\"caller\"]}}}}"
#define CALL_REQUIRED                                                                              \
    "\"id\",\"object\",\"app\",\"agent\",\"status\",\"started_at\",\"seconds\",\"peer\","          \
    "\"approvals\",\"number\""

static const char schemas[] =
    "{\"Error\":{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{"
    "\"type\":\"object\",\"required\":[\"message\",\"type\",\"code\",\"param\"],\"properties\":{"
    "\"message\":" TEXT ",\"type\":" TEXT ",\"code\":{\"type\":[\"string\",\"null\"]},"
    "\"param\":{\"type\":[\"string\",\"null\"]}}}}},"
    "\"Document\":{\"type\":\"object\",\"required\":[\"openapi\"]},"
    "\"Status\":{\"type\":\"object\",\"required\":[\"object\",\"version\",\"ready\",\"draining\","
    "\"generation\",\"stale\",\"can_roll_back\",\"calls\",\"max_calls\",\"apps\"],\"properties\":{"
    "\"object\":{\"const\":\"myna.status\"},\"version\":" TEXT ",\"ready\":" FLAG ",\"draining\":"
    FLAG ",\"generation\":" INTEGER ",\"stale\":" FLAG ",\"can_roll_back\":" FLAG ",\"calls\":"
    INTEGER ",\"max_calls\":" INTEGER ",\"apps\":{\"type\":\"array\",\"items\":" TEXT "}}},"
    "\"Call\":{\"type\":\"object\",\"required\":[" CALL_REQUIRED "],\"properties\":{" CALL_FIELDS
    "}},\"CallWhole\":{\"type\":\"object\",\"required\":[" CALL_REQUIRED ",\"usage\",\"state\"],"
    "\"properties\":{" CALL_FIELDS ",\"usage\":{\"type\":\"object\"},\"state\":{\"description\":"
    "\"ctx.state; null when it is no JSON, or the call is ending\"}}},"
    "\"CallList\":{\"type\":\"object\",\"required\":[\"object\",\"data\",\"has_more\",\"next\","
    "\"missing\"],\"properties\":{\"missing\":{\"type\":\"integer\","
    "\"description\":\"workers that did not answer in time: their calls are not in it\"},"
    "\"object\":{\"const\":\"list\"},\"data\":{\"type\":\"array\",\"items\":"
    "{\"$ref\":\"#/components/schemas/Call\"}},\"has_more\":" FLAG ",\"next\":{\"type\":"
    "[\"integer\",\"null\"],\"description\":\"for the next page's after\"}}},"
    "\"Record\":{\"type\":\"object\",\"required\":[\"id\",\"app\",\"began_ms\",\"outcome\","
    "\"items\",\"events\"]},"
    "\"RecordList\":{\"type\":\"object\",\"required\":[\"object\",\"data\"],"
    "\"properties\":{\"object\":{\"const\":\"list\"},\"data\":{\"type\":\"array\",\"items\":"
    "{\"type\":\"object\",\"required\":[\"id\",\"app\",\"began_ms\",\"outcome\"]}}}},"
    "\"History\":{\"type\":\"object\",\"required\":[\"object\",\"call\",\"data\"],\"properties\":{"
    "\"object\":{\"const\":\"list\"},\"call\":" TEXT ",\"data\":{\"type\":\"array\",\"items\":"
    "{\"type\":\"object\"}}}},"
    "\"Order\":{\"type\":\"object\",\"description\":\"taken, and carried out at once\","
    "\"required\":[\"object\",\"call\",\"order\"],\"properties\":{\"object\":"
    "{\"const\":\"myna.order\"},\"call\":" TEXT ",\"order\":" TEXT "}}}";
/* clang-format on */

static void write_text_schema(struct mn_writer *w, const char *key, const char *type)
{
    mn_write_open(w, key, '{');
    mn_write_text(w, "type", type);
    mn_write_close(w);
}

static void write_parameter(struct mn_writer *w, struct mn_str name, const char *in,
                            struct mn_str type, struct mn_str words)
{
    mn_write_open(w, NULL, '{');
    mn_write_str(w, "name", name);
    mn_write_text(w, "in", in);
    mn_write_bool(w, "required", strcmp(in, "path") == 0);
    mn_write_str(w, "description", words);
    mn_write_open(w, "schema", '{');
    mn_write_str(w, "type", type);
    mn_write_close(w);
    mn_write_close(w);
}

static struct mn_str word(const char **text, const char *end)
{
    struct mn_str w = {*text, strcspn(*text, end)};

    *text += w.n + ((*text)[w.n] != '\0');
    return w;
}

static void write_parameters(struct mn_writer *w, const struct mn_operation *op)
{
    const char *query = op->query != NULL ? op->query : "";

    mn_write_open(w, "parameters", '[');
    if (strstr(op->path, "{call}") != NULL)
        write_parameter(w, MN_STR("call"), "path", MN_STR("string"), MN_STR("id of a call"));
    if (strstr(op->path, "{record}") != NULL)
        write_parameter(w, MN_STR("record"), "path", MN_STR("string"),
                        MN_STR("id of a call that was recorded"));
    while (*query != '\0') {
        struct mn_str name = word(&query, " "), type = word(&query, " ");

        write_parameter(w, name, "query", type, word(&query, "|"));
    }
    mn_write_close(w);
}

static void write_content(struct mn_writer *w, const char *schema)
{
    struct mn_buf ref = {0};

    mn_write_open(w, "content", '{');
    if (strcmp(schema, "stream") == 0) {
        mn_write_open(w, "text/event-stream", '{');
        write_text_schema(w, "schema", "string");
    } else {
        mn_buf_addf(&ref, "#/components/schemas/%s", schema);
        mn_write_open(w, "application/json", '{');
        mn_write_open(w, "schema", '{');
        mn_write_str(w, "$ref", mn_buf_str(&ref));
        mn_write_close(w);
    }
    mn_write_close(w);
    mn_write_close(w);
    mn_buf_free(&ref);
}

static void write_response(struct mn_writer *w, const char *status, const char *words,
                           const char *schema)
{
    mn_write_open(w, status, '{');
    mn_write_text(w, "description", words);
    write_content(w, schema);
    mn_write_close(w);
}

static void write_operation(struct mn_writer *w, const struct mn_operation *op)
{
    bool order = strcmp(op->gives, "Order") == 0;

    mn_write_open(w, strcmp(op->method, "GET") == 0 ? "get" : "post", '{');
    mn_write_text(w, "operationId", op->id);
    mn_write_text(w, "summary", op->does);
    write_parameters(w, op);
    if (op->body != NULL) {
        mn_write_open(w, "requestBody", '{');
        mn_write_open(w, "content", '{');
        mn_write_open(w, "application/json", '{');
        mn_write_raw(w, "schema", mn_str(op->body));
        mn_write_close(w);
        mn_write_close(w);
        mn_write_close(w);
    }
    mn_write_open(w, "responses", '{');
    write_response(w, order ? "202" : "200", order ? "Taken" : "So it is", op->gives);
    write_response(w, "default", "What is wrong: 401, 403, 404, 409, 422 ...", "Error");
    mn_write_close(w);
    mn_write_close(w);
}

static bool is_first(const struct mn_operation *op)
{
    for (const struct mn_operation *o = mn_operations; o != op; o++) {
        if (strcmp(o->path, op->path) == 0)
            return false;
    }
    return true;
}

static void write_paths(struct mn_writer *w)
{
    mn_write_open(w, "paths", '{');
    for (const struct mn_operation *op = mn_operations; op->path != NULL; op++) {
        if (!is_first(op))
            continue;
        mn_write_open(w, op->path, '{');
        for (const struct mn_operation *same = op; same->path != NULL; same++) {
            if (strcmp(same->path, op->path) == 0)
                write_operation(w, same);
        }
        mn_write_close(w);
    }
    mn_write_close(w);
}

int mn_operate_document(struct mn_buf *out)
{
    struct mn_writer w = mn_writer(out);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "openapi", "3.1.0");
    mn_write_open(&w, "info", '{');
    mn_write_text(&w, "title", "Myna, for operators");
    mn_write_text(&w, "version", MN_VERSION);
    mn_write_text(&w, "description", "The admin key is the bearer token (--admin-key).");
    mn_write_close(&w);
    mn_write_raw(&w, "security", MN_STR("[{\"admin\":[]}]"));
    write_paths(&w);
    mn_write_open(&w, "components", '{');
    mn_write_raw(&w, "securitySchemes",
                 MN_STR("{\"admin\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
    mn_write_raw(&w, "schemas", mn_str(schemas));
    mn_write_close(&w);
    mn_write_close(&w);
    return out->err;
}

void mn_operate_openapi(const struct mn_operating *o)
{
    struct mn_buf json = {0};

    (void)mn_operate_document(&json); /* its error sticks */
    mn_operate_reply(o->x, 200, &json);
}
