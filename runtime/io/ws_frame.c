/* ws_frame.c - the decoder and encoder behind ws_frame.h.
 *
 * DESIGN  The decoder alternates between two states: gathering a header, and taking payload. A
 * header is judged only when it is complete, a close frame and a text only when they are whole, so
 * the verdict depends on the bytes and not on where they were cut.
 *
 * A frame that is a whole message and lies whole in the input is the common case and is answered
 * with a slice of the input. Otherwise payload goes to the message buffer, control payload to its
 * own 125 bytes, since a control frame may come between two fragments of a message. */
#include "io/ws_frame.h"

#include "base/err.h"
#include "base/utf8.h"
#include "io/link.h"

#include <endian.h>

enum {
    FIN = 0x80,
    RSV = 0x70,
    OPCODE = 0x0f,
    CONTROL = 0x08,
    MASKED = 0x80,
    LENGTH = 0x7f,
    LENGTH_16 = 126,
    LENGTH_64 = 127,
    MEMORY_KEPT = 64 * 1024, /* of the message buffer, between messages */
    RESERVE_AHEAD = 256 * 1024,
};

void mn_ws_decoder_open(struct mn_ws_decoder *d, enum mn_ws_role role, size_t limit)
{
    *d = (struct mn_ws_decoder){.role = role, .limit = limit};
}

void mn_ws_decoder_close(struct mn_ws_decoder *d)
{
    mn_buf_free(&d->message);
}

static int fail(struct mn_ws_decoder *d, int err, int close_code)
{
    d->err = err;
    d->close_code = close_code;
    return err;
}

static int broken(struct mn_ws_decoder *d)
{
    return fail(d, MN_EPROTOCOL, MN_WS_PROTOCOL_ERROR);
}

static bool is_control(const struct mn_ws_decoder *d)
{
    return (d->opcode & CONTROL) != 0;
}

/* How long the header is, as far as its first header_n bytes tell. */
static size_t header_size(const struct mn_ws_decoder *d)
{
    size_t n = 2;

    if (d->header_n < 2)
        return n;
    if ((d->header[1] & LENGTH) == LENGTH_16)
        n += 2;
    if ((d->header[1] & LENGTH) == LENGTH_64)
        n += 8;
    if (d->header[1] & MASKED)
        n += 4;
    return n;
}

/* Returns the length field, or UINT64_MAX when it is not in its shortest form. */
static uint64_t header_length(const struct mn_ws_decoder *d)
{
    unsigned char first = d->header[1] & LENGTH;
    uint16_t n16;
    uint64_t n64;

    if (first == LENGTH_16) {
        memcpy(&n16, d->header + 2, sizeof(n16));
        return be16toh(n16) < LENGTH_16 ? UINT64_MAX : be16toh(n16);
    }
    if (first == LENGTH_64) {
        memcpy(&n64, d->header + 2, sizeof(n64));
        n64 = be64toh(n64);
        return n64 <= UINT16_MAX || n64 > INT64_MAX ? UINT64_MAX : n64;
    }
    return first;
}

static int check_control(struct mn_ws_decoder *d)
{
    if (d->opcode > MN_WS_PONG || !d->final || d->frame_n > MN_WS_CONTROL_MAX)
        return broken(d);
    return 0;
}

static int check_data(struct mn_ws_decoder *d)
{
    bool continues = d->opcode == MN_WS_CONTINUATION;

    if (d->opcode > MN_WS_BINARY || continues != (d->message_opcode != MN_WS_CONTINUATION))
        return broken(d);
    if (d->frame_n > d->limit - d->message.n)
        return fail(d, MN_ELIMIT, MN_WS_TOO_BIG);
    if (!continues)
        d->message_opcode = d->opcode;
    return 0;
}

static int begin_frame(struct mn_ws_decoder *d)
{
    bool masked = (d->header[1] & MASKED) != 0;

    d->final = (d->header[0] & FIN) != 0;
    d->opcode = d->header[0] & OPCODE;
    d->frame_n = header_length(d);
    d->frame_done = 0;
    d->in_frame = true;
    if ((d->header[0] & RSV) != 0 || masked != (d->role == MN_WS_SERVER) ||
        d->frame_n == UINT64_MAX)
        return broken(d);
    return is_control(d) ? check_control(d) : check_data(d);
}

/* Returns 1 when the header is complete and sound, 0 when more is needed, or an error. */
static int take_header(struct mn_ws_decoder *d, unsigned char **p, size_t *n)
{
    int err;

    while (d->header_n < header_size(d)) {
        if (*n == 0)
            return 0;
        d->header[d->header_n++] = *(*p)++;
        --*n;
    }
    err = begin_frame(d);
    return err < 0 ? err : 1;
}

static void unmask(struct mn_ws_decoder *d, unsigned char *p, size_t n)
{
    if (d->header[1] & MASKED)
        mn_ws_mask(p, p, n, d->header + header_size(d) - 4, d->frame_done);
}

/* RFC 6455, 7.4: what may stand in a close frame. 3000 to 4999 belong to libraries and
 * applications; 1012 to 1014 were registered since. */
