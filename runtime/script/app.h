/* app.h - what a bundle holds, for this room's own files. Everyone else sees bundle.h. */
#ifndef MN_SCRIPT_APP_H
#define MN_SCRIPT_APP_H

#include "base/schema.h"
#include "script/arena.h"
#include "script/bundle.h"
#include "script/folder.h"
#include "script/route.h"
#include "script/shelf.h"
#include "script/sounds.h"
#include "script/watch.h"
#include "script/zone.h"

/* What a tool's JSON says, made once. */
struct mn_tool_text {
    struct mn_str definition;  /* {"type":"function","name":...}, as the model gets it */
    struct mn_schema *check;   /* owned; of its arguments */
    struct mn_str description; /* for mn_bundle_tree, as asks: the text agent it runs, or empty */
    struct mn_str asks;
};

/* A text agent: what its runs need that is JSON, made once. */
struct mn_text_agent {
    struct mn_str name, model;
    struct mn_str format;     /* of its answers, as the API takes it; empty: text */
    struct mn_schema *output; /* owned; of them, or NULL */
    int ntools;
    struct mn_tool_spec *tools; /* their names and times */
    struct mn_tool_text *texts;
};

struct mn_agent_text {
    struct mn_tool_text *tools; /* as many as the spec's */
};

/* A type of event the app looks at, or one of its own (hook.h). */
struct mn_app_hook {
    struct mn_str type;
    struct mn_schema *check; /* owned; of an own type's fields, else NULL */
};

struct mn_bundle {
    int holds;
    bool testing;       /* mn_bundle_load_for_test */
    bool keeps;         /* it has a store */
    bool still;         /* live = false: its calls keep the texts they began with (R60) */
    struct mn_log *log; /* borrowed */
    struct mn_folder folder;
    struct mn_shelf shelf;
    struct mn_sounds_kept sounds;
    struct mn_watch watch;
    struct mn_zone zone; /* the app's; UTC when it names none */
    struct mn_arena arena;
    struct mn_app_spec spec;     /* in the arena, as the texts */
    struct mn_agent_text *texts; /* as many as the spec's agents */
    struct mn_text_agent *text_agents;
    int ntext_agents;
    struct mn_app_hook *hooks[2]; /* by enum mn_hook_side; in the arena */
    int nhooks[2];
    struct mn_app_route *routes; /* in the arena, as their texts */
    int nroutes;
    bool hears_reload; /* on.reload */
    struct mn_buf warnings;
};

/* A tool of an agent by their places; text agents stand behind the spec's. NULL: there is none. */
const struct mn_tool_text *mn_bundle_tool(const struct mn_bundle *b, int64_t agent, int64_t tool);

/* tree.c: the rules that do not hold in direct calls (R83), and why; ended by a NULL rule. */
struct mn_unheld {
    const char *rule, *why;
};
extern const struct mn_unheld mn_unheld[];

/* plan.c: fills the spec from what the SDK made of the app's files, in a vm that checked it. */
struct mn_vm;
int mn_plan_read(struct mn_bundle *b, struct mn_vm *vm, struct mn_buf *why);

#endif
