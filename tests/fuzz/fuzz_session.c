/* fuzz_session.c - any order of inputs to a session.
 *
 * After a first byte, two bytes an input: one chooses what it is (input(), frames[]), one its ids
 * or its milliseconds, from so few that they meet. Frames are real JSON, decoded. Holds:
 *   - every call that was dispatched is answered exactly once, unless the call ended; a connection
 *     is given its output once, and once more when the model asked for it there again (R13);
 *   - what is sent goes over a connection that is there; of these there are at most two;
 *   - no response.create while an earlier one has neither begun nor been refused or given up;
 *   - a filler is asked for only while nobody else is about to speak, and never truncated;
 *   - audio_end_ms is never past what was received of the item;
 *   - playback is not paused twice, nor resumed unless it is paused;
 *   - a stopped ticket is a ticket that runs, and is not stopped twice;
 *   - ids in the history are unique;
 *   - an item is only ever written behind one that the model was told of, and not told to delete;
 *   - what is held (R42) is numbered one after the other, and released once, or dropped;
 *   - fed at its deadline, a session wants to be fed again only later;
 *   - after the end there are no effects;
 *   - nothing leaks (ASan). */
#include "fuzz.h"
#include "session_frames.h"

#include "base/json_write.h"
#include "core/session.h"

#include <errno.h>

#define TICKETS 512
#define LEGS    64
#define HELD    1024 /* items the model may have */

/* --- the app --- */

#define LIT(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

static const struct mn_tool_spec tools_of_a[] = {
    {.name = LIT("keep"),
     .timeout_ms = 3000,
     .filler = {.say = LIT("One moment."), .after_ms = 500, .every_ms = 1000, .max = 2}},
    {.name = LIT("drop"), .timeout_ms = 1000, .on_interrupt = MN_CANCEL},
    {.name = LIT("to_b"), .kind = MN_TOOL_HANDOFF, .target = 1, .last = 1},
    {.name = LIT("ask"),
     .timeout_ms = 1000,
     .on_interrupt = MN_CANCEL,
     .needs_approval = true,
     .caller_approves = true,
     .approval_timeout_ms = 4000},
};
static const struct mn_tool_spec tools_of_b[] = {
    {.name = LIT("to_a"), .kind = MN_TOOL_HANDOFF, .target = 0, .last = -1, .say = LIT("A.")},
};
static const struct mn_agent_spec agents[] = {
    {.name = LIT("A"), .voice = LIT("v"), .changes = true, .tools = tools_of_a, .ntools = 4},
    {.name = LIT("B"), .voice = LIT("w"), .redial = true, .tools = tools_of_b, .ntools = 1},
};
/* R69: the same with preludes. */
static const struct mn_tool_spec tools_of_c[] = {
    {.name = LIT("to_a"), .kind = MN_TOOL_HANDOFF, .target = 0},
    {.name = LIT("first"), .timeout_ms = 500, .conditional = true, .unlisted = true},
};
static const int prelude_of_a[] = {0, 1}, prelude_of_c[] = {1};
static const struct mn_agent_spec opening_agents[] = {
    {.name = LIT("A"),
     .voice = LIT("v"),
     .tools = tools_of_a,
     .ntools = 4,
     .prelude = prelude_of_a,
     .nprelude = 2},
    {.name = LIT("words"),
     .voice = LIT("w"),
     .redial = true,
     .tools = tools_of_c,
     .ntools = 2,
     .prelude = prelude_of_c,
     .nprelude = 1},
};
static const struct mn_app_spec app = {
    .name = LIT("app"),
    .agents = agents,
    .nagents = 2,
    .greeting = MN_GREETING_WORDS,
    .greeting_text = LIT("Hello."),
    .max_handoffs_per_turn = 3,
    .max_tools_per_turn = 8,
};

static const struct mn_idle_spec rungs[] = {
    {.after_ms = 100, .say = LIT("Hello?")},
    {.after_ms = 20000, .say = LIT("Bye."), .hang_up = true},
};

