/* settings.c - the option table. */
#include "call/settings.h"

#include "base/err.h"
#include "call/webhook_sign.h"
#include "io/mail.h"
#include "io/ws_url.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define AT(field) offsetof(struct mn_settings, field)
#define KB        1024
#define MB        (1024 * 1024)
#define MINUTES   60000

/* clang-format off */
const struct mn_option mn_settings_table[] = {
    {"config", MN_OPT_STR, AT(config), NULL, 0, 0, NULL,
     "file of settings; without it myna.lua in the folder the apps lie in, if there is one"},
    {"host", MN_OPT_STR, AT(host), "127.0.0.1", 0, 0, NULL,
     "address to listen on; any but a loopback address needs --key"},
    {"port", MN_OPT_INT, AT(port), "8080", 0, 65535, NULL, "TCP port; 0 picks one and prints it"},
    {"key", MN_OPT_STR, AT(key), NULL, 0, 0, NULL,
     "what callers must present as Bearer or subprotocol key", true},
    {"keys", MN_OPT_STR, AT(keys), NULL, 0, 0, NULL,
     "file of keys, a line each with its name, what it may and its limits; read again at a reload"},
    {"hosts", MN_OPT_STR, AT(hosts), NULL, 0, 0, NULL,
     "names this server answers to, with commas between; without it any when there is a key, else "
     "localhost"},
    {"origins", MN_OPT_STR, AT(origins), NULL, 0, 0, NULL,
     "origins whose pages may use it, as https://a.example, with commas between; without it any "
     "when there is a key, else its own"},
    {"admin-key", MN_OPT_STR, AT(admin_key), NULL, 0, 0, NULL,
     "what operators must present as Bearer, for /v1/myna and /metrics; a caller's key is not one; "
     "without it these answer only a server on a loopback address that has no keys", true},
    {"tls-cert", MN_OPT_STR, AT(tls_cert), NULL, 0, 0, NULL,
     "certificate chain (PEM): serve https and wss; needs --tls-key"},
    {"tls-key", MN_OPT_STR, AT(tls_key), NULL, 0, 0, NULL, "its private key (PEM)"},
    {"dialect", MN_OPT_CHOICE, AT(dialect), "ga", 0, 0, "ga|beta",
     "which Realtime API callers speak who name none, by header or subprotocol"},
    {"tokens", MN_OPT_INT, AT(tokens), "5000", 1, 1000000, NULL,
     "tokens of ours that are good at once; whoever asks for one more is answered 429"},
    {"key-tokens", MN_OPT_INT, AT(key_tokens), "1000", 1, 1000000, NULL,
     "of them that one key asked for, so that none is left without"},
    {"token-bytes", MN_OPT_SIZE, AT(token_bytes), "2k", 256, 64 * KB, NULL,
     "what one may say as JSON: user, claims, session"},
    {"token-ttl", MN_OPT_DURATION, AT(token_ttl), "2h", 10000, 24 * 60 * MINUTES, NULL,
     "how long a token may be good"},
    {"key-calls", MN_OPT_INT, AT(key_calls), "0", 0, 100000, NULL,
     "calls of one key at once, unless its line says otherwise; 0: no limit; more is answered 429"},
    {"key-connects", MN_OPT_INT, AT(key_connects), "0", 0, 1000000, NULL,
     "calls one key may begin in a minute, unless its line says otherwise; 0: no limit"},
    {"address-calls", MN_OPT_INT, AT(address_calls), "0", 0, 100000, NULL,
     "calls of one address (IPv6: of its first 64 bits) at once; 0: no limit, as behind a proxy"},
    {"address-connects", MN_OPT_INT, AT(address_connects), "0", 0, 1000000, NULL,
     "calls one address may begin in a minute; 0: no limit"},
    {"address-connections", MN_OPT_INT, AT(address_connections), "0", 0, 100000, NULL,
     "connections one address may have at once, calls or not; more are answered 429 and closed; 0: "
     "no limit"},
    {"address-wrong-keys", MN_OPT_INT, AT(address_wrong_keys), "60", 0, 1000000, NULL,
     "wrong keys one address may try in a minute; past it every key it presents is answered 429; "
     "0: no limit, as behind a proxy"},
    {"spare-connections", MN_OPT_INT, AT(spare_connections), "100", 10, 100000, NULL,
     "connections to the port beyond --max-calls, for requests and who waits; more are answered "
     "503 and closed"},
    {"meters", MN_OPT_INT, AT(meters), "8192", 16, 1000000, NULL,
     "keys and addresses that are counted at once; who comes when all are in use is not"},
    {"caller-frames", MN_OPT_INT, AT(caller_frames), "500", 0, 100000, NULL,
     "frames a second of one caller, with ten seconds' worth at once; more closes with 1008; 0: no "
     "limit"},
    {"caller-bytes", MN_OPT_SIZE, AT(caller_bytes), "2m", 0, 64 * MB, NULL,
     "bytes a second of one caller, with ten seconds' worth at once; more closes with 1008; 0: no "
     "limit"},
    {"responses-models", MN_OPT_STR, AT(responses_models), NULL, 0, 0, NULL,
     "text models that whoever has a key may ask at /v1/responses, on the account of "
     "OPENAI_API_KEY, with commas between; without it nobody may"},
    {"responses-tokens", MN_OPT_INT, AT(responses_tokens), "200000", 1, 1000000000000, NULL,
     "tokens of theirs that one key may use in a day (UTC), unless its line says otherwise; then "
     "429"},
    {"responses-at-once", MN_OPT_INT, AT(responses_at_once), "32", 1, 10000, NULL,
     "such requests under way; further ones are answered 503"},
    {"responses-timeout", MN_OPT_DURATION, AT(responses_timeout), "2m", 1000, 60 * MINUTES, NULL,
     "for the whole of one; later it is cut off, or answered 504"},
    {"responses-body", MN_OPT_SIZE, AT(responses_body), "8m", 64 * KB, 64 * MB, NULL,
     "of an answer; what is longer is cut off"},
    {"direct-at-once", MN_OPT_INT, AT(direct_at_once), "64", 1, 10000, NULL,
     "direct calls (webrtc = \"direct\") that are being set up or hung up; further ones are "
     "answered 503"},
    {"direct-timeout", MN_OPT_DURATION, AT(direct_timeout), "10s", 100, 10 * MINUTES, NULL,
     "for the model to answer an offer; later the answer is 504"},
    {"direct-sdp", MN_OPT_SIZE, AT(direct_sdp), "64k", 1 * KB, 1 * MB, NULL,
     "an offer or its answer (SDP); more is refused with 413, or 502"},
    {"webhook-secret", MN_OPT_STR, AT(webhook_secret), NULL, 0, 0, NULL,
     "whsec_...: what /webhooks/realtime is signed with, which then takes telephone calls (SIP); "
     "without it nothing is taken", true},
    {"webhook-tolerance", MN_OPT_DURATION, AT(webhook_tolerance), "5m", 1000, 60 * MINUTES, NULL,
     "how old a webhook may be, and how far ahead its clock; later ones are refused"},
    {"workers", MN_OPT_STR, AT(workers), NULL, 0, 0, NULL,
     "processes that serve the port, 1..32, or auto for one a core; a master above them replaces "
     "those that die, and can be upgraded in place; without it one process, and no master"},
    {"worker-silence", MN_OPT_DURATION, AT(worker_silence), "10s", 400, 10 * MINUTES, NULL,
     "for a worker that does not answer its master; then it is killed, and replaced"},
    {"watch", MN_OPT_CHOICE, AT(watch), "auto", 0, 0, "auto|on|off",
     "read the apps again when a file of theirs is saved; auto: on a loopback address without a "
     "key"},
    {"upstream", MN_OPT_STR, AT(upstream), NULL, 0, 0, NULL,
     "where the model is: sim, openai, or ws(s)://host[:port][/path]; without it openai when "
     "OPENAI_API_KEY is set, else sim"},
    {"text-upstream", MN_OPT_STR, AT(text_upstream), NULL, 0, 0, NULL,
     "where text agents' models and moderation are: sim, openai, or http(s)://host[:port][/path]; "
     "without it beside --upstream"},
    {"upstream-dialect", MN_OPT_CHOICE, AT(upstream_dialect), "ga", 0, 0, "ga|beta",
     "which Realtime API the upstream speaks; beta for servers that do not know GA yet"},
    {"upstream-ca", MN_OPT_STR, AT(upstream_ca), NULL, 0, 0, NULL,
     "CA certificates (PEM) to verify the model's servers with, instead of the system's"},
    {"log-level", MN_OPT_CHOICE, AT(log_level), "info", 0, 0, "debug|info|warn|error|off",
     "least important lines to log, to stderr"},
    {"log-format", MN_OPT_CHOICE, AT(log_format), "text", 0, 0, "text|json",
     "how a line is written"},
    {"log-personal", MN_OPT_CHOICE, AT(log_personal), "auto", 0, 0, "off|on|auto",
     "log what may be personal too: what tools' errors say, authors' fields, addresses; without it "
     "(personal) stands there. auto: on a loopback address without keys, when the log is text and "
     "goes to a terminal"},
    {"log-fields", MN_OPT_STR, AT(log_fields), NULL, 0, 0, NULL,
     "fields of authors' ctx.log that are not personal, as order,slot"},
    {"log-kept", MN_OPT_SIZE, AT(log_kept), "256k", 0, 64 * MB, NULL,
     "newest lines of the log kept in memory, for 'myna logs'"},
    {"followers", MN_OPT_INT, AT(followers), "32", 0, 10000, NULL,
     "operators' streams of events and log lines at once; more are answered 429"},
    {"max-calls", MN_OPT_INT, AT(max_calls), "2000", 1, 100000, NULL,
     "calls at once; further ones are answered 503"},
    {"max-message", MN_OPT_SIZE, AT(max_message), "16m", 1 * KB, 64 * MB, NULL,
     "longest frame of a caller or model (the Realtime API allows 15 MiB of audio in one); longer "
     "closes with 1009"},
    {"send-queue", MN_OPT_SIZE, AT(send_queue), "1m", 64 * KB, 64 * MB, NULL,
     "bytes waiting for a socket that does not read; past it the connection is closed"},
    {"max-depth", MN_OPT_INT, AT(max_depth), "32", 4, 64, NULL,
     "nesting of a frame's JSON; deeper is refused"},
    {"max-values", MN_OPT_INT, AT(max_values), "50000", 100, 1000000, NULL,
     "JSON values in one frame; more is refused"},
    {"lead", MN_OPT_DURATION, AT(lead), "400ms", 20, 10000, NULL,
     "audio a caller may have before it is due; less cuts in more exactly, more bears jitter"},
    {"unreleased", MN_OPT_DURATION, AT(unreleased), "300s", 1000, 3600000, NULL,
     "audio waiting to be due; past it the response is cancelled"},
    {"early-audio", MN_OPT_DURATION, AT(early_audio), "10s", 0, 60000, NULL,
     "a caller's audio kept while no model is there; the oldest is dropped"},
    {"call-start", MN_OPT_DURATION, AT(call_start), "3s", 100, 60000, NULL,
     "for an app's on.call_start, before anything is said; then the app's first agent answers"},
    {"prelude", MN_OPT_DURATION, AT(prelude), "3s", 100, 60000, NULL,
     "for the tools of an agent's prelude, which run at once before its first words; then it does "
     "without"},
    {"rotate", MN_OPT_DURATION, AT(rotate), "55m", 1000, 1440 * MINUTES, NULL,
     "age at which a call's connection to the model is replaced; earlier when the model says so"},
    {"reconnect-pause", MN_OPT_DURATION, AT(reconnect_pause), "500ms", 1, 8000, NULL,
     "before a lost model is dialled again; doubles with each try, up to 8 s"},
    {"reconnect-tries", MN_OPT_INT, AT(reconnect_tries), "5", 0, 100, NULL,
     "dials before a lost model is given up; 0 ends the call at once"},
    {"connect-timeout", MN_OPT_DURATION, AT(connect_timeout), "10s", 100, 60000, NULL,
     "for a connection to the model: name, TCP, TLS and handshake together"},
    {"ping", MN_OPT_DURATION, AT(ping), "20s", 1000, 10 * MINUTES, NULL,
     "between pings to callers and model; who misses two is gone"},
    {"request-timeout", MN_OPT_DURATION, AT(request_timeout), "10s", 100, 10 * MINUTES, NULL,
     "for a whole request to arrive"},
    {"drain", MN_OPT_DURATION, AT(drain), "60s", 0, 1440 * MINUTES, NULL,
     "after SIGTERM, for running calls to end by themselves; then each is said goodbye to"},
    {"drain-farewell", MN_OPT_STR, AT(drain_farewell), NULL, 0, 0, NULL,
     "the words they are then told, where an app has no limits.farewell of its own; without either "
     "the model's own"},
    {"drain-grace", MN_OPT_DURATION, AT(drain_grace), "10s", 0, 10 * MINUTES, NULL,
     "for those words to be heard; then the calls that are left are closed with 1001"},
    {"upgrade-drain", MN_OPT_DURATION, AT(upgrade_drain), "60m", 0, 1440 * MINUTES, NULL,
     "as --drain, for the calls of a server that has been upgraded (SIGUSR2)"},
    {"max-body", MN_OPT_SIZE, AT(max_body), "1m", 1 * KB, 64 * MB, NULL,
     "body of an HTTP request to us; more is answered 413"},
    {"http-connections", MN_OPT_INT, AT(http_connections), "10", 1, 1000, NULL,
     "connections of the tools' HTTP pool to one host"},
    {"http-total", MN_OPT_INT, AT(http_total), "100", 1, 10000, NULL,
     "the pool's requests on their way at once"},
    {"http-waiting", MN_OPT_INT, AT(http_waiting), "1000", 1, 100000, NULL,
     "its requests that wait for their turn; further ones fail at once"},
    {"http-keep", MN_OPT_INT, AT(http_keep), "5", 0, 1000, NULL,
     "idle connections kept to one host, unless the client says otherwise"},
    {"http-keep-for", MN_OPT_DURATION, AT(http_keep_for), "60s", 1000, 10 * MINUTES, NULL,
     "how long one may be idle and be used again, in whole seconds"},
    {"http-connect-timeout", MN_OPT_DURATION, AT(http_connect_timeout), "2s", 10, 60000, NULL,
     "for a tool's connection, unless its client says otherwise"},
    {"http-timeout", MN_OPT_DURATION, AT(http_timeout), "10s", 10, 10 * MINUTES, NULL,
     "for a tool's whole request, unless its client says otherwise"},
    {"http-headers", MN_OPT_SIZE, AT(http_headers), "64k", 1 * KB, 1 * MB, NULL,
     "headers of an answer to a tool"},
    {"http-redirects", MN_OPT_INT, AT(http_redirects), "5", 0, 20, NULL,
     "redirects followed in one request; 0: a redirect is an answer like any other"},
    {"http-cache", MN_OPT_SIZE, AT(http_cache), "8m", 0, 1024 * MB, NULL,
     "answers kept for clients with a cache, all apps together; 0 keeps none"},
    {"http-cache-entries", MN_OPT_INT, AT(http_cache_entries), "1000", 1, 100000, NULL,
     "how many of them; the one not used for longest goes"},
    {"script-memory", MN_OPT_SIZE, AT(script_memory), "4m", 512 * KB, 1024 * MB, NULL,
     "Lua memory of one call; the task that asks for more is ended"},
    {"script-slice", MN_OPT_DURATION, AT(script_slice), "10ms", 1, 10000, NULL,
     "CPU time of one slice of Lua; a longer one is stopped"},
    {"script-tasks", MN_OPT_INT, AT(script_tasks), "64", 1, 10000, NULL,
     "tasks of one call at once"},
    {"script-http", MN_OPT_INT, AT(script_http), "8", 1, 1000, NULL,
     "HTTP requests of one call at once"},
    {"script-body", MN_OPT_SIZE, AT(script_body), "1m", 1 * KB, 64 * MB, NULL,
     "body of an answer a script may read"},
    {"script-stream", MN_OPT_SIZE, AT(script_stream), "64k", 16 * KB, 16 * MB, NULL,
     "bytes of a streamed answer that wait for their script; then the sender waits"},
    {"script-result", MN_OPT_SIZE, AT(script_result), "32k", 1 * KB, 1 * MB, NULL,
     "what a tool may return to the model"},
    {"script-picture", MN_OPT_SIZE, AT(script_picture), "512k", 1 * KB, 32 * MB, NULL,
     "a picture that a script shows the model; as base64, within three quarters of --send-queue"},
    {"script-sound", MN_OPT_SIZE, AT(script_sound), "8m", 1 * KB, 64 * MB, NULL,
     "a recording's file that a script plays"},
    {"script-sound-time", MN_OPT_DURATION, AT(script_sound_time), "2m", 100, 10 * MINUTES, NULL,
     "how long a recording may last"},
    {"script-sounds", MN_OPT_SIZE, AT(script_sounds), "64m", 1 * KB, 1024 * MB, NULL,
     "all recordings of one app that its calls have played, kept in memory"},
    {"store", MN_OPT_STR, AT(store), "myna.db", 0, 0, NULL,
     "file of myna.store (SQLite); made when an app with a store is served"},
    {"store-size", MN_OPT_SIZE, AT(store_size), "1024m", 1 * MB, 65536LL * MB, NULL,
     "bytes it may have; past it nothing is added"},
    {"records", MN_OPT_STR, AT(records), NULL, 0, 0, NULL,
     "file in which every call is recorded (SQLite): what was said, what happened, what it used; "
     "without it none is"},
    {"records-personal", MN_OPT_CHOICE, AT(records_personal), "on", 0, 0, "off|on",
     "off: records hold nothing callers say, are told or are known by"},
    {"records-keep", MN_OPT_DURATION, AT(records_keep), "30d", 0, 3650LL * 24 * 60 * MINUTES, NULL,
     "how long a call stays recorded; 0 for good"},
    {"records-size", MN_OPT_SIZE, AT(records_size), "4096m", 1 * MB, 65536LL * MB, NULL,
     "bytes the file may have; past it the oldest calls go"},
    {"records-queue", MN_OPT_SIZE, AT(records_queue), "16m", 64 * KB, 1024 * MB, NULL,
     "what may wait for its disk; past it items and events are lost, and counted"},
    {"mail", MN_OPT_STR, AT(mail), NULL, 0, 0, NULL,
     "server myna.mail sends by: smtp(s)://host[:port]; without it the log says that there was a "
     "mail, and with --log-personal on what stood in it"},
    {"mail-from", MN_OPT_STR, AT(mail_from), NULL, 0, 0, NULL,
     "who the mails are from: an address, or a name before it as in 'Shop <shop@example.com>'"},
    {"mail-user", MN_OPT_STR, AT(mail_user), NULL, 0, 0, NULL, "who we are to the mail server"},
    {"mail-password", MN_OPT_STR, AT(mail_password), NULL, 0, 0, NULL, "and how we prove it", true},
    {"mail-tls", MN_OPT_CHOICE, AT(mail_tls), "auto", 0, 0, "auto|on|off",
     "STARTTLS of smtp://: on: without it nothing is sent; auto: on, but for a server on this "
     "machine, which need not offer it; off: never"},
    {"mail-ca", MN_OPT_STR, AT(mail_ca), NULL, 0, 0, NULL,
     "CA certificates (PEM) to verify the mail server with, instead of the system's"},
    {"mail-timeout", MN_OPT_DURATION, AT(mail_timeout), "30s", 100, 10 * MINUTES, NULL,
     "for one try to send a mail"},
    {"mail-tries", MN_OPT_INT, AT(mail_tries), "8", 1, 100, NULL,
     "of one mail, when the server is away or says not now; then it is given up"},
    {"mail-pause", MN_OPT_DURATION, AT(mail_pause), "10s", 1, 60 * MINUTES, NULL,
     "before the second try; doubles with each, up to 15 minutes"},
    {"mail-queue", MN_OPT_SIZE, AT(mail_queue), "16m", 4 * KB, 1024 * MB, NULL,
     "bytes of the mails that wait to be sent; past it further ones are refused"},
    {"mail-size", MN_OPT_SIZE, AT(mail_size), "256k", 1 * KB, 16 * MB, NULL,
     "subject and text of one mail"},
    {"mail-addresses", MN_OPT_INT, AT(mail_addresses), "20", 1, 100, NULL,
     "addresses one mail may go to"},
    {"mail-drain", MN_OPT_DURATION, AT(mail_drain), "10s", 0, 10 * MINUTES, NULL,
     "for mails that wait when the server stops; what is left then is lost"},
    {"script-mails", MN_OPT_INT, AT(script_mails), "20", 1, 10000, NULL,
     "mails one call may send"},
    {"route-requests", MN_OPT_INT, AT(route_requests), "64", 1, 10000, NULL,
     "requests at one app's routes at once; further ones are answered 503"},
    {"route-timeout", MN_OPT_DURATION, AT(route_timeout), "10s", 200, 10 * MINUTES, NULL,
     "for a route to answer; later it is stopped, and the answer is 504"},
    {"route-memory", MN_OPT_SIZE, AT(route_memory), "16m", 512 * KB, 1024 * MB, NULL,
     "Lua memory of one app's routes together; the task that asks for more is ended"},
    {"route-reply", MN_OPT_SIZE, AT(route_reply), "4m", 1 * KB, 64 * MB, NULL,
     "body a route may answer"},
    {"route-early", MN_OPT_SIZE, AT(route_early), "1m", 1 * KB, 64 * MB, NULL,
     "what a caller may send a WS route before it has answered; who sends more is turned away"},
    {"shared-entries", MN_OPT_INT, AT(shared_entries), "10000", 1, 1000000, NULL,
     "entries of one app's myna.shared; past it the one written longest ago is dropped"},
    {"shared-bytes", MN_OPT_SIZE, AT(shared_bytes), "8m", 1 * KB, 1024 * MB, NULL,
     "bytes of its keys and values; past it the one written longest ago is dropped"},
    {0},
};
/* clang-format on */

