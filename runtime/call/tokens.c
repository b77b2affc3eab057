/* tokens.c - making, reading and spending tokens, behind tokens.h.
 *
 * DESIGN  A slot is taken by a compare-and-swap of its state, which holds a count of its uses: what
 * was read under one state is still the same as long as the state is. A slot whose token has
 * expired is free. */
#include "call/tokens.h"

#include "base/b64.h"
#include "base/err.h"
#include "base/sha256.h"

#include <errno.h>
#include <sys/random.h>

#define PREFIX "ek_"
#define MARK   "myna token 1" /* so that what is signed here is never what is signed elsewhere */

enum { SLOT_AT = 0, NONCE_AT = 4, EXPIRES_AT = 12, MAC_AT = 16, TOKEN_BYTES = 32, USE_BITS = 2 };

static enum mn_token_use use_of(uint64_t state)
{
    return (enum mn_token_use)(state & ((1 << USE_BITS) - 1));
}

static uint64_t with_use(uint64_t state, enum mn_token_use use)
{
    return (state >> USE_BITS << USE_BITS) | use;
}

static void put_number(unsigned char *out, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8)
        out[i] = (unsigned char)value;
}

static uint64_t number_at(const unsigned char *in, int bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < bytes; i++)
        value = value << 8 | in[i];
    return value;
}

/* --- the text --- */

static int sign(struct mn_commons *c, const unsigned char *bytes, unsigned char *mac)
{
    struct mn_str key = {(const char *)mn_commons_key(c), MN_COMMONS_KEY};
    unsigned char digest[MN_SHA256_BYTES];
    char text[sizeof(MARK) + MAC_AT];
    int err;

    memcpy(text, MARK, sizeof(MARK));
    memcpy(text + sizeof(MARK), bytes, MAC_AT);
    err = mn_hmac_sha256(key, (struct mn_str){text, sizeof(text)}, digest);
    memcpy(mac, digest, TOKEN_BYTES - MAC_AT);
    return err;
}

/* base64url without padding (RFC 4648, 5): 32 bytes are 43 characters and one '='. */
static int write_text(const unsigned char *bytes, char out[MN_TOKEN_CHARS + 1])
{
    struct mn_buf text = {0};
    int err = mn_b64_encode(&text, bytes, TOKEN_BYTES);

    memcpy(out, PREFIX, sizeof(PREFIX));
    for (size_t i = 0; err == 0 && i < MN_TOKEN_CHARS - 3; i++)
        out[3 + i] = text.p[i] == '+' ? '-' : text.p[i] == '/' ? '_' : text.p[i];
    out[MN_TOKEN_CHARS] = '\0';
    mn_buf_free(&text);
    return err;
}

/* False when it is not of our form. */
static bool read_text(struct mn_str text, unsigned char out[TOKEN_BYTES])
{
    struct mn_buf b64 = {0}, bytes = {0};
    bool ok = text.n == MN_TOKEN_CHARS && mn_str_starts(text, MN_STR(PREFIX));

    for (size_t i = 3; ok && i < text.n; i++) {
        ok = text.p[i] != '+' && text.p[i] != '/';
        mn_buf_add_byte(&b64, text.p[i] == '-' ? '+' : text.p[i] == '_' ? '/' : text.p[i]);
    }
    mn_buf_add_byte(&b64, '=');
    ok = ok && mn_b64_decode(&bytes, mn_buf_str(&b64)) == 0 && bytes.n == TOKEN_BYTES;
    if (ok)
        memcpy(out, bytes.p, TOKEN_BYTES);
    mn_buf_free(&b64);
    mn_buf_free(&bytes);
    return ok;
}

/* --- making --- */

/* Takes the slot for writing; its new state, or 0 when it is another's. */
static uint64_t take(struct mn_token_slot *slot, int64_t now_s)
{
    uint64_t state = atomic_load(&slot->state);
    uint64_t next = with_use(state + (1 << USE_BITS), MN_TOKEN_WRITTEN);
    bool is_free = use_of(state) == MN_TOKEN_FREE ||
                   (use_of(state) != MN_TOKEN_WRITTEN && atomic_load(&slot->expires_s) < now_s);

    return is_free && atomic_compare_exchange_strong(&slot->state, &state, next) ? next : 0;
}

static void raise_high(struct mn_commons *c, uint32_t high)
{
    _Atomic uint32_t *is = mn_commons_tokens_high(c);
    uint32_t was = atomic_load(is);

    while (was < high && !atomic_compare_exchange_weak(is, &was, high)) {
    }
}

/* The first that is free, so that no more memory is touched than there were tokens at once. */
static struct mn_token_slot *find_free(struct mn_commons *c, int64_t now_s, struct mn_token *token)
{
    for (uint32_t i = 0; i < mn_commons_size(c)->tokens; i++) {
        struct mn_token_slot *slot = mn_commons_token(c, i);

        token->slot = i;
        token->state = take(slot, now_s);
        if (token->state == 0)
            continue;
        raise_high(c, i + 1);
        return slot;
    }
    return NULL;
}

