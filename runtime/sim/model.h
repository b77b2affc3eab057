/* model.h - the Realtime API's server, without a network: its rules as a machine without I/O.
 *
 *     client events --mn_sim_feed()-->  [ model ]  --mn_sim_next()--> server events
 *
 * It knows no socket, clock or Lua: it is told "now" and asks for its next deadline. It is strict:
 * what the real server refuses, it refuses with the same type, code and param, since a lenient
 * double hides bugs. What it says comes from a brain. */
#ifndef MN_SIM_MODEL_H
#define MN_SIM_MODEL_H

#include "core/event.h"

#define MN_SIM_NAME_MAX 64 /* of a function, as the API allows */

struct mn_sim;

/* One thing a response holds. */
struct mn_sim_output {
    enum { MN_SIM_SAY, MN_SIM_CALL } kind;
    struct mn_buf text;             /* SAY: the words; CALL: the arguments, JSON */
    char name[MN_SIM_NAME_MAX + 1]; /* CALL: the function */
    int64_t lasts_ms; /* SAY: length of the speech; 0: from the words (400 ms a word) */
};

#endif