/* The same under guardrails: a first byte with its third bit set. */
static const struct mn_guardrail_spec on_answers[] = {
    {.name = LIT("hold"), .every_chars = 15, .timeout_ms = 500, .hold = true},
    {.name = LIT("end"), .timeout_ms = 900, .closed = true},
};
static const struct mn_guardrail_spec on_callers[] = {
    {.name = LIT("gate"), .timeout_ms = 700, .closed = true},
};
static const struct mn_agent_spec guarded_agents[] = {
    {.name = LIT("A"),
     .voice = LIT("v"),
     .tools = tools_of_a,
     .ntools = 3,
     .output_guards = {on_answers, 2},
     .input_guards = {on_callers, 1}},
    {.name = LIT("B"), .tools = tools_of_b, .ntools = 1, .output_guards = {on_answers + 1, 1}},
};
static const struct mn_app_spec guarded = {
    .name = LIT("guarded"),
    .agents = guarded_agents,
    .nagents = 2,
    .greeting = MN_GREETING_WORDS,
    .greeting_text = LIT("Hello."),
    .max_handoffs_per_turn = 3,
    .max_tools_per_turn = 8,
    .gates_input = true,
};

enum ticket_state { UNUSED, RUNS, OVER };

struct world {
    struct mn_session *s;
    int64_t now_ms;
    unsigned char tickets[TICKETS]; /* enum ticket_state */
    uint32_t newest;                /* ticket */
    bool called[CALLS], dispatched[CALLS], ended_call[CALLS];
    mn_leg given[CALLS], given_first[CALLS], put[CALLS]; /* over which it came; was answered */
    int puts[CALLS];                                     /* there */
    bool alive[LEGS];
    mn_leg dialled, used, asked; /* the newest; the one sent to; the one of create_id */
    int64_t received_ms[ITEMS];
    char create_id[MN_ID_MAX];  /* of the response.create that has no answer yet; "" when none */
    char held[HELD][MN_ID_MAX]; /* ids of the items the model has */
    int nheld;
    mn_leg held_by[HELD];         /* over which */
    bool editing;                 /* outputs are written anew */
    uint32_t kept_back, released; /* R42: numbers of the newest of each */
    char filler_id[MN_ID_MAX];    /* of the newest one beside the conversation */
    bool caller_speaks, paused, ended;
};

/* --- effects --- */

static void on_kept_back(struct world *w, uint32_t number)
{
    MUST(number == w->kept_back + 1);
    w->kept_back = number;
}

static int digit_of(struct mn_str id)
{
    return id.n == 2 && id.p[1] >= 'a' && id.p[1] < 'a' + CALLS ? id.p[1] - 'a' : -1;
}

/* A call the session made: of a prelude. */
static bool is_own(struct mn_str call_id)
{
    return mn_str_starts(call_id, MN_STR("call_"));
}

static void on_output(struct world *w, mn_leg leg, const struct mn_json *item)
{
    int call = digit_of(mn_json_str(item, "call_id"));

    if (mn_str_is(mn_json_str(item, "call_id"), "cz") || is_own(mn_json_str(item, "call_id")))
        return; /* of an edit, written to the next model */
    MUST(call >= 0 && w->called[call]);
    if (w->put[call] != leg) {
        w->put[call] = leg;
        w->puts[call] = 0;
    }
    w->puts[call]++;
    MUST(w->puts[call] <= (leg > w->given_first[call]) + (leg == w->given[call]));
}

static void on_truncate(struct world *w, const struct mn_json *body)
{
    int item = digit_of(mn_json_str(body, "item_id"));
    int64_t end_ms = mn_json_int(body, "audio_end_ms", -1);

    MUST(item >= 0 && item < ITEMS && end_ms > 0 && end_ms <= w->received_ms[item]);
}

static int place_of(const struct world *w, mn_leg leg, struct mn_str id)
{
    int i = w->nheld - 1;

    while (i >= 0 && !(w->held_by[i] == leg && mn_str_is(id, w->held[i])))
        i--;
    return i;
}

static void hold(struct world *w, mn_leg leg, struct mn_str id)
{
    if (id.n == 0 || place_of(w, leg, id) >= 0 || w->nheld == HELD)
        return;
    w->held_by[w->nheld] = leg;
    mn_id_copy(w->held[w->nheld++], id);
}

static void let_go(struct world *w, mn_leg leg, struct mn_str id)
{
    int i = place_of(w, leg, id);

    if (i < 0)
        return;
    w->nheld--;
    w->held_by[i] = w->held_by[w->nheld];
    memmove(w->held[i], w->held[w->nheld], MN_ID_MAX);
}

