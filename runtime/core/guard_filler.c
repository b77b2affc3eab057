/* guard_filler.c - guardrails on fillers, which are said beside the conversation (R75, R18).
 *
 * A filler is a line of the author's in the model's mouth, and a short one: it is looked at once
 * its words are whole, is not held, and when it is blocked it is cut off. No correction is asked
 * for: the answer it bridges to is still to come. */
#include "core/session_parts.h"

void mn_guard_filler(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_str words = mn_json_str(ev->body, "transcript");

    if (words.n == 0)
        words = mn_json_str(ev->body, "text");
    for (int i = 0; i < s->app->agents[s->agent].output_guards.n; i++) {
        struct mn_check *c = mn_guard_check(s, false, i, s->agent, words);

        if (c == NULL)
            return;
        c->filler = true;
        mn_id_copy(c->response_id, ev->response_id);
        mn_id_copy(c->item_id, ev->item_id);
    }
}

void mn_guard_stop_filler(struct mn_session *s, const struct mn_check *c)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    bool unheard = mn_playout_unheard(&s->playout, s->now_ms) > 0;

    if (strcmp(s->filler.response_id, c->response_id) == 0)
        mn_filler_cut(s);
    if (!unheard || !(mn_filler_said(s, c->item_id) || mn_direct_plays(s, c->response_id)))
        return; /* it was heard; what waits now is something else */
    (void)mn_playout_cut(&s->playout, s->now_ms, cuts);
    mn_fx(s, MN_FX_DROP);
    mn_direct_clear(s);
    s->speaking = false;
}
