/* world.c - the surroundings of script tests. */
#include "world.h"

#include "base/err.h"
#include "base/list.h"
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void keep_line(struct mn_log *log, const char *line, size_t n)
{
    mn_buf_add(log->owner, line, n);
}

void world_open(struct world *w)
{
    memset(w, 0, sizeof(*w));
    mn_clock_open_virtual(&w->clock, 1780000000000);
    w->log = (struct mn_log){.personal = true,
                             .level = MN_LOG_DEBUG,
                             .clock = &w->clock,
                             .write = keep_line,
                             .owner = &w->logged};
    assert_int_equal(mn_shared_open(&w->shared, &w->clock, &mn_shared_defaults), 0);
    w->limits = mn_state_defaults;
    w->limits.slice_instructions = 2000000;
}

static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    char inner[512];

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR)
            remove_folder(inner);
        else
            unlink(inner);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(path);
}

void world_close(struct world *w)
{
    mn_state_close(w->state);
    mn_bundle_drop(w->bundle);
    mn_shared_close(w->shared);
    mn_records_close(w->records);
    mn_clock_close(&w->clock);
    mn_buf_free(&w->logged);
    mn_buf_free(&w->orders);
    mn_buf_free(&w->history);
    mn_buf_free(&w->why);
    for (int i = 0; i < 8; i++) {
        mn_buf_free(&w->results[i].text);
        mn_buf_free(&w->results[i].tools);
    }
    if (w->folder[0] != '\0')
        remove_folder(w->folder);
}

void world_file(struct world *w, const char *path, const char *text)
{
    char full[512];
    FILE *file;

    if (w->folder[0] == '\0') {
        strcpy(w->folder, "/tmp/myna-script-XXXXXX");
        assert_non_null(mkdtemp(w->folder));
    }
    snprintf(full, sizeof(full), "%s/app", w->folder);
    mkdir(full, 0700);
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(full, sizeof(full), "%s/app/%.*s", w->folder, (int)(slash - path), path);
        mkdir(full, 0700);
    }
    snprintf(full, sizeof(full), "%s/app/%s", w->folder, path);
    file = fopen(full, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

int world_load_path(struct world *w, const char *path)
{
    return mn_bundle_load(&w->bundle, path, &w->log, &w->why);
}

int world_load(struct world *w)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/app", w->folder);
    return world_load_path(w, path);
}

static int on_http(void *owner, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                   void **op)
{
    struct world *w = owner;
    struct world_ask *a = &w->asks[w->nasks++];
    size_t n = 0;

    assert_true(w->nasks <= WORLD_ASKS);
    *a = (struct world_ask){.done = done, .op_owner = op_owner, .pending = true};
    snprintf(a->method, sizeof(a->method), "%.*s", MN_FMT(ask->method));
    snprintf(a->url, sizeof(a->url), "%.*s", MN_FMT(ask->url));
    snprintf(a->body, sizeof(a->body), "%.*s", MN_FMT(ask->body));
    snprintf(a->pool, sizeof(a->pool), "%.*s", MN_FMT(ask->pool));
    for (int i = 0; i < ask->nheaders; i++)
        n += (size_t)snprintf(a->headers + n, sizeof(a->headers) - n, "%.*s: %.*s\n",
                              MN_FMT(ask->headers[i].name), MN_FMT(ask->headers[i].value));
    snprintf(a->upstream, sizeof(a->upstream), "%.*s", MN_FMT(ask->upstream));
    snprintf(a->proxy, sizeof(a->proxy), "%.*s", MN_FMT(ask->proxy));
    snprintf(a->ca, sizeof(a->ca), "%.*s", MN_FMT(ask->ca));
    a->total_ms = ask->total_ms;
    a->connect_ms = ask->connect_ms;
    a->pool_ms = ask->pool_ms;
    a->idle_ms = ask->idle_ms;
    a->keep_ms = ask->keep_ms;
    a->keep = ask->pool_keep;
    a->max_body = ask->max_body;
    a->cache_ms = ask->cache_ms;
    a->absent_ms = ask->absent_ms;
    a->nsecret = ask->nsecret;
    a->names_host = ask->names_host;
    a->any_host = ask->any_host;
    a->stream = ask->stream;
    *op = a;
    return 0;
}

