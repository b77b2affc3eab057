/* mail_check.c - whether a mail can be sent: its addresses, its subject, its size. */
#include "base/mail.h"

#include "base/err.h"
#include "base/utf8.h"

/* An address is at most 254 bytes, what stands before its @ at most 64 (RFC 5321, 4.5.3.1). */
#define MAILBOX_MAX 254
#define LOCAL_MAX   64
#define NAME_BYTES  200 /* bytes of a name before an address; our own bound */

const struct mn_mail_limits mn_mail_defaults = {.addresses = 20, .bytes = 256 << 10};

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Atoms with dots between them (RFC 5321, 4.1.2); quoted ones exist, and nobody has one. */
static bool is_local(struct mn_str s)
{
    bool after_dot = true;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && after_dot)
            return false;
        after_dot = s.p[i] == '.';
        if (!after_dot && !is_alnum(s.p[i]) && strchr("!#$%&'*+-/=?^_`{|}~", s.p[i]) == NULL)
            return false;
    }
    return s.n > 0 && s.n <= LOCAL_MAX && !after_dot;
}

static bool is_domain(struct mn_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool at_edge = i == 0 || i + 1 == s.n || s.p[i - 1] == '.' || s.p[i + 1] == '.';

        if (!is_alnum(s.p[i]) && (at_edge || (s.p[i] != '.' && s.p[i] != '-')))
            return false;
    }
    return s.n > 0;
}

static bool is_mailbox(struct mn_str s)
{
    const char *at = s.n > 0 ? memchr(s.p, '@', s.n) : NULL;
    size_t before;

    if (at == NULL || s.n > MAILBOX_MAX || memchr(s.p, '\0', s.n) != NULL)
        return false;
    before = (size_t)(at - s.p);
    return is_local((struct mn_str){s.p, before}) &&
           is_domain((struct mn_str){at + 1, s.n - before - 1});
}

/* One line of UTF-8. */
static bool is_line(struct mn_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c < ' ' || c == 127)
            return false;
    }
    return mn_utf8_valid(s);
}

static struct mn_str trimmed(struct mn_str s)
{
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    while (s.n > 0 && s.p[0] == ' ')
        s.p++, s.n--;
    return s;
}

static struct mn_str unquoted(struct mn_str s)
{
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
        return (struct mn_str){s.p + 1, s.n - 2};
    return s;
}

bool mn_mail_address_read(struct mn_mail_address *out, struct mn_str text)
{
    const char *open;

    *out = (struct mn_mail_address){.mailbox = trimmed(text)};
    if (out->mailbox.n > 0 && out->mailbox.p[out->mailbox.n - 1] == '>') {
        open = memchr(out->mailbox.p, '<', out->mailbox.n);
        if (open == NULL)
            return false;
        out->name =
            unquoted(trimmed((struct mn_str){out->mailbox.p, (size_t)(open - out->mailbox.p)}));
        out->mailbox.n -= (size_t)(open - out->mailbox.p) + 2;
        out->mailbox.p = open + 1;
    }
    return is_mailbox(out->mailbox) && is_line(out->name) && out->name.n <= NAME_BYTES;
}

static bool has_break(struct mn_str s)
{
    return s.n > 0 && (memchr(s.p, '\r', s.n) != NULL || memchr(s.p, '\n', s.n) != NULL);
}

static int check_address(const char *field, struct mn_str text, struct mn_buf *why)
{
    struct mn_mail_address address;

    if (has_break(text))
        mn_buf_addf(why, "%s: a line break in an address", field);
    else if (!mn_mail_address_read(&address, text))
        mn_buf_addf(why, "%s: expected an address such as sam@example.com", field);
    else
        return 0;
    return MN_EPROTOCOL;
}

static int check_addresses(const struct mn_mail_ask *ask, const struct mn_mail_limits *limits,
                           struct mn_buf *why)
{
    int err = 0;

    if (ask->nto == 0) {
        mn_buf_add_text(why, "to: nobody is named");
        return MN_EPROTOCOL;
    }
    if (ask->nto + ask->ncc > limits->addresses) {
        mn_buf_addf(why, "over %d addresses in one mail (mail-addresses)", limits->addresses);
        return MN_ELIMIT;
    }
    for (int i = 0; i < ask->nto && err == 0; i++)
        err = check_address("to", ask->to[i], why);
    for (int i = 0; i < ask->ncc && err == 0; i++)
        err = check_address("cc", ask->cc[i], why);
    if (err == 0 && ask->reply_to.n > 0)
        err = check_address("reply_to", ask->reply_to, why);
    return err;
}

static int check_words(const struct mn_mail_ask *ask, struct mn_buf *why)
{
    if (has_break(ask->subject))
        mn_buf_add_text(why, "subject: a line break; it is one line");
    else if (!is_line(ask->subject))
        mn_buf_add_text(why, "subject: not UTF-8 text");
    else if (!mn_utf8_valid(ask->text))
        mn_buf_add_text(why, "text: not UTF-8");
    else if (!mn_utf8_valid(ask->html))
        mn_buf_add_text(why, "html: not UTF-8");
    else if (ask->text.n == 0 && ask->html.n == 0)
        mn_buf_add_text(why, "text: it is empty");
    else
        return 0;
    return MN_EPROTOCOL;
}

int mn_mail_check(const struct mn_mail_ask *ask, const struct mn_mail_limits *limits,
                  struct mn_buf *why)
{
    int err = check_addresses(ask, limits, why);

    if (err == 0)
        err = check_words(ask, why);
    if (err == 0 && ask->subject.n + ask->text.n + ask->html.n > limits->bytes) {
        mn_buf_addf(why, "subject, text and html are over %zu bytes together (mail-size)",
                    limits->bytes);
        err = MN_ELIMIT;
    }
    return err;
}
