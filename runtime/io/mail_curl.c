/* mail_curl.c - one try at one mail: curl speaks SMTP, and waits, on the lane's thread.
 *
 * What a failure says is curl's sentence, never the server's: servers repeat addresses. */
#include "io/mail_op.h"

#include "base/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int read_parts(CURLU *url, const char *text, char **host, char **port)
{
    static const CURLUPart none[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                     CURLUPART_QUERY, CURLUPART_FRAGMENT};
    char *part = NULL;
    bool is_root;

    if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, host, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PORT, port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PATH, &part, 0) != CURLUE_OK)
        return MN_ECONFIG;
    is_root = strcmp(part, "/") == 0;
    curl_free(part);
    for (size_t i = 0; is_root && i < sizeof(none) / sizeof(none[0]); i++) {
        part = NULL;
        is_root = curl_url_get(url, none[i], &part, 0) != CURLUE_OK;
        curl_free(part);
    }
    return is_root ? 0 : MN_ECONFIG;
}

int mn_mail_read_url(const char *text, char **host, int *port)
{
    CURLU *url;
    char *name = NULL, *number = NULL;
    int err;
    size_t n;

    *host = NULL;
    if (strncmp(text, "smtp://", 7) != 0 && strncmp(text, "smtps://", 8) != 0)
        return MN_ECONFIG;
    url = curl_url();
    if (url == NULL)
        return -ENOMEM;
    err = read_parts(url, text, &name, &number);
    if (err == 0) {
        n = strlen(name);
        *host = n > 2 && name[0] == '[' ? strndup(name + 1, n - 2) : strdup(name);
        *port = (int)strtol(number, NULL, 10);
        err = *host != NULL ? 0 : -ENOMEM;
    }
    curl_free(name);
    curl_free(number);
    curl_url_cleanup(url);
    return err;
}

bool mn_mail_is_url(const char *text)
{
    char *host;
    int port, err = mn_mail_read_url(text, &host, &port);

    free(host);
    return err == 0;
}

int mn_mail_op_aim(struct mn_mail_op *op, const struct mn_addresses *found)
{
    struct mn_buf line = {0};
    char text[INET6_ADDRSTRLEN];

    mn_buf_addf(&line, "%s:%d:", op->mail->host, op->mail->port);
    for (int i = 0; i < found->n; i++) {
        const union mn_address *at = &found->at[i];
        bool v6 = at->any.sa_family == AF_INET6;
        const void *bytes = v6 ? (const void *)&at->v6.sin6_addr : &at->v4.sin_addr;

        inet_ntop(at->any.sa_family, bytes, text, sizeof(text));
        mn_buf_addf(&line, v6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "", text);
    }
    curl_slist_free_all(op->addresses);
    op->addresses = line.err == 0 ? curl_slist_append(NULL, line.p) : NULL;
    mn_buf_free(&line);
    return op->addresses != NULL ? 0 : -ENOMEM;
}

static size_t on_read(char *out, size_t size, size_t n, void *owner)
{
    struct mn_mail_op *op = owner;
    size_t left = op->message.n - op->at, take = size * n < left ? size * n : left;

    memcpy(out, op->message.p + op->at, take);
    op->at += take;
    return take;
}

/* Called about each second: a worker that closes does not wait for a server. The types are curl's.
 */
static int on_progress(void *owner, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct mn_mail_op *op = owner;

    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&op->mail->closing);
}

static long tls_of(const struct mn_mail *m)
{
    if (m->settings.tls == MN_MAIL_TLS_OFF)
        return CURLUSESSL_NONE;
    return m->settings.tls == MN_MAIL_TLS_AUTO && m->is_near ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

static void set_server(CURL *easy, const struct mn_mail_op *op)
{
    const struct mn_mail_settings *s = &op->mail->settings;

    curl_easy_setopt(easy, CURLOPT_URL, s->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_RESOLVE, op->addresses);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_USE_SSL, tls_of(op->mail));
    if (s->ca_file != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca_file);
    if (s->user != NULL) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, s->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, s->password);
    }
}

/* A connection is for one mail: they are rare, and one that is kept would have to be left politely
 * at some other time. */
static void set_bounds(CURL *easy, struct mn_mail_op *op)
{
    int64_t ms = op->mail->settings.timeout_ms;

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)ms);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)((ms + 999) / 1000));
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, op);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, op->why);
}

static void set_message(CURL *easy, struct mn_mail_op *op)
{
    struct mn_mail_address from;
    char sender[260];

    (void)mn_mail_address_read(&from, mn_str(op->mail->settings.from)); /* checked at the start */
    snprintf(sender, sizeof(sender), "<%.*s>", MN_FMT(from.mailbox));
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, op->to);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, op);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)op->message.n);
}

/* The server's last word counts: 5xx is for good, all else may pass (RFC 5321, 4.2.1). */
static void read_end(CURL *easy, CURLcode result, struct mn_mail_op *op)
{
    long code = 0;

    if (result == CURLE_OK) {
        op->end = MN_MAIL_SENT;
        return;
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    op->end = code >= 500 && code < 600 ? MN_MAIL_NEVER : MN_MAIL_NOT_NOW;
    if (op->why[0] == '\0')
        snprintf(op->why, sizeof(op->why), "%s", curl_easy_strerror(result));
    if (code >= 400 && strstr(op->why, "denied") == NULL && strstr(op->why, ": ") == NULL)
        snprintf(op->why + strlen(op->why), sizeof(op->why) - strlen(op->why), " (%ld)", code);
}

void mn_mail_op_try(struct mn_mail_op *op)
{
    CURL *easy = curl_easy_init();

    op->at = 0;
    op->why[0] = '\0';
    op->end = MN_MAIL_NOT_NOW;
    if (easy == NULL) {
        snprintf(op->why, sizeof(op->why), "out of memory");
        return;
    }
    set_server(easy, op);
    set_bounds(easy, op);
    set_message(easy, op);
    read_end(easy, curl_easy_perform(easy), op);
    curl_easy_cleanup(easy);
}
