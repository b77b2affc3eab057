/* prelude.c - tools that run before an agent's first words, behind prelude.h (R69). */
#include "core/prelude.h"

#include "base/err.h"
#include "core/session_parts.h"

#include <errno.h>
#include <stdlib.h>

/* Nobody asked for it, so there is nothing to say of it. */
#define WORDS_LATE   "This did not answer in time. Carry on without it."
#define WORDS_FAILED "This failed. Carry on without it."

struct part {
    struct mn_tool_call call; /* in no list */
    bool off;                 /* not enabled: as if the prelude did not name it */
    struct mn_buf output;
};

struct mn_prelude {
    int n;
    struct part parts[];
};

static void part_free(struct part *part)
{
    mn_buf_free(&part->call.arguments);
    mn_buf_free(&part->output);
}

void mn_prelude_drop(struct mn_session *s)
{
    for (int i = 0; s->prelude != NULL && i < s->prelude->n; i++)
        part_free(&s->prelude->parts[i]);
    free(s->prelude);
    s->prelude = NULL;
}

static int32_t time_of(const struct mn_session *s, const struct mn_tool_spec *tool)
{
    return tool->timeout_ms < s->settings.prelude_ms ? tool->timeout_ms : s->settings.prelude_ms;
}

static void run(struct mn_session *s, struct part *part, int agent, int place)
{
    const struct mn_tool_spec *tool = &s->app->agents[agent].tools[place];
    struct mn_tool_call *call = &part->call;

    mn_list_init(&call->link);
    mn_id_new(call->call_id, "call", &s->random);
    mn_id_copy(call->name, tool->name);
    call->agent = agent;
    call->tool = place;
    call->began_ms = s->now_ms;
    call->deadline_ms = s->now_ms + time_of(s, tool);
    if (mn_buf_add_str(&call->arguments, MN_STR("{}")) != 0)
        s->err = -ENOMEM;
    if (!tool->conditional)
        mn_tools_note_start(s, call);
    call->ticket =
        mn_fx_run(s, MN_JOB_PRELUDE, agent, place, call->call_id, mn_buf_str(&call->arguments));
}

bool mn_prelude_begin(struct mn_session *s, int agent)
{
    const struct mn_agent_spec *spec = &s->app->agents[agent];

    if (spec->nprelude == 0)
        return false;
    mn_prelude_drop(s);
    s->prelude = calloc(1, sizeof(*s->prelude) + (size_t)spec->nprelude * sizeof(struct part));
    if (s->prelude == NULL) {
        s->err = -ENOMEM;
        return false;
    }
    s->prelude->n = spec->nprelude;
    for (int i = 0; i < spec->nprelude; i++)
        run(s, &s->prelude->parts[i], agent, spec->prelude[i]);
    return true;
}

/* --- its end --- */

static bool is_over(const struct mn_prelude *p)
{
    for (int i = 0; i < p->n; i++) {
        if (p->parts[i].call.ticket != 0)
            return false;
    }
    return true;
}

static void go_on(struct mn_session *s)
{
    if (!is_over(s->prelude))
        return;
    if (s->handoff.phase == MN_HANDOFF_PRELUDE)
        mn_handoff_prepare(s);
    else
        mn_opening_prepare(s);
}

/* That one which may be off has run is known only now. */
static void end(struct mn_session *s, struct part *part, struct mn_str output)
{
    const struct mn_tool_call *call = &part->call;

    part->call.ticket = 0;
    if (part->off)
        return;
    if (s->app->agents[call->agent].tools[call->tool].conditional)
        mn_tools_note_start(s, call);
    if (mn_buf_add_str(&part->output, output) != 0)
        s->err = -ENOMEM;
    mn_tools_note_end(s, call, output);
}

static struct part *part_of(const struct mn_session *s, uint32_t ticket)
{
    for (int i = 0; s->prelude != NULL && ticket != 0 && i < s->prelude->n; i++) {
        if (s->prelude->parts[i].call.ticket == ticket)
            return &s->prelude->parts[i];
    }
    return NULL;
}

bool mn_prelude_result(struct mn_session *s, const struct mn_input *in)
{
    struct part *part = part_of(s, in->ticket);

    if (part == NULL)
        return false;
    part->off = in->err == MN_EABSENT;
    end(s, part, in->text.n > 0 ? in->text : MN_STR(WORDS_FAILED));
    go_on(s);
    return true;
}

const char *mn_prelude_tool(const struct mn_session *s, uint32_t ticket)
{
    const struct part *part = part_of(s, ticket);

    return part != NULL ? part->call.name : "";
}

/* --- the history --- */

static struct mn_item *put_call(struct mn_session *s, const struct part *part)
{
    char id[MN_ID_MAX];
    struct mn_item *item;
    bool added;

    mn_id_new(id, "item", &s->random);
    item = mn_history_put(&s->history, mn_str(id), (struct mn_str){0}, &added);
    s->voice = NULL; /* a full history may have forgotten it */
    if (item == NULL) {
        s->err = -ENOMEM;
        return NULL;
    }
    item->kind = MN_ITEM_CALL;
    item->done = true;
    item->ours = true;
    item->absent = true;
    mn_id_copy(item->call_id, mn_str(part->call.call_id));
    mn_id_copy(item->name, mn_str(part->call.name));
    if (mn_buf_add_str(&item->text, mn_buf_str(&part->call.arguments)) != 0 ||
        mn_buf_add_str(&item->output, mn_buf_str(&part->output)) != 0)
        s->err = -ENOMEM;
    return item;
}

static void keep(struct mn_session *s, const struct part *part)
{
    struct mn_item *item = part->off ? NULL : put_call(s, part);
    char id[MN_ID_MAX];

    if (item == NULL)
        return;
    mn_id_new(id, "item", &s->random);
    mn_items_sent_output(s, mn_str(id), mn_str(part->call.call_id));
    mn_items_note(s, MN_NOTE_HISTORY_ADDED, item);
    if (mn_legs_ready(&s->legs)) /* else it is told with the rest of the history */
        mn_replay_item(s, s->legs.active.number, item, NULL);
}

void mn_prelude_keep(struct mn_session *s)
{
    for (int i = 0; s->prelude != NULL && i < s->prelude->n; i++)
        keep(s, &s->prelude->parts[i]);
    mn_prelude_drop(s);
}

/* --- time --- */

int64_t mn_prelude_deadline(const struct mn_session *s)
{
    int64_t first_ms = INT64_MAX;

    for (int i = 0; s->prelude != NULL && i < s->prelude->n; i++) {
        const struct mn_tool_call *call = &s->prelude->parts[i].call;

        if (call->ticket != 0 && call->deadline_ms < first_ms)
            first_ms = call->deadline_ms;
    }
    return first_ms;
}

void mn_prelude_time(struct mn_session *s)
{
    if (s->now_ms < mn_prelude_deadline(s))
        return;
    for (int i = 0; i < s->prelude->n; i++) {
        struct part *part = &s->prelude->parts[i];

        if (part->call.ticket == 0 || s->now_ms < part->call.deadline_ms)
            continue;
        mn_fx_stop(s, part->call.ticket);
        end(s, part, MN_STR(WORDS_LATE));
    }
    go_on(s);
}

void mn_prelude_ended(struct mn_session *s)
{
    for (int i = 0; s->prelude != NULL && i < s->prelude->n; i++) {
        struct mn_tool_call *call = &s->prelude->parts[i].call;

        if (call->ticket == 0 ||
            s->app->agents[call->agent].tools[call->tool].on_interrupt != MN_CANCEL)
            continue;
        mn_fx_stop(s, call->ticket);
        call->ticket = 0;
    }
}
