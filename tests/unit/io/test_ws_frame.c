/* test_ws_frame.c - RFC 6455 framing: its examples, every length boundary, every violation and its
 * close code, whole and a byte at a time. */
#include "test.h"

#include "base/err.h"
#include "io/ws_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(...)                                                                                 \
    ((const unsigned char[]){__VA_ARGS__}), sizeof((const unsigned char[]){__VA_ARGS__})

enum { LIMIT = 200 * 1000 };

/* Decodes bytes fed in pieces of at most step, and writes what came as a line: "text Hello|". */
static const char *decode(enum mn_ws_role role, const void *bytes, size_t n, size_t step)
{
    static char line[512];
    struct mn_ws_decoder d;
    struct mn_ws_message m;
    struct mn_buf out = {0};
    int got = 0;
    size_t at, left;
    unsigned char *piece, *p;

    mn_ws_decoder_open(&d, role, LIMIT);
    for (at = 0; at < n && got >= 0; at += step) {
        left = n - at < step ? n - at : step;
        p = piece = malloc(left); /* its own memory, so that reading past it is seen */
        memcpy(piece, (const unsigned char *)bytes + at, left);
        while ((got = mn_ws_decode(&d, &p, &left, &m)) == 1) {
            mn_buf_addf(&out, "%x ", m.opcode);
            if (m.opcode == MN_WS_CLOSE)
                mn_buf_addf(&out, "%d ", m.code);
            if (m.payload.n < 32)
                mn_buf_addf(&out, "%.*s|", MN_FMT(m.payload));
            else
                mn_buf_addf(&out, "%zu bytes|", m.payload.n);
        }
        free(piece);
        if (got == 0)
            assert_int_equal(left, 0);
    }
    if (got < 0)
        mn_buf_addf(&out, "error %d", d.close_code);
    snprintf(line, sizeof(line), "%s", out.p != NULL ? out.p : "");
    mn_buf_free(&out);
    mn_ws_decoder_close(&d);
    return line;
}

static void expect(enum mn_ws_role role, const void *bytes, size_t n, const char *want)
{
    size_t step;

    assert_string_equal(decode(role, bytes, n, n), want);
    for (step = 1; step < n && step < 20; step++)
        assert_string_equal(decode(role, bytes, n, step), want);
}

static void client_gets(const void *bytes, size_t n, const char *want)
{
    expect(MN_WS_CLIENT, bytes, n, want);
}

static void server_gets(const void *bytes, size_t n, const char *want)
{
    expect(MN_WS_SERVER, bytes, n, want);
}

TEST(the_examples_of_RFC_6455_decode)
{
    client_gets(BYTES(0x81, 0x05, 'H', 'e', 'l', 'l', 'o'), "1 Hello|");
    server_gets(BYTES(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58),
                "1 Hello|");
    client_gets(BYTES(0x01, 0x03, 'H', 'e', 'l', 0x80, 0x02, 'l', 'o'), "1 Hello|");
    client_gets(BYTES(0x89, 0x05, 'H', 'e', 'l', 'l', 'o'), "9 Hello|");
    server_gets(BYTES(0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58),
                "a Hello|");
}

TEST(a_control_frame_may_come_between_fragments)
{
    client_gets(BYTES(0x01, 0x03, 'H', 'e', 'l', 0x89, 0x01, 'x', 0x00, 0x00, 0x80, 0x02, 'l', 'o',
                      0x82, 0x01, 'b'),
                "9 x|1 Hello|2 b|");
}

TEST(empty_messages_and_fragments_are_messages)
{
    client_gets(BYTES(0x81, 0x00, 0x82, 0x00, 0x89, 0x00), "1 |2 |9 |");
    client_gets(BYTES(0x01, 0x00, 0x80, 0x00), "1 |");
    client_gets(BYTES(0x01, 0x00, 0x80, 0x01, 'x'), "1 x|");
    server_gets(BYTES(0x81, 0x80, 1, 2, 3, 4), "1 |");
}

