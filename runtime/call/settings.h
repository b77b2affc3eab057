/* settings.h - everything an operator may set, one row each (base/options.h).
 *
 * Bounds live here and nowhere else: what is limited names its option when it says no. */
#ifndef MN_CALL_SETTINGS_H
#define MN_CALL_SETTINGS_H

#include "base/options.h"

struct mn_settings {
    const char *config;
    const char *host;
    int64_t port;
    const char *key;
    const char *keys; /* file of them (call/keys.h) */
    const char *hosts, *origins;
    const char *admin_key;
    int64_t log_kept, followers;
    const char *tls_cert, *tls_key;
    const char *upstream;      /* sim, openai, or a ws(s):// address */
    const char *text_upstream; /* sim, openai, or an http(s):// address */
    const char *upstream_ca;
    const char *openai_key; /* OPENAI_API_KEY */
    const char *workers;    /* a number, or auto; NULL: this process alone */
    int64_t worker_silence; /* ms */
    int watch;              /* enum mn_watching */
    int log_level, log_format;
    int log_personal; /* 0: off; 1: on; 2: where whoever writes an app looks on */
    const char *log_fields;
    int upstream_dialect; /* enum mn_dialect */
    int dialect;          /* the same, of callers who do not say */
    int64_t tokens, key_tokens, token_bytes, token_ttl, meters;
    int64_t key_calls, key_connects, address_calls, address_connects;
    int64_t address_connections, address_wrong_keys, spare_connections;
    int64_t caller_frames, caller_bytes;
    const char *responses_models; /* NULL: /v1/responses is off */
    int64_t responses_tokens, responses_at_once, responses_timeout, responses_body;
    int64_t direct_at_once, direct_timeout, direct_sdp;
    const char *webhook_secret;
    int64_t webhook_tolerance;
    int64_t max_calls, max_message, send_queue, max_depth, max_values;
    int64_t lead, unreleased, early_audio;
    int64_t call_start, prelude;
    int64_t rotate, reconnect_pause, reconnect_tries;
    int64_t connect_timeout, ping, request_timeout;
    int64_t drain, drain_grace, upgrade_drain;
    const char *drain_farewell;
    int64_t max_body;
    int64_t http_connections, http_total, http_waiting, http_keep, http_keep_for;
    int64_t http_connect_timeout, http_timeout, http_headers, http_redirects;
    int64_t http_cache, http_cache_entries;
    const char *store; /* file of records */
    int64_t store_size;
    const char *records;  /* file of calls; NULL: none are kept */
    int records_personal; /* 1: on */
    int64_t records_keep, records_size, records_queue;
    const char *mail; /* an smtp(s) address */
    const char *mail_from, *mail_user, *mail_password, *mail_ca;
    int mail_tls; /* enum mn_mail_tls */
    int64_t mail_timeout, mail_tries, mail_pause, mail_queue, mail_size, mail_addresses, mail_drain;
    int64_t shared_entries, shared_bytes;
    int64_t script_memory, script_slice, script_tasks, script_http, script_body, script_result;
    int64_t script_stream, script_mails, script_picture;
    int64_t script_sound, script_sound_time, script_sounds;
    int64_t route_requests, route_timeout, route_memory, route_reply, route_early;
};

#define MN_WORKERS_MAX 32 /* half of those who may write down what they have (call/page.h) */

enum mn_watching { MN_WATCH_AUTO, MN_WATCH_ON, MN_WATCH_OFF };

extern const struct mn_option mn_settings_table[];

/* The word of a row's name that a file, variable or flag would use is the option's; OPENAI_API_KEY
 * has no MYNA_ before it because it is not ours to name. */
int mn_settings_environment(struct mn_settings *s, struct mn_buf *why);

/* sim, openai, or an address that can be dialled. */
bool mn_settings_upstream_known(const char *upstream);

/* What no row can say alone: which settings go together. Returns 0, or MN_ECONFIG with a sentence
 * in why. */
int mn_settings_check(const struct mn_settings *s, struct mn_buf *why);

/* Why nothing can listen where s says: a sentence for err. */
void mn_settings_say_unlistened(const struct mn_settings *s, int err, struct mn_buf *why);

#endif
