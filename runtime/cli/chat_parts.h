/* chat_parts.h - what a chat holds, shared by chat.c, chat_orders.c and chat_save.c. */
#ifndef MN_CLI_CHAT_PARTS_H
#define MN_CLI_CHAT_PARTS_H

#include "call/call.h"
#include "cli/command.h"
#include "io/lines.h"

struct chat {
    struct mn_worker *worker;
    struct mn_call *call; /* NULL once it is over */
    struct mn_link *link;
    struct mn_lines *lines;
    struct mn_timer look; /* after what came: is it our turn? */
    struct mn_timer barge;
    int64_t barge_ms; /* :barge: cut in so long after the next answer begins; 0: no */
    char agent[MN_ID_MAX];
    bool tty, streaming, asked, at_end, failed;
    bool told_to;        /* what comes next was asked for by :say */
    bool greeted;        /* the agent's own words have been said: they need no line in a scenario */
    struct mn_buf steps; /* the conversation so far, as lines of a scenario (chat_save.c) */
};

/* --- chat.c --- */
void mn_chat_show(struct chat *c, const char *what, struct mn_str text);

/* --- chat_orders.c --- */
/* A line that begins with ':' is for us. Returns whether an answer of the agent's follows. */
bool mn_chat_order(struct chat *c, struct mn_str line);

/* --- chat_save.c --- */
void mn_chat_keep_typed(struct chat *c, struct mn_str text);
void mn_chat_keep_said(struct chat *c, struct mn_str text);
void mn_chat_keep_tool(struct chat *c, const struct mn_json *note); /* an agent_tool_end */
void mn_chat_keep_handoff(struct chat *c, const struct mn_json *note);
/* Writes the conversation as a scenario. Returns 0 or -errno. */
int mn_chat_save(const struct chat *c, const char *path);

#endif
