/* test_tokens.c - tokens of ours: who may make one, how long it is good, and how often. */
#include "base/b64.h"
#include "base/err.h"
#include "base/sha256.h"
#include "call/tokens.h"
#include "test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NOW 1700000000

static const struct mn_commons_size small = {.tokens = 4, .token_bytes = 256, .meters = 16};
static struct mn_commons *commons;
static char text[MN_TOKEN_CHARS + 1];
static struct mn_token token;
static struct mn_buf says;

static void begin(void)
{
    assert_int_equal(mn_commons_open(&commons, &small), 0);
}

static void end(void)
{
    mn_commons_close(commons);
    mn_buf_free(&says);
}

static int mint_at(struct mn_str what, int64_t now_s, int64_t expires_s)
{
    const struct mn_token_ask ask = {.says = what, .now_s = now_s, .expires_s = expires_s};

    return mn_token_mint(commons, &ask, text);
}

static void mint(const char *what, int ttl_s)
{
    assert_int_equal(mint_at(mn_str(what), NOW, NOW + ttl_s), 0);
}

static enum mn_token_is read_at(const char *t, int64_t now_s)
{
    mn_buf_clear(&says);
    return mn_token_read(commons, mn_str(t), now_s, &token, &says);
}

TEST(a_token_says_what_it_was_minted_with_until_it_expires)
{
    begin();
    mint("{\"app\":\"dental\"}", 60);
    assert_int_equal(strlen(text), MN_TOKEN_CHARS);
    assert_memory_equal(text, "ek_", 3);
    assert_int_equal(read_at(text, NOW), MN_TOKEN_GOOD);
    assert_int_equal(says.n, strlen("{\"app\":\"dental\"}"));
    assert_memory_equal(says.p, "{\"app\":\"dental\"}", says.n);
    assert_int_equal(read_at(text, NOW + 59), MN_TOKEN_GOOD);
    assert_int_equal(read_at(text, NOW + 60), MN_TOKEN_EXPIRED);
    end();
}

/* With the subprotocol's name, "realtime" and the Agents SDK's own offer it is under 127 bytes. */
TEST(a_token_fits_the_subprotocols_of_a_browser)
{
    char list[200];

    begin();
    mint("{}", 60);
    snprintf(list, sizeof(list), "realtime, openai-insecure-api-key.%s, openai-agents-sdk.0.20.0",
             text);
    assert_true(strlen(list) <= 127);
    end();
}

TEST(a_token_that_was_changed_anywhere_is_forged)
{
    begin();
    mint("{}", 60);
    for (size_t i = 3; i < MN_TOKEN_CHARS - 1; i++) {
        char changed[sizeof(text)];

        memcpy(changed, text, sizeof(text));
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(read_at(changed, NOW), MN_TOKEN_FORGED);
    }
    end();
}

TEST(what_is_not_of_our_form_is_no_token)
{
    char cut[sizeof(text)];

    begin();
    mint("{}", 60);
    memcpy(cut, text, sizeof(text));
    cut[MN_TOKEN_CHARS - 1] = '\0';
    assert_int_equal(read_at(cut, NOW), MN_TOKEN_NONE);
    assert_int_equal(read_at("", NOW), MN_TOKEN_NONE);
    assert_int_equal(read_at("ek_", NOW), MN_TOKEN_NONE);
    cut[0] = 'E';
    cut[MN_TOKEN_CHARS - 1] = text[MN_TOKEN_CHARS - 1];
    assert_int_equal(read_at(cut, NOW), MN_TOKEN_NONE);
    assert_int_equal(read_at("ek_++++++++++++++++++++++++++++++++++++++++++/", NOW), MN_TOKEN_NONE);
    assert_int_equal(read_at("eyJhbGciOiJub25lIn0.eyJhcHAiOiJkZW50YWwifQ.", NOW), MN_TOKEN_NONE);
    end();
}

