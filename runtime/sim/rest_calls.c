/* rest_calls.c - calls over WebRTC and SIP, as far as a server that has no media needs them: an
 * offer gets a canned answer and an id, and a sideband may listen in on that id. */
#include "sim/rest_parts.h"

#include <stdio.h>
#include <string.h>

#define REJECT_MIN 300 /* SIP statuses that end a call before it begins (RFC 3261, 21) */
#define REJECT_MAX 699

/* An answer to any audio offer; nothing listens behind it. */
static const char sdp_answer[] = "v=0\r\n"
                                 "o=- 1 1 IN IP4 127.0.0.1\r\n"
                                 "s=-\r\n"
                                 "t=0 0\r\n"
                                 "a=group:BUNDLE 0\r\n"
                                 "a=ice-lite\r\n"
                                 "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                                 "c=IN IP4 127.0.0.1\r\n"
                                 "a=mid:0\r\n"
                                 "a=sendrecv\r\n"
                                 "a=rtcp-mux\r\n"
                                 "a=rtpmap:111 opus/48000/2\r\n"
                                 "a=ice-ufrag:myna\r\n"
                                 "a=ice-pwd:mynamynamynamynamynamyna\r\n"
                                 "a=fingerprint:sha-256 "
                                 "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
                                 "00:00:00:00:00:00:00:00:00:00:00"
                                 "\r\n"
                                 "a=setup:passive\r\n";

/* --- multipart/form-data (RFC 7578) ----------------------------------------------------------- */

static const char *find(struct mn_str in, struct mn_str what)
{
    return in.n > 0 && what.n > 0 ? memmem(in.p, in.n, what.p, what.n) : NULL;
}

static struct mn_str after(struct mn_str s, const char *from)
{
    return (struct mn_str){from, (size_t)(s.p + s.n - from)};
}

/* What stands behind boundary= in the content type, with "--" before it; empty: none. */
static struct mn_str read_boundary(struct mn_str type, char out[80])
{
    static const struct mn_str key = {"boundary=", 9};
    const char *at = find(type, key);
    struct mn_str name;
    size_t n = 0;

    if (at == NULL)
        return (struct mn_str){NULL, 0};
    name = after(type, at + key.n);
    if (name.n > 0 && name.p[0] == '"')
        name = (struct mn_str){name.p + 1, name.n - 1};
    while (n < name.n && name.p[n] != '"' && name.p[n] != ';' && name.p[n] != ' ')
        n++;
    name.n = n;
    if (name.n == 0 || name.n > 70) /* RFC 2046, 5.1.1 */
        return (struct mn_str){NULL, 0};
    return (struct mn_str){out, (size_t)snprintf(out, 80, "--%.*s", MN_FMT(name))};
}

/* The part of that name; false when there is none. */
static bool read_part(struct mn_str body, struct mn_str boundary, const char *name,
                      struct mn_str *out)
{
    static const struct mn_str blank = {"\r\n\r\n", 4};
    char wanted[32];
    const char *at = find(body, boundary), *content, *end;

    snprintf(wanted, sizeof(wanted), "name=\"%s\"", name);
    while (at != NULL) {
        struct mn_str part = after(body, at + boundary.n), head;

        end = find(part, boundary);
        content = find(part, blank);
        if (end == NULL || content == NULL || content > end)
            return false;
        head = (struct mn_str){part.p, (size_t)(content - part.p)};
        content += blank.n;
        if (find(head, mn_str(wanted)) != NULL && end >= content + 2) {
            *out = (struct mn_str){content, (size_t)(end - 2 - content)}; /* less its line's end */
            return true;
        }
        at = end;
    }
    return false;
}

/* --- POST /v1/realtime/calls ------------------------------------------------------------------ */

/* The offer, and the session as JSON if one came with it. Returns false after refusing. */
static bool read_offer(struct mn_rest_work *w, struct mn_str *sdp, struct mn_str *session)
{
    char kept[80];
    struct mn_str boundary;

    *session = (struct mn_str){NULL, 0};
    *sdp = w->ask->body;
    if (mn_str_starts(w->ask->type, MN_STR("multipart/form-data"))) {
        boundary = read_boundary(w->ask->type, kept);
        read_part(w->ask->body, boundary, "session", session);
        if (!read_part(w->ask->body, boundary, "sdp", sdp)) {
            mn_rest_refuse(w, 400, "missing_required_parameter", "sdp",
                           "Missing required parameter: 'sdp'.");
            return false;
        }
    } else if (!mn_str_starts(w->ask->type, MN_STR("application/sdp"))) {
        mn_rest_refuse(w, 400, "unsupported_content_type", NULL,
                       "Unsupported content type. Expected application/sdp or "
                       "multipart/form-data.");
        return false;
    }
    if (mn_str_starts(*sdp, MN_STR("v=0")))
        return true;
    mn_rest_refuse(w, 400, "invalid_offer", "sdp", "The SDP offer cannot be read.");
    return false;
}

