/* usage.c - tokens and rate limits, counted so that they always add up.
 *
 * The rates are close to the real ones and documented nowhere exactly: four bytes of text a token,
 * ten tokens a second of the caller's audio, twenty of the model's. What was in the last response's
 * input counts as cached, in blocks of 64 as the real server does; it is a part of the input. */
#include "sim/machine.h"

#include <inttypes.h>
#include <stdio.h>

#define IMAGE_TOKENS 100
#define CACHE_BLOCK  64
#define MINUTE_MS    60000

int64_t mn_sim_tokens_of_text(size_t bytes)
{
    return (int64_t)(bytes + 3) / 4;
}

struct mn_sim_tokens mn_sim_tokens_of(const struct mn_sim_item *item)
{
    struct mn_sim_tokens t = {.text = mn_sim_tokens_of_text(item->text.n + strlen(item->name))};

    for (int i = 0; i < item->nparts; i++) {
        const struct mn_sim_part *part = &item->parts[i];

        if (part->kind == MN_SIM_INPUT_IMAGE)
            t.image += IMAGE_TOKENS;
        else if (part->kind == MN_SIM_INPUT_AUDIO)
            t.audio += (part->audio_ms + 99) / 100;
        else
            t.text += mn_sim_tokens_of_text(part->words.n);
        if (part->kind == MN_SIM_OUTPUT_AUDIO)
            t.audio += (part->audio_ms + 49) / 50;
    }
    return t;
}

static int64_t cached(int64_t before, int64_t now)
{
    int64_t same = before < now ? before : now;

    return same / CACHE_BLOCK * CACHE_BLOCK;
}

void mn_sim_usage_in(struct mn_sim *sim, struct mn_sim_response *r, size_t overhead_bytes)
{
    struct mn_list *items = r->own_input ? &r->input : &sim->items;
    struct mn_sim_tokens *last = &sim->meter.last;

    r->in = (struct mn_sim_tokens){.text = mn_sim_tokens_of_text(overhead_bytes)};
    for (struct mn_list *n = items->next; n != items; n = n->next) {
        struct mn_sim_tokens t = mn_sim_tokens_of(mn_container_of(n, struct mn_sim_item, link));

        r->in.text += t.text;
        r->in.audio += t.audio;
        r->in.image += t.image;
    }
    r->cached.text = cached(last->text, r->in.text);
    r->cached.audio = cached(last->audio, r->in.audio);
    r->cached.image = cached(last->image, r->in.image);
    *last = r->in;
}

static void write_tokens(struct mn_writer *w, const struct mn_sim_tokens *t, bool image)
{
    mn_write_int(w, "text_tokens", t->text);
    mn_write_int(w, "audio_tokens", t->audio);
    if (image)
        mn_write_int(w, "image_tokens", t->image);
}

static int64_t sum(const struct mn_sim_tokens *t)
{
    return t->text + t->audio + t->image;
}

void mn_sim_usage_write(struct mn_writer *w, const struct mn_sim_response *r)
{
    mn_write_open(w, "usage", '{');
    mn_write_int(w, "total_tokens", sum(&r->in) + sum(&r->out));
    mn_write_int(w, "input_tokens", sum(&r->in));
    mn_write_int(w, "output_tokens", sum(&r->out));
    mn_write_open(w, "input_token_details", '{');
    write_tokens(w, &r->in, true);
    mn_write_int(w, "cached_tokens", sum(&r->cached));
    mn_write_open(w, "cached_tokens_details", '{');
    write_tokens(w, &r->cached, true);
    mn_write_close(w);
    mn_write_close(w);
    mn_write_open(w, "output_token_details", '{');
    write_tokens(w, &r->out, false);
    mn_write_close(w);
    mn_write_close(w);
}

static void write_limit(struct mn_writer *w, const char *name, int64_t limit, int64_t used,
                        int64_t left_ms)
{
    mn_write_open(w, NULL, '{');
    mn_write_text(w, "name", name);
    mn_write_int(w, "limit", limit);
    mn_write_int(w, "remaining", used < limit ? limit - used : 0);
    mn_write_num(w, "reset_seconds", (double)left_ms / 1000);
    mn_write_close(w);
}

/* Begins a new minute when the old one is over. */
static void roll(struct mn_sim *sim)
{
    struct mn_sim_meter *m = &sim->meter;

    if (sim->now_ms - m->window_ms >= MINUTE_MS)
        *m = (struct mn_sim_meter){.last = m->last, .window_ms = sim->now_ms};
}

bool mn_sim_rates_spent(struct mn_sim *sim, struct mn_sim_response *r)
{
    const struct mn_sim_meter *m = &sim->meter;
    bool tokens;
    char why[160];

    roll(sim);
    tokens = m->spent >= sim->set.tokens_minute;
    if (!sim->set.rates_hold || (!tokens && m->requests < sim->set.requests_minute))
        return false;
    snprintf(why, sizeof(why),
             "Rate limit reached on %s per min: Limit %" PRId32 ". Please try again in %.3fs.",
             tokens ? "tokens" : "requests",
             tokens ? sim->set.tokens_minute : sim->set.requests_minute,
             (double)(m->window_ms + MINUTE_MS - sim->now_ms) / 1000);
    mn_sim_fail(&r->outputs, "rate_limit_error", "rate_limit_exceeded", why);
    return true;
}

void mn_sim_rate_limits(struct mn_sim *sim, const struct mn_sim_response *r)
{
    struct mn_sim_meter *m = &sim->meter;
    struct mn_writer w;
    int64_t left_ms;

    roll(sim);
    m->requests++;
    m->spent += sum(&r->in) + sum(&r->out);
    left_ms = m->window_ms + MINUTE_MS - sim->now_ms;
    if (!mn_sim_begin(sim, &w, MN_EV_RATE_LIMITS_UPDATED))
        return;
    mn_write_open(&w, "rate_limits", '[');
    write_limit(&w, "requests", sim->set.requests_minute, m->requests, left_ms);
    write_limit(&w, "tokens", sim->set.tokens_minute, m->spent, left_ms);
    mn_write_close(&w);
    mn_sim_end(sim, &w);
}
