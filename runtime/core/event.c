/* event.c - what the events are called. */
#include "core/event.h"

#define IN_GA   (1u << MN_GA)
#define IN_BETA (1u << MN_BETA)
#define IN_BOTH (IN_GA | IN_BETA)

struct name {
    struct mn_str wire;
    enum mn_event_type type;
    enum mn_from from;
    unsigned dialects;
};

/* Sorted by wire name, as events.def is. A name may stand twice, for two dialects. */
static const struct name names[] = {
#define EVENT(name, wire, side, dialects)                                                          \
    {{wire, sizeof(wire) - 1}, MN_EV_##name, MN_FROM_##side, IN_##dialects},
#define ALIAS(wire, name) {{wire, sizeof(wire) - 1}, MN_EV_##name, MN_FROM_SERVER, IN_BETA},
#include "core/events.def"
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static const struct {
    const char *wire;
    enum mn_from from;
    unsigned dialects;
} events[MN_EV_COUNT] = {
#define EVENT(name, wire, side, dialects) [MN_EV_##name] = {wire, MN_FROM_##side, IN_##dialects},
#define ALIAS(wire, name)
#include "core/events.def"
};

static const char *const aliases[MN_EV_COUNT] = {
#define EVENT(name, wire, side, dialects)
#define ALIAS(wire, name) [MN_EV_##name] = (wire),
#include "core/events.def"
};

const char *mn_event_wire(enum mn_event_type type, enum mn_dialect dialect)
{
    if ((unsigned)type >= MN_EV_COUNT)
        return NULL;
    if (dialect == MN_BETA && aliases[type] != NULL)
        return aliases[type];
    return (events[type].dialects & (1u << dialect)) != 0 ? events[type].wire : NULL;
}

const char *mn_event_name(enum mn_event_type type)
{
    bool known = (unsigned)type < MN_EV_COUNT && type != MN_EV_UNKNOWN;

    return known ? events[type].wire : "unknown";
}

enum mn_from mn_event_from(enum mn_event_type type)
{
    bool known = (unsigned)type < MN_EV_COUNT && type != MN_EV_UNKNOWN;

    return known ? events[type].from : MN_FROM_SERVER;
}

static int compare(struct mn_str a, struct mn_str b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* The first row that does not sort before wire. */
static const struct name *find(struct mn_str wire)
{
    size_t low = 0, high = NAMES;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (compare(names[mid].wire, wire) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return names + low;
}

enum mn_event_type mn_event_lookup(struct mn_str wire, enum mn_from from, enum mn_dialect dialect)
{
    const struct name *row;

    if (wire.n == 0)
        return MN_EV_UNKNOWN;
    for (row = find(wire); row < names + NAMES && mn_str_same(row->wire, wire); row++) {
        if (row->from == from && (row->dialects & (1u << dialect)) != 0)
            return row->type;
    }
    return MN_EV_UNKNOWN;
}
