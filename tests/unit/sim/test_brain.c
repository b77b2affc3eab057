/* test_brain.c - the stand-in: which tool it takes, with what arguments, and what it says. */
#include "test.h"

#include "sim/brain.h"
#include "sim/brain_plain.h"
#include "sim/words.h"

#include <stdio.h>

static const char tools_json[] =
    "[{\"type\":\"function\",\"name\":\"find_patient\",\"description\":\"Find a patient's record "
    "by name and date of birth.\",\"parameters\":{\"type\":\"object\",\"properties\":{\"name\":{"
    "\"type\":\"string\",\"description\":\"Full name, as the caller said it\"},\"born\":{\"type\":"
    "\"string\",\"format\":\"date\",\"description\":\"Date of birth\"},\"site\":{\"type\":"
    "\"string\",\"enum\":[\"north\",\"south\"]}},\"required\":[\"name\",\"born\"]}},"
    "{\"type\":\"function\",\"name\":\"list_appointments\",\"description\":\"List the coming "
    "appointments of the patient whose record is open.\",\"parameters\":{\"type\":\"object\","
    "\"properties\":{}}},"
    "{\"type\":\"function\",\"name\":\"datetime\",\"description\":\"The current date and time.\"},"
    "{\"type\":\"function\",\"name\":\"transfer_to_Billing\",\"description\":\"Answers questions "
    "about invoices, charges and payments.\"},"
    "{\"type\":\"function\",\"name\":\"set_alarm\",\"description\":\"Wake the caller.\","
    "\"parameters\":{\"type\":\"object\",\"properties\":{\"minutes\":{\"type\":\"integer\"},"
    "\"loud\":{\"type\":\"boolean\"},\"volume\":{\"type\":\"number\"}},\"required\":["
    "\"minutes\"]}},"
    "{\"type\":\"function\",\"name\":\"take_message\",\"description\":\"Write down a message for "
    "the dentist.\",\"parameters\":{\"type\":\"object\",\"properties\":{\"message\":{\"type\":"
    "\"string\"}},\"required\":[\"message\"]}},"
    "{\"type\":\"function\",\"name\":\"seat_party\",\"description\":\"Seat a party.\","
    "\"parameters\":{\"type\":\"object\",\"properties\":{\"party_size\":{\"type\":\"integer\"},"
    "\"time\":{\"type\":\"string\",\"pattern\":\"^[0-9]{2}:[0-9]{2}$\"},\"phone\":{\"type\":"
    "\"string\"}},\"required\":[\"party_size\",\"time\",\"phone\"]}}]";

struct talk {
    struct mn_sim_line lines[8];
    int n;
    const char *instructions, *choice;
};

/* What the stand-in answers, as one line: `call name {arguments}` or `say words`. */
static const char *answer(const struct talk *t)
{
    static char line[1024];
    struct mn_json *tools = NULL, *choice = NULL;
    struct mn_sim_outputs out = {0};
    struct mn_sim_ask ask = {.lines = t->lines, .nlines = t->n};

    assert_int_equal(mn_json_parse(&tools, mn_str(tools_json), &mn_json_frame, NULL), 0);
    if (t->choice != NULL)
        assert_int_equal(mn_json_parse(&choice, mn_str(t->choice), &mn_json_frame, NULL), 0);
    ask.tools = tools;
    ask.tool_choice = choice;
    ask.instructions = mn_str(t->instructions);
    assert_int_equal(mn_brain_standin.answer(NULL, &ask, &out), 0);
    assert_int_equal(out.n, 1);
    if (out.list[0].kind == MN_SIM_CALL)
        snprintf(line, sizeof(line), "call %s %s", out.list[0].name, out.list[0].text.p);
    else
        snprintf(line, sizeof(line), "say %s", out.list[0].text.p);
    mn_sim_outputs_free(&out);
    mn_json_free(tools);
    mn_json_free(choice);
    return line;
}

static const char *answer_to(const char *said)
{
    struct talk t = {.lines = {{.who = MN_SIM_USER, .text = mn_str(said)}}, .n = 1};

    return answer(&t);
}