int mn_settings_environment(struct mn_settings *s, struct mn_buf *why)
{
    s->openai_key = getenv("OPENAI_API_KEY");
    if (s->openai_key != NULL && s->openai_key[0] == '\0')
        s->openai_key = NULL;
    return mn_options_env(mn_settings_table, s, why);
}

bool mn_settings_upstream_known(const char *upstream)
{
    struct mn_ws_url url;

    return strcmp(upstream, "sim") == 0 || strcmp(upstream, "openai") == 0 ||
           mn_ws_url_parse(&url, upstream) == 0;
}

static bool is_text_upstream(const char *upstream)
{
    const char *host = strstr(upstream, "://");

    if (strcmp(upstream, "sim") == 0 || strcmp(upstream, "openai") == 0)
        return true;
    return (strncmp(upstream, "http://", 7) == 0 || strncmp(upstream, "https://", 8) == 0) &&
           host[3] != '\0' && host[3] != '/';
}

static void check_mail(const struct mn_settings *s, struct mn_buf *why)
{
    struct mn_mail_address from;

    if (s->mail != NULL && !mn_mail_is_url(s->mail))
        mn_buf_addf(why, "--mail: expected smtp(s)://host[:port], got '%s'\n", s->mail);
    if (s->mail != NULL && s->mail_from == NULL)
        mn_buf_add_text(why, "--mail needs --mail-from beside it: who the mails are from\n");
    if (s->mail_from != NULL && !mn_mail_address_read(&from, mn_str(s->mail_from)))
        mn_buf_addf(why, "--mail-from: expected an address such as shop@example.com, got '%s'\n",
                    s->mail_from);
    if (s->mail_ca != NULL && access(s->mail_ca, R_OK) != 0)
        mn_buf_addf(why, "--mail-ca %s: %s\n", s->mail_ca, strerror(errno));
    if ((s->mail_user == NULL) != (s->mail_password == NULL))
        mn_buf_addf(why, "--mail-%s needs --mail-%s beside it\n",
                    s->mail_user != NULL ? "user" : "password",
                    s->mail_user != NULL ? "password" : "user");
}

