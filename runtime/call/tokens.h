/* tokens.h - short-lived keys of our own: "ek_" and 43 characters.
 *
 *     base64url( slot 4 bytes | nonce 8 | expires 4, Unix seconds | HMAC-SHA256 of these, cut to 16
 * )
 *
 * What a token says stands in the commons, in the slot it names; a browser offers it as a
 * subprotocol, beside others, in 127 bytes, so there is no room for it in the token. The algorithm
 * is this one: a token does not name it. Tokens end with the server they are of, or with the key
 * that asked for them. */
#ifndef MN_CALL_TOKENS_H
#define MN_CALL_TOKENS_H

#include "base/buf.h"
#include "call/commons.h"

#define MN_TOKEN_CHARS 46

/* Which, once it was read. Zero-filled is none. */
struct mn_token {
    uint32_t slot;
    uint64_t state; /* of the slot, as it was read */
};

enum mn_token_is {
    MN_TOKEN_GOOD,
    MN_TOKEN_NONE,   /* not of our form: some other key */
    MN_TOKEN_FORGED, /* or of another server */
    MN_TOKEN_EXPIRED,
    MN_TOKEN_USED, /* its single use is over; says is filled all the same */
};

struct mn_token_ask {
    struct mn_str says;
    uint64_t whose; /* of whom one may have so many; 0: of nobody in particular */
    uint32_t most;  /* 0: no limit */
    int64_t now_s, expires_s;
};

/* Makes one that says this and is good until then. Returns 0; MN_ELIMIT when it says too much
 * (token-bytes); MN_EFULL when so many are good at once (tokens), or of theirs; or another error.
 */
int mn_token_mint(struct mn_commons *c, const struct mn_token_ask *ask,
                  char out[MN_TOKEN_CHARS + 1]);

/* Appends to says what it was minted with. */
enum mn_token_is mn_token_read(struct mn_commons *c, struct mn_str text, int64_t now_s,
                               struct mn_token *token, struct mn_buf *says);

/* For the single use: true for exactly one of all that try. */
bool mn_token_spend(struct mn_commons *c, const struct mn_token *token);

#endif
