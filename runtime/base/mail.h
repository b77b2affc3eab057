/* mail.h - a mail: what a script asks, whether it can be sent, and how it is written (RFC 5322).
 *
 * script/ asks through a port, call/ passes it on, io/mail sends it; a scenario only looks. What is
 * written cannot gain a header: no line break passes the check, and each value is written in a form
 * that has none. */
#ifndef MN_BASE_MAIL_H
#define MN_BASE_MAIL_H

#include "base/buf.h"

#include <stdint.h>

struct mn_mail_ask {
    struct mn_str app;       /* whose call asks; for the log */
    const struct mn_str *to; /* "sam@example.com" or "Sam Hill <sam@example.com>" */
    const struct mn_str *cc;
    int nto, ncc;
    struct mn_str reply_to;   /* an address; may be empty */
    struct mn_str subject;    /* one line */
    struct mn_str text, html; /* UTF-8; one may be empty */
    struct mn_str shown;      /* all of it as JSON, secrets by their names: for whoever looks on */
};

struct mn_mail_limits {
    int addresses; /* of to and cc together */
    size_t bytes;  /* of subject, text and html together */
};
extern const struct mn_mail_limits mn_mail_defaults;

/* err is 0 when the server has taken it; else why says why not, without personal data. */
typedef void mn_mail_done(void *op_owner, int err, struct mn_str why);

/* Both slices of what was read; the name may be empty. */
struct mn_mail_address {
    struct mn_str name, mailbox;
};

/* Reads an address of ASCII, with or without a name before it. False for what is none. */
bool mn_mail_address_read(struct mn_mail_address *out, struct mn_str text);

/* Whether it can be sent. Returns 0; or MN_EPROTOCOL or MN_ELIMIT with a sentence in why, which
 * names the field and repeats nothing of it. */
int mn_mail_check(const struct mn_mail_ask *ask, const struct mn_mail_limits *limits,
                  struct mn_buf *why);

struct mn_mail_origin {
    struct mn_str from; /* an address */
    struct mn_str id;   /* nobody has had it: of Message-ID */
    int64_t wall_ms;    /* Unix time of Date */
};

/* Appends the message, each line ended by CR LF and at most 78 characters but for long addresses.
 * ask was checked. Returns 0 or -ENOMEM. */
int mn_mail_write(struct mn_buf *out, const struct mn_mail_ask *ask,
                  const struct mn_mail_origin *origin);

/* mail_words.c: how words travel. Each appends to out, and returns its sticky error. */
int mn_mail_put_words(struct mn_buf *out, struct mn_str words); /* of a header (RFC 2047) */
int mn_mail_put_name(struct mn_buf *out, struct mn_str name);   /* before an address */
int mn_mail_put_body(struct mn_buf *out, struct mn_str text);   /* quoted-printable (RFC 2045) */

#endif
