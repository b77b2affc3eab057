/* guard_trip.c - what becomes of a response that a guardrail blocks (R41).
 *
 *     cancelled, unheard audio dropped, what was heard kept --> a correction is asked for
 *     the correction trips, too: asked for again, MN_CORRECTIONS_MAX times in all
 *     --> fixed words --> nothing more
 *
 * Tools it had called go on and are answered as ever (R11); calls that come after are not run. */
#include "core/session_parts.h"

#define WORDS_BLOCKED                                                                              \
    "Your last answer was stopped by a policy of this service, before the caller heard it whole. " \
    "Say briefly that you cannot help with that, without repeating any of it, and lead back to "   \
    "what you can do."
#define WORDS_SAFE "I am sorry, I cannot help with that."

/* A block's parts: borrowed from the tree. */
struct block {
    struct mn_json *tree;
    struct mn_str say, hint;
    struct mn_buf info; /* JSON; owned */
};

static void block_read(struct mn_session *s, struct block *b, struct mn_str text)
{
    const struct mn_json *info;

    *b = (struct block){0};
    if (mn_json_parse(&b->tree, text, &mn_json_frame, NULL) != 0)
        return; /* it blocks all the same */
    b->say = mn_json_str(b->tree, "say");
    b->hint = mn_json_str(b->tree, "policy_hint");
    info = mn_json_get(b->tree, "info");
    if (info != NULL && mn_json_print(info, &b->info) != 0)
        s->err = b->info.err;
}

static void block_free(struct block *b)
{
    mn_json_free(b->tree);
    mn_buf_free(&b->info);
}

static void note(struct mn_session *s, const struct mn_check *c, const struct block *b)
{
    const struct mn_agent_spec *agent = &s->app->agents[c->agent];
    const struct mn_guardrails *rails = c->input ? &agent->input_guards : &agent->output_guards;
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_GUARDRAIL_TRIPPED))
        return;
    mn_write_str(&w, "name", rails->list[c->guardrail].name);
    mn_write_text(&w, "on", c->input ? "input" : "output");
    if (b->info.n > 0)
        mn_write_raw(&w, "info", mn_buf_str(&b->info));
    if (c->response_id[0] != '\0')
        mn_write_text(&w, "response", c->response_id);
    if (c->item_id[0] != '\0')
        mn_write_text(&w, "item", c->item_id);
    mn_fx_done(s, &w);
    mn_history_mark(s, MN_ITEM_GUARDRAIL, rails->list[c->guardrail].name,
                    c->input ? MN_STR("input") : MN_STR("output"));
}

void mn_guard_note(struct mn_session *s, struct mn_str members)
{
    struct mn_json *tree;

    if (mn_json_parse(&tree, members, &mn_json_frame, NULL) != 0)
        return;
    mn_fx_note_given(s, MN_NOTE_GUARDRAIL_TRIPPED, tree);
    mn_history_mark(s, MN_ITEM_GUARDRAIL, mn_json_str(tree, "name"), mn_json_str(tree, "on"));
    mn_json_free(tree);
}

/* R8: by instructions, not by a message of a user's that was never said. */
static void correct(struct mn_session *s, const struct block *b)
{
    struct mn_buf line = {0};

    s->guard->correcting = ++s->guard->corrections <= MN_CORRECTIONS_MAX + 1;
    if (!s->guard->correcting) {
        mn_fx_note_error(s, "guardrail_gave_up",
                         "every correction was blocked as well: nothing more is said this turn");
    } else if (s->guard->corrections > MN_CORRECTIONS_MAX) {
        mn_session_speak(s, MN_SAY, MN_STR(WORDS_SAFE), true);
    } else if (b->say.n > 0) {
        mn_session_speak(s, MN_SAY, b->say, true);
    } else {
        mn_buf_add_text(&line, WORDS_BLOCKED);
        if (b->hint.n > 0)
            mn_buf_addf(&line, " The policy: %.*s", MN_FMT(b->hint));
        mn_session_speak(s, "", mn_buf_str(&line), false);
    }
    mn_buf_free(&line);
}

/* A held text nothing was told of was not said (R32). */
static void forget_untold(struct mn_session *s)
{
    const struct mn_guard *g = s->guard;
    const struct mn_item *item = mn_history_find(&s->history, mn_str(g->item_id));

    if (g->hold.on && g->hold.released.held == g->hold.first && item != NULL && !item->spoken)
        mn_cut_delete_later(s, g->item_id);
}

static void stop_response(struct mn_session *s, const struct block *b)
{
    struct mn_guard *g = s->guard;
    bool left = g->cut;

    g->tripped = true;
    mn_guard_stop(s);
    if (left)
        return; /* the caller cut in and is answered: the note has told what they heard */
    forget_untold(s);
    mn_cut_off(s);
    correct(s, b);
}

void mn_guard_trip(struct mn_session *s, const struct mn_check *c, struct mn_str block)
{
    bool newest = mn_guard_is_newest(s, c);
    struct block b;

    block_read(s, &b, block);
    note(s, c, &b);
    if (c->input)
        mn_gate_refuse(s, c, b.say, b.hint);
    if (c->filler)
        mn_guard_stop_filler(s, c);
    if (newest && !s->guard->tripped)
        stop_response(s, &b); /* R40: a late one touches no other */
    block_free(&b);
}

void mn_guard_new_turn(struct mn_session *s)
{
    if (s->guard != NULL)
        s->guard->corrections = 0;
}

bool mn_guard_tripped(const struct mn_session *s, const char *response_id)
{
    return s->guard != NULL && s->guard->tripped && strcmp(s->turn.response_id, response_id) == 0;
}

/* The correction answers what the blocked response asked of tools, too. */
bool mn_guard_corrects(const struct mn_session *s, const char *response_id)
{
    return mn_guard_tripped(s, response_id) && s->guard->correcting;
}
