/* loop.h - the one libuv loop of a worker, with the clock's timers and libwebsockets' context on
 * it.
 *
 * The loop owns the real clock: it arms one uv timer for the clock's earliest deadline and runs
 * what is due. libuv sleeps in the middle of a turn and has no hook between that and the callbacks
 * of sockets, so every callback that io/ gets from libuv, libwebsockets or curl begins with
 * mn_clock_update; from there up the stack mn_clock_now is fresh. It costs 25 ns.
 *
 * Nothing here is thread-safe but mn_loop_wake. */
#ifndef MN_IO_LOOP_H
#define MN_IO_LOOP_H

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"

struct mn_loop;
struct mn_resolver;
struct mn_tls;
struct uv_loop_s;
struct lws_context;

/* Returns 0, -ENOMEM or another -errno. log is borrowed; its clock is set to the loop's. */
int mn_loop_open(struct mn_loop **out, struct mn_log *log);

/* Runs until mn_loop_stop. */
void mn_loop_run(struct mn_loop *l);
void mn_loop_stop(struct mn_loop *l); /* from inside the loop */
void mn_loop_turn(struct mn_loop *l); /* sleeps until something happens, runs it, returns */
void mn_loop_wake(
    struct mn_loop *l); /* from anywhere, a signal handler too: one turn of the loop */

/* Closes every handle the loop made and evicts its guests, runs until they are gone, frees it.
 * Whoever opened a server or an http pool on it closes that first. Accepts NULL. */
void mn_loop_close(struct mn_loop *l);

/* Calls fn from the loop when signum arrives. Returns 0, -errno, or MN_ELIMIT past eight. */
int mn_loop_signal(struct mn_loop *l, int signum, void (*fn)(void *owner, int signum), void *owner);

/* Something with handles on the loop that must not outlive it. evict() starts closing them at once;
 * the guest has left the list by then. */
struct mn_loop_guest {
    struct mn_list node;
    void (*evict)(struct mn_loop_guest *guest);
};
void mn_loop_join(struct mn_loop *l, struct mn_loop_guest *guest);
void mn_loop_leave(struct mn_loop_guest *guest); /* also twice */

struct mn_clock *mn_loop_clock(struct mn_loop *l);
struct mn_log *mn_loop_log(struct mn_loop *l);

/* For io/ only. */
enum { MN_LOOP_SCRATCH_BYTES = 64 * 1024 };
struct uv_loop_s *mn_loop_uv(struct mn_loop *l);
struct lws_context *mn_loop_lws(struct mn_loop *l);
struct mn_resolver *mn_loop_resolver(struct mn_loop *l);
struct mn_tls *mn_loop_tls(struct mn_loop *l);
unsigned char *mn_loop_scratch(struct mn_loop *l); /* to read into and hand on within a callback */

#endif
