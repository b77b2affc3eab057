/* test_any_order.c - who may speak next, in any order of events (R1 to R4, R6).
 *
 * A server that keeps its rules stands at the other end of a line that does not: what it tells is
 * now and then lost, told twice, or overtaken; but for errors, without which a request that was
 * refused cannot be told from one that was answered. Thousands of talks are made up from seeds, and
 * of each it must hold:
 *   - no response.create goes out while one in flight is known of, or one sent is unanswered;
 *   - what was asked for with words of its own is sent, and, unless it was sent twice without an
 *     answer, cancelled, or failed twice, the server has begun it;
 *   - when the line is whole again, whatever was lost, the session comes to rest, and what is asked
 *     for then is sent, begun and ended;
 *   - an answer nobody asked for is not asked for. */
#include "core/session_parts.h"
#include "session_driver.h"

#include <stdio.h>
#include <stdlib.h>

#define TALKS  1000
#define STEPS  60
#define WORDS  256 /* things to say in one talk; more than it has steps */
#define QUEUED 64  /* frames on their way at once */

struct said {
    int sent, begun, failed;
    bool cut; /* cancelled while it was asked for or spoken */
};

struct server {
    int active, asked_by; /* its response, 0 none; the words it speaks, -1 its own */
    int responses;
};

struct talk {
    struct drive d;
    struct mn_random random;
    unsigned seed;
    struct server server;
    int noise; /* of 100 frames: so many are lost, and so many each of the other two */
    struct said said[WORDS];
    int nsaid;
    int newest;        /* the response that was last seen to begin */
    int known;         /* the response we know to be in flight; 0 none */
    int sent;          /* words of the response.create that is unanswered; -1 none */
    bool may_be_asked; /* an answer of no words is owed */
    char line[QUEUED][512];
    int nline;
};

static unsigned chance(struct talk *t, unsigned of)
{
    return (unsigned)(mn_random_next(&t->random) % of);
}

static void broken(const struct talk *t, const char *what)
{
    fail_msg("talk %u at %lld ms: %s", t->seed, (long long)t->d.now_ms, what);
}

/* --- the line --- */

static void watch(struct talk *t);

/* What the frame says, as we understand it, before the session acts on it. */
static void learn(struct talk *t, const char *frame)
{
    int id = 0;

    if (sscanf(frame, "{'type':'response.created','response':{'id':'r%d'", &id) == 1) {
        if (id <= t->newest)
            return; /* told twice, or overtaken by one that began since */
        t->newest = t->known = id;
        t->sent = -1;
    } else if (sscanf(frame, "{'type':'response.done','response':{'id':'r%d'", &id) == 1) {
        if (id == t->known)
            t->known = 0;
    } else if (strstr(frame, "already_has") != NULL) {
        t->sent = -1;
    } else if (strstr(frame, "not_active") != NULL) {
        t->sent = -1;
        t->known = 0;
    }
}

static void deliver(struct talk *t, int at)
{
    char frame[512];
    memcpy(frame, t->line[at], sizeof(frame));
    memmove(t->line[at], t->line[at + 1], sizeof(frame) * (size_t)(t->nline - at - 1));
    t->nline--;
    learn(t, frame);
    model_sends(&t->d, "%s", frame);
    watch(t);
}

static void deliver_all(struct talk *t)
{
    while (t->nline > 0)
        deliver(t, 0);
}

static bool is_error(const char *frame)
{
    return strstr(frame, "'type':'error'") != NULL;
}

static void tell(struct talk *t, const char *frame)
{
    int times = 1;

    if (is_error(frame))
        times = 1;
    else if (chance(t, 100) < (unsigned)t->noise)
        times = 0;
    else if (chance(t, 100) < (unsigned)t->noise)
        times = 2;
    while (times-- > 0) {
        assert_true(t->nline < QUEUED);
        snprintf(t->line[t->nline++], sizeof(t->line[0]), "%s", frame);
    }
}

/* --- the server --- */

