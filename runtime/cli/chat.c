/* chat.c - `myna chat`: type to an agent; what happens is shown as it happens.
 *
 * It is a caller like any other, on a pair of links instead of a socket, asking for text. Into a
 * terminal it streams words as they come; into a pipe it writes one line an event. The next line is
 * read when the last one has been answered, so a file of lines is a conversation. A line that
 * begins with ':' is for the chat itself (chat_orders.c). */
#include "base/err.h"
#include "cli/chat_parts.h"
#include "core/event_write.h"
#include "sim/upstream_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HIGH_WATER (4 << 20)

/* --- showing --- */

static const char *colour(const struct chat *c, const char *code)
{
    return c->tty ? code : "";
}

#define DIM   "\033[2m"
#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

static void end_stream(struct chat *c)
{
    if (c->streaming)
        printf("\n");
    c->streaming = false;
}

void mn_chat_show(struct chat *c, const char *what, struct mn_str text)
{
    end_stream(c);
    printf("%s%s %.*s%s\n", colour(c, DIM), what, MN_FMT(text), colour(c, PLAIN));
}

static void stream(struct chat *c, struct mn_str delta)
{
    if (!c->tty)
        return;
    if (!c->streaming)
        printf("%s%s:%s ", BOLD, c->agent, PLAIN);
    c->streaming = true;
    printf("%.*s", MN_FMT(delta));
    fflush(stdout);
}

static void show_said(struct chat *c, struct mn_str text)
{
    mn_chat_keep_said(c, text);
    if (c->streaming) {
        end_stream(c);
        return; /* its words are there already */
    }
    printf("%s: %.*s\n", c->agent, MN_FMT(text));
}

static void show_tool(struct chat *c, const struct mn_json *note, bool ended)
{
    struct mn_buf line = {0};

    mn_buf_addf(&line, "%.*s ", MN_FMT(mn_json_str(note, "tool")));
    if (ended)
        mn_buf_add_str(&line, mn_json_str(note, "result"));
    else
        mn_json_print(mn_json_get(note, "args"), &line);
    mn_chat_show(c, ended ? "result" : "tool", mn_buf_str(&line));
    mn_buf_free(&line);
}

static void show_handoff(struct chat *c, const struct mn_json *note, const char *what)
{
    struct mn_buf line = {0};

    mn_buf_addf(&line, "%.*s -> %.*s", MN_FMT(mn_json_str(note, "from")),
                MN_FMT(mn_json_str(note, "to")));
    mn_chat_show(c, what, mn_buf_str(&line));
    mn_buf_free(&line);
}

static void show_error(struct chat *c, const struct mn_json *error)
{
    struct mn_buf line = {0};

    mn_buf_addf(&line, "%.*s: %.*s", MN_FMT(mn_json_str(error, "code")),
                MN_FMT(mn_json_str(error, "message")));
    mn_chat_show(c, "error", mn_buf_str(&line));
    mn_buf_free(&line);
}

/* A refused request has no response.done: whether to go on is the session's to say (on_look). */
static void on_error(struct chat *c, const struct mn_json *note)
{
    show_error(c, note);
    c->asked = false;
}

static void on_tool_end(struct chat *c, const struct mn_json *note)
{
    show_tool(c, note, true);
    mn_chat_keep_tool(c, note);
}

static void on_handoff(struct chat *c, const struct mn_json *note)
{
    show_handoff(c, note, "handoff");
    mn_chat_keep_handoff(c, note);
}

static void on_note(struct chat *c, const struct mn_json *note)
{
    struct mn_str what = mn_json_str(note, "note");

    if (mn_str_is(what, "agent_start"))
        mn_id_copy(c->agent, mn_json_str(note, "agent"));
    else if (mn_str_is(what, "agent_tool_start"))
        show_tool(c, note, false);
    else if (mn_str_is(what, "agent_tool_end"))
        on_tool_end(c, note);
    else if (mn_str_is(what, "agent_handoff"))
        on_handoff(c, note);
    else if (mn_str_is(what, "handoff_failed"))
        show_handoff(c, note, "handoff failed");
    else if (mn_str_is(what, "error"))
        on_error(c, note);
}

static void on_barge(struct mn_timer *t)
{
    struct chat *c = mn_container_of(t, struct chat, barge);

    if (c->link != NULL)
        mn_link_send(c->link, MN_STR("{\"type\":\"response.cancel\"}"));
}

static void on_delta(struct chat *c, struct mn_str delta)
{
    if (c->barge_ms > 0)
        mn_timer_start(mn_loop_clock(mn_worker_loop(c->worker)), &c->barge, c->barge_ms, on_barge);
    c->barge_ms = 0;
    stream(c, delta);
}

static void on_event(struct chat *c, const struct mn_json *event)
{
    struct mn_str type = mn_json_str(event, "type");

    if (mn_str_is(type, "myna.note"))
        on_note(c, event);
    else if (mn_str_is(type, "response.output_text.delta"))
        on_delta(c, mn_json_str(event, "delta"));
    else if (mn_str_is(type, "response.output_text.done"))
        show_said(c, mn_json_str(event, "text"));
    else if (mn_str_is(type, "response.done"))
        c->asked = false;
    fflush(stdout);
}

/* --- taking turns --- */

