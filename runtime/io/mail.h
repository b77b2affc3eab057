/* mail.h - mails of a worker on their way to a mail server: a queue, and one thread that empties
 * it.
 *
 *     mn_mail_send --> READY --its turn--> the server --taken--> told
 *                        ^                    |
 *                        +---- a pause <------+ not now: as often as tries says
 *
 * A mail that is accepted is no longer its asker's: it goes whether or not the call lives. The
 * queue is memory: what waits when the process dies is lost.
 *
 * WHY A THREAD  libcurl says goodbye to a mail server (QUIT) and waits for the answer when it
 * closes a connection, inside whatever call does that: on the loop, a slow server would hold up
 * audio. So curl has a lane of its own here, with one connection at a time. Names are resolved by
 * io/resolve before, as everywhere. */
#ifndef MN_IO_MAIL_H
#define MN_IO_MAIL_H

#include "base/mail.h"
#include "base/metrics.h"
#include "io/loop.h"

struct mn_mail;
struct mn_mail_op;

enum mn_mail_outcome { MN_MAILS_SENT, MN_MAILS_GIVEN_UP, MN_MAILS_REFUSED }; /* of MN_M_MAILS */
enum mn_mail_tls { MN_MAIL_TLS_AUTO, MN_MAIL_TLS_ON, MN_MAIL_TLS_OFF };

/* Zero-filled means the defaults on the right. All text is borrowed while it is open. */
struct mn_mail_settings {
    const char *url;             /* smtp(s)://host[:port]; NULL: nothing is sent, the log tells */
    const char *from;            /* an address; needed with a url */
    const char *user, *password; /* NULL: the server is not told who asks */
    const char *ca_file;         /* PEM; NULL: the system's */
    int tls;                    /* of smtp://, enum mn_mail_tls. AUTO: STARTTLS, or nothing is sent;
                                   for a server on this machine as it offers */
    int64_t timeout_ms;         /* 30,000; for one try */
    int64_t pause_ms;           /* 10,000; before the second try; doubles */
    int tries;                  /* 8 */
    struct mn_metrics *metrics; /* NULL: nothing is counted */
    size_t queue_bytes;         /* 16 MiB; of all that wait */
};

/* Whether text names a server: smtp(s)://host[:port], without a user, a path or anything else. */
bool mn_mail_is_url(const char *text);

/* log is borrowed. Returns 0, -ENOMEM, or what starting a thread said. */
int mn_mail_open(struct mn_mail **out, struct mn_loop *loop,
                 const struct mn_mail_settings *settings, struct mn_log *log);

/* Takes a mail that was checked (mn_mail_check); ask is borrowed until return. call_id is for the
 * log, and may be NULL. done, which may be NULL, runs exactly once, later and from the loop, unless
 * it is forgotten by *out. Returns 0, MN_EFULL (over queue_bytes) or -ENOMEM. */
int mn_mail_send(struct mn_mail *m, const struct mn_mail_ask *ask, const char *call_id,
                 mn_mail_done *done, void *op_owner, struct mn_mail_op **out);

/* done will not run. The mail goes all the same. */
void mn_mail_forget(struct mn_mail_op *op);

/* No pauses any more: what waits is tried once, at once. fn runs from the loop when nothing is
 * left, or after so long. One that is told already runs at once. */
void mn_mail_drain(struct mn_mail *m, int64_t within_ms, void (*fn)(void *owner), void *owner);
bool mn_mail_is_idle(const struct mn_mail *m); /* nothing waits, nothing is on its way */

size_t mn_mail_waiting(const struct mn_mail *m); /* bytes, as queue_bytes counts them */

/* What is still there is lost, and the log says how much. No done runs. Accepts NULL. */
void mn_mail_close(struct mn_mail *m);

#endif
