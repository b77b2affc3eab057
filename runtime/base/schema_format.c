/* schema_format.c - the values of "format" that are checked.
 *
 * date-time and time follow RFC 3339, but for what people leave out when they speak: the offset
 * may be absent (local time), and of a time the seconds too. */
#include "base/schema_tree.h"

#include <arpa/inet.h>

#define EMAIL_LOCAL_MAX 64  /* RFC 5321, 4.5.3.1.1 */
#define DOMAIN_MAX      253 /* RFC 1035, 2.3.4 */
#define LABEL_MAX       63

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Takes exactly count digits off the front as a number in min..max. */
static bool take_number(struct mn_str *s, size_t count, int min, int max, int *out)
{
    *out = 0;
    if (s->n < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(s->p[i]))
            return false;
        *out = *out * 10 + (s->p[i] - '0');
    }
    s->p += count;
    s->n -= count;
    return *out >= min && *out <= max;
}

static bool take_char(struct mn_str *s, const char *any_of)
{
    if (s->n == 0 || s->p[0] == '\0' || strchr(any_of, s->p[0]) == NULL)
        return false;
    s->p++;
    s->n--;
    return true;
}

static bool take_date(struct mn_str *s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    bool leap;

    if (!take_number(s, 4, 0, 9999, &year) || !take_char(s, "-") ||
        !take_number(s, 2, 1, 12, &month) || !take_char(s, "-") || !take_number(s, 2, 1, 31, &day))
        return false;
    leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

static bool take_offset(struct mn_str *s)
{
    int n;

    if (take_char(s, "Zz"))
        return true;
    return take_char(s, "+-") && take_number(s, 2, 0, 23, &n) && take_char(s, ":") &&
           take_number(s, 2, 0, 59, &n);
}

static bool take_time(struct mn_str *s, bool seconds_due)
{
    int n;

    if (!take_number(s, 2, 0, 23, &n) || !take_char(s, ":") || !take_number(s, 2, 0, 59, &n))
        return false;
    if (take_char(s, ":")) {
        if (!take_number(s, 2, 0, 60, &n)) /* 60: a leap second */
            return false;
        if (take_char(s, ".")) {
            if (!take_number(s, 1, 0, 9, &n))
                return false;
            while (take_char(s, "0123456789"))
                ;
        }
    } else if (seconds_due) {
        return false;
    }
    return s->n == 0 || take_offset(s);
}

static bool is_date(struct mn_str s)
{
    return take_date(&s) && s.n == 0;
}

static bool is_time(struct mn_str s)
{
    return take_time(&s, false) && s.n == 0;
}

static bool is_date_time(struct mn_str s)
{
    return take_date(&s) && take_char(&s, "Tt ") && take_time(&s, true) && s.n == 0;
}

static bool is_domain(struct mn_str s)
{
    size_t label = 0;

    if (s.n == 0 || s.n > DOMAIN_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool last = i + 1 == s.n || s.p[i + 1] == '.';

        if (s.p[i] == '.') {
            if (label == 0 || i + 1 == s.n)
                return false;
            label = 0;
            continue;
        }
        if (!is_digit(s.p[i]) && !is_letter(s.p[i]) && (s.p[i] != '-' || label == 0 || last))
            return false;
        if (++label > LABEL_MAX)
            return false;
    }
    return true;
}

static bool is_email(struct mn_str s)
{
    const char *at = s.n != 0 ? memchr(s.p, '@', s.n) : NULL;
    size_t local = at != NULL ? (size_t)(at - s.p) : 0;

    if (local == 0 || local > EMAIL_LOCAL_MAX || s.p[0] == '.' || s.p[local - 1] == '.')
        return false;
    for (size_t i = 0; i < local; i++) {
        char c = s.p[i];

        if (!is_letter(c) && !is_digit(c) && (c == '\0' || !strchr("!#$%&'*+/=?^_`{|}~.-", c)))
            return false;
        if (c == '.' && s.p[i + 1] == '.')
            return false;
    }
    return is_domain((struct mn_str){at + 1, s.n - local - 1});
}

static bool is_hex(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_uri(struct mn_str s)
{
    size_t i = 0;

    while (i < s.n && (is_letter(s.p[i]) ||
                       (i > 0 && (is_digit(s.p[i]) || (s.p[i] != '\0' && strchr("+-.", s.p[i]))))))
        i++;
    if (i == 0 || i + 1 >= s.n || s.p[i] != ':')
        return false;
    for (i++; i < s.n; i++) {
        char c = s.p[i];

        if (c == '%') {
            if (i + 2 >= s.n || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2]))
                return false;
        } else if (!is_letter(c) && !is_digit(c) &&
                   (c == '\0' || !strchr("-._~:/?#[]@!$&'()*+,;=", c))) {
            return false;
        }
    }
    return true;
}

static bool is_uuid(struct mn_str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? s.p[i] != '-' : !is_hex(s.p[i]))
            return false;
    }
    return true;
}

static bool is_address(struct mn_str s, int family)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char address[16];

    if (s.n == 0 || s.n >= sizeof(text))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    return inet_pton(family, text, address) == 1;
}

static bool is_ipv4(struct mn_str s)
{
    return is_address(s, AF_INET);
}

static bool is_ipv6(struct mn_str s)
{
    return is_address(s, AF_INET6);
}

static const struct schema_format formats[] = {
    {"date", "a date as YYYY-MM-DD", is_date},
    {"time", "a time as HH:MM or HH:MM:SS", is_time},
    {"date-time", "a date and time as YYYY-MM-DDTHH:MM:SSZ", is_date_time},
    {"email", "an email address", is_email},
    {"hostname", "a host name", is_domain},
    {"uri", "a URI such as https://example.com/", is_uri},
    {"uuid", "a UUID", is_uuid},
    {"ipv4", "an IPv4 address", is_ipv4},
    {"ipv6", "an IPv6 address", is_ipv6},
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct schema_format *mn_schema_format(struct mn_str name)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (mn_str_is(name, formats[i].name))
            return &formats[i];
    }
    return NULL;
}

void mn_schema_format_names(const char *names[MN_SCHEMA_FORMATS_MAX])
{
    size_t n = 0;

    _Static_assert(FORMATS < MN_SCHEMA_FORMATS_MAX, "room for the NULL");
    for (; n < FORMATS; n++)
        names[n] = formats[n].name;
    names[n] = NULL;
}