static void on_create(struct world *w, mn_leg leg, const struct mn_json *body)
{
    const struct mn_json *item = mn_json_get(body, "item");
    struct mn_str previous = mn_json_str(body, "previous_item_id");

    MUST(previous.n == 0 || mn_str_is(previous, "root") || place_of(w, leg, previous) >= 0 ||
         w->nheld == HELD);
    if (mn_str_is(mn_json_str(item, "type"), "function_call_output") && !w->editing)
        on_output(w, leg, item);
    hold(w, leg, mn_json_str(item, "id"));
}

static bool is_filler(const struct mn_event *ev)
{
    const struct mn_json *response = mn_json_get(ev->body, "response");

    return mn_str_is(mn_json_str(response, "conversation"), "none");
}

static void on_send(struct world *w, mn_leg leg, struct mn_str frame)
{
    struct mn_event ev;
    struct mn_fault why;

    MUST(mn_event_decode(&ev, frame, MN_FROM_CLIENT, MN_GA, &mn_json_frame, &why) == 0);
    MUST(leg > 0 && leg < LEGS && w->alive[leg]);
    if (ev.type != MN_EV_SESSION_UPDATE)
        w->used = leg;
    if (w->asked != leg) { /* lost with its connection */
        w->create_id[0] = '\0';
        w->caller_speaks = false;
    }
    w->asked = leg;
    if (ev.type == MN_EV_RESPONSE_CREATE) {
        MUST(w->create_id[0] == '\0');
        if (is_filler(&ev)) {
            MUST(!w->caller_speaks);
            mn_id_copy(w->filler_id, ev.event_id);
        } else {
            mn_id_copy(w->create_id, ev.event_id);
        }
    }
    if (ev.type == MN_EV_CONVERSATION_ITEM_TRUNCATE)
        on_truncate(w, ev.body);
    else if (ev.type == MN_EV_CONVERSATION_ITEM_CREATE)
        on_create(w, leg, ev.body);
    else if (ev.type == MN_EV_CONVERSATION_ITEM_DELETE)
        let_go(w, leg, ev.item_id);
    mn_event_free(&ev);
}

static void on_note(struct world *w, const struct mn_effect *fx)
{
    struct mn_json *note = NULL;
    bool own;
    int call;

    MUST(mn_json_parse(&note, mn_buf_str(&fx->text), &mn_json_frame, NULL) == 0);
    call = digit_of(mn_json_str(note, "call_id"));
    own = is_own(mn_json_str(note, "call_id"));
    if (fx->note == MN_NOTE_TOOL_START && !own) {
        MUST(call >= 0 && w->called[call] && !w->dispatched[call]);
        w->dispatched[call] = true;
    }
    if (fx->note == MN_NOTE_TOOL_END && !own) {
        MUST(call >= 0 && w->dispatched[call] && !w->ended_call[call]);
        w->ended_call[call] = true;
    }
    if (fx->note == MN_NOTE_ERROR && mn_str_is(mn_json_str(note, "code"), "response_owed"))
        w->create_id[0] = '\0'; /* R4: asked again, or given up */
    mn_json_free(note);
}

static void on_dial(struct world *w, mn_leg leg)
{
    int others = 0;

    MUST(leg == w->dialled + 1 && leg < LEGS);
    for (int i = 0; i < LEGS; i++)
        others += w->alive[i];
    MUST(others <= 1);
    w->alive[leg] = true;
    w->dialled = leg;
}

