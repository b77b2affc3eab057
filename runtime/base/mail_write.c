/* mail_write.c - a mail as its server reads it: headers, a body, or two of which one is shown. */
#include "base/mail.h"

#include <time.h>

/* No boundary of ours can stand in a quoted-printable body: "=_" is no escape. */
#define BOUNDARY "=_myna_"

static void put_address(struct mn_buf *out, struct mn_str text)
{
    struct mn_mail_address address;

    (void)mn_mail_address_read(&address, text); /* checked before */
    if (address.name.n > 0) {
        mn_mail_put_name(out, address.name);
        mn_buf_add_text(out, "\r\n <"); /* a line of its own, so that none grows long */
    }
    mn_buf_add_str(out, address.mailbox);
    if (address.name.n > 0)
        mn_buf_add_byte(out, '>');
}

static void put_addresses(struct mn_buf *out, const char *header, const struct mn_str *list, int n)
{
    for (int i = 0; i < n; i++) {
        mn_buf_add_text(out, i == 0 ? header : ",\r\n ");
        put_address(out, list[i]);
    }
    if (n > 0)
        mn_buf_add_text(out, "\r\n");
}

/* RFC 5322, 3.3; in English whatever the locale. */
static void put_date(struct mn_buf *out, int64_t wall_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm at = {0};

    gmtime_r(&seconds, &at);
    mn_buf_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[at.tm_wday], at.tm_mday,
                months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
}

static void put_id(struct mn_buf *out, const struct mn_mail_origin *origin)
{
    struct mn_mail_address from;
    const char *at;

    (void)mn_mail_address_read(&from, origin->from);
    at = from.mailbox.n > 0 ? memchr(from.mailbox.p, '@', from.mailbox.n) : NULL;
    mn_buf_addf(out, "Message-ID: <%.*s", MN_FMT(origin->id));
    if (at != NULL)
        mn_buf_add(out, at, from.mailbox.n - (size_t)(at - from.mailbox.p));
    mn_buf_add_text(out, ">\r\n");
}

static void put_part(struct mn_buf *out, const char *kind, struct mn_str text)
{
    mn_buf_addf(out,
                "Content-Type: text/%s; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                kind);
    mn_mail_put_body(out, text);
}

/* The richer one last: that is the one a reader shows who can (RFC 2046, 5.1.4). */
static void put_both(struct mn_buf *out, const struct mn_mail_ask *ask, struct mn_str id)
{
    mn_buf_addf(out, "Content-Type: multipart/alternative;\r\n boundary=\"" BOUNDARY "%.*s\"\r\n",
                MN_FMT(id));
    mn_buf_addf(out, "\r\n--" BOUNDARY "%.*s\r\n", MN_FMT(id));
    put_part(out, "plain", ask->text);
    mn_buf_addf(out, "\r\n--" BOUNDARY "%.*s\r\n", MN_FMT(id));
    put_part(out, "html", ask->html);
    mn_buf_addf(out, "\r\n--" BOUNDARY "%.*s--\r\n", MN_FMT(id));
}

int mn_mail_write(struct mn_buf *out, const struct mn_mail_ask *ask,
                  const struct mn_mail_origin *origin)
{
    put_date(out, origin->wall_ms);
    put_addresses(out, "From: ", &origin->from, 1);
    put_addresses(out, "To: ", ask->to, ask->nto);
    put_addresses(out, "Cc: ", ask->cc, ask->ncc);
    put_addresses(out, "Reply-To: ", &ask->reply_to, ask->reply_to.n > 0);
    put_id(out, origin);
    mn_buf_add_text(out, "Subject: ");
    mn_mail_put_words(out, ask->subject);
    /* RFC 3834: nobody's holiday notice answers it. */
    mn_buf_add_text(out, "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
    if (ask->text.n > 0 && ask->html.n > 0)
        put_both(out, ask, origin->id);
    else if (ask->html.n > 0)
        put_part(out, "html", ask->html);
    else
        put_part(out, "plain", ask->text);
    return out->err;
}
