/* ws_url.c - reads a WebSocket URL. */
#include "io/ws_url.h"

#include "base/err.h"

#include <stdio.h>

/* The URL goes into a request line and a header; nothing in it may end either. */
static bool is_sendable(struct mn_str s)
{
    size_t i;

    for (i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
            return false;
    }
    return memchr(s.p, '#', s.n) == NULL;
}

static bool parse_port(struct mn_str digits, int *out)
{
    size_t i;

    *out = 0;
    for (i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return false;
        *out = *out * 10 + (digits.p[i] - '0');
        if (*out > 65535)
            return false;
    }
    return *out > 0;
}

/* Splits "host", "host:port", "[v6]" or "[v6]:port". */
static bool split_authority(struct mn_str all, struct mn_str *host, struct mn_str *port)
{
    const char *end;
    bool is_v6 = all.n > 0 && all.p[0] == '[';

    end = memchr(all.p, is_v6 ? ']' : ':', all.n);
    if (is_v6 && end == NULL)
        return false;
    *host = is_v6 ? (struct mn_str){all.p + 1, (size_t)(end - all.p) - 1}
                  : (struct mn_str){all.p, end != NULL ? (size_t)(end - all.p) : all.n};
    if (is_v6)
        end++;
    *port = (struct mn_str){NULL, 0};
    if (end == NULL || end == all.p + all.n)
        return true;
    *port = (struct mn_str){end + 1, (size_t)(all.p + all.n - end) - 1};
    return *end == ':';
}

static int set_authority(struct mn_ws_url *out, struct mn_str all)
{
    int usual = out->tls ? 443 : 80;
    struct mn_str host, port;
    bool brackets;

    if (memchr(all.p, '@', all.n) != NULL || !split_authority(all, &host, &port))
        return MN_ECONFIG;
    if (host.n == 0 || host.n > MN_NAME_MAX)
        return MN_ECONFIG;
    out->port = usual;
    if (port.p != NULL && !parse_port(port, &out->port))
        return MN_ECONFIG;
    snprintf(out->host, sizeof(out->host), "%.*s", MN_FMT(host));
    brackets = memchr(host.p, ':', host.n) != NULL;
    snprintf(out->authority, sizeof(out->authority), brackets ? "[%s]" : "%s", out->host);
    if (out->port != usual)
        snprintf(out->authority + strlen(out->authority), sizeof(":65535"), ":%d", out->port);
    return 0;
}

int mn_ws_url_parse(struct mn_ws_url *out, const char *text)
{
    struct mn_str all = mn_str(text), authority;
    size_t scheme;

    memset(out, 0, sizeof(*out));
    out->tls = mn_str_starts(all, MN_STR("wss://"));
    if (!out->tls && !mn_str_starts(all, MN_STR("ws://")))
        return MN_ECONFIG;
    scheme = out->tls ? strlen("wss://") : strlen("ws://");
    all.p += scheme;
    all.n -= scheme;
    if (!is_sendable(all))
        return MN_ECONFIG;
    authority = (struct mn_str){all.p, strcspn(all.p, "/?")};
    all.p += authority.n;
    all.n -= authority.n;
    if (all.n + 1 > MN_WS_URL_MAX)
        return MN_ECONFIG;
    snprintf(out->path, sizeof(out->path), "%s%s", all.p[0] == '/' ? "" : "/", all.p);
    return set_authority(out, authority);
}