static void on_effect(struct world *w, const struct mn_effect *fx)
{
    MUST(!w->ended);
    switch (fx->type) {
    case MN_FX_SEND:
        on_send(w, fx->leg, mn_buf_str(&fx->text));
        break;
    case MN_FX_DIAL:
        on_dial(w, fx->leg);
        break;
    case MN_FX_HANGUP:
        MUST(fx->leg > 0 && fx->leg < LEGS && w->alive[fx->leg]);
        w->alive[fx->leg] = false;
        break;
    case MN_FX_TELL:
        MUST(mn_json_scan(mn_buf_str(&fx->text), &mn_json_frame, NULL) == 0);
        if (fx->held != 0)
            on_kept_back(w, fx->held);
        break;
    case MN_FX_RELEASE:
        MUST(fx->held > w->released && fx->held <= w->kept_back);
        w->released = fx->held;
        break;
    case MN_FX_DROP:
        w->released = w->kept_back;
        w->paused = false;
        break;
    case MN_FX_NOTE:
        on_note(w, fx);
        break;
    case MN_FX_RUN:
        MUST(fx->ticket < TICKETS && w->tickets[fx->ticket] == UNUSED);
        w->tickets[fx->ticket] = RUNS;
        w->newest = fx->ticket;
        break;
    case MN_FX_STOP:
        MUST(fx->ticket < TICKETS && w->tickets[fx->ticket] == RUNS);
        w->tickets[fx->ticket] = OVER;
        break;
    case MN_FX_PLAY:
        MUST(fx->sound >= 0 && fx->sound < 4 && fx->call_id[0] != '\0' && fx->text.n > 0);
        break;
    case MN_FX_PAUSE:
        MUST(!w->paused);
        w->paused = true;
        mn_session_plays_on(w->s, w->now_ms + 50);
        break;
    case MN_FX_RESUME:
        MUST(w->paused && fx->late_ms >= 0);
        w->paused = false;
        break;
    case MN_FX_END:
        w->ended = true;
        break;
    default:
        break;
    }
}

static void drain(struct world *w)
{
    struct mn_effect fx;

    while (mn_session_next(w->s, &fx)) {
        on_effect(w, &fx);
        mn_effect_free(&fx);
    }
}

/* --- inputs --- */

static void feed(struct world *w, const struct mn_input *in)
{
    MUST(mn_session_feed(w->s, in, w->now_ms) != -ENOMEM); /* effects would have piled up */
    drain(w);
}

static void order(struct world *w, enum mn_input_type type, unsigned arg)
{
    feed(w, &(struct mn_input){.type = type,
                               .agent = (int)(arg % 4) - 1,
                               .whole = arg % 8 == 3,
                               .text = MN_STR("Some words.")});
}

/* The one in use, the one being prepared, or now and then one that is gone. */
static mn_leg some_leg(const struct world *w, unsigned arg)
{
    if (arg % 64 == 63)
        return 1;
    return arg % 2 == 0 && w->used != 0 ? w->used : w->dialled;
}

static void lose_leg(struct world *w, unsigned arg)
{
    static const char *const reasons[] = {"", "HTTP 503: busy", "HTTP 401: no", "session_expired"};
    mn_leg leg = some_leg(w, arg);

    w->alive[leg] = false;
    w->caller_speaks = false;
    feed(w, &(struct mn_input){
                .type = MN_IN_LEG_DOWN, .leg = leg, .text = mn_str(reasons[arg / 2 % 4])});
}

/* What the frame does to our own books, before the session sees it. */
static void book(struct world *w, mn_leg leg, const struct mn_event *ev)
{
    const struct mn_json *item = mn_json_get(ev->body, "item");
    const struct mn_json *error = mn_json_get(ev->body, "error");
    int call = digit_of(mn_json_str(item, "call_id"));

    hold(w, leg, mn_json_str(item, "id"));
    if (call >= 0 && mn_str_is(mn_json_str(item, "status"), "completed"))
        w->called[call] = true;
    if (call >= 0 && mn_str_is(mn_json_str(item, "status"), "completed") && leg == w->used) {
        w->given[call] = leg;
        w->given_first[call] = w->given_first[call] != 0 ? w->given_first[call] : leg;
    }
    w->caller_speaks = (ev->type == MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STARTED && leg == w->used) ||
                       (w->caller_speaks && ev->type != MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STOPPED &&
                        ev->type != MN_EV_INPUT_AUDIO_BUFFER_COMMITTED &&
                        ev->type != MN_EV_INPUT_AUDIO_BUFFER_CLEARED &&
                        ev->type != MN_EV_SESSION_UPDATED); /* it may say that nobody listens */
    if (ev->type == MN_EV_RESPONSE_CREATED && !mn_str_is(ev->response_id, "oob"))
        w->create_id[0] = '\0';
    if (mn_str_is(mn_json_str(error, "code"), "conversation_already_has_active_response") ||
        mn_str_is(mn_json_str(error, "code"), "response_cancel_not_active") ||
        mn_str_is(mn_json_str(error, "event_id"), w->create_id))
        w->create_id[0] = '\0';
}

