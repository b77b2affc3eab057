/* test_address.c - which addresses are of private networks, at the edges of their ranges. */
#include "io/address.h"

#include "test.h"

static bool is_private(const char *text)
{
    union mn_address address;

    assert_true(mn_address_read(&address, text));
    return mn_address_is_private(&address.any);
}

TEST(addresses_of_private_networks_are_known_to_their_last)
{
    static const char *const is[] = {
        "0.0.0.0",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "fc00::",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
    };
    size_t i;

    for (i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
        if (!is_private(is[i]))
            fail_msg("%s is private", is[i]);
    }
}

TEST(addresses_beside_them_are_not)
{
    static const char *const is_not[] = {
        "1.1.1.1",         "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",        "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",  "172.32.0.0",       "192.0.1.0",
        "192.167.255.255", "192.169.0.0",     "198.17.255.255",   "198.20.0.0",
        "223.255.255.255", "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8", "2002:808:808::",
        "2606:4700::1111", "fbff::1",         "2a00::1",
    };
    size_t i;

    for (i = 0; i < sizeof(is_not) / sizeof(is_not[0]); i++) {
        if (is_private(is_not[i]))
            fail_msg("%s is not private", is_not[i]);
    }
}

TEST(an_address_is_read_and_written_and_a_name_is_none)
{
    union mn_address address;
    char text[INET6_ADDRSTRLEN];

    assert_true(mn_address_read(&address, "2001:db8::7"));
    mn_address_write(&address.any, text, sizeof(text));
    assert_string_equal(text, "2001:db8::7");
    assert_true(mn_address_read(&address, "8.8.4.4"));
    mn_address_write(&address.any, text, sizeof(text));
    assert_string_equal(text, "8.8.4.4");
    assert_false(mn_address_read(&address, "localhost"));
    assert_false(mn_address_read(&address, "0x7f.1"));
    assert_false(mn_address_read(&address, ""));
}
