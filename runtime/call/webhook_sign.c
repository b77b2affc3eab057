/* webhook_sign.c - checks the signature of a webhook, behind webhook_sign.h. */
#include "call/webhook_sign.h"

#include "base/b64.h"
#include "base/err.h"
#include "base/sha256.h"

#include <errno.h>
#include <inttypes.h>

#define PREFIX  "whsec_"
#define KEY_MIN 16 /* bytes: who could guess fewer? */
#define ID_MAX  256

static int read_key(struct mn_str secret, struct mn_buf *out)
{
    struct mn_str prefix = MN_STR(PREFIX);

    if (!mn_str_starts(secret, prefix))
        return MN_EPROTOCOL;
    return mn_b64_decode(out, (struct mn_str){secret.p + prefix.n, secret.n - prefix.n});
}

bool mn_webhook_secret_is_good(struct mn_str secret)
{
    struct mn_buf key = {0};
    bool good = read_key(secret, &key) == 0 && key.n >= KEY_MIN;

    mn_buf_free(&key);
    return good;
}

/* Digits alone, and no more than a time has. */
static bool read_time(struct mn_str text, int64_t *out)
{
    *out = 0;
    if (text.n == 0 || text.n > 12)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (text.p[i] - '0');
    }
    return true;
}

static int sign(const struct mn_webhook *hook, struct mn_str secret,
                unsigned char out[MN_SHA256_BYTES])
{
    struct mn_buf key = {0}, signed_bytes = {0};
    int err = read_key(secret, &key);

    mn_buf_addf(&signed_bytes, "%.*s.%.*s.", MN_FMT(hook->id), MN_FMT(hook->timestamp));
    mn_buf_add_str(&signed_bytes, hook->body);
    if (err == 0)
        err = signed_bytes.err;
    if (err == 0)
        err = mn_hmac_sha256(mn_buf_str(&key), mn_buf_str(&signed_bytes), out);
    mn_buf_free(&key);
    mn_buf_free(&signed_bytes);
    return err;
}

static bool is_signature(struct mn_str word, const unsigned char wanted[MN_SHA256_BYTES])
{
    struct mn_buf bytes = {0};
    bool same = false;

    if (mn_str_starts(word, MN_STR("v1,")) &&
        mn_b64_decode(&bytes, (struct mn_str){word.p + 3, word.n - 3}) == 0)
        same = bytes.n == MN_SHA256_BYTES && mn_same_secret(bytes.p, wanted, MN_SHA256_BYTES);
    mn_buf_free(&bytes);
    return same;
}

/* Looks at each, whether one was right before or not. */
static bool has_signature(struct mn_str list, const unsigned char wanted[MN_SHA256_BYTES])
{
    bool found = false;

    while (list.n > 0) {
        const char *space = memchr(list.p, ' ', list.n);
        size_t n = space != NULL ? (size_t)(space - list.p) : list.n;

        found = is_signature((struct mn_str){list.p, n}, wanted) || found;
        n += n < list.n;
        list = (struct mn_str){list.p + n, list.n - n};
    }
    return found;
}

int mn_webhook_check(const struct mn_webhook *hook, struct mn_str secret, int64_t now_s,
                     int64_t tolerance_s)
{
    unsigned char wanted[MN_SHA256_BYTES];
    int64_t at_s;
    int err;

    if (hook->id.n == 0 || hook->id.n > ID_MAX || !read_time(hook->timestamp, &at_s))
        return MN_EREFUSED;
    err = sign(hook, secret, wanted);
    if (err != 0)
        return err == -ENOMEM ? err : MN_EREFUSED;
    if (!has_signature(hook->signature, wanted))
        return MN_EREFUSED;
    return at_s < now_s - tolerance_s || at_s > now_s + tolerance_s ? MN_ETIMEOUT : 0;
}