static void send_text(struct world *w, enum mn_from from, mn_leg leg, struct mn_str text)
{
    struct mn_event ev;
    struct mn_fault why;

    MUST(mn_event_decode(&ev, text, from, MN_GA, &mn_json_frame, &why) == 0);
    book(w, leg, &ev);
    feed(w, &(struct mn_input){.type = from == MN_FROM_SERVER ? MN_IN_MODEL : MN_IN_CALLER,
                               .leg = leg,
                               .event = &ev});
    mn_event_free(&ev);
}

/* What is said of a session comes from the one that is being set up. */
static mn_leg up_to(const struct world *w, const struct row *row)
{
    return row < &frames[2] || w->used == 0 ? w->dialled : w->used;
}

static void send_frame(struct world *w, const struct row *row, unsigned arg)
{
    struct mn_buf text = {0};

    for (const char *c = row->frame; *c != '\0'; c++)
        mn_buf_add_byte(&text, *c == '#'    ? (char)('a' + arg % row->letters)
                               : *c == '\'' ? '"'
                                            : *c);
    send_text(w, row->from, arg >= 128 ? some_leg(w, arg) : up_to(w, row), mn_buf_str(&text));
    mn_buf_free(&text);
}

static void send_error(struct world *w, unsigned arg)
{
    struct mn_buf text = {0};

    mn_buf_addf(&text,
                "{\"type\":\"error\",\"error\":{\"code\":\"invalid_value\","
                "\"event_id\":\"myna_%u\"}}",
                arg);
    send_text(w, MN_FROM_SERVER, some_leg(w, arg), mn_buf_str(&text));
    mn_buf_free(&text);
}

static void send_audio(struct world *w, unsigned arg)
{
    static char base64[256 * 64]; /* 24 kHz PCM16: 64 characters a millisecond */
    unsigned item = arg % ITEMS, ms = 1 + arg;
    struct mn_verdict verdict;
    char id[] = {'i', (char)('a' + item), '\0'};
    struct mn_span span = {
        .audio = {base64, (size_t)ms * 64}, .response_id = MN_STR("ra"), .item_id = mn_str(id)};

    memset(base64, 'A', sizeof(base64));
    verdict = mn_session_audio(w->s, w->used, &span, w->now_ms);
    if (verdict.act != MN_AUDIO_DROP)
        w->received_ms[item] += ms;
    if (verdict.act == MN_AUDIO_HOLD)
        on_kept_back(w, verdict.held);
    drain(w);
}

/* A filler begins, or its audio comes; truncating its item fails on_truncate(). */
static void send_filler(struct world *w, unsigned arg)
{
    static char base64[64 * 64];
    struct mn_buf text = {0};
    struct mn_span span = {.audio = {base64, (size_t)(1 + arg % 64) * 64},
                           .response_id = MN_STR("f"),
                           .item_id = MN_STR("iz")};

    memset(base64, 'A', sizeof(base64));
    if (arg % 4 == 0) {
        mn_buf_addf(&text,
                    "{\"type\":\"response.created\",\"response\":{\"id\":\"f\","
                    "\"conversation_id\":null,\"metadata\":{\"myna_filler\":\"%s\"}}}",
                    w->filler_id);
        send_text(w, MN_FROM_SERVER, w->used, mn_buf_str(&text));
    } else {
        (void)mn_session_audio(w->s, w->used, &span, w->now_ms);
        drain(w);
    }
    mn_buf_free(&text);
}

/* What scripts and operators say of a call. */
static void of_tool(struct world *w, unsigned arg)
{
    const char id[] = {'c', (char)('a' + arg % CALLS), '\0'};
    bool progress = arg / CALLS % 3 == 0;

    feed(w, &(struct mn_input){.type = progress ? MN_IN_PROGRESS : MN_IN_APPROVAL,
                               .call_id = mn_str(id),
                               .approved = arg / CALLS % 3 == 1,
                               .text = MN_STR("Some words.")});
}

