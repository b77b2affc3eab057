/* test_keys.c - the file of keys: what its lines say, and what is wrong with them. */
#include "base/err.h"
#include "call/keys.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct mn_settings settings;
static struct mn_keys keys;
static struct mn_buf why;

static int load(const char *lines, const char *key)
{
    char path[] = "/tmp/myna-keys-XXXXXX";
    int fd = mkstemp(path), err;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, strlen(lines)), (int)strlen(lines));
    close(fd);
    mn_buf_clear(&why);
    settings = (struct mn_settings){.keys = path, .key = key};
    err = mn_keys_load(&keys, &settings, NULL, &why);
    unlink(path);
    return err;
}

/* Each line is told, with its place. */
static void refused(const char *lines, const char *sentence)
{
    assert_int_equal(load(lines, NULL), MN_ECONFIG);
    assert_int_equal(keys.n, 0);
    if (strstr(why.p, sentence) == NULL)
        fail_msg("expected '%s' in: %s", sentence, why.p);
    mn_buf_free(&why);
}

/* What may be a key in the wrong place is quoted nowhere. */
static void refused_without(const char *lines, const char *secret)
{
    assert_int_equal(load(lines, NULL), MN_ECONFIG);
    assert_null(strstr(why.p, secret));
    mn_buf_free(&why);
}

TEST(keys_are_found_by_what_is_presented)
{
    const struct mn_key *key;

    assert_int_equal(
        load("# who may call\n\n"
             "web\tsha256:B33F0F5F4D0A2A2B55F9D9B9A7E6E1D5F2F8A4E0C6A8E7D4C2B1A0908070605F "
             "apps=dental,sales calls=3\n"
             "crm  in-the-clear  user=crm-north connects=60 responses=5000\r\n",
             "of-the-flag"),
        0);
    assert_int_equal(keys.n, 3);
    key = mn_keys_find(&keys, MN_STR("in-the-clear"));
    assert_non_null(key);
    assert_string_equal(key->name, "crm");
    assert_string_equal(key->user, "crm-north");
    assert_int_equal(key->limits.connects, 60);
    assert_int_equal(key->limits.responses, 5000);
    assert_string_equal(key->text, "in-the-clear");
    key = mn_keys_find(&keys, MN_STR("of-the-flag"));
    assert_string_equal(key->name, "key");
    assert_string_equal(key->user, "key");
    assert_string_equal(keys.list[0].apps, "dental,sales");
    assert_int_equal(keys.list[0].limits.calls, 3);
    assert_null(keys.list[0].text);
    assert_null(mn_keys_find(&keys, MN_STR("in-the-cleaR")));
    assert_null(mn_keys_find(&keys, MN_STR("in-the-clea")));
    assert_null(mn_keys_find(&keys, MN_STR("")));
    mn_keys_free(&keys);
}

TEST(a_key_may_be_named_by_its_digest)
{
    /* printf 'abc' | sha256sum */
    assert_int_equal(load("web sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200"
                          "15ad\n",
                          NULL),
                     0);
    assert_string_equal(mn_keys_find(&keys, MN_STR("abc"))->name, "web");
    mn_keys_free(&keys);
}

TEST(apps_of_a_key_are_whole_names)
{
    assert_true(mn_key_names("dental,sales", MN_STR("sales")));
    assert_true(mn_key_names("dental", MN_STR("dental")));
    assert_false(mn_key_names("dental,sales", MN_STR("dent")));
    assert_false(mn_key_names("dental,sales", MN_STR("dental,sales")));
    assert_false(mn_key_names("dental", MN_STR("")));
}

TEST(every_mistake_in_the_file_of_keys_is_told_with_its_line)
{
    refused("web 12345678 calls=none\n", ":1: calls=: expected a whole number, from 1");
    refused("web 12345678 calls=0\n", ":1: calls=: expected");
    refused("web 12345678 app=dental\n", ":1: unknown word 'app' (did you mean 'apps'?)");
    refused("\nweb 1234567\n", ":2: after the name: expected a key of 8 bytes or more");
    refused("web\n", ":1: after the name: expected a key");
    refused("web sha256:12\n", ":1: sha256: is followed by 64 hex digits");
    refused("web 12345678\nweb 87654321\n", ":2: there are two keys named 'web'");
    refused("web 12345678\napp 12345678\n", ":2: 'web' and 'app' are the same key");
    refused("calls=3 12345678\n", ":1: a line begins with the key's name");
    refused("# none\n", "there is no key in it");
}

TEST(a_mistake_never_shows_the_key)
{
    assert_int_equal(load("web the-secret-itself calls=x\n", NULL), MN_ECONFIG);
    assert_null(strstr(why.p, "the-secret-itself"));
    mn_buf_free(&why);
    refused_without("web two-words the-secret-itself\n", "the-secret-itself");
    refused_without("the-secret-itself web\n", "the-secret-itself");
    refused_without("the-secret-itself sha256:web\n", "the-secret-itself");
}

TEST(a_file_that_is_no_file_of_keys_is_told_in_twenty_lines)
{
    struct mn_buf file = {0};
    int lines = 0;

    for (int i = 0; i < 100; i++)
        mn_buf_addf(&file, "line%d of some other file\n", i);
    assert_int_equal(load(file.p, NULL), MN_ECONFIG);
    assert_non_null(strstr(why.p, ":2: "));
    for (const char *line = why.p; (line = strchr(line, '\n')) != NULL; line++)
        lines++;
    assert_int_equal(lines, 20);
    mn_buf_free(&file);
    mn_buf_free(&why);
}
