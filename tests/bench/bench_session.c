/* bench_session.c - nanoseconds a session takes for an input, decoding not counted.
 *   mn_bench_session [turns]
 *
 * feed: the events of one spoken turn, with a tool call in it, over and over, each with its effects
 * taken and freed; median and worst of them all. audio: one frame of 20 ms. Targets: 5 us, 0.5 us.
 */
#include "core/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LIT(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

static const struct mn_tool_spec tools[] = {{.name = LIT("find_patient"), .timeout_ms = 5000}};
static const struct mn_agent_spec agents[] = {{.name = LIT("A"), .tools = tools, .ntools = 1}};
static const struct mn_app_spec app = {.name = LIT("app"), .agents = agents, .nagents = 1};

#define WORDS                                                                                      \
    "{\"type\":\"response.output_audio_transcript.delta\",\"response_id\":\"r1\",\"item_id\":"     \
    "\"i1\",\"output_index\":0,\"content_index\":0,\"delta\":\"some words \"}"

#define CALL                                                                                       \
    "{\"type\":\"response.output_item.done\",\"response_id\":\"r1\",\"output_index\":0,\"item\":{" \
    "\"id\":\"k%zu\",\"type\":\"function_call\",\"status\":\"completed\",\"name\":\"find_"         \
    "patient\","                                                                                   \
    "\"call_id\":\"c%zu\",\"arguments\":\"{\\\"name\\\":\\\"Sam Latif\\\"}\"}}"

static const char *const turn[] = {
    "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":0,\"item_id\":\"u1\"}",
    "{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":900,\"item_id\":\"u1\"}",
    "{\"type\":\"input_audio_buffer.committed\",\"item_id\":\"u1\"}",
    "{\"type\":\"conversation.item.added\",\"item\":{\"id\":\"u1\",\"type\":\"message\","
    "\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"transcript\":null}]}}",
    "{\"type\":\"response.created\",\"response\":{\"id\":\"r1\",\"conversation_id\":\"c\"}}",
    "{\"type\":\"conversation.item.added\",\"previous_item_id\":\"u1\",\"item\":{\"id\":\"i1\","
    "\"type\":\"message\",\"role\":\"assistant\",\"content\":[]}}",
    WORDS,
    WORDS,
    WORDS,
    WORDS,
    NULL, /* the call, each turn another: CALL */
    "{\"type\":\"response.done\",\"response\":{\"id\":\"r1\",\"conversation_id\":\"c\",\"status\":"
    "\"completed\",\"output\":[{\"id\":\"i1\",\"type\":\"message\",\"role\":\"assistant\"}],"
    "\"usage\":{\"input_tokens\":320,\"output_tokens\":192,\"total_tokens\":512}}}",
    "{\"type\":\"conversation.item.deleted\",\"item_id\":\"i1\"}",
    "{\"type\":\"conversation.item.deleted\",\"item_id\":\"u1\"}",
    /* another, so that the next r1 is a new one */
    "{\"type\":\"response.created\",\"response\":{\"id\":\"r0\",\"conversation_id\":\"c\"}}",
    "{\"type\":\"response.done\",\"response\":{\"id\":\"r0\",\"conversation_id\":\"c\",\"status\":"
    "\"completed\",\"output\":[]}}",
};

#define CREATED 4
#define ADDED   5
#define TURN    (sizeof(turn) / sizeof(turn[0]))

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Twice what is promised: 5 us a feed and 0.5 us a frame of audio, medians on a quiet machine. */
#define FEED_MAX_NS  10000
#define AUDIO_MAX_NS 1000

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
static const bool is_release = false;
#else
static const bool is_release = true;
#endif

/* Returns the median. */
static int64_t report(const char *name, int64_t *ns, size_t n)
{
    qsort(ns, n, sizeof(*ns), compare);
    printf("%-8s %8.2f us median %8.2f us of 99 in 100 below %8zu inputs\n", name,
           (double)ns[n / 2] / 1000, (double)ns[n - 1 - n / 100] / 1000, n);
    return ns[n / 2];
}

/* Feeds and takes the effects. Returns the nanoseconds it took. */
static int64_t feed(struct mn_session *s, const struct mn_input *in, int64_t now_ms)
{
    int64_t from_ns = now_ns();
    struct mn_effect fx;

    mn_session_feed(s, in, now_ms);
    while (mn_session_next(s, &fx))
        mn_effect_free(&fx);
    return now_ns() - from_ns;
}

