/* brain.h - what the simulated model says: asked once a response, answers with its outputs.
 *
 * The rules (model.h) and the words are apart, so that a scenario's script, a cassette or the
 * built-in stand-in can speak behind the same server. */
#ifndef MN_SIM_BRAIN_H
#define MN_SIM_BRAIN_H

#include "base/json.h"

#define MN_SIM_NAME_MAX    64 /* of a function, as the API allows */
#define MN_SIM_OUTPUTS_MAX 16 /* of one response; our own bound */

/* One thing a response holds. */
struct mn_sim_output {
    enum { MN_SIM_SAY, MN_SIM_CALL } kind;
    struct mn_buf text;             /* SAY: the words; CALL: the arguments, JSON */
    char name[MN_SIM_NAME_MAX + 1]; /* CALL: the function */
    int64_t lasts_ms;               /* SAY: length of the speech; 0: from the words */
};

/* What a response will hold, in order; or how it fails (status "failed"). */
struct mn_sim_outputs {
    struct mn_sim_output list[MN_SIM_OUTPUTS_MAX];
    int n;
    bool improvised; /* by the stand-in, which knows no formats */
    bool failed;
    char fail_type[32], fail_code[64], fail_message[256];
};

/* Each returns 0, -ENOMEM, or MN_EFULL past MN_SIM_OUTPUTS_MAX. */
int mn_sim_say(struct mn_sim_outputs *out, struct mn_str words, int64_t lasts_ms);
int mn_sim_call(struct mn_sim_outputs *out, struct mn_str name, struct mn_str arguments);
void mn_sim_fail(struct mn_sim_outputs *out, const char *type, const char *code,
                 const char *message);
void mn_sim_outputs_free(struct mn_sim_outputs *out); /* leaves it empty and usable */

/* One item of the conversation as a brain sees it: its words, without ids and audio. */
struct mn_sim_line {
    enum mn_sim_who {
        MN_SIM_SYSTEM,
        MN_SIM_USER,
        MN_SIM_ASSISTANT,
        MN_SIM_CALLED, /* text: the arguments; name, call_id */
        MN_SIM_RESULT, /* text: the output; call_id */
    } who;
    struct mn_str text;
    struct mn_str name, call_id;
};

/* What a response is asked with. Everything is borrowed until answer() returns. */
struct mn_sim_ask {
    struct mn_str response_id;         /* which response it is about */
    struct mn_str instructions;        /* in force: the response's own, else the session's */
    bool own_instructions;             /* they came with the response */
    bool out_of_band;                  /* conversation "none" */
    const struct mn_json *tools;       /* array; the response's own, else the session's */
    const struct mn_json *tool_choice; /* a word, or an object naming a function */
    const struct mn_json *metadata;    /* of the response; may be NULL */
    const struct mn_sim_line *lines;   /* oldest first */
    int nlines;
};

struct mn_brain {
    void *owner;
    /* Returns 0; -EAGAIN when it does not know yet (asked again after mn_sim_wake); or an error,
     * which makes the response fail with server_error. */
    int (*answer)(void *owner, const struct mn_sim_ask *ask, struct mn_sim_outputs *out);
};

/* The stand-in: no model at all, but enough to try any app with. It keeps nothing between asks. */
extern const struct mn_brain mn_brain_standin;

#endif