static const struct {
    const char *said, *answer;
} sentences[] = {
    {"Hello, this is Sam Latif, born 1980-05-01. Please find my patient record.",
     "call find_patient {\"name\":\"Sam Latif\",\"born\":\"1980-05-01\"}"},
    {"Sam Latif, born the first of May 1980.",
     "call find_patient {\"name\":\"Sam Latif\",\"born\":\"1980-05-01\"}"},
    {"My name is Grace Lindqvist and I was born on December the 30th, 1955, at the south practice.",
     "call find_patient {\"name\":\"Grace Lindqvist\",\"born\":\"1955-12-30\",\"site\":\"south\"}"},
    {"Find the record of Ada Okafor.", "say To do that I still need: born (Date of birth)."},
    {"I have a question about an invoice.", "call transfer_to_Billing {}"},
    {"Thank you. I have a question about an invoice.", "call transfer_to_Billing {}"},
    {"Can you list my appointments, please?", "call list_appointments {}"},
    {"What time is it?", "call datetime {}"},
    {"Set an alarm in twenty minutes, not loud.", "call set_alarm {\"minutes\":20,\"loud\":false}"},
    {"Set an alarm in 5 minutes at volume 0.5", "call set_alarm {\"minutes\":5,\"volume\":0.5}"},
    {"Take a message for the dentist.",
     "call take_message {\"message\":\"Take a message for the dentist.\"}"},
    {"Do you like the weather in Lisbon?",
     "say I am a stand-in for the model. You said: \"Do you like the weather in Lisbon?\""},
    {"Hello", "say I am a stand-in for the model. You said: \"Hello\""},
    {"", "say Hello. How can I help?"},
};

TEST(the_standin_takes_the_tool_that_shares_most_words)
{
    for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
        assert_string_equal(answer_to(sentences[i].said), sentences[i].answer);
}

TEST(the_standin_says_the_words_it_was_told)
{
    struct talk t = {.instructions = "You are Lexi.\nSay exactly these words: \"Hi, \\\"you\\\".\""
                                     "\nThen wait."};

    assert_string_equal(answer(&t), "say Hi, \"you\".");
    t.instructions = "Say exactly these words: no quotes here";
    assert_string_equal(answer(&t), "say no quotes here");
}

TEST(the_standin_asks_for_what_is_missing_and_then_has_it)
{
    struct talk t = {
        .lines = {{.who = MN_SIM_USER, .text = MN_STR("Find the patient Sam Latif.")},
                  {.who = MN_SIM_ASSISTANT, .text = MN_STR("To do that I still need: born.")},
                  {.who = MN_SIM_USER, .text = MN_STR("May 1st 1980")}},
        .n = 3};

    assert_string_equal(answer(&t),
                        "call find_patient {\"name\":\"Sam Latif\",\"born\":\"1980-05-01\"}");
}

TEST(the_standin_takes_what_is_named_and_what_fits)
{
    struct talk t = {.lines = {{.who = MN_SIM_USER,
                                .text = MN_STR("Seat us at 20:00, phone 020 7946 0210, "
                                               "party size 4, please.")}},
                     .n = 1};

    assert_string_equal(answer(&t), "call seat_party {\"party_size\":4,\"time\":\"20:00\","
                                    "\"phone\":\"020 7946 0210\"}");
    t.lines[0].text = MN_STR("Seat us, the phone is 12, party size: seven.");
    assert_string_equal(answer(&t), "say To do that I still need: time.");
}

TEST(the_standin_follows_tool_choice)
{
    struct talk t = {.lines = {{.who = MN_SIM_USER, .text = MN_STR("What time is it?")}}, .n = 1};

    t.choice = "\"none\"";
    assert_string_equal(answer(&t),
                        "say I am a stand-in for the model. You said: \"What time is it?\"");
    t.choice = "{\"type\":\"function\",\"name\":\"set_alarm\"}";
    assert_string_equal(answer(&t), "call set_alarm {\"minutes\":0}");
    t.choice = "\"required\"";
    t.lines[0].text = MN_STR("Well.");
    assert_true(strncmp(answer(&t), "call ", 5) == 0);
}