/* Words are a tool's output, and what a guardrail blocks with; none is how it passes. */
static void bring_result(struct world *w, unsigned arg, int err)
{
    struct mn_str words = arg >= 128 ? MN_STR("") : MN_STR("words");
    uint32_t ticket = arg % 128;

    ticket = ticket < 8 && ticket < w->newest ? w->newest - ticket : ticket;
    if (ticket < TICKETS && w->tickets[ticket] == RUNS)
        w->tickets[ticket] = OVER;
    feed(w, &(struct mn_input){.type = MN_IN_RESULT,
                               .ticket = ticket,
                               .err = err,
                               .text = words,
                               .tools = MN_STR("[]")});
}

static struct mn_buf edit(unsigned arg)
{
    struct mn_buf text = {0};

    for (const char *c = edits[arg % EDITS]; *c != '\0'; c++)
        mn_buf_add_byte(&text, *c == '\'' ? '"' : *c);
    return text;
}

static void change_history(struct world *w, unsigned arg)
{
    struct mn_buf text = edit(arg);

    w->editing = true;
    feed(w, &(struct mn_input){.type = MN_IN_HISTORY, .text = mn_buf_str(&text)});
    w->editing = false;
    mn_buf_free(&text);
}

static void move(struct world *w, unsigned arg)
{
    struct mn_buf text = edit(arg / 4 % 3); /* those without calls */
    struct mn_move how = {.last = (int)(arg % 4) - 1,
                          .items = arg > 64 ? mn_buf_str(&text) : (struct mn_str){0},
                          .say = arg % 3 == 0 ? MN_STR("Hello.") : (struct mn_str){0},
                          .silent = arg % 5 == 0};

    feed(w, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = (int)(arg % 2), .move = &how});
    mn_buf_free(&text);
}

/* Scripts that wait for keys, or until what is said has been heard. */
static void await(struct world *w, unsigned arg)
{
    static const enum mn_input_type types[] = {MN_IN_COLLECT, MN_IN_HEAR_OUT, MN_IN_FORGET};
    const struct mn_collect how = {(int)(arg % 5) + 1, '7', (int32_t)(arg * 50) + 100};

    feed(w, &(struct mn_input){.type = types[arg % 3], .ticket = arg / 3 % 4 + 1, .collect = &how});
}

/* Recordings and pictures of scripts (R9, R50). */
static void play(struct world *w, unsigned arg)
{
    const struct mn_recording how = {.sound = (int)(arg % 4),
                                     .samples_24k = (int64_t)arg * 24 * 100 + 24,
                                     .samples_8k = (int64_t)arg * 8 * 100 + 8,
                                     .path = MN_STR("a.wav"),
                                     .words = arg % 3 == 0 ? MN_STR("Some words.") : MN_STR(""),
                                     .whole = arg % 5 == 0};

    feed(w, &(struct mn_input){.type = MN_IN_PLAY, .play = &how});
}

static void show(struct world *w, unsigned arg)
{
    const struct mn_picture how = {.url = MN_STR("data:image/png;base64,iVBORw0KGgo="),
                                   .text = arg % 2 == 0 ? MN_STR("A plan.") : MN_STR("")};

    feed(w, &(struct mn_input){.type = MN_IN_PICTURE, .picture = &how});
}

static void at_deadline(struct world *w)
{
    int64_t at_ms = mn_session_deadline(w->s);

    if (at_ms == INT64_MAX)
        return;
    w->now_ms = at_ms > w->now_ms ? at_ms : w->now_ms;
    order(w, MN_IN_TIME, 0);
    if (mn_session_deadline(w->s) <= w->now_ms) /* what ended made due what waited for it */
        order(w, MN_IN_TIME, 0);
    MUST(mn_session_deadline(w->s) > w->now_ms);
}