static void on_http_cancel(void *owner, void *op)
{
    struct world_ask *a = op;

    (void)owner;
    assert_true(a->pending);
    a->pending = false;
    a->cancelled = true;
}

static int on_shared(void *owner, const struct mn_shared_ask *ask, struct mn_buf *out)
{
    return mn_shared_do(((struct world *)owner)->shared, MN_STR("app"), ask, out);
}

static void on_http_resume(void *owner, void *op)
{
    (void)owner;
    ((struct world_ask *)op)->resumed++;
}

struct world_question {
    struct mn_timer timer;
    struct world *world;
    mn_keep_done *done;
    void *op_owner;
    int err;
    struct mn_buf answer;
};

static void free_question(struct world_question *q)
{
    q->world->question = NULL;
    mn_timer_stop(&q->timer);
    mn_buf_free(&q->answer);
    free(q);
}

static void on_answer(struct mn_timer *timer)
{
    struct world_question *q = mn_container_of(timer, struct world_question, timer);

    q->done(q->op_owner, q->err, mn_buf_str(&q->answer));
    free_question(q);
}

static int on_keep(void *owner, const struct mn_keep_ask *ask, mn_keep_done *done, void *op_owner,
                   void **op)
{
    struct world *w = owner;
    struct mn_keep_ask own = *ask;
    char id[32];

    if (w->keep_err != 0)
        return w->keep_err;
    if (w->records == NULL)
        assert_int_equal(mn_records_open(&w->records, &(struct mn_records_settings){0}, &w->why),
                         0);
    snprintf(id, sizeof(id), "fresh_%d", ++w->nkept);
    own.app = MN_STR("app");
    own.fresh_id = mn_str(id);
    own.wall_s = mn_clock_wall(&w->clock) / 1000;
    assert_null(w->question);
    *op = w->question = calloc(1, sizeof(*w->question));
    assert_non_null(w->question);
    *w->question = (struct world_question){.world = w, .done = done, .op_owner = op_owner};
    w->question->err = mn_records_do(w->records, &own, &w->question->answer);
    mn_timer_start(&w->clock, &w->question->timer, w->keep_ms != 0 ? w->keep_ms : 5, on_answer);
    return 0;
}

static void on_keep_cancel(void *owner, void *op)
{
    ((struct world *)owner)->nkeep_cancels++;
    free_question(op);
}

static int on_order(void *owner, const char *word, struct mn_str text)
{
    struct world *w = owner;

    mn_buf_addf(&w->orders, "%s(%.*s) ", word, MN_FMT(text));
    if (w->stop_in_order != 0)
        mn_state_stop(w->state, w->stop_in_order);
    return w->order_err;
}

static int on_history(void *owner, int last, struct mn_buf *out)
{
    struct world *w = owner;

    mn_buf_addf(&w->orders, "history(%d) ", last);
    return mn_buf_add_text(out, w->history.n != 0 ? w->history.p : "[]");
}

static void on_done(void *owner, uint32_t ticket, const struct mn_job_result *result)
{
    struct world *w = owner;
    struct world_result *r = &w->results[ticket];

    r->set = true;
    r->times++;
    r->err = result->err;
    mn_buf_clear(&r->text);
    mn_buf_clear(&r->tools);
    mn_buf_add_str(&r->text, result->text);
    mn_buf_add_str(&r->tools, result->tools);
    if (w->close_in_done) {
        mn_state_close(w->state);
        w->state = NULL;
    }
}

void world_call(struct world *w)
{
    w->settings = (struct mn_state_settings){
        .bundle = w->bundle,
        .clock = &w->clock,
        .log = &w->log,
        .ports = &w->ports,
        .limits = &w->limits,
        .call_id = "sess_test",
        .seed = 7,
        .meta = MN_STR("{\"id\":\"sess_test\",\"from\":\"+441\"}"),
        .user = MN_STR("{\"name\":\"Ann\"}"),
    };

    w->done = on_done;
    w->ports = (struct mn_ports){.owner = w,
                                 .http = on_http,
                                 .http_cancel = on_http_cancel,
                                 .http_resume = on_http_resume,
                                 .shared = on_shared,
                                 .keep = on_keep,
                                 .keep_cancel = on_keep_cancel,
                                 .order = on_order,
                                 .history = on_history};
    assert_int_equal(mn_state_open(&w->state, &w->settings, on_done, w), 0);
}

