/* fault.c - what goes wrong on request.
 *
 * DESIGN  A fault that strikes at once is a function; one that waits is a flag that whoever it
 * spoils asks for by name (mn_sim_fault_strikes), which takes it down. Those that spoil an event,
 * or the order of events, do it to the finished bytes in the outbox: the rest of the simulator
 * knows nothing of them, and its own state stays right. */
#include "sim/fault.h"

#include "base/err.h"
#include "sim/machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CALL_TYPE "\"type\":\"function_call\""

#define CLOSE_VANISHED 1006 /* RFC 6455, 7.1.5: closed without a close frame */

typedef int strike_fn(struct mn_sim *sim, int64_t number, struct mn_str text);

static strike_fn drop, shut, stall, expire, tell_strange_delta, tell_unknown_event;

static const struct {
    const char *name;
    strike_fn *at_once;  /* NULL: it waits */
    int64_t least, most; /* of its number */
    bool takes_text;     /* else a number, when it takes anything */
} faults[MN_SIM_FAULTS] = {
    [MN_SIM_DROP] = {"drop", drop, 0, 0, false},
    [MN_SIM_CLOSE] = {"close", shut, 1000, 4999, false},
    [MN_SIM_STALL] = {"stall", stall, 0, INT32_MAX, false},
    [MN_SIM_EXPIRE] = {"expire", expire, 0, 0, false},
    [MN_SIM_STRANGE_DELTA] = {"strange_delta", tell_strange_delta, 0, 0, false},
    [MN_SIM_UNKNOWN_EVENT] = {"unknown_event", tell_unknown_event, 0, 0, false},
    [MN_SIM_NOT_JSON] = {"not_json", NULL, 0, 0, false},
    [MN_SIM_CUT_SHORT] = {"cut_short", NULL, 0, 0, false},
    [MN_SIM_WRONG_TYPE] = {"wrong_type", NULL, 0, 0, false},
    [MN_SIM_DONE_TWICE] = {"done_twice", NULL, 0, 0, false},
    [MN_SIM_DELTA_FIRST] = {"delta_first", NULL, 0, 0, false},
    [MN_SIM_ITEM_REVERSE] = {"item_reverse", NULL, 0, 0, false},
    [MN_SIM_CALL_TWICE] = {"call_twice", NULL, 0, 0, false},
    [MN_SIM_LATE_DELTA] = {"late_delta", NULL, 0, 0, false},
    [MN_SIM_REFUSE_UPDATE] = {"refuse_update", NULL, 0, 0, true},
    [MN_SIM_LOSE_UPDATE] = {"lose_update", NULL, 0, 0, false},
    [MN_SIM_ALREADY_ACTIVE] = {"already_active", NULL, 0, 0, false},
    [MN_SIM_FAIL] = {"fail", NULL, 0, 0, true},
    [MN_SIM_LATE_TRANSCRIPT] = {"late_transcript", NULL, 0, INT32_MAX, false},
    [MN_SIM_FAIL_TRANSCRIPT] = {"fail_transcript", NULL, 0, 0, false},
    [MN_SIM_SLOW] = {"slow", NULL, 0, INT32_MAX, false},
};

const char *mn_sim_fault_name(enum mn_sim_fault fault)
{
    return faults[fault].name;
}

/* The part of *rest up to the next colon, which is taken off. */
static struct mn_str next_word(struct mn_str *rest)
{
    const char *colon = rest->n > 0 ? memchr(rest->p, ':', rest->n) : NULL;
    struct mn_str word = {rest->p, colon != NULL ? (size_t)(colon - rest->p) : rest->n};
    size_t used = word.n + (colon != NULL);

    *rest = (struct mn_str){rest->p + used, rest->n - used};
    return word;
}

static bool read_number(struct mn_str digits, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9' || *out > INT32_MAX)
            return false;
        *out = *out * 10 + digits.p[i] - '0';
    }
    return true;
}

bool mn_sim_fault_read(struct mn_str word, enum mn_sim_fault *fault, int64_t *number,
                       struct mn_str *text)
{
    struct mn_str name = next_word(&word);
    int i = 0;

    while (i < MN_SIM_FAULTS && !mn_str_is(name, faults[i].name))
        i++;
    if (i == MN_SIM_FAULTS)
        return false;
    *fault = (enum mn_sim_fault)i;
    *number = 0;
    if (!faults[i].takes_text && !read_number(next_word(&word), number))
        return false;
    *text = word;
    return true;
}