/* "https://a.example", as browsers send it: no path, not even a slash, and no capitals. */
static bool is_origin(const char *text, size_t n)
{
    size_t scheme = n > 8 && strncmp(text, "https://", 8) == 0  ? 8
                    : n > 7 && strncmp(text, "http://", 7) == 0 ? 7
                                                                : 0;

    for (size_t i = scheme; i < n; i++) {
        if (text[i] <= ' ' || text[i] == '/' || isupper((unsigned char)text[i]))
            return false;
    }
    return scheme > 0;
}

/* "agents.example", with a port or without. */
static bool is_host(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] <= ' ' || text[i] == '/')
            return false;
    }
    return n > 0;
}

/* What would never be equal to what a browser sends is told at the start: it is hard to see later.
 */
static void check_each(const char *option, const char *list, bool (*is)(const char *, size_t),
                       const char *expected, struct mn_buf *why)
{
    for (size_t n; list != NULL; list = list[n] == ',' ? list + n + 1 : NULL) {
        n = strcspn(list, ",");
        if (!is(list, n))
            mn_buf_addf(why, "--%s: expected %s, got '%.*s'\n", option, expected, (int)n, list);
    }
}

static bool is_workers(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    return strcmp(text, "auto") == 0 ||
           (end != text && *end == '\0' && n >= 1 && n <= MN_WORKERS_MAX);
}

