/* event_union.h - which shape of a union a value means to be. */
#ifndef MN_CORE_EVENT_UNION_H
#define MN_CORE_EVENT_UNION_H

#include "core/event_fault.h"
#include "core/event_shape.h"

/* Replaces *shape, a union, by the one of its shapes that v is to be checked against. Returns 0, or
 * MN_EPROTOCOL with why filled when v can be none of them. */
int mn_shape_choose(const struct mn_shape **shape, const struct mn_json *v,
                    const struct mn_place *at, struct mn_fault *why);

#endif