static void input(struct world *w, unsigned what, unsigned arg)
{
    what %= FRAMES + 26;
    if (what < FRAMES)
        send_frame(w, &frames[what], arg);
    else if (what < FRAMES + 3)
        bring_result(w, arg, 0);
    else if (what == FRAMES + 3)
        bring_result(w, arg, -1);
    else if (what == FRAMES + 4)
        send_error(w, arg);
    else if (what < FRAMES + 7)
        send_audio(w, arg);
    else if (what == FRAMES + 7)
        w->now_ms += arg; /* without a feed: as when only audio comes */
    else if (what == FRAMES + 8)
        at_deadline(w);
    else if (what == FRAMES + 9 && arg < 4)
        order(w, MN_IN_HANG_UP, arg);
    else if (what == FRAMES + 10 && arg == 0)
        order(w, MN_IN_CALLER_LOST, arg);
    else if (what == FRAMES + 10 && arg >= 192)
        lose_leg(w, arg);
    else if (what == FRAMES + 16)
        change_history(w, arg);
    else if (what == FRAMES + 17)
        move(w, arg);
    else if (what == FRAMES + 18)
        order(w, MN_IN_REFRESH, arg);
    else if (what == FRAMES + 23)
        await(w, arg);
    else if (what == FRAMES + 24)
        play(w, arg);
    else if (what == FRAMES + 25)
        show(w, arg);
    else if (what >= FRAMES + 21)
        of_tool(w, arg);
    else if (what >= FRAMES + 19)
        send_filler(w, arg);
    else if (what > FRAMES + 10)
        order(w,
              (enum mn_input_type[]){MN_IN_SAY, MN_IN_REPLY, MN_IN_HANDOFF, MN_IN_INTERRUPT,
                                     MN_IN_TIME}[what - FRAMES - 11],
              arg);
}

/* Most of what can go wrong comes later: an odd first byte begins with a call that is set up. */
static void set_up(struct world *w, bool opens)
{
    bring_result(w, 1, 0);
    for (unsigned i = 0; opens && i < 3; i++)
        bring_result(w, i == 0, 0);
    send_frame(w, &frames[0], 0);
    send_frame(w, &frames[1], 0);
}

/* --- the end --- */

static void look_at_history(struct world *w)
{
    struct mn_buf out = {0};
    struct mn_json *items = NULL;

    MUST(mn_session_history(w->s, 0, &out) == 0);
    MUST(mn_json_parse(&items, mn_buf_str(&out), &mn_json_frame, NULL) == 0);
    for (const struct mn_json *a = mn_json_first(items); a != NULL; a = mn_json_next(a)) {
        for (const struct mn_json *b = mn_json_next(a); b != NULL; b = mn_json_next(b))
            MUST(!mn_str_same(mn_json_str(a, "id"), mn_json_str(b, "id")));
    }
    mn_json_free(items);
    mn_buf_free(&out);
}

/* A minute in which nobody answers: whatever runs has used its time. */
static void run_down(struct world *w)
{
    int64_t until_ms = w->now_ms + 60000;

    while (!w->ended && mn_session_deadline(w->s) <= until_ms)
        at_deadline(w);
    for (int call = 0; call < CALLS && !w->ended; call++)
        MUST(w->dispatched[call] == w->ended_call[call]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    bool odd = n > 0 && (bytes[0] & 1) != 0, guards = n > 0 && (bytes[0] & 4) != 0;
    bool opens = n > 0 && (bytes[0] & 8) != 0;
    struct mn_app_spec with_rules = guards ? guarded : app;
    struct mn_session_settings settings = {.app = guards ? &guarded : &app,
                                           .id = "sess_1",
                                           .wall_s = 1000,
                                           .rotate_ms = 20000,
                                           .retry_ms = 100,
                                           .retries = 3,
                                           .lead_ms = 200,
                                           .call_start_ms = 1000,
                                           .prelude_ms = 800,
                                           .unreleased_max_ms = 2000,
                                           .greet = true,
                                           .start = -1};
    struct world w = {.now_ms = 1000};

    with_rules.turns =
        (struct mn_turn_spec){.ours = true, .min_words = 2, .min_ms = 100, .resume_after_ms = 200};
    with_rules.idle = rungs;
    with_rules.nidle = 2;
    if (n > 0 && bytes[0] & 2) /* R35, R37 */
        settings.app = &with_rules;
    if (opens) { /* R68, R69 */
        if (settings.app != &with_rules)
            with_rules = *settings.app;
        with_rules.hears_start = true;
        with_rules.agents = opening_agents;
        settings.app = &with_rules;
    }
    w.s = mn_session_new(&settings);
    MUST(w.s != NULL);
    order(&w, MN_IN_START, 0);
    if (odd)
        set_up(&w, opens);
    for (size_t i = 1; i + 1 < n && w.newest < TICKETS - 32 && w.dialled < LEGS - 16; i += 2)
        input(&w, bytes[i], bytes[i + 1]);
    look_at_history(&w);
    run_down(&w);
    mn_session_free(w.s);
    return 0;
}
