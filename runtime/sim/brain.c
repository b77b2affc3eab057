/* brain.c - the stand-in: enough of an answer to try any app with. */
#include "sim/brain.h"

static int answer(void *owner, const struct mn_sim_ask *ask, struct mn_sim_outputs *out)
{
    (void)owner, (void)ask;
    return mn_sim_say(out, MN_STR("I am a stand-in for the model."), 0);
}

const struct mn_brain mn_brain_standin = {NULL, answer};
