/* stage.c - opens and closes a stage, moves its time, keeps its records. */
#include "sim/stage_parts.h"

#include "base/err.h"
#include "base/json_write.h"

#include <errno.h>
#include <stdlib.h>

/* 2 million instructions are some 10 ms of Lua, the slice of a real call; counted, so that a
 * scenario gives the same record on any machine. */
#define SLICE_INSTRUCTIONS 2000000

static const char *const lane_names[MN_LANE_COUNT] = {
    [MN_LANE_CALLER] = "caller", [MN_LANE_MODEL] = "model", [MN_LANE_NOTE] = "note",
    [MN_LANE_LOG] = "log",       [MN_LANE_HTTP] = "http",   [MN_LANE_ASK] = "ask",
    [MN_LANE_END] = "end",       [MN_LANE_MAIL] = "mail",   [MN_LANE_TRACE] = "trace",
};

const char *mn_lane_name(enum mn_lane lane)
{
    return lane_names[lane];
}

/* After a hang-up, hooks have their time and links their close; then nothing may be left. */
#define MN_STAGE_END_MS 20000
#define LOOK_MS         20   /* a frame: how often the ear is looked at while it hears */
#define END_ROUNDS      1000 /* after a leap: a call ends in some ten */

struct mn_buf *mn_stage_note(struct mn_stage *st, enum mn_lane lane)
{
    struct mn_record *r;

    if (st->nrecords == st->caprecords) {
        int cap = st->caprecords == 0 ? 64 : st->caprecords * 2;

        r = cap <= MN_STAGE_RECORDS ? realloc(st->records, (size_t)cap * sizeof(*r)) : NULL;
        if (r == NULL)
            return NULL;
        st->records = r;
        st->caprecords = cap;
    }
    r = &st->records[st->nrecords++];
    *r = (struct mn_record){.at_ms = mn_clock_now(&st->clock), .lane = lane};
    return &r->text;
}

void mn_stage_note_text(struct mn_stage *st, enum mn_lane lane, struct mn_str json)
{
    struct mn_buf *text = mn_stage_note(st, lane);

    if (text != NULL)
        mn_buf_add_str(text, json);
}

static void keep_line(struct mn_log *log, const char *line, size_t n)
{
    mn_stage_note_text(log->owner, MN_LANE_LOG, (struct mn_str){line, n > 0 ? n - 1 : 0});
}

static void on_note(void *stage, struct mn_call *call, enum mn_note note, struct mn_str text)
{
    struct mn_buf *out = mn_stage_note(stage, MN_LANE_NOTE);

    (void)call;
    if (out == NULL)
        return;
    mn_buf_add_text(out, "{\"note\":\"");
    mn_buf_add_text(out, mn_note_name(note));
    mn_buf_add_text(out, "\",");
    mn_buf_add(out, text.p + 1, text.n - 1); /* an object: its members follow ours */
}

static void on_trace(void *stage, struct mn_call *call, struct mn_str point)
{
    (void)call;
    mn_stage_note_text(stage, MN_LANE_TRACE, point);
}

static void on_ended(void *stage, struct mn_call *call)
{
    struct mn_stage *st = stage;

    (void)call;
    st->call = NULL;
    if (st->away) /* nobody is there to be told */
        mn_stage_note_end(st, MN_LINK_VANISH, MN_STR("the caller did not come back"));
}