static void hang_up(struct chat *c)
{
    if (c->link != NULL)
        mn_link_close(c->link, 1000, MN_STR("done"));
}

static void on_look(struct mn_timer *t)
{
    struct chat *c = mn_container_of(t, struct chat, look);
    int64_t now_ms = mn_clock_now(mn_loop_clock(mn_worker_loop(c->worker)));

    if (c->call == NULL || c->asked || !mn_session_idle(mn_call_session(c->call), now_ms))
        return;
    if (c->at_end) {
        hang_up(c);
        return;
    }
    if (c->tty)
        printf("%syou:%s ", BOLD, PLAIN);
    fflush(stdout);
    mn_lines_resume(c->lines);
}

static void look_soon(struct chat *c)
{
    mn_timer_start(mn_loop_clock(mn_worker_loop(c->worker)), &c->look, 0, on_look);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct chat *c = link->owner;
    struct mn_json *event;

    if (mn_json_parse(&event, text, &mn_json_frame, NULL) == 0)
        on_event(c, event);
    mn_json_free(event);
    look_soon(c);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct chat *c = link->owner;

    (void)err;
    c->link = NULL;
    c->call = NULL;
    c->failed = code != 1000 && code != 1005;
    if (c->failed || !c->at_end)
        mn_chat_show(c, "the call ended:", reason.n > 0 ? reason : MN_STR("by the agent"));
    mn_worker_stop(c->worker);
}

static const struct mn_link_events caller_events = {.on_message = on_message, .on_close = on_close};

static void send_line(struct chat *c, struct mn_str line)
{
    struct mn_buf event = {0};
    struct mn_writer w;

    mn_event_open(&w, &event, MN_EV_CONVERSATION_ITEM_CREATE, MN_GA, NULL);
    mn_write_open(&w, "item", '{');
    mn_write_text(&w, "type", "message");
    mn_write_text(&w, "role", "user");
    mn_write_open(&w, "content", '[');
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "input_text");
    mn_write_str(&w, "text", line);
    while (w.depth > 0)
        mn_write_close(&w);
    if (event.err == 0 && mn_link_send(c->link, mn_buf_str(&event)) == 0)
        mn_link_send(c->link, MN_STR("{\"type\":\"response.create\"}"));
    mn_buf_free(&event);
}

static void on_line(void *owner, struct mn_str line)
{
    struct chat *c = owner;

    if (line.n == 0 || c->link == NULL)
        return;
    if (!c->tty)
        printf("you: %.*s\n", MN_FMT(line));
    fflush(stdout);
    mn_lines_pause(c->lines);
    if (line.p[0] == ':') {
        c->asked = mn_chat_order(c, line);
        look_soon(c);
        return;
    }
    c->asked = true;
    mn_chat_keep_typed(c, line);
    send_line(c, line);
}

static void on_end(void *owner)
{
    struct chat *c = owner;

    c->at_end = true;
    look_soon(c);
}

/* --- running --- */

static int open_call(struct chat *c)
{
    struct mn_loop *loop = mn_worker_loop(c->worker);
    struct mn_link *theirs;
    int err = mn_link_pair(&c->link, &theirs, mn_loop_clock(loop), HIGH_WATER);

    if (err != 0)
        return err;
    c->link->events = &caller_events;
    c->link->owner = c;
    err = mn_worker_call(
        c->worker, &c->call,
        &(struct mn_worker_call){.caller = theirs, .notes = true, .text_only = true});
    if (err == 0)
        err = mn_lines_open(&c->lines, loop, STDIN_FILENO, on_line, on_end, c);
    if (err == 0)
        mn_lines_pause(c->lines); /* the agent speaks first, if it wants to */
    return err;
}

static int chat(struct mn_start *s)
{
    char here[] = ".";
    char *paths[] = {s->nwords > 0 ? s->words[0] : here};
    struct chat c = {.tty = isatty(STDOUT_FILENO)};
    struct mn_buf why = {0};
    int err = mn_worker_open(&c.worker,
                             &(struct mn_worker_settings){
                                 .settings = &s->settings,
                                 .paths = paths,
                                 .npaths = 1,
                                 .upstream = mn_cli_upstream,
                                 .twin = &mn_sim_api,
                             },
                             &s->log, &why);

    if (err == 0) {
        if (mn_cli_uses_sim(&s->settings))
            mn_chat_show(&c, "the model is", MN_STR("the simulator: a stand-in"));
        err = open_call(&c);
        if (err != 0)
            mn_buf_addf(&why, "cannot chat: %s\n", mn_strerror(err));
    }
    if (err == 0) {
        look_soon(&c);
        mn_worker_run(c.worker);
    }
    mn_cli_complain(&why);
    mn_buf_free(&why);
    if (c.worker != NULL) {
        mn_timer_stop(&c.look);
        mn_timer_stop(&c.barge);
    }
    mn_buf_free(&c.steps);
    mn_lines_close(c.lines);
    mn_worker_close(c.worker);
    if (err != 0)
        return MN_EXIT_USAGE;
    return c.failed ? MN_EXIT_FAILED : MN_EXIT_OK;
}

int mn_cmd_chat(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_start s;
    int status;

    if (mn_start_read(&s, self, argc, argv, from, &status)) {
        s.log.personal = true; /* who calls is who reads it */
        status = chat(&s);
    }
    mn_start_free(&s);
    return status;
}
