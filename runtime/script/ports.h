/* ports.h - the functions through which a script reaches the world. script/ knows no socket:
 * whoever opens a state fills these in. A call does, with its session and with what its world gives
 * it (call/world.h), so a scenario replaces the world without the script noticing. */
#ifndef MN_SCRIPT_PORTS_H
#define MN_SCRIPT_PORTS_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/http.h"
#include "base/json_write.h"
#include "base/kept.h"
#include "base/log.h"
#include "base/mail.h"
#include "core/digits.h"

struct mn_picture;
struct mn_recording;

struct mn_ports {
    void *owner; /* first argument of every function */

    /* Starts a request. done runs exactly once, later, unless the request is cancelled. Returns 0
     * and an op to cancel it by, or an error (nothing will follow). ask is borrowed until return.
     */
    int (*http)(void *owner, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                void **op);
    void (*http_cancel)(void *owner, void *op);
    /* The stream of op takes bytes again. May be NULL where answers never come as streams. */
    void (*http_resume)(void *owner, void *op);

    /* ctx.say, reply, handoff, refresh, interrupt, hang_up, send, history: an order to the session.
     * word is one of those names; text the words, instructions or reason, the JSON of an event, a
     * move or a history. "tripped" tells of a tool's guardrail, text being the note's members as
     * JSON. Returns 0 or MN_EABSENT (no such agent), MN_ECLOSED (the call is over),
     * MN_EPROTOCOL (not now, or not so), MN_ELIMIT (more than can be held). */
    int (*order)(void *owner, const char *word, struct mn_str text);

    /* ctx:play: a recording of the bundle's, by its number (R9). Returns 0, MN_ECLOSED or
     * MN_EPROTOCOL (a typed call). May be NULL. */
    int (*play)(void *owner, const struct mn_recording *play);

    /* ctx:send_image. Returns 0, MN_ECLOSED, MN_EPROTOCOL (there is no model just now), MN_EREFUSED
     * (its dialect has no pictures) or MN_ELIMIT (too much waits to be sent to it). May be NULL. */
    int (*picture)(void *owner, const struct mn_picture *picture);

    /* ctx:trace: a point of the author's own, a JSON object; for records. May be NULL. */
    void (*trace)(void *owner, struct mn_str point);

    /* The place in the app's spec of the agent who is active. May be NULL. */
    int (*agent)(void *owner);

    /* ctx.progress, approve, reject: about one of the model's calls of a tool. text are words for
     * the model. Returns 0 or MN_ECLOSED; one for a call that awaits no such word is ignored. */
    int (*of_tool)(void *owner, const char *word, struct mn_str call_id, struct mn_str text);

    /* The task waits for the keys the caller presses, or, collect being NULL, until what is being
     * said has been heard; mn_state_awaited ends it, later. ticket is its name, to forget it by.
     * Returns 0 or MN_ECLOSED, MN_EPROTOCOL (another collects), MN_ELIMIT. */
    int (*await)(void *owner, uint32_t ticket, const struct mn_collect *collect);
    void (*forget)(void *owner, uint32_t ticket);

    /* Appends the JSON array of the call's history (last n items, 0 for all). */
    int (*history)(void *owner, int last, struct mn_buf *out);

    /* Writes what the call has used so far, as members of the object w is in. */
    void (*usage)(void *owner, struct mn_writer *w);

    /* myna.shared: as mn_shared_do (store/shared.h), in the app's dictionary. May be NULL. */
    int (*shared)(void *owner, const struct mn_shared_ask *ask, struct mn_buf *out);

    /* myna.store: a question to the records; app, fresh_id and wall_s are not asked for here. done
     * runs exactly once, later, unless it is cancelled; what was asked for is done even so. Returns
     * 0 and an op to cancel it by, or an error (MN_EFULL: too many wait). ask is borrowed until
     * return. */
    int (*keep)(void *owner, const struct mn_keep_ask *ask, mn_keep_done *done, void *op_owner,
                void **op);
    void (*keep_cancel)(void *owner, void *op); /* also of the next */

    /* myna.index: as keep. */
    int (*search)(void *owner, const struct mn_search_ask *ask, mn_keep_done *done, void *op_owner,
                  void **op);

    /* myna.mail: takes a mail, which goes whatever becomes of the call; app is not asked for here.
     * done, which may be NULL, runs once it was sent or given up, later, unless op is forgotten.
     * Returns 0, or an error with a sentence for the author in why. ask is borrowed until return.
     */
    int (*mail)(void *owner, const struct mn_mail_ask *ask, mn_mail_done *done, void *op_owner,
                void **op, struct mn_buf *why);
    void (*mail_forget)(void *owner, void *op);

    /* myna.token: what is asked for as JSON (app, user, ttl_ms, single_use, claims); appends JSON
     * with value and expires_at. Returns 0, or an error with a sentence in why. May be NULL. */
    int (*token)(void *owner, struct mn_str ask, struct mn_buf *out, struct mn_buf *why);

    /* myna.calls, of routes: "list" appends an array of the app's calls, or of the one with that
     * id; say, say_whole, type, handoff, interrupt and hang_up are orders to it, with text as order
     * has it. Returns as order; MN_ECLOSED when there is no such call. NULL where there are no
     * routes.
     */
    int (*calls)(void *owner, const char *word, struct mn_str id, struct mn_str text,
                 struct mn_buf *out);
    /* The same of calls on other workers, too, and "state": the JSON of a call's ctx.state. done
     * runs exactly once, later, unless it is cancelled. Returns 0 and an op, or an error. */
    int (*call_ask)(void *owner, const char *word, struct mn_str id, struct mn_str text,
                    mn_keep_done *done, void *op_owner, void **op);
    void (*call_ask_cancel)(void *owner, void *op);
    bool clusters; /* there are other workers */

    /* In tests: whether a function stands in for a tool, and what it gives (lib_call.c). May be
     * NULL; must not enter the state that asks. */
    bool (*stand_in)(void *owner, struct mn_str tool, struct mn_str arguments, struct mn_buf *out);
};

#endif