static void open_world(struct mn_stage *st, const struct mn_stage_settings *settings)
{
    st->seed = settings->seed;
    mn_clock_open_virtual(&st->clock, settings->wall_ms);
    st->log = (struct mn_log){
        .level = MN_LOG_INFO,
        .json = true,
        .personal = true, /* nobody in a scenario is a person */
        .clock = &st->clock,
        .write = keep_line,
        .owner = st,
    };
    st->script = mn_state_defaults;
    st->script.slice_instructions = SLICE_INSTRUCTIONS;
    st->script.ordered = true;
    mn_pacing_open(&st->pacing, &st->clock);
    mn_list_init(&st->requests);
    mn_list_init(&st->questions);
    mn_list_init(&st->posted);
    mn_playout_init(&st->ear, 24);
    mn_stage_open_model(st);
    st->bundle = mn_bundle_hold(settings->bundle);
    if (settings->start != NULL)
        mn_buf_add_text(&st->start, settings->start);
    mn_buf_add_str(&st->meta, settings->meta);
    mn_buf_add_str(&st->user, settings->user);
    mn_buf_add_str(&st->state, settings->state);
    mn_buf_add_str(&st->history, settings->history);
    st->keeps_sound = settings->keeps_sound;
    st->wire = settings->wire;
    st->notes = settings->notes;
    st->world = (struct mn_world){
        .clock = &st->clock,
        .log = &st->log,
        .pacing = &st->pacing,
        .upstream = &st->upstream,
        .limits = &mn_call_defaults,
        .script = &st->script,
        .owner = st,
        .upstream_at = mn_stage_upstream_at,
        .http = mn_stage_http,
        .http_cancel = mn_stage_http_cancel,
        .keep = mn_stage_keep,
        .keep_cancel = mn_stage_keep_cancel,
        .search = mn_stage_search,
        .mail = mn_stage_mail,
        .mail_forget = mn_stage_mail_forget,
        .token = mn_stage_token,
        .stand_in = mn_stage_ask_stand_in,
        .note = on_note,
        .trace = on_trace,
        .ended = on_ended,
    };
}

/* Minutes of audio as JSON: a party that does not read for a moment loses none. */
#define HIGH_WATER (16 << 20)

int mn_stage_join(struct mn_stage *st, enum mn_wire_dialler who, struct mn_link **a,
                  struct mn_link **b)
{
    if (st->wire != NULL)
        return mn_wire_pair(st->wire, who, &(struct mn_wire_joint){a, b, &st->clock, HIGH_WATER});
    return mn_link_pair(a, b, &st->clock, HIGH_WATER);
}

int mn_stage_open(struct mn_stage **out, const struct mn_stage_settings *settings)
{
    struct mn_stage *st = calloc(1, sizeof(*st));
    int err = 0;

    *out = NULL;
    if (st == NULL)
        return -ENOMEM;
    open_world(st, settings);
    err = mn_shared_open(&st->shared, &st->clock, &mn_shared_defaults);
    st->world.shared = st->shared;
    if (err == 0)
        err = mn_stage_open_http(st);
    if (st->start.err != 0 || st->meta.err != 0 || st->user.err != 0 || st->state.err != 0 ||
        st->history.err != 0)
        err = -ENOMEM;
    if (err != 0) {
        mn_stage_close(st);
        return err;
    }
    *out = st;
    return 0;
}

int mn_stage_begin(struct mn_stage *st)
{
    struct mn_link *theirs;
    int err;

    if (st->begun)
        return 0;
    st->begun = true;
    err = mn_stage_open_caller(st, &theirs);
    if (err != 0)
        return err;
    return mn_call_open(&st->call, &(struct mn_call_settings){
                                       .world = &st->world,
                                       .bundle = st->bundle,
                                       .caller = theirs,
                                       .id = "sess_scenario",
                                       .seed = st->seed,
                                       .greet = true,
                                       .notes = st->notes,
                                       .start = st->start.n > 0 ? st->start.p : NULL,
                                       .meta = mn_buf_str(&st->meta),
                                       .user = mn_buf_str(&st->user),
                                       .state = mn_buf_str(&st->state),
                                       .history = mn_buf_str(&st->history),
                                   });
}

int64_t mn_stage_now(const struct mn_stage *st)
{
    return mn_clock_now(&st->clock);
}

int mn_stage_step(struct mn_stage *st, int64_t until_ms)
{
    int had = st->nrecords, err = 0;

    while (st->nrecords == had && err >= 0) {
        int64_t next_ms = mn_clock_next(&st->clock);

        if (next_ms > until_ms) {
            mn_clock_leap(&st->clock, until_ms);
            return 0;
        }
        err = mn_clock_advance(&st->clock, next_ms);
    }
    return err < 0 ? err : 1;
}

int64_t mn_stage_amount(const struct mn_stage *st, int item)
{
    int64_t amount = mn_stage_items(st);

    for (int i = item; i < mn_stage_items(st); i++)
        amount += (int64_t)mn_stage_heard(st, i).bytes;
    return amount;
}