int mn_sim_fault(struct mn_sim *sim, enum mn_sim_fault fault, int64_t number, struct mn_str text,
                 int64_t now_ms)
{
    struct mn_sim_armed *armed = &sim->faults.armed[fault];

    if (sim->closed)
        return MN_ECLOSED;
    if (number < faults[fault].least || number > faults[fault].most)
        return -EINVAL;
    mn_sim_pass(sim, now_ms);
    if (faults[fault].at_once != NULL)
        return faults[fault].at_once(sim, number, text);
    *armed = (struct mn_sim_armed){.on = true, .number = number};
    text = mn_link_reason(text);
    snprintf(armed->text, sizeof(armed->text), "%.*s", MN_FMT(text));
    return 0;
}

const struct mn_sim_armed *mn_sim_fault_strikes(struct mn_sim *sim, enum mn_sim_fault fault)
{
    struct mn_sim_armed *armed = &sim->faults.armed[fault];

    if (!armed->on)
        return NULL;
    armed->on = false;
    return armed;
}

/* --- at once ---------------------------------------------------------------------------------- */

static int shut(struct mn_sim *sim, int64_t number, struct mn_str text)
{
    sim->faults.stalled = false;
    mn_sim_shut(sim, (int)number, mn_link_reason(text));
    return 0;
}

static int drop(struct mn_sim *sim, int64_t number, struct mn_str text)
{
    (void)number;
    mn_buf_clear(&sim->outbox.bytes); /* what was not taken is lost */
    sim->outbox.head = 0;
    return shut(sim, CLOSE_VANISHED, text);
}

static int stall(struct mn_sim *sim, int64_t number, struct mn_str text)
{
    (void)text;
    sim->faults.stalled = true;
    sim->faults.stalled_until_ms = number > 0 ? sim->now_ms + number : INT64_MAX;
    return 0;
}

static int expire(struct mn_sim *sim, int64_t number, struct mn_str text)
{
    (void)number, (void)text;
    sim->expires_ms = sim->now_ms;
    return 0;
}

static int tell_strange_delta(struct mn_sim *sim, int64_t number, struct mn_str text)
{
    char response[MN_ID_MAX], item[MN_ID_MAX];
    struct mn_writer w;

    (void)number, (void)text;
    mn_id_new(response, "resp", &sim->random);
    mn_id_new(item, "item", &sim->random);
    if (!mn_sim_begin(sim, &w, MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA))
        return 0;
    mn_write_text(&w, "response_id", response);
    mn_write_text(&w, "item_id", item);
    mn_write_int(&w, "output_index", 0);
    mn_write_int(&w, "content_index", 0);
    mn_write_text(&w, "delta", "Who said this?");
    mn_sim_end(sim, &w);
    return mn_sim_health(sim);
}

/* Written as one that is known, by the table; then its type is put over that. */
static int tell_unknown_event(struct mn_sim *sim, int64_t number, struct mn_str text)
{
    struct mn_str was = MN_STR("rate_limits.updated"), is = MN_STR("sky_outside.clouded");
    struct mn_sim_outbox *box = &sim->outbox;
    struct mn_writer w;
    char *type;

    (void)number, (void)text;
    if (!mn_sim_begin(sim, &w, MN_EV_RATE_LIMITS_UPDATED) || mn_sim_health(sim) != 0)
        return mn_sim_health(sim);
    type = memmem(box->bytes.p + box->start, box->bytes.n - box->start, was.p, was.n);
    if (type != NULL)
        memcpy(type, is.p, is.n);
    mn_write_int(&w, "eighths", 3);
    mn_sim_end(sim, &w);
    return mn_sim_health(sim);
}

/* --- to events -------------------------------------------------------------------------------- */

static void set_length(struct mn_sim_outbox *box, size_t length)
{
    memcpy(box->bytes.p + box->start, &length, sizeof(length));
    box->bytes.n = box->start + sizeof(length) + length;
}

/* Every event begins with {"type":"; the names of types are longer than 3 letters. */
static void spoil(struct mn_sim *sim)
{
    struct mn_sim_outbox *box = &sim->outbox;
    char *event = box->bytes.p + box->start + sizeof(size_t);
    size_t length = box->bytes.n - box->start - sizeof(size_t);
    struct mn_str key = MN_STR("{\"type\":");

    if (mn_sim_fault_strikes(sim, MN_SIM_NOT_JSON) != NULL)
        memcpy(event, "<html>", 6);
    else if (mn_sim_fault_strikes(sim, MN_SIM_CUT_SHORT) != NULL)
        set_length(box, length / 2);
    else if (mn_sim_fault_strikes(sim, MN_SIM_WRONG_TYPE) != NULL)
        for (char *c = event + key.n, *end = strchr(c + 1, '"'); c <= end; c++)
            *c = '7';
}

