/* address.c - the tables behind address.h. */
#include "io/address.h"

#include <arpa/inet.h>
#include <string.h>

static const struct {
    uint8_t first[4];
    int bits;
} private_v4[] = {
    {{0, 0, 0, 0}, 8},      /* this network */
    {{10, 0, 0, 0}, 8},     /* RFC 1918 */
    {{100, 64, 0, 0}, 10},  /* shared, behind a provider's NAT */
    {{127, 0, 0, 0}, 8},    /* loopback */
    {{169, 254, 0, 0}, 16}, /* link-local: cloud metadata */
    {{172, 16, 0, 0}, 12},  /* RFC 1918 */
    {{192, 0, 0, 0}, 24},   /* protocol assignments */
    {{192, 168, 0, 0}, 16}, /* RFC 1918 */
    {{198, 18, 0, 0}, 15},  /* benchmarks */
    {{224, 0, 0, 0}, 3},    /* multicast, reserved, broadcast */
};

static const struct {
    uint8_t first[16];
    int bits;
    int inside; /* where an IPv4 address begins that decides instead; 0: none */
} private_v6[] = {
    {{0}, 127, 0},                                 /* none, loopback */
    {{[10] = 0xff, [11] = 0xff}, 96, 12},          /* IPv4, mapped */
    {{0}, 96, 12},                                 /* IPv4, compatible */
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},            /* NAT64 */
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, 0}, /* NAT64, local */
    {{0x20, 0x02}, 16, 2},                         /* 6to4 */
    {{0x20, 0x01}, 32, 0},                         /* Teredo */
    {{0xfc}, 7, 0},                                /* unique local */
    {{0xfe, 0x80}, 10, 0},                         /* link-local */
    {{0xfe, 0xc0}, 10, 0},                         /* site-local */
    {{0xff}, 8, 0},                                /* multicast */
};

static bool begins(const uint8_t *bytes, const uint8_t *first, int bits)
{
    int whole = bits / 8, rest = bits % 8;

    return memcmp(bytes, first, (size_t)whole) == 0 &&
           (rest == 0 || (bytes[whole] ^ first[whole]) >> (8 - rest) == 0);
}

static bool is_private_v4(const uint8_t *bytes)
{
    size_t i;

    for (i = 0; i < sizeof(private_v4) / sizeof(private_v4[0]); i++)
        if (begins(bytes, private_v4[i].first, private_v4[i].bits))
            return true;
    return false;
}

static bool is_private_v6(const uint8_t *bytes)
{
    size_t i;

    for (i = 0; i < sizeof(private_v6) / sizeof(private_v6[0]); i++)
        if (begins(bytes, private_v6[i].first, private_v6[i].bits))
            return private_v6[i].inside == 0 || is_private_v4(bytes + private_v6[i].inside);
    return false;
}

bool mn_address_is_private(const struct sockaddr *address)
{
    const union mn_address *at = (const union mn_address *)(const void *)address;

    if (address->sa_family == AF_INET)
        return is_private_v4((const uint8_t *)&at->v4.sin_addr);
    if (address->sa_family == AF_INET6)
        return is_private_v6(at->v6.sin6_addr.s6_addr);
    return true;
}

bool mn_address_read(union mn_address *out, const char *text)
{
    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        return true;
    }
    out->v6.sin6_family = AF_INET6;
    return inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1;
}

void mn_address_write(const struct sockaddr *address, char *text, size_t size)
{
    const union mn_address *at = (const union mn_address *)(const void *)address;
    bool is_v6 = address->sa_family == AF_INET6;

    text[0] = '\0';
    if (is_v6 || address->sa_family == AF_INET)
        inet_ntop(address->sa_family,
                  is_v6 ? (const void *)&at->v6.sin6_addr : (const void *)&at->v4.sin_addr, text,
                  (socklen_t)size);
}
