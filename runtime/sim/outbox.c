/* outbox.c - events on their way to the client: written into one buffer, taken one by one. */
#include "sim/machine.h"

#include "base/err.h"
#include "core/event_write.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Leaves room for the length of an event that is about to be written. */
static void reserve(struct mn_sim *sim, enum mn_event_type type, char event_id[MN_ID_MAX])
{
    struct mn_sim_outbox *box = &sim->outbox;
    size_t length = 0;

    box->start = box->bytes.n;
    box->type = type;
    mn_buf_add(&box->bytes, &length, sizeof(length));
    mn_id_new(event_id, "event", &sim->random);
}

static void seal(struct mn_sim *sim)
{
    struct mn_sim_outbox *box = &sim->outbox;
    size_t length = box->bytes.n - box->start - sizeof(length);

    if (box->bytes.err < 0)
        return;
    memcpy(box->bytes.p + box->start, &length, sizeof(length));
    mn_sim_fault_event(sim);
}

bool mn_sim_begin(struct mn_sim *sim, struct mn_writer *w, enum mn_event_type type)
{
    char event_id[MN_ID_MAX];

    if (mn_event_wire(type, sim->set.dialect) == NULL)
        return false;
    reserve(sim, type, event_id);
    return mn_event_open(w, &sim->outbox.bytes, type, sim->set.dialect, event_id);
}

void mn_sim_end(struct mn_sim *sim, struct mn_writer *w)
{
    mn_write_close(w);
    seal(sim);
}

int mn_sim_health(const struct mn_sim *sim)
{
    int err = sim->outbox.bytes.err;

    return err == MN_ELIMIT ? MN_EFULL : err;
}

void mn_sim_refuse_fault(struct mn_sim *sim, const struct mn_fault *fault, bool names_asker)
{
    struct mn_fault named = *fault;
    char event_id[MN_ID_MAX];

    if (names_asker && sim->asker.n > 0)
        snprintf(named.event_id, sizeof(named.event_id), "%.*s", MN_FMT(sim->asker));
    reserve(sim, MN_EV_ERROR, event_id);
    mn_event_error(&sim->outbox.bytes, event_id, &named);
    seal(sim);
}

void mn_sim_refuse(struct mn_sim *sim, const char *code, const char *param, const char *format, ...)
{
    struct mn_fault fault = {.type = "invalid_request_error", .code = code};
    va_list args;

    snprintf(fault.param, sizeof(fault.param), "%s", param != NULL ? param : "");
    va_start(args, format);
    vsnprintf(fault.message, sizeof(fault.message), format, args);
    va_end(args);
    mn_sim_refuse_fault(sim, &fault, true);
}

bool mn_sim_next(struct mn_sim *sim, struct mn_buf *out)
{
    struct mn_sim_outbox *box = &sim->outbox;
    size_t length;

    if (box->bytes.err < 0 || box->head == box->bytes.n || sim->faults.stalled)
        return false;
    memcpy(&length, box->bytes.p + box->head, sizeof(length));
    if (mn_buf_add(out, box->bytes.p + box->head + sizeof(length), length) < 0)
        return false;
    box->head += sizeof(length) + length;
    if (box->head == box->bytes.n) {
        mn_buf_clear(&box->bytes);
        box->head = 0;
    }
    return true;
}
