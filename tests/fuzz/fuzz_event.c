/* fuzz_event.c - any bytes as a frame, from either side, in either dialect.
 *
 * Holds: what decodes is JSON by the scan; a refusal has a code and a message, leaves nothing to
 * free and can be written as an error event that is JSON itself; what the span calls hot, the
 * decoder reads alike. */
#include "fuzz.h"

#include "core/event_check.h"
#include "core/event_write.h"
#include "core/span.h"

static void look_at_refusal(const struct mn_event *ev, const struct mn_fault *why)
{
    struct mn_buf out = {0};

    MUST(ev->body == NULL);
    MUST(why->type != NULL && why->code != NULL && why->message[0] != '\0');
    MUST(mn_event_error(&out, "event_1", why) == 0);
    MUST(mn_json_scan(mn_buf_str(&out), &mn_json_frame, NULL) == 0);
    mn_buf_free(&out);
}

static void decode(struct mn_str frame, enum mn_from from, enum mn_dialect dialect)
{
    struct mn_event ev;
    struct mn_fault why;

    if (mn_event_decode(&ev, frame, from, dialect, &mn_json_frame, &why) != 0) {
        look_at_refusal(&ev, &why);
        return;
    }
    MUST(mn_json_scan(frame, &mn_json_frame, NULL) == 0);
    if (from == MN_FROM_CLIENT)
        MUST(ev.type != MN_EV_UNKNOWN && mn_event_from(ev.type) == MN_FROM_CLIENT);
    mn_event_check(&ev, &why); /* of a server's event: whatever it says */
    mn_event_free(&ev);
}

static void compare(struct mn_str frame, enum mn_hot hot, const struct mn_span *span)
{
    bool append = hot == MN_HOT_APPEND;
    struct mn_event ev;
    struct mn_fault why;

    MUST(mn_event_decode(&ev, frame, append ? MN_FROM_CLIENT : MN_FROM_SERVER,
                         span->beta ? MN_BETA : MN_GA, &mn_json_frame, &why) == 0);
    MUST(ev.type == (append ? MN_EV_INPUT_AUDIO_BUFFER_APPEND : MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA));
    MUST(mn_str_same(span->audio, append ? mn_json_str(ev.body, "audio") : ev.delta));
    MUST(mn_str_same(span->event_id, ev.event_id));
    MUST(mn_str_same(span->response_id, ev.response_id));
    MUST(mn_str_same(span->item_id, ev.item_id));
    MUST(span->content_index == ev.content_index && span->output_index == ev.output_index);
    mn_event_free(&ev);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct mn_str frame = {(const char *)bytes, n};
    struct mn_span span;
    enum mn_hot hot = mn_span_read(frame, &span);

    if (hot != MN_HOT_NONE)
        compare(frame, hot, &span);
    decode(frame, MN_FROM_CLIENT, MN_GA);
    decode(frame, MN_FROM_CLIENT, MN_BETA);
    decode(frame, MN_FROM_SERVER, MN_GA);
    decode(frame, MN_FROM_SERVER, MN_BETA);
    return 0;
}
