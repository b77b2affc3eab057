/* test_session_move.c - what the next agent knows, and what it says first: R24, R25. */
#include "session_driver.h"

#include "base/err.h"

#define FAILED "The transfer failed. You are still speaking with the caller: carry on yourself."
#define TO_C   "note agent_handoff agent=C from=A to=C"

static void says(struct drive *d, const char *role, const char *id, const char *words)
{
    model_sends(d,
                "{'type':'conversation.item.added','item':{'id':'%s','type':'message',"
                "'role':'%s','content':[{'type':'input_text','text':'%s'}]}}",
                id, role, words);
}

/* u1, a tool, u2; then the model transfers with words of its own before it. */
static void transfers(struct drive *d, const char *tool)
{
    drive_ready(d);
    says(d, "user", "u1", "Hi.");
    model_created(d, "r1");
    model_call(d, "r1", "c1", "find_patient", "{}");
    job_done(d, "c1", "Sam");
    model_done(d, "r1");
    model_created(d, "r2");
    model_done(d, "r2");
    says(d, "user", "u2", "C, please.");
    model_created(d, "r3");
    says(d, "assistant", "i1", "");
    model_words(d, "r3", "i1", "Wait.");
    model_call(d, "r3", "c2", tool, "{}");
    drive_forget(d);
}

static void goes_through(struct drive *d, const char *chosen)
{
    struct mn_buf items = {0};

    for (const char *c = chosen; *c != '\0'; c++)
        mn_buf_add_byte(&items, *c == '\'' ? '"' : *c);
    job_done(d, "c2", items.p);
    prepared(d, "I am C.");
    drive_forget(d);
    model_updated(d);
    mn_buf_free(&items);
}

TEST(R24_all_but_the_newest_items_are_taken_from_the_model)
{
    struct drive d;

    transfers(&d, "fresh_to_C");
    says(&d, "user", "u3", "Quickly."); /* said meanwhile, so the next agent knows */
    goes_through(&d, "");
    SEES(&d, "send delete u1", "send delete #1", "send delete item_c1", "send delete u2", TO_C,
         "send output c2 {\"assistant\":\"C\"}");
    HISTORY(&d, "[user u1: Hi.]", "[call c1 find_patient: Sam]", "[user u2: C, please.]",
            "assistant i1: Wait.", "call c2 fresh_to_C: {\"assistant\":\"C\"}", "user u3: Quickly.",
            "A to C");
    model_done(&d, "r3");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R24_with_no_history_what_is_still_being_said_goes_when_it_is_over)
{
    struct drive d;

    transfers(&d, "blank_to_C");
    goes_through(&d, "");
    SEES(&d, "send delete u1", "send delete #1", "send delete item_c1", "send delete u2", TO_C,
         "send output c2 {\"assistant\":\"C\"}");
    model_done(&d, "r3");
    SEES(&d, "send delete i1",
         "send response.create{\"instructions\":\"I am C.\\n\\nSay exactly these words: "
         "\\\"C here.\\\"\"}");
    HISTORY(&d, "[user u1: Hi.]", "[call c1 find_patient: Sam]", "[user u2: C, please.]",
            "[assistant i1: Wait.]", "call c2 blank_to_C: {\"assistant\":\"C\"}", "A to C");
    drive_close(&d);
}

TEST(R24_a_function_chooses_and_may_put_words_in_the_place_of_others)
{
    struct drive d;

    transfers(&d, "transfer_to_B");
    goes_through(&d, "[{'id':'u1','forgotten':true},{'id':'item_c1','forgotten':true},"
                     "{'role':'system','text':'This is Sam.'},{'id':'u2'}]");
    SEES(&d, "send delete u1", "send delete #1", "send delete item_c1",
         "send system #2: input_text This is Sam. behind root",
         "note agent_handoff agent=B from=A to=B", "send output c2 {\"assistant\":\"B\"}");
    HISTORY(&d, "[user u1: Hi.]", "[call c1 find_patient: Sam]", "system #2: This is Sam.",
            "user u2: C, please.", "assistant i1: Wait.",
            "call c2 transfer_to_B: {\"assistant\":\"B\"}", "A to B");
    drive_close(&d);
}

TEST(R24_a_function_that_gives_no_items_leaves_the_old_agent)
{
    struct drive d;

    transfers(&d, "transfer_to_B");
    job_done(&d, "c2", "[{\"type\":\"song\"}]");
    SEES(&d, "note handoff_failed agent=A from=A to=B reason=its history gave no list of items",
         "send output c2 " FAILED);
    drive_close(&d);
}

TEST(R24_a_handoff_that_fails_takes_nothing)
{
    struct drive d;

    transfers(&d, "blank_to_C");
    job_fails(&d, "c2", "No.");
    drive_forget(&d);
    model_done(&d, "r3");
    SEES(&d, "send response.create");
    HISTORY(&d, "user u1: Hi.", "call c1 find_patient: Sam", "user u2: C, please.",
            "assistant i1: Wait.", "call c2 blank_to_C: " FAILED);
    drive_close(&d);
}

TEST(R24_words_that_were_taken_are_not_cut_at_the_model)
{
    struct drive d;

    transfers(&d, "blank_to_C");
    model_audio(&d, "r3", "i1", 500);
    goes_through(&d, "");
    model_done(&d, "r3");
    drive_forget(&d);
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    SEES(&d, "send response.cancel", "drop");
    drive_close(&d);
}

static void moves(struct drive *d, const struct mn_move *move)
{
    drive_ready(d);
    says(d, "user", "u1", "Hi.");
    drive_feed(d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1, .move = move});
    prepared(d, "I am B.");
    drive_forget(d);
    model_updated(d);
}

TEST(R25_a_script_says_what_the_next_agent_knows_and_says)
{
    struct drive d;

    moves(&d, &(struct mn_move){.last = -1, .say = MN_STR("B here.")});
    SEES(&d, "send delete u1", "note agent_handoff agent=B from=A to=B",
         "send response.create{\"instructions\":\"I am B.\\n\\nSay exactly these words: "
         "\\\"B here.\\\"\"}");
    drive_close(&d);
    moves(&d, &(struct mn_move){.reply = MN_STR("Be brief.")});
    SEES(&d, "note agent_handoff agent=B from=A to=B",
         "send response.create{\"instructions\":\"I am B.\\n\\nBe brief.\"}");
    drive_close(&d);
    moves(&d, &(struct mn_move){.items = MN_STR("[{\"id\":\"u1\",\"forgotten\":true}]"),
                                .silent = true});
    SEES(&d, "send delete u1", "note agent_handoff agent=B from=A to=B");
    drive_close(&d);
}

TEST(R25_a_move_with_what_is_no_list_of_items_does_not_begin)
{
    const struct mn_move move = {.items = MN_STR("[{\"role\":\"king\"}]")};
    struct drive d;

    drive_ready(&d);
    assert_int_equal(
        drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1, .move = &move}),
        MN_EPROTOCOL);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R24_words_put_in_the_place_of_others_are_known_and_those_forgotten)
{
    struct drive d;

    transfers(&d, "transfer_to_B");
    goes_through(&d, "[{'id':'u2','text':'C.','role':'user'}]");
    SEES(&d, "send delete u2", "send user #1: input_text C. behind root",
         "note agent_handoff agent=B from=A to=B", "send output c2 {\"assistant\":\"B\"}");
    HISTORY(&d, "user #1: C.", "user u1: Hi.", "call c1 find_patient: Sam", "[user u2: C, please.]",
            "assistant i1: Wait.", "call c2 transfer_to_B: {\"assistant\":\"B\"}", "A to B");
    drive_close(&d);
}