static int64_t feed_event(struct mn_session *s, const struct mn_event *ev, int64_t now_ms)
{
    return feed(s, &(struct mn_input){.type = MN_IN_MODEL, .leg = 1, .event = ev}, now_ms);
}

static bool model_says(struct mn_event *ev, const char *frame)
{
    struct mn_fault why;

    return mn_event_decode(ev, mn_str(frame), MN_FROM_SERVER, MN_GA, &mn_json_frame, &why) == 0;
}

static struct mn_session *ready(void)
{
    struct mn_session_settings settings = {
        .app = &app, .id = "sess_1", .lead_ms = 200, .unreleased_max_ms = 1000000000, .start = -1};
    static const char *const frames[] = {"{\"type\":\"session.created\",\"session\":{}}",
                                         "{\"type\":\"session.updated\",\"session\":{}}"};
    struct mn_session *s = mn_session_new(&settings);
    struct mn_event ev;

    if (s == NULL)
        return NULL;
    feed(s, &(struct mn_input){.type = MN_IN_START}, 0);
    feed(s, &(struct mn_input){.type = MN_IN_RESULT, .ticket = 1, .text = MN_STR("I am A.")}, 0);
    for (int i = 0; i < 2; i++) {
        if (model_says(&ev, frames[i]))
            feed_event(s, &ev, 0);
        mn_event_free(&ev);
    }
    return s;
}

static int64_t feed_call(struct mn_session *s, size_t t, int64_t now_ms)
{
    char frame[sizeof(CALL) + 40];
    struct mn_event ev;
    int64_t ns = 0;

    snprintf(frame, sizeof(frame), CALL, t, t);
    if (model_says(&ev, frame))
        ns = feed_event(s, &ev, now_ms);
    mn_event_free(&ev);
    return ns;
}

static bool bench_feed(struct mn_session *s, const struct mn_event *events, int64_t *ns,
                       size_t turns)
{
    for (size_t t = 0; t < turns; t++) {
        for (size_t i = 0; i < TURN; i++) {
            int64_t now_ms = (int64_t)(t * 10000 + i);

            ns[t * TURN + i] =
                turn[i] == NULL ? feed_call(s, t, now_ms) : feed_event(s, &events[i], now_ms);
        }
    }
    return report("feed", ns, turns * TURN) <= FEED_MAX_NS || !is_release;
}

/* A hundred frames between two looks at the clock: one is shorter than the look. */
static bool bench_audio(struct mn_session *s, const struct mn_event *events, int64_t *ns, size_t n)
{
    static char base64[1280];
    struct mn_span span = {
        .audio = {base64, sizeof(base64)}, .response_id = MN_STR("r1"), .item_id = MN_STR("i1")};
    struct mn_effect fx;
    int played = 0;

    memset(base64, 'A', sizeof(base64));
    feed_event(s, &events[CREATED], 0);
    feed_event(s, &events[ADDED], 0);
    for (size_t i = 0; i < n; i++) {
        int64_t from_ns = now_ns();

        for (int k = 0; k < 100; k++)
            played += mn_session_audio(s, 1, &span, (int64_t)i).act == MN_AUDIO_PLAY;
        ns[i] = (now_ns() - from_ns) / 100;
        while (mn_session_next(s, &fx))
            mn_effect_free(&fx);
    }
    if (report("audio", ns, n) > AUDIO_MAX_NS && is_release)
        return false;
    return (size_t)played == n * 100;
}

int main(int argc, char **argv)
{
    size_t turns = argc > 1 ? strtoul(argv[1], NULL, 10) : 5000;
    int64_t *ns = turns > 0 ? calloc(turns * TURN, sizeof(*ns)) : NULL;
    struct mn_event events[TURN] = {0};
    struct mn_session *s = ready();
    bool made = ns != NULL && s != NULL;

    for (size_t i = 0; i < TURN && made; i++)
        made = turn[i] == NULL || model_says(&events[i], turn[i]);
    if (made) {
        made = bench_feed(s, events, ns, turns) && bench_audio(s, events, ns, turns) &&
               mn_session_append(s, 0, 0) == 1;
    }
    for (size_t i = 0; i < TURN; i++)
        mn_event_free(&events[i]);
    mn_session_free(s);
    free(ns);
    return made ? 0 : 1;
}