/* As whoever has the key would sign it, but with another algorithm. */
TEST(a_token_signed_with_another_algorithm_is_forged)
{
    unsigned char bytes[32], mac[EVP_MAX_MD_SIZE], marked[13 + 16];
    struct mn_buf b64 = {0}, raw = {0};
    unsigned n;

    begin();
    mint("{}", 60);
    for (size_t i = 3; i < MN_TOKEN_CHARS; i++)
        mn_buf_add_byte(&b64, text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    mn_buf_add_byte(&b64, '=');
    assert_int_equal(mn_b64_decode(&raw, mn_buf_str(&b64)), 0);
    memcpy(bytes, raw.p, sizeof(bytes));
    memcpy(marked, "myna token 1", 13);
    memcpy(marked + 13, bytes, 16);
    for (int i = 0; i < 2; i++) { /* with the right one this is the token itself */
        mn_buf_clear(&b64);
        assert_non_null(HMAC(i == 0 ? EVP_sha256() : EVP_sha512(), mn_commons_key(commons),
                             MN_COMMONS_KEY, marked, sizeof(marked), mac, &n));
        memcpy(bytes + 16, mac, 16);
        mn_b64_encode(&b64, bytes, sizeof(bytes));
        for (size_t k = 3; k < MN_TOKEN_CHARS; k++)
            text[k] = b64.p[k - 3] == '+' ? '-' : b64.p[k - 3] == '/' ? '_' : b64.p[k - 3];
        assert_int_equal(read_at(text, NOW), i == 0 ? MN_TOKEN_GOOD : MN_TOKEN_FORGED);
    }
    mn_buf_free(&b64);
    mn_buf_free(&raw);
    end();
}

TEST(a_token_of_another_server_is_forged)
{
    struct mn_commons *ours;

    begin();
    mint("{}", 60);
    ours = commons;
    begin();
    assert_int_equal(read_at(text, NOW), MN_TOKEN_FORGED);
    mn_commons_close(ours);
    end();
}

TEST(a_token_is_spent_once_by_one_of_all_that_try)
{
    struct mn_token again;

    begin();
    mint("{\"once\":true}", 60);
    assert_int_equal(read_at(text, NOW), MN_TOKEN_GOOD);
    again = token;
    assert_true(mn_token_spend(commons, &token));
    assert_false(mn_token_spend(commons, &again));
    assert_int_equal(read_at(text, NOW), MN_TOKEN_USED);
    assert_int_equal(read_at(text, NOW + 60), MN_TOKEN_EXPIRED);
    end();
}

TEST(tokens_are_bounded_and_their_places_used_again)
{
    char first[sizeof(text)];

    begin();
    mint("{}", 60);
    memcpy(first, text, sizeof(text));
    for (int i = 1; i < 4; i++)
        mint("{}", 90);
    assert_int_equal(mint_at(MN_STR("{}"), NOW, NOW + 60), MN_EFULL);
    assert_int_equal(mint_at(MN_STR("{}"), NOW + 60, NOW + 99), MN_EFULL);
    assert_int_equal(mint_at(MN_STR("{\"n\":2}"), NOW + 61, NOW + 99), 0);
    assert_int_equal(read_at(first, NOW), MN_TOKEN_FORGED); /* whatever the time: it is gone */
    assert_int_equal(says.n, 0);
    assert_int_equal(read_at(text, NOW), MN_TOKEN_GOOD);
    assert_memory_equal(says.p, "{\"n\":2}", says.n);
    end();
}

TEST(one_key_cannot_have_all_the_tokens)
{
    struct mn_token_ask ask = {.says = MN_STR("{}"), .now_s = NOW, .expires_s = NOW + 60};

    begin();
    ask.whose = 7;
    ask.most = 2;
    assert_int_equal(mn_token_mint(commons, &ask, text), 0);
    assert_int_equal(mn_token_mint(commons, &ask, text), 0);
    assert_int_equal(mn_token_mint(commons, &ask, text), MN_EFULL);
    ask.whose = 8; /* another's */
    assert_int_equal(mn_token_mint(commons, &ask, text), 0);
    ask.whose = 7;
    ask.now_s = NOW + 61;
    ask.expires_s = NOW + 99;
    assert_int_equal(mn_token_mint(commons, &ask, text), 0);
    end();
}

TEST(a_token_says_no_more_than_its_bound)
{
    char much[257];

    begin();
    memset(much, ' ', sizeof(much));
    assert_int_equal(mint_at((struct mn_str){much, 257}, NOW, NOW + 9), MN_ELIMIT);
    assert_int_equal(mint_at((struct mn_str){much, 256}, NOW, NOW + 9), 0);
    end();
}

TEST(a_token_is_known_to_every_worker_and_spent_for_all)
{
    struct mn_commons *other;

    begin();
    mint("{}", 60);
    assert_int_equal(mn_commons_map(&other, mn_commons_fd(commons), 1), 0);
    assert_int_equal(mn_token_read(other, mn_str(text), NOW, &token, &says), MN_TOKEN_GOOD);
    assert_true(mn_token_spend(other, &token));
    assert_int_equal(read_at(text, NOW), MN_TOKEN_USED);
    mn_commons_close(other);
    end();
}

TEST(a_descriptor_that_is_no_commons_is_not_mapped)
{
    struct mn_commons *other;
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    assert_true(mn_commons_map(&other, fds[0], 0) < 0);
    begin();
    assert_int_equal(mn_commons_map(&other, mn_commons_fd(commons), MN_COMMONS_WORKERS),
                     MN_EPROTOCOL);
    assert_int_equal(ftruncate(mn_commons_fd(commons), 8), 0);
    assert_int_equal(mn_commons_map(&other, mn_commons_fd(commons), 0), MN_EPROTOCOL);
    close(fds[0]);
    close(fds[1]);
    end();
}
