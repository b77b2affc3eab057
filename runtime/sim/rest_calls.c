/* rest_calls.c - calls over WebRTC and SIP, as far as a server that has no media needs them: an
 * offer gets a canned answer and an id, and a sideband may listen in on that id. */
#include "base/multipart.h"
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

/* --- POST /v1/realtime/calls ------------------------------------------------------------------ */

/* The offer, and the session as JSON if one came with it. Returns false after refusing. */
static bool read_offer(struct mn_rest_work *w, struct mn_str *sdp, struct mn_str *session)
{
    *session = (struct mn_str){NULL, 0};
    *sdp = w->ask->body;
    if (mn_str_starts(w->ask->type, MN_STR("multipart/form-data"))) {
        mn_multipart_part(w->ask->body, w->ask->type, "session", session);
        if (!mn_multipart_part(w->ask->body, w->ask->type, "sdp", sdp)) {
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
    struct mn_str verb = {slash, slash != NULL ? w->below.n - id.n : 0};
    struct mn_rest_kept *call = mn_rest_find(w->rest, id);
    size_t i = 0;

    if (verb.n > 0) /* behind the slash */
        verb = (struct mn_str){verb.p + 1, verb.n - 1};
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
