/* usage.h - what a call has used, and what it costs (R66).
 *
 * Cached tokens are a part of the input: a price is paid for each token once, the cached price for
 * those that were cached. Money is counted in nanodollars, so that sums are exact: a price of so
 * many dollars a million tokens is a thousand times as many nanodollars a token. */
#ifndef MN_CORE_USAGE_H
#define MN_CORE_USAGE_H

#include "base/id.h"
#include "base/json.h"
#include "base/json_write.h"

enum mn_modality { MN_TEXT, MN_AUDIO, MN_IMAGE, MN_MODALITIES };

/* Nanodollars a token, and a minute of audio where a model is paid by time. */
struct mn_price {
    bool known;
    int64_t input[MN_MODALITIES], cached[MN_MODALITIES], output[MN_MODALITIES];
    int64_t minute;
};

/* What was counted last, so that what is told twice is paid once. */
#define MN_USAGE_SEEN 16

struct mn_tokens {
    int64_t input[MN_MODALITIES]; /* those that were cached among them */
    int64_t cached[MN_MODALITIES];
    int64_t output[MN_MODALITIES];
    int64_t total; /* as the model adds it up */
};

struct mn_usage {
    struct mn_tokens tokens; /* of responses */
    int64_t responses, transcriptions;
    int64_t transcription_tokens, transcription_ms; /* of audio; models tell one or the other */
    int64_t cost; /* nanodollars, of both, as far as prices are known */
    char seen[MN_USAGE_SEEN][MN_ID_MAX];
    int nseen;
};

/* Count a response's usage, or a transcription's, under the id of its response or item. False, and
 * nothing is counted, when there is none or when it was counted before. *cost is what it costs. */
bool mn_usage_response(struct mn_usage *u, const struct mn_price *price, struct mn_str id,
                       const struct mn_json *usage, struct mn_tokens *tokens, int64_t *cost);
bool mn_usage_transcription(struct mn_usage *u, const struct mn_price *price, struct mn_str id,
                            const struct mn_json *usage, int64_t *cost);

/* input_tokens, output_tokens, total_tokens, and each modality's. */
void mn_tokens_write(struct mn_writer *w, const struct mn_tokens *t);
/* The members of ctx.usage; cost_usd only when the price of all of it is known. */
void mn_usage_write(struct mn_writer *w, const struct mn_usage *u, bool priced);
void mn_usage_cost_write(struct mn_writer *w, int64_t cost);

int64_t mn_usage_total(const struct mn_usage *u); /* tokens of responses and transcriptions */

#endif