int mn_settings_check(const struct mn_settings *s, struct mn_buf *why)
{
    if (s->workers != NULL && !is_workers(s->workers))
        mn_buf_addf(why, "--workers: expected 1..%d or auto, got '%s'\n", MN_WORKERS_MAX,
                    s->workers);
    if (s->key != NULL && s->key[0] == '\0')
        mn_buf_add_text(why,
                        "--key is empty, and would let everyone in; leave it out, or set one\n");
    if ((s->tls_cert == NULL) != (s->tls_key == NULL))
        mn_buf_addf(why, "--tls-%s needs --tls-%s beside it\n",
                    s->tls_cert != NULL ? "cert" : "key", s->tls_cert != NULL ? "key" : "cert");
    if (s->upstream != NULL && !mn_settings_upstream_known(s->upstream))
        mn_buf_addf(why,
                    "--upstream: expected sim, openai or ws(s)://host[:port][/path], got '%s'\n",
                    s->upstream);
    if (s->text_upstream != NULL && !is_text_upstream(s->text_upstream))
        mn_buf_addf(why,
                    "--text-upstream: expected sim, openai or http(s)://host[:port][/path], got "
                    "'%s'\n",
                    s->text_upstream);
    check_each("hosts", s->hosts, is_host, "names such as agents.example,127.0.0.1", why);
    check_each("origins", s->origins, is_origin,
               "origins such as https://a.example, without a slash at the end", why);
    if (s->webhook_secret != NULL && !mn_webhook_secret_is_good(mn_str(s->webhook_secret)))
        mn_buf_add_text(why, "--webhook-secret: expected whsec_ and a key as base64\n");
    check_mail(s, why);
    return why->n == 0 ? 0 : MN_ECONFIG;
}

void mn_settings_say_unlistened(const struct mn_settings *s, int err, struct mn_buf *why)
{
    if (err == -EADDRINUSE)
        mn_buf_addf(why,
                    "port %d on %s is in use by another program; choose another with --port, or "
                    "--port 0 for any free one\n",
                    (int)s->port, s->host);
    else if (err == MN_ETLS)
        mn_buf_addf(why, "--tls-cert %s with --tls-key %s: cannot be used as certificate and key\n",
                    s->tls_cert, s->tls_key);
    else
        mn_buf_addf(why, "cannot listen on %s:%d: %s\n", s->host, (int)s->port, mn_strerror(err));
}
