/* config.h - the session's effective configuration: a table of keys, each a JSON text. */
#ifndef MN_SIM_CONFIG_H
#define MN_SIM_CONFIG_H

#include "audio/format.h"
#include "audio/vad.h"
#include "base/json_write.h"
#include "core/event.h"

enum mn_sim_key {
    MN_SIM_MODEL,
    MN_SIM_MODALITIES,
    MN_SIM_INSTRUCTIONS,
    MN_SIM_TOOLS,
    MN_SIM_TOOL_CHOICE,
    MN_SIM_MAX_TOKENS,
    MN_SIM_TRACING,
    MN_SIM_TRUNCATION,
    MN_SIM_PROMPT,
    MN_SIM_PARALLEL,
    MN_SIM_REASONING,
    MN_SIM_INCLUDE,
    MN_SIM_TEMPERATURE,
    MN_SIM_IN_FORMAT,
    MN_SIM_TRANSCRIPTION,
    MN_SIM_NOISE,
    MN_SIM_TURNS,
    MN_SIM_OUT_FORMAT,
    MN_SIM_VOICE,
    MN_SIM_SPEED,
    MN_SIM_KEYS
};

/* turn_detection, read. Semantic VAD is server VAD whose patience is its eagerness. */
struct mn_sim_turns {
    bool on, create, interrupt;
    struct mn_vad_settings vad;
    int64_t idle_ms; /* 0: none */
};

struct mn_sim_config {
    bool transcription;               /* the session only transcribes: it has no model to answer */
    struct mn_buf value[MN_SIM_KEYS]; /* GA JSON texts; empty: the key is not shown */
    struct mn_sim_turns turns;
    enum mn_audio_format in, out;
    bool speaks; /* output_modalities holds "audio" */
    bool transcribes;
    int64_t max_tokens; /* of a response; 0: no limit */
};

int mn_sim_config_init(struct mn_sim_config *c, const char *model, enum mn_dialect dialect,
                       bool transcription);
void mn_sim_config_free(struct mn_sim_config *c);

/* Applies what a session.update holds, all or nothing. spoke: audio of the assistant is present, so
 * the voice is fixed. Returns 0, -ENOMEM, or MN_EPROTOCOL with why filled but for its event_id. */
int mn_sim_config_update(struct mn_sim_config *c, const struct mn_json *session,
                         enum mn_dialect dialect, bool spoke, struct mn_fault *why);

/* Writes the members of a session object, without id and the like. */
void mn_sim_config_write(const struct mn_sim_config *c, struct mn_writer *w,
                         enum mn_dialect dialect);

/* Reads turn_detection (NULL: the default) and appends what the session shows of it. False, and
 * nothing done, when a time is out of range. Text's error sticks. */
bool mn_sim_turns_read(const struct mn_json *v, struct mn_sim_turns *out, struct mn_buf *text);

/* Values that responses override too. Each returns whether the value was one it knows. */
bool mn_sim_read_format(const struct mn_json *v, enum mn_audio_format *out);
bool mn_sim_read_modalities(const struct mn_json *v, enum mn_dialect dialect, bool *speaks);
bool mn_sim_read_tools(const struct mn_json *v);
int64_t mn_sim_max_tokens(const struct mn_json *v); /* 0 for "inf" */

/* A format as a session shows it: an object in GA, a name in beta. */
void mn_sim_write_format(struct mn_writer *w, const char *key, enum mn_audio_format format,
                         enum mn_dialect dialect);

#endif