/* Counted anew each time: there are few enough. */
static bool has_too_many(struct mn_commons *c, const struct mn_token_ask *ask)
{
    uint32_t good = 0, high = atomic_load(mn_commons_tokens_high(c));

    for (uint32_t i = 0; ask->most > 0 && i < high; i++) {
        struct mn_token_slot *slot = mn_commons_token(c, i);

        good += use_of(atomic_load(&slot->state)) != MN_TOKEN_FREE &&
                atomic_load(&slot->whose) == ask->whose &&
                atomic_load(&slot->expires_s) > ask->now_s;
    }
    return ask->most > 0 && good >= ask->most;
}

static void fill(struct mn_token_slot *slot, const struct mn_token_ask *ask, uint64_t nonce)
{
    atomic_store(&slot->nonce, nonce);
    atomic_store(&slot->whose, ask->whose);
    atomic_store(&slot->expires_s, ask->expires_s);
    slot->n = (uint32_t)ask->says.n;
    memcpy(slot->text, ask->says.p, ask->says.n);
}

int mn_token_mint(struct mn_commons *c, const struct mn_token_ask *ask,
                  char out[MN_TOKEN_CHARS + 1])
{
    unsigned char bytes[TOKEN_BYTES];
    struct mn_token token = {0};
    struct mn_token_slot *slot;
    int err;

    out[0] = '\0';
    if (ask->says.n > mn_commons_size(c)->token_bytes)
        return MN_ELIMIT;
    if (getrandom(bytes + NONCE_AT, EXPIRES_AT - NONCE_AT, 0) != EXPIRES_AT - NONCE_AT)
        return -EIO;
    slot = has_too_many(c, ask) ? NULL : find_free(c, ask->now_s, &token);
    if (slot == NULL)
        return MN_EFULL;
    put_number(bytes + SLOT_AT, token.slot, NONCE_AT - SLOT_AT);
    put_number(bytes + EXPIRES_AT, (uint64_t)ask->expires_s, MAC_AT - EXPIRES_AT);
    err = sign(c, bytes, bytes + MAC_AT);
    if (err == 0)
        err = write_text(bytes, out);
    fill(slot, ask, number_at(bytes + NONCE_AT, EXPIRES_AT - NONCE_AT));
    atomic_store(&slot->state, with_use(token.state, err == 0 ? MN_TOKEN_LIVE : MN_TOKEN_FREE));
    return err;
}

/* --- reading --- */

/* False when the slot is another token's by now. */
static bool copy(struct mn_commons *c, uint64_t nonce, struct mn_token *token, struct mn_buf *says)
{
    struct mn_token_slot *slot = mn_commons_token(c, token->slot);
    size_t before = says->n;
    uint32_t n;

    if (slot == NULL)
        return false;
    token->state = atomic_load(&slot->state);
    n = slot->n;
    if (use_of(token->state) < MN_TOKEN_LIVE || atomic_load(&slot->nonce) != nonce ||
        n > mn_commons_size(c)->token_bytes || mn_buf_add(says, slot->text, n) != 0)
        return false;
    if (atomic_load(&slot->state) >> USE_BITS == token->state >> USE_BITS)
        return true;
    says->n = before;
    return false;
}

enum mn_token_is mn_token_read(struct mn_commons *c, struct mn_str text, int64_t now_s,
                               struct mn_token *token, struct mn_buf *says)
{
    unsigned char bytes[TOKEN_BYTES], mac[TOKEN_BYTES - MAC_AT];

    *token = (struct mn_token){0};
    if (!read_text(text, bytes))
        return MN_TOKEN_NONE;
    if (sign(c, bytes, mac) != 0 || !mn_same_secret(mac, bytes + MAC_AT, sizeof(mac)))
        return MN_TOKEN_FORGED;
    if (now_s >= (int64_t)number_at(bytes + EXPIRES_AT, MAC_AT - EXPIRES_AT))
        return MN_TOKEN_EXPIRED;
    token->slot = (uint32_t)number_at(bytes + SLOT_AT, NONCE_AT - SLOT_AT);
    if (!copy(c, number_at(bytes + NONCE_AT, EXPIRES_AT - NONCE_AT), token, says))
        return MN_TOKEN_FORGED;
    return use_of(token->state) == MN_TOKEN_LIVE ? MN_TOKEN_GOOD : MN_TOKEN_USED;
}

bool mn_token_spend(struct mn_commons *c, const struct mn_token *token)
{
    struct mn_token_slot *slot = mn_commons_token(c, token->slot);
    uint64_t live = with_use(token->state, MN_TOKEN_LIVE);

    return slot != NULL && atomic_compare_exchange_strong(&slot->state, &live,
                                                          with_use(token->state, MN_TOKEN_SPENT));
}