static void repeat(struct mn_sim_outbox *box)
{
    struct mn_buf copy = {0};

    mn_buf_add(&copy, box->bytes.p + box->start, box->bytes.n - box->start);
    mn_buf_add_str(&box->bytes, mn_buf_str(&copy));
    if (copy.err < 0)
        box->bytes.err = copy.err;
    mn_buf_free(&copy);
}

static void hold(struct mn_sim *sim, enum mn_sim_fault by)
{
    struct mn_sim_outbox *box = &sim->outbox;
    struct mn_buf *held = &sim->faults.held;

    mn_buf_add(held, box->bytes.p + box->start, box->bytes.n - box->start);
    if (held->err < 0)
        box->bytes.err = held->err;
    box->bytes.n = box->start;
    sim->faults.held_by = by;
}

static bool is_delta(enum mn_event_type type, enum mn_dialect dialect)
{
    struct mn_str wire = mn_str(mn_event_wire(type, dialect));
    struct mn_str end = MN_STR(".delta");

    return mn_str_starts(wire, MN_STR("response.")) && wire.n > end.n &&
           memcmp(wire.p + wire.n - end.n, end.p, end.n) == 0;
}

/* Lets the held event go, behind the one that should have come after it. */
static void let_go(struct mn_sim *sim)
{
    struct mn_buf *held = &sim->faults.held;
    enum mn_event_type type = sim->outbox.type;
    bool came = sim->faults.held_by == MN_SIM_DELTA_FIRST ? is_delta(type, sim->set.dialect)
                                                          : type == MN_EV_CONVERSATION_ITEM_DONE;

    if (!came && type != MN_EV_RESPONSE_DONE)
        return;
    mn_buf_add_str(&sim->outbox.bytes, mn_buf_str(held));
    mn_buf_clear(held);
}

static bool says(const struct mn_sim_outbox *box, const char *text)
{
    return memmem(box->bytes.p + box->start, box->bytes.n - box->start, text, strlen(text)) != NULL;
}

/* The audio of a response, until it is done; when it was cancelled, its last comes again. */
static void come_late(struct mn_sim *sim)
{
    struct mn_sim_outbox *box = &sim->outbox;
    struct mn_buf *late = &sim->faults.late;

    if (box->type == MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA) {
        mn_buf_clear(late);
        mn_buf_add(late, box->bytes.p + box->start, box->bytes.n - box->start);
    } else if (box->type == MN_EV_RESPONSE_DONE) {
        if (late->n > 0 && says(box, "\"status\":\"cancelled\"") &&
            mn_sim_fault_strikes(sim, MN_SIM_LATE_DELTA) != NULL)
            mn_buf_add_str(&box->bytes, mn_buf_str(late));
        mn_buf_clear(late);
    }
    if (late->err < 0)
        box->bytes.err = late->err;
}

static bool comes_twice(struct mn_sim *sim)
{
    const struct mn_sim_outbox *box = &sim->outbox;

    if (box->type == MN_EV_RESPONSE_DONE)
        return mn_sim_fault_strikes(sim, MN_SIM_DONE_TWICE) != NULL;
    return box->type == MN_EV_RESPONSE_OUTPUT_ITEM_DONE && says(box, CALL_TYPE) &&
           mn_sim_fault_strikes(sim, MN_SIM_CALL_TWICE) != NULL;
}

void mn_sim_fault_event(struct mn_sim *sim)
{
    enum mn_event_type type = sim->outbox.type;

    spoil(sim);
    if (sim->faults.armed[MN_SIM_LATE_DELTA].on)
        come_late(sim);
    if (sim->faults.held.n > 0)
        let_go(sim);
    else if (type == MN_EV_RESPONSE_CREATED && mn_sim_fault_strikes(sim, MN_SIM_DELTA_FIRST))
        hold(sim, MN_SIM_DELTA_FIRST);
    else if (type == MN_EV_CONVERSATION_ITEM_ADDED &&
             mn_sim_fault_strikes(sim, MN_SIM_ITEM_REVERSE))
        hold(sim, MN_SIM_ITEM_REVERSE);
    else if (comes_twice(sim))
        repeat(&sim->outbox);
}