TEST(what_comes_after_a_close_frame_is_ignored)
{
    client_gets(BYTES(0x88, 0x05, 0x03, 0xe8, 'b', 'y', 'e', 0x81, 0x01, 'x', 0xff), "8 1000 bye|");
    client_gets(BYTES(0x88, 0x00, 0x81, 0x01, 'x'), "8 1005 |");
}

TEST(a_text_cut_inside_a_character_is_whole_again)
{
    client_gets(BYTES(0x01, 0x02, 0xe2, 0x82, 0x80, 0x01, 0xac), "1 \xe2\x82\xac|");
}

/* Encodes n bytes as one frame for the given receiver. */
static unsigned char *frame(enum mn_ws_role receiver, size_t n, size_t *size)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    bool masked = receiver == MN_WS_SERVER;
    unsigned char *all = malloc(MN_WS_HEADER_MAX + n);
    size_t at = mn_ws_header(all, MN_WS_TEXT, true, n, masked ? mask : NULL);

    memset(all + at, 'x', n);
    if (masked)
        mn_ws_mask(all + at, all + at, n, mask, 0);
    *size = at + n;
    return all;
}

TEST(every_length_boundary_has_the_shortest_header)
{
    static const struct {
        size_t n, header;
    } rows[] = {{0, 2}, {1, 2}, {125, 2}, {126, 4}, {127, 4}, {65535, 4}, {65536, 10}, {LIMIT, 10}};
    char want[32];
    unsigned char *all;
    size_t i, size;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(want, sizeof(want), "1 %zu bytes|", rows[i].n);
        if (rows[i].n < 32)
            snprintf(want, sizeof(want), "1 %.*s|", (int)rows[i].n, "x");
        all = frame(MN_WS_CLIENT, rows[i].n, &size);
        assert_int_equal(size, rows[i].header + rows[i].n);
        client_gets(all, size, want);
        free(all);
        all = frame(MN_WS_SERVER, rows[i].n, &size);
        assert_int_equal(size, rows[i].header + 4 + rows[i].n);
        server_gets(all, size, want);
        free(all);
    }
}

TEST(every_violation_has_its_close_code)
{
    client_gets(BYTES(0xc1, 0x00), "error 1002"); /* a reserved bit */
    client_gets(BYTES(0x91, 0x00), "error 1002");
    client_gets(BYTES(0xa1, 0x00), "error 1002");
    client_gets(BYTES(0x83, 0x00), "error 1002"); /* reserved opcodes */
    client_gets(BYTES(0x87, 0x00), "error 1002");
    client_gets(BYTES(0x8b, 0x00), "error 1002");
    client_gets(BYTES(0x8f, 0x00), "error 1002");
    client_gets(BYTES(0x80, 0x00), "error 1002");             /* nothing to continue */
    client_gets(BYTES(0x01, 0x00, 0x81, 0x00), "error 1002"); /* the first is not finished */
    client_gets(BYTES(0x09, 0x00), "error 1002");             /* a control frame in fragments */
    client_gets(BYTES(0x89, 0x7e, 0x00, 0x7e), "error 1002"); /* over 125 */
    client_gets(BYTES(0x81, 0x80, 1, 2, 3, 4), "error 1002"); /* a masking server */
    server_gets(BYTES(0x81, 0x00), "error 1002");             /* a client that does not mask */
    client_gets(BYTES(0x81, 0x7e, 0x00, 0x7d), "error 1002"); /* a longer length than needed */
    client_gets(BYTES(0x81, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff), "error 1002");
    client_gets(BYTES(0x81, 0x7f, 0x80, 0, 0, 0, 0, 1, 0, 0), "error 1002");
    client_gets(BYTES(0x88, 0x01, 0x03), "error 1002"); /* half a close code */
    client_gets(BYTES(0x81, 0x01, 0xff), "error 1007");
    client_gets(BYTES(0x81, 0x02, 0xc0, 0x80), "error 1007");             /* overlong */
    client_gets(BYTES(0x81, 0x03, 0xed, 0xa0, 0x80), "error 1007");       /* a surrogate */
    client_gets(BYTES(0x01, 0x01, 0xe2, 0x80, 0x01, 0x82), "error 1007"); /* cut short */
    client_gets(BYTES(0x88, 0x03, 0x03, 0xe8, 0xff), "error 1007");
    client_gets(BYTES(0x81, 0x01, 'a', 0x81, 0x01, 0xff), "1 a|error 1007");
}