void world_tools(struct world *w, const char *body)
{
    struct mn_buf page = {0};

    mn_buf_addf(&page,
                "local myna = require \"myna\"\nlocal s, tools = myna.schema\n%s\n"
                "return myna.agent { name = \"A\", tools = tools }\n",
                body);
    world_file(w, "agent.lua", page.p);
    mn_buf_free(&page);
    if (world_load(w) != 0)
        fail_msg("%s", world_text(&w->why));
    world_call(w);
}

void world_start(struct world *w, uint32_t ticket, const char *name, const char *arguments)
{
    const struct mn_agent_spec *agent = &mn_bundle_spec(w->bundle)->agents[0];

    for (int i = 0; i < agent->ntools; i++) {
        if (mn_str_is(agent->tools[i].name, name)) {
            w->results[ticket].set = false;
            assert_int_equal(
                mn_state_run(w->state, ticket,
                             agent->tools[i].kind == MN_TOOL_HANDOFF ? MN_JOB_HANDOFF : MN_JOB_TOOL,
                             0, i, "call_1", mn_str(arguments)),
                0);
            return;
        }
    }
    fail_msg("no tool %s", name);
}

void world_advance(struct world *w, int64_t ms)
{
    mn_clock_advance(&w->clock, mn_clock_now(&w->clock) + ms);
}

static const char *outcome(const struct world *w, uint32_t ticket)
{
    return w->results[ticket].set ? world_text(&w->results[ticket].text) : NULL;
}

const char *world_tool(struct world *w, const char *name, const char *arguments)
{
    world_start(w, 1, name, arguments);
    world_advance(w, 0);
    return outcome(w, 1);
}

const char *world_prepare(struct world *w, int agent)
{
    w->results[2].set = false;
    assert_int_equal(mn_state_run(w->state, 2, MN_JOB_PREPARE, agent, 0, "", (struct mn_str){0}),
                     0);
    world_advance(w, 0);
    return outcome(w, 2);
}

static void finish(struct world *w, int ask, const struct mn_http_answer *answer)
{
    struct world_ask *a = &w->asks[ask];

    assert_true(ask < w->nasks && a->pending);
    a->pending = false;
    a->done(a->op_owner, answer);
    world_advance(w, 0);
}

void world_answer(struct world *w, int ask, int status, const char *body)
{
    const struct mn_header headers[] = {{MN_STR("content-type"), MN_STR("application/json")}};

    finish(w, ask,
           &(struct mn_http_answer){
               .status = status, .headers = headers, .nheaders = 1, .body = mn_str(body)});
}

void world_refuse(struct world *w, int ask, const char *code)
{
    finish(w, ask, &(struct mn_http_answer){.err_code = code, .err_message = "as the test says"});
}

void world_answer_with(struct world *w, int ask, int status, const char *header, const char *value)
{
    const struct mn_header headers[] = {{mn_str(header), mn_str(value)}};

    finish(w, ask, &(struct mn_http_answer){.status = status, .headers = headers, .nheaders = 1});
}

void world_begin(struct world *w, int ask, int status)
{
    struct world_ask *a = &w->asks[ask];

    assert_true(ask < w->nasks && a->pending && a->stream != NULL);
    a->stream->head(a->op_owner, &(struct mn_http_answer){.status = status});
    world_advance(w, 0);
}

bool world_stream(struct world *w, int ask, const char *bytes)
{
    struct world_ask *a = &w->asks[ask];
    bool taken = a->stream->bytes(a->op_owner, mn_str(bytes));

    world_advance(w, 0);
    return taken;
}

void world_end(struct world *w, int ask, const char *code)
{
    finish(w, ask,
           &(struct mn_http_answer){.status = code == NULL ? 200 : 0,
                                    .err_code = code,
                                    .err_message = code != NULL ? "as the test says" : NULL});
}

const char *world_text(const struct mn_buf *b)
{
    return b->p != NULL ? b->p : "";
}

void world_has(const struct mn_buf *b, const char *part)
{
    if (strstr(world_text(b), part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, world_text(b));
}

void world_lacks(const struct mn_buf *b, const char *part)
{
    if (strstr(world_text(b), part) != NULL)
        fail_msg("'%s' is in:\n%s", part, world_text(b));
}
