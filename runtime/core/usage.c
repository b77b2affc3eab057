/* usage.c - the sums behind usage.h. */
#include "core/usage.h"

#include <stdio.h>

#define MS_A_MINUTE 60000

/* A number past these is no count; sums and prices of what is left cannot overflow. */
#define TOKENS_MAX  100000000
#define SECONDS_MAX 86400

static const char *const modalities[MN_MODALITIES] = {"text", "audio", "image"};

static int64_t count(const struct mn_json *object, const char *name)
{
    int64_t n = mn_json_int(object, name, 0);

    return n <= 0 ? 0 : n < TOKENS_MAX ? n : TOKENS_MAX;
}

static int64_t member(const struct mn_json *details, int modality)
{
    char name[32];

    snprintf(name, sizeof(name), "%s_tokens", modalities[modality]);
    return count(details, name);
}

static int64_t sum(const int64_t n[MN_MODALITIES])
{
    return n[MN_TEXT] + n[MN_AUDIO] + n[MN_IMAGE];
}

/* Splits total by its details; what they leave out is text. */
static void split(int64_t out[MN_MODALITIES], const struct mn_json *details, int64_t total)
{
    for (int m = 0; m < MN_MODALITIES; m++)
        out[m] = member(details, m);
    if (total > sum(out))
        out[MN_TEXT] += total - sum(out);
}

/* Never more than the input they are a part of. Where only their sum is told, text was cached
 * first: it is what stays the same from turn to turn. */
static void split_cached(struct mn_tokens *t, const struct mn_json *details)
{
    const struct mn_json *parts = mn_json_get(details, "cached_tokens_details");
    int64_t left = count(details, "cached_tokens");

    for (int m = 0; m < MN_MODALITIES; m++) {
        int64_t n = mn_json_kind(parts) == MN_JSON_OBJECT ? member(parts, m) : left;

        n = n < 0 ? 0 : n;
        t->cached[m] = n < t->input[m] ? n : t->input[m];
        left -= t->cached[m];
    }
}

static struct mn_tokens read_tokens(const struct mn_json *usage)
{
    const struct mn_json *input = mn_json_get(usage, "input_token_details");
    struct mn_tokens t = {0};

    split(t.input, input, count(usage, "input_tokens"));
    split_cached(&t, input);
    split(t.output, mn_json_get(usage, "output_token_details"), count(usage, "output_tokens"));
    t.total = count(usage, "total_tokens");
    if (t.total == 0)
        t.total = sum(t.input) + sum(t.output);
    return t;
}

static int64_t price_of(const struct mn_price *price, const struct mn_tokens *t)
{
    int64_t cost = 0;

    for (int m = 0; m < MN_MODALITIES; m++)
        cost += (t->input[m] - t->cached[m]) * price->input[m] + t->cached[m] * price->cached[m] +
                t->output[m] * price->output[m];
    return cost;
}

static bool is_new(struct mn_usage *u, struct mn_str id)
{
    for (int i = 0; i < MN_USAGE_SEEN && id.n > 0; i++) {
        if (mn_id_is(u->seen[i], id))
            return false;
    }
    mn_id_copy(u->seen[u->nseen++ % MN_USAGE_SEEN], id);
    return true;
}

static void add(struct mn_tokens *to, const struct mn_tokens *t)
{
    for (int m = 0; m < MN_MODALITIES; m++) {
        to->input[m] += t->input[m];
        to->cached[m] += t->cached[m];
        to->output[m] += t->output[m];
    }
    to->total += t->total;
}

bool mn_usage_response(struct mn_usage *u, const struct mn_price *price, struct mn_str id,
                       const struct mn_json *usage, struct mn_tokens *tokens, int64_t *cost)
{
    if (mn_json_kind(usage) != MN_JSON_OBJECT || !is_new(u, id))
        return false;
    *tokens = read_tokens(usage);
    *cost = price_of(price, tokens);
    add(&u->tokens, tokens);
    u->responses++;
    u->cost += *cost;
    return true;
}

bool mn_usage_transcription(struct mn_usage *u, const struct mn_price *price, struct mn_str id,
                            const struct mn_json *usage, int64_t *cost)
{
    double seconds = mn_json_num(usage, "seconds", 0);
    struct mn_tokens tokens;
    int64_t ms;

    if (mn_json_kind(usage) != MN_JSON_OBJECT || !is_new(u, id))
        return false;
    ms = seconds > 0 && seconds <= SECONDS_MAX ? (int64_t)(seconds * 1000) : 0;
    tokens = read_tokens(usage);
    *cost = price_of(price, &tokens) + ms * price->minute / MS_A_MINUTE;
    u->transcriptions++;
    u->transcription_tokens += tokens.total;
    u->transcription_ms += ms;
    u->cost += *cost;
    return true;
}

static void write_modalities(struct mn_writer *w, const char *what, const int64_t n[MN_MODALITIES])
{
    char name[48];

    for (int m = 0; m < MN_MODALITIES; m++) {
        snprintf(name, sizeof(name), "%s_%s_tokens", what, modalities[m]);
        mn_write_int(w, name, n[m]);
    }
}

void mn_tokens_write(struct mn_writer *w, const struct mn_tokens *t)
{
    mn_write_int(w, "input_tokens", sum(t->input));
    mn_write_int(w, "output_tokens", sum(t->output));
    mn_write_int(w, "total_tokens", t->total);
    mn_write_int(w, "cached_tokens", sum(t->cached));
    write_modalities(w, "input", t->input);
    write_modalities(w, "cached", t->cached);
    write_modalities(w, "output", t->output);
}

void mn_usage_cost_write(struct mn_writer *w, int64_t cost)
{
    mn_write_num(w, "cost_usd", (double)cost / 1e9);
}

void mn_usage_write(struct mn_writer *w, const struct mn_usage *u, bool priced)
{
    mn_write_int(w, "responses", u->responses);
    mn_tokens_write(w, &u->tokens);
    mn_write_int(w, "transcriptions", u->transcriptions);
    mn_write_int(w, "transcription_tokens", u->transcription_tokens);
    mn_write_num(w, "transcription_seconds", (double)u->transcription_ms / 1000);
    if (priced)
        mn_usage_cost_write(w, u->cost);
}

int64_t mn_usage_total(const struct mn_usage *u)
{
    return u->tokens.total + u->transcription_tokens;
}
