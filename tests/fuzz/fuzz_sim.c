/* fuzz_sim.c - any client at all: each byte chooses a frame or a fault, or lets time pass.
 *
 * Holds: one response of the default conversation at a time; every response.created gets exactly
 * one response.done, and no event of it comes after; item ids are given once; nothing is said after
 * the end; every event is JSON, and one the API could have sent. After a fault that spoils events
 * or their order, only that nothing breaks. */
#include "fuzz.h"

#include "base/err.h"
#include "core/event_check.h"
#include "sim/fault.h"

#include <string.h>

#define RUNNING_MAX 32
#define ITEMS_MAX   4096

struct witness {
    char running[RUNNING_MAX][32]; /* ids of responses; [0] is the default conversation's */
    char items[ITEMS_MAX][32];
    int nitems;
    char last_item[32], last_response[32], last_call[32];
    bool spoilt; /* events need not make sense any more */
    bool hung;   /* stalled for ever, or until too much waits to be told */
};

static void copy(char out[32], struct mn_str s)
{
    MUST(s.n < 32);
    memcpy(out, s.n > 0 ? s.p : "", s.n);
    out[s.n] = '\0';
}

static int find(const struct witness *w, struct mn_str id)
{
    for (int i = 0; i < RUNNING_MAX; i++)
        if (w->running[i][0] != '\0' && mn_str_is(id, w->running[i]))
            return i;
    return -1;
}

static void see_created(struct witness *w, const struct mn_event *ev)
{
    const struct mn_json *response = mn_json_get(ev->body, "response");
    bool in_band = mn_json_str(response, "conversation_id").n > 0;
    int i = in_band ? 0 : 1;

    MUST(find(w, ev->response_id) < 0);
    while (!in_band && w->running[i][0] != '\0')
        MUST(++i < RUNNING_MAX);
    MUST(w->running[i][0] == '\0');
    copy(w->running[i], ev->response_id);
    copy(w->last_response, ev->response_id);
}

static void see_item(struct witness *w, const struct mn_event *ev)
{
    struct mn_str call = mn_json_str(mn_json_get(ev->body, "item"), "call_id");

    for (int i = 0; i < w->nitems; i++)
        MUST(!mn_str_is(ev->item_id, w->items[i]));
    if (w->nitems < ITEMS_MAX)
        copy(w->items[w->nitems++], ev->item_id);
    copy(w->last_item, ev->item_id);
    if (call.n > 0)
        copy(w->last_call, call);
}

/* A deleted id may be used again. */
static void see_deleted(struct witness *w, const struct mn_event *ev)
{
    for (int i = 0; i < w->nitems; i++)
        if (mn_str_is(ev->item_id, w->items[i]))
            memmove(w->items[i], w->items[--w->nitems], sizeof(w->items[i]));
}

static void see(struct witness *w, struct mn_str text)
{
    struct mn_event ev;
    struct mn_fault why;

    if (w->spoilt)
        return;
    MUST(mn_event_decode(&ev, text, MN_FROM_SERVER, MN_GA, &mn_json_frame, &why) == 0);
    MUST(ev.type != MN_EV_UNKNOWN);
    MUST(mn_event_check(&ev, &why) == 0);
    if (ev.type == MN_EV_RESPONSE_CREATED)
        see_created(w, &ev);
    else if (ev.response_id.n > 0)
        MUST(find(w, ev.response_id) >= 0);
    if (ev.type == MN_EV_RESPONSE_DONE)
        w->running[find(w, ev.response_id)][0] = '\0';
    if (ev.type == MN_EV_CONVERSATION_ITEM_ADDED)
        see_item(w, &ev);
    if (ev.type == MN_EV_CONVERSATION_ITEM_DELETED)
        see_deleted(w, &ev);
    mn_event_free(&ev);
}

static void drain(struct mn_sim *sim, struct witness *w)
{
    struct mn_buf event = {0};

    while (mn_sim_next(sim, &event)) {
        see(w, mn_buf_str(&event));
        mn_buf_clear(&event);
    }
    mn_buf_free(&event);
}

