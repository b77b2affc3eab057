/* worker_world.c - the world that a worker's calls live in: its pool, its log, its records, and who
 * else hears of them. */
#include "call/line.h"
#include "call/seats.h"
#include "call/worker_parts.h"

static int cached_http(void *worker, const struct mn_http_ask *ask, mn_http_done *done,
                       void *op_owner, void **op)
{
    return mn_http_cache_send(((struct mn_worker *)worker)->cache, ask, done, op_owner, op);
}

static void cached_cancel(void *worker, void *op)
{
    struct mn_worker *w = worker;

    if (w->cache != NULL) /* a closed one has cancelled everything */
        mn_http_cache_cancel(w->cache, op);
}

static int secret(void *worker, uint64_t out[2])
{
    struct mn_random random;
    int err = mn_random_system(&random);

    (void)worker;
    out[0] = mn_random_next(&random);
    out[1] = mn_random_next(&random);
    return err;
}

static void pool_resume(void *worker, void *op)
{
    (void)worker;
    mn_http_resume(op);
}

static void on_note(void *worker, struct mn_call *call, enum mn_note note, struct mn_str text)
{
    struct mn_worker *w = worker;

    MN_LOG(w->log, DEBUG, mn_call_id(call), mn_note_name(note), {"note", text});
    mn_followers_note(w, call, note, text);
    mn_record_note(w, call, note, text);
    if (w->given.note != NULL)
        w->given.note(w->given.owner, call, note, text);
}

static void on_trace(void *worker, struct mn_call *call, struct mn_str point)
{
    mn_record_trace(worker, call, point);
}

static void on_edited(void *worker, struct mn_call *call)
{
    mn_record_history(worker, call);
}

static void on_over(void *worker, struct mn_call *call, int code, struct mn_str reason)
{
    mn_record_over(worker, call, code, reason);
}

static void on_ended(void *worker, struct mn_call *call)
{
    struct mn_worker *w = worker;

    mn_seat_leave(w->commons, mn_call_seat(call));
    mn_followers_ended(w, call);
    mn_page_set(w->page, w->number, --w->ncalls); /* it takes itself off the list */
    if (w->stopping && w->ncalls == 0)
        mn_worker_finish(w);
    mn_worker_call_gone(w);
}

void mn_worker_fill_world(struct mn_worker *w)
{
    const struct mn_settings *s = w->settings;

    w->limits = (struct mn_call_limits){
        .lead_ms = s->lead,
        .unreleased_ms = s->unreleased,
        .early_audio_ms = s->early_audio,
        .rotate_ms = s->rotate,
        .retry_ms = s->reconnect_pause,
        .retries = s->reconnect_tries,
        .frames = s->caller_frames,
        .bytes = s->caller_bytes,
        .ending_ms = mn_call_defaults.ending_ms,
        .model_queue = (size_t)s->send_queue,
        .frame = {(size_t)s->max_message, (int)s->max_depth, (int)s->max_values},
    };
    w->script = (struct mn_state_limits){
        .memory_bytes = (size_t)s->script_memory,
        .slice_ms = s->script_slice,
        .tasks = (int)s->script_tasks,
        .http = (int)s->script_http,
        .body_bytes = (size_t)s->script_body,
        .stream_bytes = (size_t)s->script_stream,
        .result_bytes = (size_t)s->script_result,
        .call_start_ms = s->call_start,
        .mails = (int)s->script_mails,
        .picture_bytes = (size_t)s->script_picture,
        .sound_bytes = (size_t)s->script_sound,
        .sound_ms = s->script_sound_time,
        .sounds_bytes = (size_t)s->script_sounds,
        .prelude_ms = s->prelude,
    };
    mn_pacing_open(&w->pacing, mn_loop_clock(w->loop));
    w->world = (struct mn_world){
        .clock = mn_loop_clock(w->loop),
        .log = w->log,
        .pacing = &w->pacing,
        .limits = &w->limits,
        .script = &w->script,
        .lua_turn = &w->lua_turn,
        .owner = w,
        .secret = secret,
        .upstream_at = mn_worker_upstream_at,
        .http = cached_http,
        .http_cancel = cached_cancel,
        .http_resume = pool_resume,
        .keep = mn_worker_keep,
        .keep_cancel = mn_worker_keep_cancel,
        .search = mn_worker_search,
        .mail = mn_worker_mail,
        .mail_forget = mn_worker_mail_forget,
        .token = mn_worker_token,
        .note = on_note,
        .trace = on_trace,
        .edited = on_edited,
        .hang_up = mn_line_hang_up,
        .over = on_over,
        .ended = on_ended,
    };
}
