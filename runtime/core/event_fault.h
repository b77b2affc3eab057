/* event_fault.h - how the Realtime API words its refusals. Used by the decoder and the checker, and
 * by whoever else refuses a client's event. */
#ifndef MN_CORE_EVENT_FAULT_H
#define MN_CORE_EVENT_FAULT_H

#include "core/event.h"

/* Fills type (invalid_request_error), code, param and message; leaves event_id alone. A text that
 * is too long is cut at a character. param may be NULL. Returns MN_EPROTOCOL. */
int mn_fault_set(struct mn_fault *why, const char *code, const char *param, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
