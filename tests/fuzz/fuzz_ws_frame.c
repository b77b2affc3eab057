/* fuzz_ws_frame.c - however a stream of frames is cut, the same messages come out and the same
 * verdict falls; no message is larger than the limit, and texts are UTF-8.
 *
 * The first byte chooses who we are, the second how the stream is cut. */
#include "fuzz.h"

#include "base/err.h"
#include "base/utf8.h"
#include "io/ws_frame.h"

#include <string.h>

enum { LIMIT = 1000 };

/* All that came out, as bytes to compare. */
struct outcome {
    struct mn_buf messages;
    int err, close_code;
};

static void note(struct outcome *o, const struct mn_ws_message *m)
{
    MUST(m->opcode != MN_WS_CONTINUATION && m->opcode <= MN_WS_PONG);
    MUST(m->payload.n <= (m->opcode >= MN_WS_CLOSE ? MN_WS_CONTROL_MAX : LIMIT));
    MUST(m->opcode != MN_WS_TEXT || mn_utf8_valid(m->payload));
    MUST((m->opcode == MN_WS_CLOSE) == (m->code != 0));
    mn_buf_addf(&o->messages, "%d %d %zu ", m->opcode, m->code, m->payload.n);
    mn_buf_add_str(&o->messages, m->payload);
}

/* Decodes one piece in memory of its own, so that reading past it is seen. */
static void decode(struct mn_ws_decoder *d, const uint8_t *bytes, size_t n, struct outcome *o)
{
    unsigned char *piece = malloc(n), *p = piece;
    struct mn_ws_message m;
    size_t left = n;

    memcpy(piece, bytes, n);
    while ((o->err = mn_ws_decode(d, &p, &left, &m)) == 1)
        note(o, &m);
    MUST(o->err < 0 || left == 0);
    MUST(p + left == piece + n);
    o->close_code = d->close_code;
    MUST((o->err < 0) == (o->close_code != 0));
    free(piece);
}

/* Cuts the stream into pieces of 1 to most bytes. */
static void decode_cut(enum mn_ws_role role, const uint8_t *bytes, size_t n, size_t most,
                       uint32_t seed, struct outcome *o)
{
    struct mn_ws_decoder d;
    size_t size;

    *o = (struct outcome){0};
    mn_ws_decoder_open(&d, role, LIMIT);
    while (n > 0 && o->err == 0) {
        seed = seed * 1664525 + 1013904223;
        size = 1 + (seed >> 16) % most;
        size = size < n ? size : n;
        decode(&d, bytes, size, o);
        bytes += size;
        n -= size;
    }
    mn_ws_decoder_close(&d);
}

static void compare(struct outcome *a, struct outcome *b)
{
    MUST(a->err == b->err && a->close_code == b->close_code);
    MUST(mn_str_same(mn_buf_str(&a->messages), mn_buf_str(&b->messages)));
    mn_buf_free(&b->messages);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    enum mn_ws_role role;
    struct outcome whole, cut;
    uint32_t seed;

    if (n < 3)
        return 0;
    role = (bytes[0] & 1) != 0 ? MN_WS_SERVER : MN_WS_CLIENT;
    seed = bytes[1];
    bytes += 2;
    n -= 2;
    decode_cut(role, bytes, n, SIZE_MAX, UINT32_MAX, &whole);
    decode_cut(role, bytes, n, 1, seed, &cut);
    compare(&whole, &cut);
    decode_cut(role, bytes, n, 2 + seed % 40, seed, &cut);
    compare(&whole, &cut);
    mn_buf_free(&whole.messages);
    return 0;
}