static bool may_be_sent(int code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static int finish_close(struct mn_ws_decoder *d, struct mn_ws_message *out)
{
    const unsigned char *p = (const unsigned char *)out->payload.p;

    d->closed = true;
    out->code = MN_WS_NO_CODE;
    if (out->payload.n == 0)
        return 1;
    if (out->payload.n == 1)
        return broken(d);
    out->code = p[0] << 8 | p[1];
    out->payload.p += 2;
    out->payload.n -= 2;
    if (!may_be_sent(out->code))
        return broken(d);
    if (!mn_utf8_valid(out->payload))
        return fail(d, MN_EPROTOCOL, MN_WS_NOT_UTF8);
    return 1;
}

/* The frame is complete; payload is what is to be given out if it ends something. */
static int finish_frame(struct mn_ws_decoder *d, struct mn_str payload, struct mn_ws_message *out)
{
    d->in_frame = false;
    d->header_n = 0;
    *out = (struct mn_ws_message){.opcode = d->opcode, .payload = payload};
    if (d->opcode == MN_WS_CLOSE)
        return finish_close(d, out);
    if (is_control(d))
        return 1;
    if (!d->final)
        return 0;
    out->opcode = d->message_opcode;
    d->message_opcode = MN_WS_CONTINUATION;
    d->message_given = true;
    if (out->opcode == MN_WS_TEXT && !mn_utf8_valid(payload))
        return fail(d, MN_EPROTOCOL, MN_WS_NOT_UTF8);
    return 1;
}

/* Makes room for the rest of the frame, but no more than a peer can make us waste by announcing
 * what it never sends. */
static int reserve(struct mn_ws_decoder *d, size_t have)
{
    uint64_t rest = d->frame_n - d->frame_done;
    size_t want = rest < RESERVE_AHEAD ? (size_t)rest : RESERVE_AHEAD;

    if (mn_buf_reserve(&d->message, want > have ? want : have) != 0)
        return fail(d, d->message.err, MN_WS_INTERNAL);
    return 0;
}

static int take_payload(struct mn_ws_decoder *d, unsigned char **p, size_t *n,
                        struct mn_ws_message *out)
{
    uint64_t rest = d->frame_n - d->frame_done;
    size_t have = *n < rest ? *n : (size_t)rest;
    struct mn_str piece = {(char *)*p, have};
    int err;

    unmask(d, *p, have);
    *p += have;
    *n -= have;
    if (have == d->frame_n && (is_control(d) || (d->final && d->message.n == 0)))
        return finish_frame(d, piece, out);
    if (is_control(d)) {
        memcpy(d->control + d->frame_done, piece.p, have);
        piece = (struct mn_str){(char *)d->control, d->frame_n};
    } else {
        err = reserve(d, have);
        if (err < 0)
            return err;
        mn_buf_add_str(&d->message, piece);
        piece = mn_buf_str(&d->message);
    }
    d->frame_done += have;
    return d->frame_done == d->frame_n ? finish_frame(d, piece, out) : 0;
}

static void empty_message(struct mn_ws_decoder *d)
{
    d->message_given = false;
    if (d->message.cap > MEMORY_KEPT)
        mn_buf_free(&d->message);
    else
        mn_buf_clear(&d->message);
}

int mn_ws_decode(struct mn_ws_decoder *d, unsigned char **p, size_t *n, struct mn_ws_message *out)
{
    int got;

    if (d->err != 0)
        return d->err;
    if (d->message_given)
        empty_message(d);
    while (!d->closed) {
        got = d->in_frame ? 1 : take_header(d, p, n);
        if (got != 1)
            return got;
        if (*n == 0 && d->frame_done < d->frame_n)
            return 0;
        got = take_payload(d, p, n, out);
        if (got != 0)
            return got;
    }
    *p += *n;
    *n = 0;
    return 0;
}

size_t mn_ws_header(unsigned char out[MN_WS_HEADER_MAX], enum mn_ws_opcode opcode, bool final,
                    uint64_t n, const unsigned char *mask)
{
    uint16_t n16 = htobe16((uint16_t)n);
    uint64_t n64 = htobe64(n);
    size_t at = 2;

    out[0] = (unsigned char)((final ? FIN : 0) | opcode);
    if (n < LENGTH_16) {
        out[1] = (unsigned char)n;
    } else if (n <= UINT16_MAX) {
        out[1] = LENGTH_16;
        memcpy(out + at, &n16, sizeof(n16));
        at += sizeof(n16);
    } else {
        out[1] = LENGTH_64;
        memcpy(out + at, &n64, sizeof(n64));
        at += sizeof(n64);
    }
    if (mask != NULL) {
        out[1] |= MASKED;
        memcpy(out + at, mask, 4);
        at += 4;
    }
    return at;
}

void mn_ws_mask(unsigned char *dst, const unsigned char *src, size_t n, const unsigned char mask[4],
                uint64_t at)
{
    unsigned char key[8];
    uint64_t key8, word;
    size_t i;

    for (i = 0; i < sizeof(key); i++)
        key[i] = mask[(at + i) & 3];
    memcpy(&key8, key, sizeof(key8));
    for (i = 0; i + sizeof(word) <= n; i += sizeof(word)) {
        memcpy(&word, src + i, sizeof(word));
        word ^= key8;
        memcpy(dst + i, &word, sizeof(word));
    }
    for (; i < n; i++)
        dst[i] = src[i] ^ key[i & 7];
}

size_t mn_ws_close_payload(unsigned char out[MN_WS_CONTROL_MAX], int code, struct mn_str reason)
{
    if (code == MN_WS_NO_CODE)
        return 0;
    reason = mn_link_reason(reason);
    out[0] = (unsigned char)(code >> 8);
    out[1] = (unsigned char)code;
    if (reason.n > 0)
        memcpy(out + 2, reason.p, reason.n);
    return 2 + reason.n;
}
