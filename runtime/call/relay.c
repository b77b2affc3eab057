/* relay.c - a caller who came back to another worker than the one that has their call: frames go
 * through, both ways, as they are. */
#include "base/err.h"
#include "call/owner.h"
#include "call/worker_parts.h"
#include "io/ws_client.h"

#include <stdio.h>
#include <stdlib.h>

#define EARLY_BYTES (1 << 20) /* of a caller's frames before the other worker is there */
#define DIAL_MS     5000

struct relay {
    struct mn_worker *w;
    struct mn_link *caller, *owner; /* NULL once closed */
    bool open;                      /* the owner's end is */
    struct mn_buf early;            /* each frame behind its length */
};

static void hang_up(struct mn_link *link, int code, struct mn_str reason)
{
    if (link == NULL)
        return;
    if (code == MN_LINK_VANISH)
        mn_link_close(link, MN_LINK_VANISH, (struct mn_str){0});
    else
        mn_link_close(link, code == 1005 ? 1000 : code, reason);
}

static void pass(struct mn_link *to, struct mn_str text)
{
    if (to != NULL && mn_link_send(to, text) == MN_EFULL)
        mn_link_close(to, 1008, MN_STR("reading too slowly"));
}

static void free_relay(struct relay *r)
{
    if (r->caller != NULL || r->owner != NULL)
        return;
    mn_buf_free(&r->early);
    free(r);
}

/* --- from the caller --- */

static void from_caller(struct mn_link *link, struct mn_str text)
{
    struct relay *r = link->owner;

    if (r->open) {
        pass(r->owner, text);
        return;
    }
    mn_buf_add(&r->early, &text.n, sizeof(text.n));
    if (mn_buf_add_str(&r->early, text) != 0 || r->early.n > EARLY_BYTES)
        mn_link_close(link, 1011, MN_STR("too much before the call was found"));
}

/* The owner answers it as any frame that is no event. */
static void binary_from_caller(struct mn_link *link, struct mn_str bytes)
{
    (void)bytes;
    from_caller(link, MN_STR("\"a binary frame\""));
}

static void caller_closed(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct relay *r = link->owner;

    (void)err;
    r->caller = NULL;
    hang_up(r->owner, code, reason);
    free_relay(r);
}

static const struct mn_link_events of_caller = {
    .on_message = from_caller, .on_binary = binary_from_caller, .on_close = caller_closed};

/* --- from the worker that has the call --- */

static void owner_open(struct mn_link *link)
{
    struct relay *r = link->owner;
    size_t n = 0;

    r->open = true;
    for (size_t at = 0; at < r->early.n; at += sizeof(n) + n) {
        memcpy(&n, r->early.p + at, sizeof(n));
        pass(link, (struct mn_str){r->early.p + at + sizeof(n), n});
    }
    mn_buf_free(&r->early);
    r->early = (struct mn_buf){0};
}

static void from_owner(struct mn_link *link, struct mn_str text)
{
    pass(((struct relay *)link->owner)->caller, text);
}

static void owner_closed(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct relay *r = link->owner;

    (void)err;
    r->owner = NULL;
    if (!r->open) /* it knows no such call, or is gone with it */
        hang_up(r->caller, 1011, MN_STR("the session has ended"));
    else if (code == MN_LINK_VANISH)
        hang_up(r->caller, 1011, MN_STR("the server has lost the session"));
    else
        hang_up(r->caller, code, reason);
    free_relay(r);
}

static const struct mn_link_events of_owner = {
    .on_open = owner_open, .on_message = from_owner, .on_close = owner_closed};

/* --- opening --- */

static bool is_plain(struct mn_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return s.n > 0 && s.n < MN_ID_MAX;
}

static int dial(struct relay *r, int number, struct mn_str id, struct mn_str token)
{
    struct mn_ws_client_settings set = mn_ws_client_defaults;
    char path[MN_INHERIT_FOLDER + 16], url[256];

    snprintf(path, sizeof(path), "%s/%d", r->w->under->it.folder, number);
    snprintf(url, sizeof(url), "ws://127.0.0.1/v1/realtime?session_id=%.*s&resume=%.*s", MN_FMT(id),
             MN_FMT(token));
    set.url = url;
    set.unix_path = path;
    set.connect_ms = DIAL_MS;
    set.ping_ms = 0; /* a process that ends closes its sockets */
    set.max_message = (size_t)r->w->settings->max_message;
    set.high_water = (size_t)r->w->settings->send_queue;
    return mn_ws_client_open(&r->owner, r->w->loop, &set, &of_owner, r);
}

bool mn_owner_relay(struct mn_worker *w, struct mn_exchange *x, struct mn_str id,
                    struct mn_str token)
{
    int number = mn_owner_of(id);
    struct relay *r;

    if (!mn_owner_is_there(w, number) || mn_owner_is_inside(w, x) || !is_plain(id) ||
        !is_plain(token))
        return false;
    r = calloc(1, sizeof(*r));
    if (r == NULL || mn_exchange_accept(x, &r->caller) != 0) {
        free(r);
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return true;
    }
    r->w = w;
    r->caller->events = &of_caller;
    r->caller->owner = r;
    if (dial(r, number, id, token) != 0)
        mn_link_close(r->caller, 1011, MN_STR("the session has ended"));
    else
        MN_LOG(w->log, INFO, NULL, "a caller who is back is relayed", {"session", id},
               {"worker", .i = number, .is_int = true});
    return true;
}