TEST(the_standin_calls_once_for_what_was_said_once)
{
    struct talk t = {.lines = {{.who = MN_SIM_USER, .text = MN_STR("What time is it?")},
                               {.who = MN_SIM_CALLED, .name = MN_STR("datetime")},
                               {.who = MN_SIM_RESULT, .text = MN_STR("Noon.")}},
                     .n = 3};

    assert_string_equal(answer(&t), "say Noon.");
    t.lines[3] = (struct mn_sim_line){.who = MN_SIM_ASSISTANT, .text = MN_STR("Noon.")};
    t.n = 4;
    assert_string_equal(answer(&t), "say Is there anything else I can do?");
}

TEST(results_of_several_calls_are_all_told)
{
    struct talk t = {.lines = {{.who = MN_SIM_RESULT, .text = MN_STR("Noon.")},
                               {.who = MN_SIM_RESULT, .text = MN_STR("{\"found\":true}")}},
                     .n = 2};

    assert_string_equal(answer(&t), "say Noon. Here is what I have: found yes.");
}

static const struct {
    const char *output, *spoken;
} outputs[] = {
    {"I cannot reach the records right now.", "I cannot reach the records right now."},
    {"\"quoted\"", "quoted"},
    {"{\"id\":22,\"name\":\"Sam Latif\"}", "Here is what I have: id 22, name Sam Latif."},
    {"{\"found\":false}", "Here is what I have: found no."},
    {"{\"assistant\":\"Billing\"}", "You are through to Billing. How can I help?"},
    {"{\"error\":\"No record is open.\"}", "No record is open."},
    {"{\"invoices\":[{\"id\":1052,\"due_on\":\"soon\"},{\"id\":1041}]}",
     "Here is what I have: invoices id 1052, due on soon; id 1041."},
    {"[]", "nothing."},
    {"null", "nothing."},
    {"4.5", "4.5."},
    {"{broken", "{broken"},
};

TEST(results_are_put_in_plain_words)
{
    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
        struct mn_buf out = {0};

        mn_brain_plain(mn_str(outputs[i].output), &out);
        assert_string_equal(out.p, outputs[i].spoken);
        mn_buf_free(&out);
    }
}

static const struct {
    const char *said, *date; /* NULL: none */
} dates[] = {
    {"born 1980-05-01.", "1980-05-01"},
    {"the first of May 1980", "1980-05-01"},
    {"the 1st of May, 1980", "1980-05-01"},
    {"1 May 1980", "1980-05-01"},
    {"May 1st 1980", "1980-05-01"},
    {"May the first, nineteen eighty", "1980-05-01"},
    {"the thirty-first of December nineteen ninety nine", "1999-12-31"},
    {"the twenty third of Nov 1991", "1991-11-23"},
    {"August 17 two thousand nine", NULL},
    {"twenty ten, March 3", NULL},
    {"on 3 March twenty ten", "2010-03-03"},
    {"the 31st of February 1980", NULL},
    {"1980-13-01", NULL},
    {"May I help you in 1980?", NULL},
    {"in May", NULL},
    {"", NULL},
};

TEST(dates_are_found_as_they_are_spoken)
{
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        struct mn_words words;
        char date[11];
        bool found;

        mn_words_split(&words, mn_str(dates[i].said));
        found = mn_words_date(&words, date);
        if (found != (dates[i].date != NULL))
            fail_msg("'%s': %s", dates[i].said, found ? date : "nothing");
        if (found)
            assert_string_equal(date, dates[i].date);
    }
}

static const struct {
    const char *a, *b;
    bool related;
} pairs[] = {
    {"invoice", "Invoices", true},
    {"booking", "book", true},
    {"charges", "charged", true},
    {"car", "carpet", false},
    {"appoint", "appointment", true},
    {"city", "cities", true},
    {"", "x", false},
    {"pay", "payment", false},
};

TEST(words_are_related_by_their_stem)
{
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (mn_word_related(mn_str(pairs[i].a), mn_str(pairs[i].b)) != pairs[i].related)
            fail_msg("%s, %s", pairs[i].a, pairs[i].b);
}
