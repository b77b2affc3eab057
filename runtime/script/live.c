/* live.c - which generation a call's texts are of (live.h). */
#include "script/live.h"

#include "base/err.h"
#include "script/app.h"
#include "script/state_parts.h"

static bool has_tool(const struct mn_agent_spec *agent, struct mn_str name)
{
    for (int t = 0; t < agent->ntools; t++) {
        if (mn_str_same(agent->tools[t].name, name))
            return true;
    }
    return false;
}

static int refuse(struct mn_buf *why, const char *format, struct mn_str agent, struct mn_str tool)
{
    mn_buf_addf(why, format, MN_FMT(agent), MN_FMT(tool));
    return MN_ECONFIG;
}

/* Whether b's agents and their tools are all in a; the words say it as b the newer one. */
static int holds(const struct mn_app_spec *a, const struct mn_app_spec *b, const char *no_agent,
                 const char *no_tool, struct mn_buf *why)
{
    for (int i = 0; i < b->nagents; i++) {
        const struct mn_agent_spec *agent = &b->agents[i];
        int place = mn_app_agent_named(a, agent->name);

        if (place < 0)
            return refuse(why, no_agent, agent->name, (struct mn_str){0});
        for (int t = 0; t < agent->ntools; t++) {
            if (!has_tool(&a->agents[place], agent->tools[t].name))
                return refuse(why, no_tool, agent->name, agent->tools[t].name);
        }
    }
    return 0;
}

int mn_state_move(struct mn_state *st, struct mn_bundle *newer, struct mn_buf *why)
{
    const struct mn_app_spec *mine = &st->bundle->spec, *its = &newer->spec;
    int err;

    if (st->bundle->still)
        return MN_EABSENT;
    err = holds(mine, its, "agent '%.*s'%.*s is new", "agent '%.*s' has a new tool '%.*s'", why);
    if (err == 0)
        err = holds(its, mine, "agent '%.*s'%.*s is gone",
                    "agent '%.*s' has no tool '%.*s' any more", why);
    if (err != 0)
        return err;
    mn_bundle_hold(newer);
    mn_bundle_drop(st->texts);
    st->texts = newer;
    st->vm.texts = newer;
    st->vm.moves++;
    return 0;
}
