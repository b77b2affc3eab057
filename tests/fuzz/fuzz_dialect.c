/* fuzz_dialect.c - any event, written in the other dialect and back.
 *
 * Holds: what is written is JSON and an event of that dialect's server as far as Myna acts on it;
 * and what comes back, written once more, is the same to the byte: nothing drifts. */
#include "fuzz.h"

#include "core/dialect.h"

/* Returns 1 with the other dialect's frame in out, else 0: a name that this one does not know goes
 * through as it is, and the other may know it. */
static int cross(struct mn_buf *out, struct mn_str frame, enum mn_from from, enum mn_dialect is)
{
    struct mn_fault why;
    struct mn_event ev;
    int rc;

    mn_buf_clear(out);
    if (mn_event_decode(&ev, frame, from, is, &mn_json_frame, &why) != 0)
        return 0;
    if (ev.type == MN_EV_UNKNOWN) {
        mn_event_free(&ev);
        return 0;
    }
    rc = mn_dialect_write(out, &ev, is == MN_GA ? MN_BETA : MN_GA);
    MUST(rc == 0 || rc == 1);
    MUST(rc == 0 || mn_json_scan(mn_buf_str(out), &mn_json_frame, NULL) == 0);
    mn_event_free(&ev);
    return rc;
}

static void look(struct mn_str frame, enum mn_from from, enum mn_dialect is)
{
    enum mn_dialect other = is == MN_GA ? MN_BETA : MN_GA;
    struct mn_buf there = {0}, back = {0}, again = {0};

    if (cross(&there, frame, from, is) == 1 && cross(&back, mn_buf_str(&there), from, other) == 1 &&
        cross(&again, mn_buf_str(&back), from, is) == 1)
        MUST(mn_str_same(mn_buf_str(&there), mn_buf_str(&again)));
    mn_buf_free(&there);
    mn_buf_free(&back);
    mn_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct mn_str frame = {(const char *)bytes, n};

    look(frame, MN_FROM_CLIENT, MN_GA);
    look(frame, MN_FROM_CLIENT, MN_BETA);
    look(frame, MN_FROM_SERVER, MN_GA);
    look(frame, MN_FROM_SERVER, MN_BETA);
    return 0;
}
