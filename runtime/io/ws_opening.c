/* ws_opening.c - prepares the request and gathers the answer, behind ws_opening.h. */
#include "io/ws_opening.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static int copy_text(char **out, const char *text)
{
    *out = NULL;
    if (text == NULL)
        return 0;
    *out = strdup(text);
    return *out != NULL ? 0 : -ENOMEM;
}

static struct mn_ws_request asked(const struct mn_ws_opening *o)
{
    struct mn_ws_request request = {
        .authority = o->url.authority, .path = o->url.path, .subprotocols = o->subprotocols};

    memcpy(request.key, o->key, sizeof(request.key));
    return request;
}

static int prepare(struct mn_ws_opening *o, const struct mn_ws_client_settings *settings)
{
    struct mn_ws_request request;
    int err = mn_ws_url_parse(&o->url, settings->url);

    if (err == 0)
        err = copy_text(&o->subprotocols, settings->subprotocols);
    if (err == 0)
        err = copy_text(&o->ca_file, settings->ca_file);
    if (err == 0)
        err = copy_text(&o->unix_path, settings->unix_path);
    if (err < 0)
        return err;
    if (getrandom(o->key, sizeof(o->key), 0) != (ssize_t)sizeof(o->key))
        return -EIO;
    request = asked(o);
    request.headers = settings->headers;
    return mn_ws_request_write(&request, &o->request);
}

int mn_ws_opening_new(struct mn_ws_opening **out, const struct mn_ws_client_settings *settings)
{
    struct mn_ws_opening *o = calloc(1, sizeof(*o));
    int err;

    *out = NULL;
    if (o == NULL)
        return -ENOMEM;
    err = prepare(o, settings);
    if (err < 0) {
        mn_ws_opening_free(o);
        return err;
    }
    *out = o;
    return 0;
}

void mn_ws_opening_free(struct mn_ws_opening *o)
{
    if (o == NULL)
        return;
    mn_buf_free(&o->request);
    mn_buf_free(&o->come);
    free(o->subprotocols);
    free(o->ca_file);
    free(o->unix_path);
    free(o);
}

int mn_ws_opening_take(struct mn_ws_opening *o, const void *bytes, size_t n, size_t *used)
{
    struct mn_ws_request request = asked(o);
    size_t before = o->come.n;
    int err = mn_buf_add(&o->come, bytes, n);

    if (err == 0)
        err = mn_ws_answer_read(&o->answer, mn_buf_str(&o->come), &request);
    if (err == 0)
        *used = o->answer.head_n - before;
    return err;
}

bool mn_ws_opening_is_told(const struct mn_ws_opening *o)
{
    return mn_ws_answer_is_told(&o->answer, o->come.n);
}

int mn_ws_opening_why(const struct mn_ws_opening *o, struct mn_buf *out)
{
    return mn_ws_answer_why(&o->answer, mn_buf_str(&o->come), out);
}
