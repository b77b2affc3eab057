/* test_webhook.c - whether a webhook is who it says. */
#include "base/err.h"
#include "call/webhook_sign.h"
#include "test.h"

/* The example of the Standard Webhooks specification. */
#define SECRET    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID        "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define STAMP     "1614265330"
#define BODY      "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static struct mn_webhook example(void)
{
    return (struct mn_webhook){mn_str(ID), mn_str(STAMP), mn_str(SIGNATURE), mn_str(BODY)};
}

static int check(struct mn_webhook hook, int64_t now_s)
{
    return mn_webhook_check(&hook, mn_str(SECRET), now_s, 300);
}

TEST(a_webhook_is_taken_as_its_sender_signed_it)
{
    struct mn_webhook hook = example();

    assert_int_equal(check(hook, 1614265330), 0);
    hook.signature = mn_str("v1,AAAA v1a,x " SIGNATURE " v1,");
    assert_int_equal(check(hook, 1614265330), 0);
}

TEST(a_webhook_that_was_changed_is_refused)
{
    struct mn_webhook hook = example();

    hook.body = mn_str("{\"test\": 2432232315}");
    assert_int_equal(check(hook, 1614265330), MN_EREFUSED);
    hook = example();
    hook.id = mn_str("msg_other");
    assert_int_equal(check(hook, 1614265330), MN_EREFUSED);
    hook = example();
    hook.timestamp = mn_str("1614265331");
    assert_int_equal(check(hook, 1614265331), MN_EREFUSED);
}

TEST(a_webhook_without_a_right_signature_is_refused)
{
    static const char *const wrong[] = {"",
                                        "v1,",
                                        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                                        "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O",
                                        "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                                        NULL};
    struct mn_webhook hook = example();

    for (const char *const *s = wrong; *s != NULL; s++) {
        hook.signature = mn_str(*s);
        assert_int_equal(check(hook, 1614265330), MN_EREFUSED);
    }
}

TEST(a_webhook_is_good_for_so_long_and_not_a_second_more)
{
    assert_int_equal(check(example(), 1614265330 + 300), 0);
    assert_int_equal(check(example(), 1614265330 + 301), MN_ETIMEOUT);
    assert_int_equal(check(example(), 1614265330 - 300), 0);
    assert_int_equal(check(example(), 1614265330 - 301), MN_ETIMEOUT);
}

TEST(a_timestamp_that_is_none_is_refused)
{
    static const char *const wrong[] = {"",    "-1", "1614265330 ", "99999999999999999999",
                                        "1e9", NULL};
    struct mn_webhook hook = example();

    for (const char *const *s = wrong; *s != NULL; s++) {
        hook.timestamp = mn_str(*s);
        assert_int_equal(check(hook, 1614265330), MN_EREFUSED);
    }
}

TEST(a_secret_that_anyone_could_guess_is_none)
{
    assert_true(mn_webhook_secret_is_good(mn_str(SECRET)));
    assert_false(mn_webhook_secret_is_good(mn_str("whsec_")));
    assert_false(mn_webhook_secret_is_good(mn_str("whsec_AAAA")));
    assert_false(mn_webhook_secret_is_good(mn_str("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
    assert_false(mn_webhook_secret_is_good(mn_str("whsec_not base64 at all, not at all")));
}