#define AUDIO(members)                                                                             \
    "{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\",\"audio\":{" members "}}}"
#define ITEM(members)   "{\"type\":\"conversation.item.create\",\"item\":{" members "}}"
#define CREATE(members) "{\"type\":\"response.create\",\"response\":{" members "}}"
#define LOUD            "gH+Af4B/gH+Af4B/gH+Af4B/gH+Af4B/gH+Af4B/gH+Af4B/gH+Af4B/gH+Af4B/"
#define QUIET           "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define TEN(x)          x x x x x x x x x x
#define APPEND(audio)   "{\"type\":\"input_audio_buffer.append\",\"audio\":\"" TEN(audio) "\"}"

/* $i, $r and $c stand for the last item, response and call told. */
static const char *const frames[] = {
    CREATE(""),
    CREATE("\"conversation\":\"none\",\"output_modalities\":[\"text\"]"),
    CREATE("\"conversation\":\"none\",\"input\":[{\"type\":\"item_reference\",\"id\":\"$i\"}]"),
    CREATE("\"max_output_tokens\":3"),
    CREATE("\"instructions\":\"Say exactly these words: \\\"One moment.\\\"\""),
    CREATE("\"tool_choice\":\"required\""),
    "{\"type\":\"response.cancel\"}",
    "{\"type\":\"response.cancel\",\"response_id\":\"$r\"}",
    ITEM("\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":"
         "\"Look at 7 invoices of Sam Latif.\"}]"),
    ITEM("\"id\":\"mine\",\"type\":\"message\",\"role\":\"system\",\"content\":[]"),
    ITEM("\"type\":\"function_call_output\",\"call_id\":\"$c\",\"output\":\"{\\\"a\\\":[1]}\""),
    "{\"type\":\"conversation.item.delete\",\"item_id\":\"$i\"}",
    "{\"type\":\"conversation.item.delete\",\"item_id\":\"mine\"}",
    "{\"type\":\"conversation.item.retrieve\",\"item_id\":\"$i\"}",
    "{\"type\":\"conversation.item.truncate\",\"item_id\":\"$i\",\"content_index\":0,"
    "\"audio_end_ms\":100}",
    APPEND(TEN(LOUD)),
    APPEND(TEN(QUIET)),
    APPEND("AAA="),
    "{\"type\":\"input_audio_buffer.commit\"}",
    "{\"type\":\"input_audio_buffer.clear\"}",
    AUDIO("\"input\":{\"turn_detection\":null}"),
    AUDIO("\"input\":{\"turn_detection\":{\"type\":\"server_vad\",\"idle_timeout_ms\":5000,"
          "\"silence_duration_ms\":100}}"),
    AUDIO(
        "\"input\":{\"turn_detection\":{\"type\":\"semantic_vad\",\"interrupt_response\":false}}"),
    AUDIO("\"input\":{\"transcription\":{\"model\":\"whisper-1\"}}"),
    AUDIO("\"input\":{\"format\":{\"type\":\"audio/pcmu\"}}"),
    AUDIO("\"output\":{\"format\":{\"type\":\"audio/pcma\"},\"voice\":\"ash\"}"),
    "{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\",\"output_modalities\":"
    "[\"text\"]}}",
    "{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\",\"tools\":[{\"type\":"
    "\"function\",\"name\":\"look_at\",\"description\":\"invoices\",\"parameters\":{\"type\":"
    "\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},\"required\":[\"n\"]}}]}}",
    "{\"type\":\"nothing\"}",
    "{",
};
#define FRAMES (sizeof(frames) / sizeof(frames[0]))

/* Names what the client means: the last item, response or call it was told of. */
static void fill(struct mn_buf *out, const char *frame, const struct witness *w)
{
    for (; *frame != '\0'; frame++) {
        if (*frame != '$') {
            mn_buf_add_byte(out, *frame);
            continue;
        }
        frame++;
        mn_buf_add_text(out, *frame == 'i'   ? w->last_item
                             : *frame == 'r' ? w->last_response
                                             : w->last_call);
    }
}