static void begin(struct talk *t, int words)
{
    char frame[256];

    t->server.active = ++t->server.responses;
    t->server.asked_by = words;
    if (words >= 0 && words < t->nsaid)
        t->said[words].begun++;
    snprintf(frame, sizeof(frame),
             "{'type':'response.created','response':{'id':'r%d','conversation_id':'conv'}}",
             t->server.active);
    tell(t, frame);
}

static void end(struct talk *t, const char *status)
{
    char frame[256];

    if (t->server.active == 0)
        return;
    if (strcmp(status, "failed") == 0 && t->server.asked_by >= 0)
        t->said[t->server.asked_by].failed++;
    snprintf(
        frame, sizeof(frame),
        "{'type':'response.done','response':{'id':'r%d','conversation_id':'conv','status':'%s',"
        "'status_details':{'error':{'code':'server_error'}},'output':[]}}",
        t->server.active, status);
    t->server.active = 0;
    tell(t, frame);
}

static void complain(struct talk *t, const char *code, const char *event_id)
{
    char frame[256];

    snprintf(frame, sizeof(frame),
             "{'type':'error','error':{'type':'invalid_request_error','code':'%s','message':'No.',"
             "'event_id':'%s'}}",
             code, event_id);
    tell(t, frame);
}

static void on_create(struct talk *t, int words)
{
    const struct mn_request *asked = t->d.s->arbiter.asked;
    bool named = chance(t, 2) == 0 && asked != NULL; /* most often, the real one does not */

    if (t->server.active != 0)
        complain(t, "conversation_already_has_active_response", named ? asked->event_id : "");
    else
        begin(t, words);
}

static void on_cancel(struct talk *t)
{
    if (t->server.active == 0)
        complain(t, "response_cancel_not_active", t->d.s->arbiter.cancel_id);
    else
        end(t, "cancelled");
}

/* --- what the session did --- */

static void sent_create(struct talk *t, const char *line)
{
    const char *at = strstr(line, "words: \\\"w");
    int words = at != NULL ? atoi(at + strlen("words: \\\"w")) : -1;

    if (t->known != 0)
        broken(t, "response.create while a response is in flight");
    if (t->sent >= 0 || t->sent == -2)
        broken(t, "response.create while one is unanswered");
    if (words < 0 && !t->may_be_asked)
        broken(t, "an answer is asked for that nobody wanted");
    t->sent = words >= 0 ? words : -2;
    if (words >= 0)
        t->said[words].sent++;
    on_create(t, words);
}

static void sent_cancel(struct talk *t)
{
    if (t->sent >= 0)
        t->said[t->sent].cut = true;
    if (t->server.active != 0 && t->server.asked_by >= 0)
        t->said[t->server.asked_by].cut = true;
    on_cancel(t);
}

static void see(struct talk *t, const char *line)
{
    if (strncmp(line, "send response.create", 20) == 0)
        sent_create(t, line);
    else if (strncmp(line, "send response.cancel", 20) == 0)
        sent_cancel(t);
    else if (strstr(line, "code=response_owed") != NULL)
        t->sent = -1, t->known = 0, t->may_be_asked = true;
    else if (strstr(line, "code=too_many_requests") != NULL)
        broken(t, "a request was dropped");
}