TEST(binary_messages_need_not_be_UTF_8)
{
    client_gets(BYTES(0x82, 0x01, 0xff), "2 \xff|");
}

TEST(a_close_code_that_may_not_be_sent_is_refused)
{
    static const int good[] = {1000, 1003, 1007, 1011, 1014, 3000, 4999};
    static const int bad[] = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535};
    unsigned char bytes[2 + MN_WS_CONTROL_MAX] = {0x88, 0x02};
    char want[32];
    size_t i;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        mn_ws_close_payload(bytes + 2, good[i], MN_STR(""));
        snprintf(want, sizeof(want), "8 %d |", good[i]);
        client_gets(bytes, 4, want);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        mn_ws_close_payload(bytes + 2, bad[i], MN_STR(""));
        client_gets(bytes, 4, "error 1002");
    }
}

TEST(a_message_over_the_limit_is_refused_by_its_header_alone)
{
    client_gets(BYTES(0x82, 0x7f, 0, 0, 0, 0, 0, 0x03, 0x0d, 0x41), "error 1009");
    client_gets(BYTES(0x02, 0x01, 'x', 0x80, 0x7f, 0, 0, 0, 0, 0, 0x03, 0x0d, 0x40), "error 1009");
    client_gets(BYTES(0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "error 1009");
}

TEST(a_message_that_lies_whole_in_the_input_is_not_copied)
{
    unsigned char bytes[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};
    unsigned char *p = bytes;
    size_t n = sizeof(bytes);
    struct mn_ws_decoder d;
    struct mn_ws_message m;

    mn_ws_decoder_open(&d, MN_WS_SERVER, LIMIT);
    assert_int_equal(mn_ws_decode(&d, &p, &n, &m), 1);
    assert_ptr_equal(m.payload.p, bytes + 6);
    assert_int_equal(n, 0);
    assert_null(d.message.p);
    mn_ws_decoder_close(&d);
}

TEST(an_announced_length_alone_takes_little_memory)
{
    unsigned char bytes[] = {0x82, 0x7f, 0, 0, 0, 0, 0x40, 0, 0, 0, 'x'};
    unsigned char *p = bytes;
    size_t n = sizeof(bytes);
    struct mn_ws_decoder d;
    struct mn_ws_message m;

    mn_ws_decoder_open(&d, MN_WS_CLIENT, SIZE_MAX);
    assert_int_equal(mn_ws_decode(&d, &p, &n, &m), 0);
    assert_true(d.message.cap <= 1024 * 1024);
    mn_ws_decoder_close(&d);
}

TEST(masking_in_pieces_equals_masking_at_once)
{
    const unsigned char mask[4] = {0xa1, 0x05, 0x00, 0xfe};
    unsigned char plain[61], whole[61], pieces[61];
    size_t i, cut;

    for (i = 0; i < sizeof(plain); i++)
        plain[i] = (unsigned char)(i * 7);
    mn_ws_mask(whole, plain, sizeof(plain), mask, 0);
    for (i = 0; i < sizeof(plain); i++)
        assert_int_equal(whole[i], plain[i] ^ mask[i & 3]);
    for (cut = 0; cut <= sizeof(plain); cut++) {
        mn_ws_mask(pieces, plain, cut, mask, 0);
        mn_ws_mask(pieces + cut, plain + cut, sizeof(plain) - cut, mask, cut);
        assert_memory_equal(pieces, whole, sizeof(whole));
    }
}