static const struct {
    const char *word;
    bool spoils;
} faults[] = {
    {"drop", false},
    {"close:1011:gone", false},
    {"stall:3000", false},
    {"stall", false},
    {"expire", false},
    {"strange_delta", true},
    {"unknown_event", true},
    {"not_json", true},
    {"cut_short", true},
    {"wrong_type", true},
    {"done_twice", true},
    {"delta_first", true},
    {"item_reverse", true},
    {"refuse_update", false},
    {"lose_update", false},
    {"already_active", false},
    {"fail", false},
    {"fail:rate_limit_exceeded", false},
    {"slow:4000", false},
    {"late_transcript:900", false},
    {"fail_transcript", false},
};
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static void feed(struct mn_sim *sim, struct witness *w, const char *frame, int64_t now_ms)
{
    struct mn_buf text = {0};
    int err;

    fill(&text, frame, w);
    err = mn_sim_feed(sim, mn_buf_str(&text), now_ms);
    MUST(err == 0 || err == MN_EFULL);
    w->hung = w->hung || err == MN_EFULL; /* answers pile up behind a stall only */
    mn_buf_free(&text);
}

static void strike(struct mn_sim *sim, struct witness *w, size_t i, int64_t now_ms)
{
    enum mn_sim_fault fault;
    struct mn_str text;
    int64_t number;

    MUST(mn_sim_fault_read(mn_str(faults[i].word), &fault, &number, &text));
    MUST(mn_sim_fault(sim, fault, number, text, now_ms) == 0);
    w->spoilt = w->spoilt || faults[i].spoils;
    w->hung = w->hung || (fault == MN_SIM_STALL && number == 0);
}

/* Lets time pass, stopping at each deadline, until the session may have ended. */
static int64_t pass(struct mn_sim *sim, struct witness *w, int64_t now_ms, int64_t ms)
{
    int64_t until_ms = now_ms + ms, due_ms = mn_sim_deadline(sim);

    for (int steps = 0; due_ms <= until_ms; due_ms = mn_sim_deadline(sim)) {
        MUST(++steps < 100000);
        MUST(mn_sim_tick(sim, due_ms) == 0);
        drain(sim, w);
    }
    return until_ms;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const int64_t pauses[] = {1, 20, 100, 700, 6000};
    struct mn_sim_settings set = mn_sim_defaults();
    struct witness *w = calloc(1, sizeof(*w));
    struct mn_sim *sim;
    int64_t now_ms = 0;
    struct mn_str reason;
    size_t choice;
    int code;

    set.frame_ms = 500; /* less audio to look at, more turns */
    set.word_ms = 200;
    sim = mn_sim_new(&set, now_ms);
    MUST(w != NULL && sim != NULL);
    drain(sim, w);
    for (size_t i = 0; i < n && i < 200; i++) {
        if (bytes[i] % 2 == 0) {
            now_ms = pass(sim, w, now_ms, pauses[bytes[i] / 2 % 5]);
            continue;
        }
        if (mn_sim_closed(sim, &code, &reason) || w->hung)
            break;
        choice = bytes[i] / 2 % (FRAMES + FAULTS);
        if (choice < FRAMES)
            feed(sim, w, frames[choice], now_ms);
        else
            strike(sim, w, choice - FRAMES, now_ms);
        drain(sim, w);
    }
    if (!mn_sim_closed(sim, &code, &reason) && !w->hung) /* nothing new begins */
        feed(sim, w, AUDIO("\"input\":{\"turn_detection\":null}"), now_ms);
    if (!w->hung)
        pass(sim, w, now_ms, 20000);
    for (int i = 0; i < RUNNING_MAX; i++)
        MUST(w->running[i][0] == '\0' || w->hung || w->spoilt ||
             mn_sim_closed(sim, &code, &reason));
    mn_sim_free(sim);
    free(w);
    return 0;
}