/* When to look next: where words end on either side, as far as anybody knows now. */
static int64_t next_look(const struct mn_stage *st)
{
    int64_t now_ms = mn_clock_now(&st->clock), left_ms = mn_stage_unheard(st);

    if (mn_stage_speaking(st)) {
        left_ms = mn_stage_words_end(st) - now_ms;
        left_ms = left_ms > 1 ? left_ms : 1;
    }
    return now_ms + (left_ms < LOOK_MS ? left_ms : LOOK_MS);
}

int mn_stage_listen(struct mn_stage *st, int64_t until_ms, int item)
{
    int64_t had = mn_stage_amount(st, item);
    bool spoke = mn_stage_speaking(st);
    int found = 0;

    while (found == 0 && mn_clock_now(&st->clock) < until_ms && mn_stage_unheard(st) > 0 &&
           mn_stage_speaking(st) == spoke && mn_stage_amount(st, item) == had) {
        int64_t look_ms = next_look(st);

        found = mn_stage_step(st, look_ms < until_ms ? look_ms : until_ms);
    }
    return found;
}

int mn_stage_records(const struct mn_stage *st)
{
    return st->nrecords;
}

const struct mn_record *mn_stage_record(const struct mn_stage *st, int i)
{
    return &st->records[i];
}

int mn_stage_dump(const struct mn_stage *st, struct mn_buf *out)
{
    for (int i = 0; i < st->nrecords; i++) {
        mn_buf_add_int(out, st->records[i].at_ms);
        mn_buf_add_byte(out, ' ');
        mn_buf_add_text(out, lane_names[st->records[i].lane]);
        mn_buf_add_byte(out, ' ');
        mn_buf_add_str(out, mn_buf_str(&st->records[i].text));
        mn_buf_add_byte(out, '\n');
    }
    return out->err;
}

bool mn_stage_idle(const struct mn_stage *st)
{
    if (st->call == NULL || st->caller == NULL)
        return true;
    return !mn_stage_speaking(st) && mn_stage_unheard(st) == 0 && mn_list_empty(&st->requests) &&
           mn_session_idle(mn_call_session(st->call), mn_clock_now(&st->clock));
}

const char *mn_stage_left(const struct mn_stage *st)
{
    if (st->call != NULL)
        return "the call itself";
    if (!mn_list_empty(&st->requests))
        return "an HTTP request";
    return st->model != NULL ? "a connection to the model" : NULL;
}

struct mn_call *mn_stage_call(struct mn_stage *st)
{
    return st->call;
}

static bool is_alive(const struct mn_stage *st)
{
    return st->call != NULL || st->caller != NULL || st->model != NULL;
}

/* Lets everything end. What keeps its moment from ending meets its own time-out by a leap. */
static void end_all(struct mn_stage *st)
{
    int64_t end_ms = mn_clock_now(&st->clock) + MN_STAGE_END_MS;
    int err = 0;

    while (is_alive(st) && err >= 0 && mn_clock_next(&st->clock) <= end_ms)
        err = mn_clock_advance(&st->clock, mn_clock_next(&st->clock));
    if (err < 0)
        mn_clock_leap(&st->clock, end_ms);
    for (int i = 0; i < END_ROUNDS && is_alive(st) && err < 0; i++)
        mn_clock_run(&st->clock);
}

void mn_stage_close(struct mn_stage *st)
{
    if (st == NULL)
        return;
    st->over = true;
    mn_stage_hang_up(st);
    end_all(st);
    mn_stage_close_caller(st);
    mn_stage_close_http(st);
    if (st->wire != NULL)
        mn_wire_settle(st->wire);
    mn_pacing_close(&st->pacing);
    for (int i = 0; i < st->nrecords; i++)
        mn_buf_free(&st->records[i].text);
    free(st->records);
    mn_rest_free(st->rest);
    mn_sim_outputs_free(&st->outputs);
    mn_buf_free(&st->refusal_body);
    mn_buf_free(&st->words);
    mn_buf_free(&st->start);
    mn_buf_free(&st->meta);
    mn_buf_free(&st->user);
    mn_buf_free(&st->state);
    mn_buf_free(&st->history);
    mn_buf_free(&st->alone_args);
    mn_bundle_drop(st->bundle);
    mn_stage_close_store(st);
    mn_stage_close_mail(st);
    mn_shared_close(st->shared);
    mn_clock_close(&st->clock);
    free(st);
}
