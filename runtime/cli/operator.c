/* operator.c - a request to a running server, for the commands of operators. */
#include "cli/operator.h"

#include "base/err.h"
#include "base/id.h"
#include "io/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define AT(field)   offsetof(struct mn_operator, field)
#define REFUSAL_MAX 65536 /* bytes of an error in place of a stream that are read */
#define PULSE_MS                                                                                   \
    60000 /* a server whose stream is silent for so long is gone: it pulses each 15 s */

const struct mn_option mn_operator_options[] = {
    {"url", MN_OPT_STR, AT(url), "http://127.0.0.1:8080", 0, 0, NULL, "where the server is"},
    {"admin-key", MN_OPT_STR, AT(admin_key), NULL, 0, 0, NULL,
     "what it was given as --admin-key; better: MYNA_ADMIN_KEY", true},
    {"ca", MN_OPT_STR, AT(ca), NULL, 0, 0, NULL,
     "CA certificates (PEM) to verify it with, instead of the system's"},
    {"timeout", MN_OPT_DURATION, AT(timeout), "10s", 100, 600000, NULL, "for its answer"},
    {"json", MN_OPT_BOOL, AT(json), "off", 0, 0, NULL, "print what it answers as JSON (ps)"},
    {"follow", MN_OPT_BOOL, AT(follow), "off", 0, 0, NULL, "stay for what comes (logs)",
     .letter = 'f'},
    {"tail", MN_OPT_INT, AT(tail), "100", 0, 10000, NULL, "so many lines from before (logs)"},
    {"off", MN_OPT_BOOL, AT(off), "off", 0, 0, NULL, "take calls again (drain)"},
    {0},
};

static int read_options(struct mn_operator *o, const struct mn_command *self, int least, int argc,
                        char **argv, int from)
{
    struct mn_buf why = {0};
    int err = mn_options_init(mn_operator_options, o);

    if (err == 0)
        err = mn_options_env(mn_operator_options, o, &why);
    if (err == 0)
        err = mn_options_argv(mn_operator_options, o, argc, argv, from, o->words, &o->nwords, &why);
    if (err == 0 && (o->nwords < least || o->nwords > self->most_words)) {
        mn_buf_addf(&why, "'myna %s' takes %s\n", self->name,
                    self->words[0] != '\0' ? self->words : "options only");
        err = MN_ECONFIG;
    }
    mn_cli_complain(&why);
    mn_buf_free(&why);
    return err;
}

bool mn_operator_begin(struct mn_operator *o, const struct mn_command *self, int least, int argc,
                       char **argv, int from, int *status)
{
    *o = (struct mn_operator){.words = calloc((size_t)argc + 1, sizeof(char *))};
    *status = MN_EXIT_OK;
    if (mn_cli_wants_help(argc, argv, from)) {
        mn_cli_help(self, mn_operator_options);
        return false;
    }
    if (o->words != NULL && read_options(o, self, least, argc, argv, from) == 0)
        return true;
    *status = MN_EXIT_USAGE;
    return false;
}

void mn_operator_end(struct mn_operator *o)
{
    mn_options_free(mn_operator_options, o);
    free(o->words);
}

bool mn_operator_is_call(const char *word)
{
    size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    if (n > 0 && word[n] == '\0' && n < MN_ID_MAX)
        return true;
    fprintf(stderr, "myna: '%s' is no call's id; 'myna ps' lists them\n", word);
    return false;
}

/* --- a request --- */

struct errand {
    const struct mn_operator *o;
    struct mn_loop *loop;
    const struct mn_http_stream *stream; /* of whoever follows; NULL: the answer is wanted whole */
    void *stream_owner;
    struct mn_json **out;
    int status;            /* of the process */
    int answered;          /* status of a stream */
    struct mn_buf refusal; /* of one that was refused: what came in its place */
};

static void complain_of_none(const struct errand *e, const struct mn_http_answer *answer)
{
    const char *code = answer->err_code, *url = e->o->url;

    if (strcmp(code, "refused") == 0)
        fprintf(stderr,
                "myna: nothing listens at %s: is 'myna serve' running, on this port? --url or "
                "MYNA_URL says where\n",
                url);
    else if (strcmp(code, "timeout") == 0)
        fprintf(stderr, "myna: %s does not answer (--timeout)\n", url);
    else if (strcmp(code, "dns") == 0)
        fprintf(stderr, "myna: %s: there is no host of this name\n", url);
    else if (strcmp(code, "tls") == 0)
        fprintf(stderr, "myna: %s: its certificate is not trusted (%s); --ca names a private CA\n",
                url, answer->err_message);
    else
        fprintf(stderr, "myna: %s: %s (%s)\n", url, answer->err_message, code);
}

