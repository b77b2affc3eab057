/* stage_api.c - the API beside the Realtime sessions, on a stage: its rules are the simulator's
 * (rest.h), its words the scenario's. */
#include "base/err.h"
#include "sim/stage_parts.h"

#include <errno.h>

/* The scenario's words for the request that is being answered. */
static int answer(void *stage, const struct mn_sim_ask *ask, struct mn_sim_outputs *out)
{
    struct mn_stage *st = stage;

    if (st->written == NULL)
        return mn_brain_standin.answer(mn_brain_standin.owner, ask, out);
    *out = *st->written;
    *st->written = (struct mn_sim_outputs){0};
    return 0;
}

static struct mn_rest *rest_of(struct mn_stage *st)
{
    st->writer = (struct mn_brain){.owner = st, .answer = answer};
    if (st->rest == NULL)
        st->rest = mn_rest_new(&st->writer, st->seed);
    return st->rest;
}

int mn_stage_flag(struct mn_stage *st, struct mn_str words, struct mn_str category)
{
    return rest_of(st) != NULL ? mn_rest_flag(st->rest, words, category) : -ENOMEM;
}

static int ask(struct mn_stage *st, struct mn_str path, struct mn_str body,
               struct mn_rest_answer *out)
{
    struct mn_buf whole = {0};
    int err = -ENOMEM;

    mn_buf_add_text(&whole, "/v1");
    if (mn_buf_add_str(&whole, path) == 0 && rest_of(st) != NULL)
        err = mn_rest_answer(st->rest,
                             &(struct mn_rest_ask){
                                 .method = MN_STR("POST"),
                                 .path = mn_buf_str(&whole),
                                 .body = body,
                                 .wall_s = mn_clock_wall(&st->clock) / 1000,
                             },
                             out);
    mn_buf_free(&whole);
    return err;
}

int mn_stage_answer_api(struct mn_stage *st, int id, struct mn_sim_outputs *outputs,
                        int64_t delay_ms, struct mn_buf *out)
{
    struct mn_rest_answer answer = {0};
    struct mn_header type = {MN_STR("content-type"), MN_STR("application/json")};
    struct mn_str path, body;
    bool told;

    if (!mn_stage_asked_of_api(st, id, &path, &body))
        return 0;
    st->written = outputs;
    told = ask(st, path, body, &answer) == 0 &&
           mn_stage_reply(st, id,
                          &(struct mn_http_answer){.status = answer.status,
                                                   .headers = &type,
                                                   .nheaders = 1,
                                                   .body = mn_buf_str(&answer.body)},
                          delay_ms);
    st->written = NULL;
    mn_buf_add_str(out, mn_buf_str(&answer.body));
    mn_buf_free(&answer.body);
    return told ? answer.status : 0;
}
