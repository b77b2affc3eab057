/* mail_op.h - one mail under way, as mail.c (the queue) and mail_curl.c (the thread) share it. */
#ifndef MN_IO_MAIL_OP_H
#define MN_IO_MAIL_OP_H

#include "base/id.h"
#include "base/list.h"
#include "io/lane.h"
#include "io/mail.h"
#include "io/resolve.h"

#include <curl/curl.h>
#include <stdatomic.h>

/* How one try went. */
enum mn_mail_end { MN_MAIL_SENT, MN_MAIL_NOT_NOW, MN_MAIL_NEVER };

struct mn_mail_op {
    struct mn_list node; /* in the queue, or paused */
    struct mn_mail *mail;
    struct mn_lane_job job;
    struct mn_timer pause;
    char id[MN_ID_MAX], call_id[MN_ID_MAX];
    struct mn_buf app, shown;
    struct mn_buf message;
    struct curl_slist *to; /* everyone it goes to */
    int naddresses, tried;
    size_t subject_chars, bytes; /* for the log; and what it counts in the queue */
    mn_mail_done *done;
    void *owner;

    /* The thread's while it tries. */
    struct curl_slist *addresses; /* of the server, as CURLOPT_RESOLVE wants them */
    size_t at;                    /* of message, read so far */
    enum mn_mail_end end;
    char why[CURL_ERROR_SIZE];
};

struct mn_mail {
    struct mn_mail_settings settings; /* defaults filled in */
    struct mn_loop *loop;
    struct mn_log *log;
    struct mn_lane *lane; /* NULL without a url */
    char *host;           /* of the url */
    int port;
    bool is_near; /* on this machine */
    struct mn_random random;
    struct mn_timer turn;
    struct mn_lookup lookup;
    struct mn_list ready, paused;
    struct mn_mail_op *trying; /* NULL: none */
    size_t bytes;              /* of all */
    atomic_bool closing;       /* the thread looks at it */

    bool draining;
    struct mn_timer drain;
    void (*drained)(void *owner);
    void *drained_owner;
};

/* Writes op's addresses for the url's host. Returns 0 or -ENOMEM. */
int mn_mail_op_aim(struct mn_mail_op *op, const struct mn_addresses *found);

/* Tries once; sets op->end and op->why. On the lane's thread. */
void mn_mail_op_try(struct mn_mail_op *op);

/* Host (without the brackets of IPv6) and port of a URL of SMTP. Returns 0, MN_ECONFIG or -ENOMEM.
 */
int mn_mail_read_url(const char *text, char **host, int *port);

#endif