static void complain_of_refusal(const struct errand *e, const struct mn_http_answer *answer,
                                int status)
{
    struct mn_json *json = NULL;
    struct mn_buf why = {0};
    struct mn_str message;

    if (mn_json_parse(&json, e->stream != NULL ? mn_buf_str(&e->refusal) : answer->body,
                      &mn_json_frame, NULL) != 0)
        json = NULL;
    message = mn_json_str(mn_json_get(json, "error"), "message");
    if (message.n > 0)
        mn_buf_add_str(&why, message);
    else
        mn_buf_addf(&why, "%s answers, but not as a Myna of this version does (HTTP %d)", e->o->url,
                    status);
    mn_buf_add_byte(&why, '\n');
    if (status == 401)
        mn_buf_addf(&why, "%s\n",
                    e->o->admin_key != NULL ? "the key that was given is not the server's admin key"
                                            : "give it with MYNA_ADMIN_KEY or --admin-key");
    mn_cli_complain(&why);
    mn_buf_free(&why);
    mn_json_free(json);
}

static void on_done(void *owner, const struct mn_http_answer *answer)
{
    struct errand *e = owner;
    int status = answer->status != 0 ? answer->status : e->answered;

    mn_loop_stop(e->loop);
    e->status = MN_EXIT_FAILED;
    if (status == 0 && answer->err_code != NULL) {
        complain_of_none(e, answer);
        e->status = MN_EXIT_USAGE;
    } else if (status < 300 && (e->stream != NULL ||
                                mn_json_parse(e->out, answer->body, &mn_json_frame, NULL) == 0)) {
        e->status = MN_EXIT_OK;
    } else {
        complain_of_refusal(e, answer, status);
    }
}

static void on_head(void *owner, const struct mn_http_answer *answer)
{
    ((struct errand *)owner)->answered = answer->status;
}

static bool on_bytes(void *owner, struct mn_str bytes)
{
    struct errand *e = owner;

    if (e->answered >= 300) {
        mn_buf_add_str(&e->refusal, bytes); /* what is too long is no error of ours: cut off */
        return true;
    }
    return e->stream->bytes(e->stream_owner, bytes);
}

static const struct mn_http_stream streamed = {on_head, on_bytes};

static int write_url(struct mn_buf *out, const struct mn_operator *o, const char *path)
{
    struct mn_str base = mn_str(o->url);

    while (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    mn_buf_add_str(out, base);
    mn_buf_add_text(out, "/v1/myna");
    return mn_buf_add_text(out, path);
}

static int send(struct errand *e, struct mn_http *http, const char *path, struct mn_str body)
{
    struct mn_buf url = {0}, bearer = {0};
    struct mn_http_op *op;
    struct mn_header headers[2] = {{MN_STR("Content-Type"), MN_STR("application/json")}};
    struct mn_http_ask ask = {.method = body.n > 0 ? MN_STR("POST") : MN_STR("GET"),
                              .headers = headers,
                              .nheaders = 1,
                              .body = body,
                              .max_body = 16 << 20,
                              .total_ms = e->o->timeout,
                              .idle_ms = e->stream != NULL ? PULSE_MS : 0,
                              .stream = e->stream != NULL ? &streamed : NULL};
    int err = write_url(&url, e->o, path);

    if (err == 0 && e->o->admin_key != NULL) {
        err = mn_buf_addf(&bearer, "Bearer %s", e->o->admin_key);
        headers[ask.nheaders++] = (struct mn_header){MN_STR("Authorization"), mn_buf_str(&bearer)};
    }
    ask.url = mn_buf_str(&url);
    if (err == 0)
        err = mn_http_send(http, &ask, on_done, e, &op);
    if (err == MN_ECONFIG)
        fprintf(stderr, "myna: --url: '%s' cannot be asked; expected http(s)://host[:port]\n",
                e->o->url);
    mn_buf_free(&url);
    mn_buf_free(&bearer);
    return err;
}

static int run(struct errand *e, const char *path, struct mn_str body)
{
    struct mn_log silent = {.level = MN_LOG_OFF};
    struct mn_http *http = NULL;
    int err = mn_loop_open(&e->loop, &silent);

    e->status = MN_EXIT_USAGE;
    if (err == 0)
        err = mn_http_open(&http, e->loop,
                           &(struct mn_http_settings){.any_host = true, .ca_file = e->o->ca});
    if (err == 0)
        err = send(e, http, path, body);
    if (err == 0)
        mn_loop_run(e->loop);
    else if (err != MN_ECONFIG)
        fprintf(stderr, "myna: %s\n", mn_strerror(err));
    mn_http_close(http);
    if (e->loop != NULL)
        mn_loop_close(e->loop);
    return e->status;
}

int mn_operator_ask(const struct mn_operator *o, const char *path, struct mn_str body,
                    struct mn_json **out)
{
    struct errand e = {.o = o, .out = out};

    *out = NULL;
    return run(&e, path, body);
}

int mn_operator_follow(const struct mn_operator *o, const char *path,
                       const struct mn_http_stream *stream, void *owner)
{
    struct errand e = {
        .o = o, .stream = stream, .stream_owner = owner, .refusal = {.limit = REFUSAL_MAX}};
    int status = run(&e, path, (struct mn_str){NULL, 0});

    mn_buf_free(&e.refusal);
    return status;
}
