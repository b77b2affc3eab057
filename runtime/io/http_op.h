/* http_op.h - one request of the pool, as the files of the pool share it.
 *
 *     WAITING --its turn--> RESOLVING --address--> RUNNING --> FINISHED --done--> freed
 *
 *     http.c           whose turn it is; an op's way through its states
 *     http_multi.c     curl's sockets and timer on the loop
 *     http_client.c    how many of one client's run, and the connections it keeps
 *     http_op.c        what is asked
 *     http_easy.c      a curl handle for it
 *     http_dial.c      where it may connect to
 *     http_answer.c    what came back
 *     http_redirect.c  where it points
 *
 * Only those include this. */
#ifndef MN_IO_HTTP_OP_H
#define MN_IO_HTTP_OP_H

#include "base/buf.h"
#include "base/list.h"
#include "io/http.h"
#include "io/resolve.h"

#include <curl/curl.h>
#include <netinet/in.h>

enum mn_http_state { MN_HTTP_WAITING, MN_HTTP_RESOLVING, MN_HTTP_RUNNING, MN_HTTP_FINISHED };

/* Whose limit of connections a request counts against. It lives as long as its sockets. */
struct mn_http_client {
    struct mn_list node;
    int ops;     /* that name it */
    int running; /* of them */
    int keeping; /* of these, that leave their connection idle when they end */
    int sockets; /* they opened, that are still open */
    int limit, keep;
    char name[]; /* ask.pool and host:port */
};

struct mn_http {
    struct mn_loop *loop;
    struct mn_http_settings settings; /* defaults filled in */
    CURLM *multi;
    struct mn_timer curl_timer, settle_timer;
    struct mn_list waiting, busy, finished; /* ops */
    struct mn_list clients;
    int nwaiting, nrunning;
};

struct mn_http_op {
    struct mn_list node; /* in one of the pool's lists, by state */
    struct mn_http *http;
    struct mn_http_client *client;
    enum mn_http_state state;
    mn_http_done *done;
    void *owner;

    char *method, *url, *host;
    char *unix_path; /* NULL: none */
    int port;
    char *proxy, *proxy_host; /* NULL: none */
    int proxy_port;
    struct curl_slist *headers;
    char **secrets; /* names of headers not to send elsewhere */
    int nsecrets;
    struct mn_buf body, ca; /* to send; PEM */
    int64_t connect_ms, idle_ms, keep_ms;
    int redirects_left;
    bool may_be_private, any_host; /* where it goes now; wherever it is led */

    struct mn_lookup lookup;
    struct mn_timer timer; /* for the whole of it */
    struct mn_timer wait;  /* for its turn; then for the next byte. Either may not run. */
    CURL *easy;
    struct curl_slist *addresses;
    char error[CURL_ERROR_SIZE];

    int status;
    struct mn_buf head, answer;             /* what came: header lines, body */
    const char *err_code;                   /* static; NULL when it went well */
    const char *err_message;                /* static, or error */
    char private_address[INET6_ADDRSTRLEN]; /* the last one that was not dialled */

    const struct mn_http_stream *stream;
    bool keeps;             /* its connection, when it ends */
    bool streaming, paused; /* its head was told; it takes no bytes now */
    curl_off_t sent;        /* of body, when that was last looked at */
};

/* http_client.c: gives op its client. Returns 0 or -ENOMEM. */
int mn_http_client_join(struct mn_http *h, struct mn_http_op *op, const struct mn_http_ask *ask);
void mn_http_client_leave(struct mn_http_op *op);               /* also when it has none */
void mn_http_client_socket(struct mn_http_client *c, int more); /* one opened: 1, closed: -1 */
void mn_http_client_run(struct mn_http_op *op, int more);       /* it runs: 1, no longer: -1 */
void mn_http_client_decide(struct mn_http_op *op); /* whether op's connection is kept after it */

/* Copies the ask and checks that it can be sent. Returns 0, MN_ECONFIG or -ENOMEM. */
int mn_http_op_new(struct mn_http_op **out, const struct mn_http_ask *ask,
                   const struct mn_http_settings *settings);
void mn_http_op_free(struct mn_http_op *op); /* the curl handle must be out of its multi */

/* Takes host and port out of op->url. Returns 0, MN_ECONFIG or -ENOMEM. */
int mn_http_op_read_url(struct mn_http_op *op);

/* Whether a line of op->headers is for this name, in any case. */
bool mn_http_line_is(const char *line, const char *name);

/* http_easy.c: makes the curl handle, for the addresses found (NULL: the host is one). Returns 0 or
 * -ENOMEM. */
int mn_http_op_prepare(struct mn_http_op *op, const struct mn_http_settings *settings,
                       const struct mn_addresses *found);

/* http_dial.c: sets how op's handle opens, closes and looks at connections. */
void mn_http_op_watch_dial(struct mn_http_op *op);

/* Whether its host is an address that may not be asked; then op has failed. */
bool mn_http_op_is_barred(struct mn_http_op *op);

/* Nothing could be dialled: says so, when that is because all addresses were private. */
bool mn_http_op_say_private(struct mn_http_op *op);

/* curl's callbacks; owner is the op. */
size_t mn_http_op_on_body(char *p, size_t size, size_t n, void *owner);
size_t mn_http_op_on_header(char *p, size_t size, size_t n, void *owner);

/* The head is there, and op's stream is told. */
void mn_http_op_begin_stream(struct mn_http_op *op);

/* Whether an answer of that status would be followed. */
bool mn_http_op_follows(const struct mn_http_op *op, int status);

void mn_http_op_fail(struct mn_http_op *op, const char *code, const char *message);
void mn_http_op_read_result(struct mn_http_op *op, CURLcode result);

/* Turns op towards where the answer points, dropping the secrets that are not for there, when it
 * may still follow; then it is to be sent again and true. */
bool mn_http_op_redirect(struct mn_http_op *op);

/* Calls done with what came. */
void mn_http_op_tell(struct mn_http_op *op);

/* http.c: something came or went: the wait for the next byte begins again. */
void mn_http_op_is_alive(struct mn_http_op *op);

/* http.c: tells those that are finished and starts those whose turn it is. Only from the loop. */
void mn_http_settle(struct mn_http *h);

/* http_multi.c: sets h->multi. Returns 0 or -ENOMEM. */
int mn_http_multi_open(struct mn_http *h);
void mn_http_multi_close(struct mn_http *h); /* no handle may be left in it */

#endif