static bool accept_session(struct mn_rest_work *w, struct mn_str text)
{
    struct mn_json *session = NULL;
    struct mn_sim_config config = {0};
    bool good = false;

    if (text.n == 0)
        return true;
    if (mn_json_parse(&session, text, &mn_json_frame, NULL) < 0)
        mn_rest_refuse(w, 400, "invalid_json", "session", "The session is not valid JSON.");
    else
        good = mn_rest_read_session(w, session, MN_GA, false, &config);
    mn_sim_config_free(&config);
    mn_json_free(session);
    return good;
}

void mn_rest_call_create(struct mn_rest_work *w)
{
    struct mn_str sdp, session;
    char id[MN_ID_MAX];

    if (!read_offer(w, &sdp, &session) || !accept_session(w, session))
        return;
    mn_id_new(id, "rtc", &w->rest->random);
    mn_rest_keep(w->rest, id, session);
    snprintf(w->out->location, sizeof(w->out->location), "/v1/realtime/calls/%s", id);
    w->out->status = 201;
    w->out->type = "application/sdp";
    mn_buf_add_text(&w->out->body, sdp_answer);
}

/* --- POST /v1/realtime/calls/<id>/... --------------------------------------------------------- */

/* A call that came by SIP is known from here on: its webhook is the app's business. */
static void accept_call(struct mn_rest_work *w, struct mn_str id)
{
    struct mn_rest_kept *call = mn_rest_find(w->rest, id);
    char name[MN_ID_MAX];

    if (mn_json_str(w->body, "type").n == 0)
        mn_rest_refuse(w, 400, "missing_required_parameter", "type",
                       "Missing required parameter: 'type'.");
    else if (id.n >= sizeof(name))
        mn_rest_refuse(w, 404, "call_id_not_found", NULL, "No such call.");
    else if (call != NULL && call->over)
        mn_rest_refuse(w, 409, "call_over", NULL, "The call is over.");
    else if (accept_session(w, w->ask->body)) {
        snprintf(name, sizeof(name), "%.*s", MN_FMT(id));
        mn_rest_keep(w->rest, name, w->ask->body);
        if (call != NULL)
            call->id[0] = '\0'; /* what it was offered with holds no more */
    }
}

static void reject_call(struct mn_rest_work *w, struct mn_rest_kept *call)
{
    int64_t status = mn_json_int(w->body, "status_code", 603);

    if (status < REJECT_MIN || status > REJECT_MAX)
        mn_rest_refuse(w, 400, "invalid_value", "status_code", "Invalid 'status_code'.");
    else
        call->over = true;
}

static void hang_up(struct mn_rest_work *w, struct mn_rest_kept *call)
{
    (void)w;
    call->over = true;
}

static void refer_call(struct mn_rest_work *w, struct mn_rest_kept *call)
{
    struct mn_str target = mn_json_str(w->body, "target_uri");

    (void)call;
    if (target.n == 0)
        mn_rest_refuse(w, 400, "missing_required_parameter", "target_uri",
                       "Missing required parameter: 'target_uri'.");
    else if (!mn_str_starts(target, MN_STR("tel:")) && !mn_str_starts(target, MN_STR("sip:")))
        mn_rest_refuse(w, 400, "invalid_value", "target_uri",
                       "Invalid 'target_uri'. Expected a tel: or sip: URI.");
}

void mn_rest_call_act(struct mn_rest_work *w)
{
    static const struct {
        const char *verb;
        void (*act)(struct mn_rest_work *w, struct mn_rest_kept *call);
    } acts[] = {{"reject", reject_call}, {"hangup", hang_up}, {"refer", refer_call}};
    const char *slash = w->below.n > 0 ? memchr(w->below.p, '/', w->below.n) : NULL;
    struct mn_str id = {w->below.p, slash != NULL ? (size_t)(slash - w->below.p) : w->below.n};
    struct mn_str verb = slash != NULL ? after(w->below, slash + 1) : (struct mn_str){NULL, 0};
    struct mn_rest_kept *call = mn_rest_find(w->rest, id);
    size_t i = 0;

    if (mn_str_is(verb, "accept")) {
        accept_call(w, id);
        return;
    }
    while (i < sizeof(acts) / sizeof(acts[0]) && !mn_str_is(verb, acts[i].verb))
        i++;
    if (i == sizeof(acts) / sizeof(acts[0]))
        mn_rest_refuse(w, 404, "unknown_url", NULL, "Invalid URL (%.*s)", MN_FMT(w->ask->path));
    else if (call == NULL || call->over)
        mn_rest_refuse(w, 404, "call_id_not_found", NULL, "No call with id '%.*s' is going on.",
                       MN_FMT(id));
    else
        acts[i].act(w, call);
}
