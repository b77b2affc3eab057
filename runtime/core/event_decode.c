/* event_decode.c - from the bytes of a frame to a typed event. */
#include "base/err.h"
#include "base/nearest.h"
#include "core/event_check.h"
#include "core/event_fault.h"

#include <errno.h>
#include <limits.h>

static const struct mn_place top = {.up = NULL};
static const struct mn_place at_type = {.up = &top, .key = {"type", 4}};

static int read_tree(struct mn_event *ev, const struct mn_json_limits *limits, struct mn_fault *why)
{
    struct mn_json_fault fault = {0};
    int err = mn_json_parse(&ev->body, ev->raw, limits, &fault);

    if (err == -ENOMEM) {
        mn_fault_set(why, "server_error", NULL, "out of memory");
        why->type = "server_error";
        return err;
    }
    if (err != 0) {
        mn_fault_set(why, "invalid_json", NULL, "The event is not valid JSON: %s at byte %zu.",
                     fault.what, fault.at);
        return err;
    }
    if (mn_json_kind(ev->body) != MN_JSON_OBJECT)
        return mn_fault_set(why, "invalid_event", NULL,
                            "The event must be a JSON object, but it is of kind %s.",
                            mn_json_kind_name(mn_json_kind(ev->body)));
    return 0;
}

/* Whatever is refused later names the client's event, so its id is read first. */
static void read_id(struct mn_event *ev, struct mn_fault *why)
{
    ev->event_id = mn_json_str(ev->body, "event_id");
    if (ev->event_id.n != 0 && ev->event_id.n < sizeof(why->event_id))
        memcpy(why->event_id, ev->event_id.p, ev->event_id.n);
}

/* Suggests what may have been meant, or lists what there is. */
static int refuse_type(const struct mn_event *ev, struct mn_fault *why)
{
    const char *words[MN_EV_COUNT + 1], *near;
    int n = 0;

    for (int type = MN_EV_UNKNOWN + 1; type < MN_EV_COUNT; type++) {
        const char *wire = mn_event_wire((enum mn_event_type)type, ev->dialect);

        if (wire != NULL && mn_event_from((enum mn_event_type)type) == MN_FROM_CLIENT)
            words[n++] = wire;
    }
    words[n] = NULL;
    near = mn_nearest(ev->wire, words);
    if (near != NULL)
        return mn_fault_set(why, "invalid_value", "type",
                            "Invalid value: '%.*s'. Did you mean '%s'?", MN_FMT(ev->wire), near);
    return mn_fault_word(why, &at_type, words, n, ev->wire);
}

static int read_type(struct mn_event *ev, enum mn_from from, struct mn_fault *why)
{
    const struct mn_json *type = mn_json_get(ev->body, "type");

    if (type == NULL)
        return mn_fault_set(why, "invalid_event", NULL, "The 'type' field is missing.");
    if (mn_json_kind(type) != MN_JSON_STRING)
        return mn_fault_kind(why, &at_type, "a string", type);
    ev->wire = mn_json_text(type);
    ev->type = mn_event_lookup(ev->wire, from, ev->dialect);
    return ev->type == MN_EV_UNKNOWN && from == MN_FROM_CLIENT ? refuse_type(ev, why) : 0;
}

static int index_of(const struct mn_json *body, const char *key)
{
    int64_t n = mn_json_int(body, key, -1);

    return n > INT_MAX ? INT_MAX : n < 0 ? -1 : (int)n;
}

static void read_members(struct mn_event *ev)
{
    const struct mn_json *body = ev->body;

    ev->response_id = mn_json_str(body, "response_id");
    if (ev->response_id.n == 0)
        ev->response_id = mn_json_str(mn_json_get(body, "response"), "id");
    ev->item_id = mn_json_str(body, "item_id");
    if (ev->item_id.n == 0)
        ev->item_id = mn_json_str(mn_json_get(body, "item"), "id");
    ev->call_id = mn_json_str(body, "call_id");
    ev->previous_item_id = mn_json_str(body, "previous_item_id");
    ev->delta = mn_json_str(body, "delta");
    ev->content_index = index_of(body, "content_index");
    ev->output_index = index_of(body, "output_index");
    ev->audio_start_ms = mn_json_int(body, "audio_start_ms", -1);
    ev->audio_end_ms = mn_json_int(body, "audio_end_ms", -1);
}

int mn_event_decode(struct mn_event *ev, struct mn_str frame, enum mn_from from,
                    enum mn_dialect dialect, const struct mn_json_limits *limits,
                    struct mn_fault *why)
{
    int err;

    *ev = (struct mn_event){.dialect = dialect, .raw = frame};
    *why = (struct mn_fault){0};
    err = read_tree(ev, limits, why);
    if (err != 0)
        goto fail;
    read_id(ev, why);
    err = read_type(ev, from, why);
    if (err != 0)
        goto fail;
    err = from == MN_FROM_CLIENT ? mn_event_check(ev, why) : mn_event_check_ids(ev, why);
    if (err != 0)
        goto fail;
    read_members(ev);
    return 0;

fail:
    mn_event_free(ev);
    return err;
}

void mn_event_free(struct mn_event *ev)
{
    mn_json_free(ev->body);
    *ev = (struct mn_event){0};
}
