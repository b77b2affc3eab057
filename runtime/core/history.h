/* history.h - what was said and done, in the model's order, as far as it was heard (R34, R50 to
 * R52).
 *
 * Items stand where previous_item_id puts them, whatever the order of arrival. An assistant's
 * message keeps two texts: full, as generated, and text, cut where its audio was cut. No audio is
 * kept (R51), and of an image only what it was.
 *
 * The history holds more than the model knows: handoffs and other marks of ours, and items that
 * were taken from the model by a handoff (R24). mn_item_known() tells them apart. */
#ifndef MN_CORE_HISTORY_H
#define MN_CORE_HISTORY_H

#include "base/buf.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/list.h"

#include <stdint.h>

/* A call of an hour has some 400 items; past this many the oldest is forgotten. */
#define MN_HISTORY_ITEMS 4096

/* Transcript deltas whose place in the audio is kept, an item; further ones lengthen the last. */
#define MN_HISTORY_MARKS 256

/* Parts of a message whose words are told apart; those of further ones go with the last. */
#define MN_ITEM_PARTS 8

/* An image's address longer than this is not kept; a caller's own bytes never are. */
#define MN_ITEM_URL_MAX 500

enum mn_item_kind {
    MN_ITEM_MESSAGE,
    MN_ITEM_CALL,      /* a function call with its output, once there is one */
    MN_ITEM_OUTPUT,    /* a function_call_output as the model's conversation has it; not shown */
    MN_ITEM_OTHER,     /* mcp and what is not known; not shown */
    MN_ITEM_HANDOFF,   /* from here on marks of ours, which no model knows */
    MN_ITEM_GUARDRAIL, /* one tripped */
    MN_ITEM_CONFIG,    /* the session changed: what of it */
    MN_ITEM_SOUND,     /* a recording without words was played (R9) */
};

/* From this millisecond of the item's audio on, what is heard was written after this many bytes. */
struct mn_mark {
    int64_t at_ms;
    size_t bytes;
};

struct mn_item {
    struct mn_list link;
    enum mn_item_kind kind;
    char id[MN_ID_MAX];
    char role[12]; /* user, assistant, system; messages only */
    char call_id[MN_ID_MAX];
    char name[MN_ID_MAX]; /* CALL: the tool; HANDOFF: the agent it went to; GUARDRAIL: which */
    char from[MN_ID_MAX]; /* HANDOFF: the agent it left; of the assistant, marks: who spoke */
    struct mn_buf text;   /* message: the words; CALL: the arguments; marks: what there is to say */
    struct mn_buf full;   /* an interrupted message: all that was generated */
    struct mn_buf output; /* CALL; SOUND: the path of its file */
    struct mn_buf images; /* of a message: the members of a JSON array, what each image was */
    size_t ends[MN_ITEM_PARTS]; /* where the words of each part end in text; in full, once cut */
    int nparts;
    struct mn_mark *marks;
    int nmarks;
    int64_t samples;  /* of audio received */
    int64_t heard_ms; /* -1 unless interrupted */
    unsigned turn;    /* the response it came in, by number (struct mn_turn); 0: in none */
    bool interrupted, done;
    bool spoken;    /* its text is a transcript of audio */
    bool absent;    /* the model has yet to be told of it */
    bool forgotten; /* taken from the model, kept here (R24) */
    bool gone;      /* taken from both (R52): here until the model has said so; not shown */
    bool doomed;    /* taken from the model once its response is over */
    bool named, wants_forgotten; /* by the edit under way (edit.c) */
    bool fades;                  /* will be forgotten when the handoff under way is done */
    int leg;                     /* whose conversation holds it (session.h) */
    int rewritten; /* times it was taken there to be written anew, and we have not heard so */
    bool ours;     /* written to the model by us: the caller hears nothing of that (R76) */
};

struct mn_history {
    struct mn_list items;
    int count;
};

void mn_history_init(struct mn_history *h);
void mn_history_free(struct mn_history *h);

/* Finds or makes the item. A new one goes behind previous_id; to the front when that is "root"; to
 * the end when it is empty or unknown. *added tells whether it is new. NULL: no memory. */
struct mn_item *mn_history_put(struct mn_history *h, struct mn_str id, struct mn_str previous_id,
                               bool *added);
struct mn_item *mn_history_find(struct mn_history *h, struct mn_str id); /* NULL when absent */
struct mn_item *mn_history_call(struct mn_history *h, struct mn_str call_id);
struct mn_item *mn_history_output(struct mn_history *h, struct mn_str call_id);
void mn_history_remove(struct mn_history *h, struct mn_item *item);

bool mn_item_known(const struct mn_item *item); /* does the model have it? */
bool mn_item_shown(const struct mn_item *item); /* is it part of what is told of a history? */

/* A piece of transcript that came when at_ms of the item's audio had been received. */
int mn_item_say(struct mn_item *item, int part, struct mn_str delta, int64_t at_ms);

/* All the words of a part, in place of those that came in pieces (to full once the item was cut).
 * *changed tells whether they differ. Words of two parts have a space between them. */
int mn_item_set(struct mn_item *item, int part, struct mn_str words, bool *changed);

/* How many bytes of its text had been spoken after heard_ms of received_ms. */
size_t mn_item_heard(const struct mn_item *item, int64_t heard_ms, int64_t received_ms);

/* The item was cut after heard_ms of received_ms: text becomes what was heard of it (R34). */
int mn_item_cut(struct mn_item *item, int64_t heard_ms, int64_t received_ms);

/* What mn_item_write wrote, or a script in its place, into an empty item. Returns 0, MN_EPROTOCOL
 * when it is no item, or -ENOMEM. */
int mn_item_read(struct mn_item *item, const struct mn_json *v);
void mn_item_free(struct mn_item *item); /* unlinks it; accepts NULL */

void mn_item_write(struct mn_writer *w, const char *key, const struct mn_item *item);

/* The newest `last` shown items (0: all), oldest first, as a JSON array. */
int mn_history_write(const struct mn_history *h, int last, struct mn_buf *out);

#endif
