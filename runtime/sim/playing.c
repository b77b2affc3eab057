/* playing.c - what the far end hears, where audio travels beside the session (WebRTC, SIP): when it
 * begins, ends or is cut off, the events say, and an item that was cut off the server truncates by
 * itself.
 *
 * One response plays at a time: when the next begins, the one before it has been heard. */
#include "sim/machine.h"

static void tell(struct mn_sim *sim, enum mn_event_type type)
{
    struct mn_writer w;

    if (!mn_sim_begin(sim, &w, type))
        return;
    mn_write_text(&w, "response_id", sim->playing.response_id);
    mn_sim_end(sim, &w);
}

static void stop(struct mn_sim *sim, enum mn_event_type type)
{
    tell(sim, type);
    sim->playing = (struct mn_sim_playing){0};
}

void mn_sim_play_item(struct mn_sim *sim, const struct mn_sim_response *r)
{
    struct mn_sim_playing *p = &sim->playing;

    if (!sim->set.direct)
        return;
    if (strcmp(p->response_id, r->id) != 0) {
        if (p->response_id[0] != '\0')
            stop(sim, MN_EV_OUTPUT_AUDIO_BUFFER_STOPPED);
        mn_id_copy(p->response_id, mn_str(r->id));
        tell(sim, MN_EV_OUTPUT_AUDIO_BUFFER_STARTED);
    }
    p->began_ms = sim->now_ms;
    p->lasts_ms = 0;
    mn_id_copy(p->item_id, mn_str(r->items[r->nitems - 1]->id));
}

void mn_sim_play_more(struct mn_sim *sim, int64_t ms)
{
    if (sim->set.direct)
        sim->playing.lasts_ms += ms;
}

void mn_sim_play_whole(struct mn_sim *sim, const struct mn_sim_response *r)
{
    if (strcmp(sim->playing.response_id, r->id) == 0)
        sim->playing.whole = true;
}

void mn_sim_play_cut(struct mn_sim *sim)
{
    const struct mn_sim_playing was = sim->playing;
    struct mn_sim_item *item = mn_sim_item_find(sim, mn_str(was.item_id));
    int64_t heard_ms = sim->now_ms - was.began_ms;

    if (was.response_id[0] == '\0')
        return;
    stop(sim, MN_EV_OUTPUT_AUDIO_BUFFER_CLEARED);
    if (item != NULL && heard_ms < item->parts[0].audio_ms)
        mn_sim_item_shorten(sim, item, heard_ms);
}

int64_t mn_sim_play_deadline(const struct mn_sim *sim)
{
    const struct mn_sim_playing *p = &sim->playing;

    return p->whole ? p->began_ms + p->lasts_ms : INT64_MAX;
}

void mn_sim_play_tick(struct mn_sim *sim)
{
    stop(sim, MN_EV_OUTPUT_AUDIO_BUFFER_STOPPED);
}
