/* hook.h - an app's client_events and server_events (R73): which types of event it looks at, and
 * the looking. */
#ifndef MN_SCRIPT_HOOK_H
#define MN_SCRIPT_HOOK_H

#include "script/state.h"

enum mn_hook_side { MN_HOOK_CLIENT, MN_HOOK_SERVER };

enum mn_hook {
    MN_HOOK_NONE,
    MN_HOOK_LOOKS, /* mn_state_look */
    MN_HOOK_OWN,   /* a type of the app's own: mn_state_act */
};

/* Whether the app looks at any event of that side; one that does not pays nothing. */
bool mn_bundle_hooks(const struct mn_bundle *b, enum mn_hook_side side);
enum mn_hook mn_bundle_hook(const struct mn_bundle *b, enum mn_hook_side side, struct mn_str type);

enum mn_look { MN_LOOK_PASS, MN_LOOK_STOP, MN_LOOK_CHANGED };

/* Shows an event to the app, which may not wait. CHANGED: the event that goes instead, as JSON, is
 * in out. One that errs, or that comes while Lua runs, lets it pass; the log has why. */
enum mn_look mn_state_look(struct mn_state *st, enum mn_hook_side side, struct mn_str type,
                           struct mn_str json, struct mn_buf *out);

/* An event of the app's own type: its fields are checked, then its `act` runs as a task. fields is
 * the event without type and event_id. Returns 0; MN_EPROTOCOL with a sentence in why; or an error.
 */
int mn_state_act(struct mn_state *st, struct mn_str type, struct mn_str fields, struct mn_buf *why);

#endif
