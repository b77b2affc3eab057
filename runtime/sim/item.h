/* item.h - one item of the simulated conversation, as the server keeps it. */
#ifndef MN_SIM_ITEM_H
#define MN_SIM_ITEM_H

#include "base/id.h"
#include "base/json_write.h"
#include "base/list.h"
#include "core/event.h"
#include "sim/brain.h"

enum mn_sim_part_kind {
    MN_SIM_INPUT_TEXT,
    MN_SIM_INPUT_AUDIO,
    MN_SIM_INPUT_IMAGE,
    MN_SIM_OUTPUT_TEXT,
    MN_SIM_OUTPUT_AUDIO,
};

struct mn_sim_part {
    enum mn_sim_part_kind kind;
    struct mn_buf words; /* text or transcript; of an image its URL */
    bool untold;         /* the client has not been given the transcript */
    int64_t audio_ms;
};

enum mn_sim_status { MN_SIM_IN_PROGRESS, MN_SIM_COMPLETED, MN_SIM_INCOMPLETE };

struct mn_sim_item {
    struct mn_list link;
    char id[MN_ID_MAX];
    enum mn_sim_who who;
    enum mn_sim_status status;
    bool held;       /* a response in flight points at it */
    uint32_t number; /* in the watermark of its speech */
    char call_id[MN_ID_MAX], name[MN_SIM_NAME_MAX + 1];
    struct mn_buf text; /* CALLED: arguments; RESULT: output */
    struct mn_sim_part *parts;
    int nparts;
};

struct mn_sim_item *mn_sim_item_new(enum mn_sim_who who, int nparts); /* NULL: no memory */
void mn_sim_item_free(struct mn_sim_item *item);                      /* accepts NULL; unlinks */
struct mn_sim_item *mn_sim_item_copy(const struct mn_sim_item *item); /* in no list; or NULL */
size_t mn_sim_item_bytes(const struct mn_sim_item *item);

/* Reads an item of a decoded event, below param ("item", "response.input[2]"). Returns 0, -ENOMEM,
 * or MN_EPROTOCOL with why filled but for its event_id. The id is empty when the client gave none.
 */
int mn_sim_item_read(struct mn_sim_item **out, const struct mn_json *v, const char *param,
                     enum mn_dialect dialect, struct mn_fault *why);

/* Writes everything but audio bytes. */
void mn_sim_item_write(struct mn_writer *w, const char *key, const struct mn_sim_item *item,
                       enum mn_dialect dialect);

/* The same with its speech, base64 of PCM16 at 24 kHz; empty: none. */
void mn_sim_item_write_heard(struct mn_writer *w, const char *key, const struct mn_sim_item *item,
                             enum mn_dialect dialect, struct mn_str audio);

/* The first line of an item for a brain is line 0; an item has at least one. */
int mn_sim_item_lines(const struct mn_sim_item *item);
struct mn_sim_line mn_sim_item_line(const struct mn_sim_item *item, int index);

#endif
