/* test_session_picture.c - pictures that a script shows the model: R50. */
#include "session_driver.h"

#include "base/err.h"

#include <stdio.h>

static int show(struct drive *d, const char *url, const char *text)
{
    const struct mn_picture picture = {.url = mn_str(url), .text = mn_str(text)};

    return drive_feed(d, &(struct mn_input){.type = MN_IN_PICTURE, .picture = &picture});
}

static void assert_last(struct drive *d, const char *part)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_session_history(d->s, 1, &out), 0);
    if (strstr(out.p, part) == NULL)
        fail_msg("%s is not in %s", part, out.p);
    mn_buf_free(&out);
}

#define PNG "data:image/png;base64,iVBORw0KGgo="

TEST(R50_a_picture_that_is_shown_is_remembered_as_what_it_was)
{
    struct drive d;

    drive_ready(&d);
    assert_int_equal(show(&d, PNG, ""), 0);
    SEES(&d, "send conversation.item.create");
    assert_last(&d, "\"role\":\"user\",\"text\":\"\",\"images\":[{\"part\":0,\"type\":"
                    "\"image/png\",\"bytes\":8}]");
    assert_int_equal(show(&d, PNG, "The plan."), 0);
    assert_last(&d, "\"text\":\"The plan.\",\"images\":[{\"part\":1,\"type\":\"image/png\"");
    drive_close(&d);
}

TEST(R50_the_caller_hears_nothing_of_it)
{
    struct mn_buf last = {0};
    struct drive d;
    char id[MN_ID_MAX];

    drive_ready(&d);
    d.tells = true;
    assert_int_equal(show(&d, PNG, ""), 0);
    drive_forget(&d);
    mn_session_history(d.s, 1, &last);
    assert_int_equal(sscanf(last.p, "[{\"id\":\"%60[^\"]", id), 1);
    mn_buf_free(&last);
    model_sends(&d,
                "{'type':'conversation.item.added','previous_item_id':null,'item':{'id':'%s',"
                "'type':'message','role':'user','content':[{'type':'input_image'}]}}",
                id);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R50_there_is_nobody_to_be_shown_it_without_a_model)
{
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    assert_int_equal(show(&d, PNG, ""), MN_EPROTOCOL);
    drive_close(&d);
}