static void watch(struct talk *t)
{
    struct mn_buf seen = t->d.seen;
    char *line, *rest = NULL;

    t->d.seen = (struct mn_buf){0};
    for (line = seen.n > 0 ? strtok_r(seen.p, "\n", &rest) : NULL; line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        see(t, line);
    mn_buf_free(&seen);
}

static void wait(struct talk *t, int64_t ms)
{
    int64_t until_ms = t->d.now_ms + ms, at_ms;

    while ((at_ms = mn_session_deadline(t->d.s)) <= until_ms) {
        t->d.now_ms = at_ms > t->d.now_ms ? at_ms : t->d.now_ms;
        drive_order(&t->d, MN_IN_TIME, NULL);
        watch(t);
        assert_true(mn_session_deadline(t->d.s) > t->d.now_ms);
        if (t->noise == 0)
            deliver_all(t);
    }
    t->d.now_ms = until_ms;
}

/* --- a talk --- */

static void say(struct talk *t)
{
    char words[16];

    snprintf(words, sizeof(words), "w%d", t->nsaid++);
    drive_order(&t->d, MN_IN_SAY, words);
}

static void turn(struct talk *t)
{
    if (t->nline > 0)
        return; /* a turn takes longer than a frame's way */
    t->may_be_asked = true;
    tell(t, "{'type':'input_audio_buffer.speech_started','audio_start_ms':0,'item_id':'u'}");
    end(t, "cancelled");
    tell(t, "{'type':'input_audio_buffer.speech_stopped','audio_end_ms':5,'item_id':'u'}");
    tell(t, "{'type':'input_audio_buffer.committed','item_id':'u'}");
    if (t->server.active == 0 && chance(t, 8) != 0)
        begin(t, -1);
}

static void step(struct talk *t)
{
    unsigned what = chance(t, 20);

    bool room = t->d.s->arbiter.nwaiting < MN_REQUESTS_MAX - 2;

    if (what < 3 && room)
        say(t);
    else if (what < 5 && room)
        t->may_be_asked = true, caller_sends(&t->d, "{'type':'response.create'}");
    else if (what == 5)
        drive_order(&t->d, MN_IN_INTERRUPT, NULL);
    else if (what == 6)
        turn(t);
    else if (what == 7)
        deliver_all(t), wait(t, chance(t, 8000)); /* no frame is on its way for seconds */
    else if (what < 11)
        end(t, "completed");
    else if (what == 11)
        t->may_be_asked = true, end(t, "failed");
    else if (what == 12)
        complain(t, "invalid_value", "");
    else if (what == 13 && t->nline > 1 && t->noise > 0 && !is_error(t->line[0]))
        deliver(t, 1); /* it overtakes */
    else if (t->nline > 0)
        deliver(t, 0);
    watch(t);
    while (t->nline > QUEUED / 2)
        deliver(t, 0);
}

static bool is_at_rest(const struct talk *t)
{
    const struct mn_arbiter *a = &t->d.s->arbiter;

    return a->floor == MN_FLOOR_FREE && a->nwaiting == 0 && t->nline == 0;
}

/* The line is whole, and the server ends what it begins. */
static void run_down(struct talk *t)
{
    t->noise = 0;
    deliver_all(t);
    tell(t, "{'type':'input_audio_buffer.cleared'}"); /* nobody speaks */
    for (int i = 0; i < 200 && !(i > 30 && is_at_rest(t)); i++) {
        deliver_all(t);
        wait(t, 1000);
        deliver_all(t);
        end(t, "completed");
        deliver_all(t);
    }
}

static void check_words(struct talk *t)
{
    for (int i = 0; i < t->nsaid; i++) {
        const struct said *w = &t->said[i];

        if (w->sent == 0)
            broken(t, "words were never asked for");
        if (w->begun == 0 && !w->cut && w->sent < 2)
            broken(t, "words were asked for, refused, and forgotten");
    }
}

static void play(unsigned seed, int noise)
{
    struct talk t = {.seed = seed, .noise = noise, .sent = -1};
    int last;

    mn_random_seed(&t.random, seed);
    drive_ready(&t.d);
    for (int i = 0; i < STEPS; i++)
        step(&t);
    run_down(&t);
    check_words(&t);
    if (!is_at_rest(&t))
        broken(&t, "it does not come to rest");
    last = t.nsaid;
    say(&t);
    watch(&t);
    deliver_all(&t);
    if (t.said[last].begun != 1)
        broken(&t, "nothing can be asked any more");
    drive_close(&t.d);
}

TEST(R1_R2_R3_R4_hold_in_any_order_of_events_on_a_whole_line)
{
    for (unsigned seed = 1; seed <= TALKS; seed++)
        play(seed, 0);
}

TEST(R1_R2_R3_R4_hold_when_events_are_lost_doubled_and_overtaken)
{
    for (unsigned seed = 1; seed <= TALKS; seed++)
        play(seed, 4 + (int)(seed % 12));
}
