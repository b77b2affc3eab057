/* drive.c - see drive.h. */
#include "drive.h"

#include "base/b64.h"
#include "base/err.h"
#include "core/event_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct mn_json *tree; /* of drive_last; freed with the next one */

static int answer(void *owner, const struct mn_sim_ask *ask, struct mn_sim_outputs *out)
{
    struct drive *d = owner;

    d->answers++;
    d->out_of_band = ask->out_of_band;
    snprintf(d->instructions, sizeof(d->instructions), "%.*s", MN_FMT(ask->instructions));
    if (ask->nlines > 0)
        snprintf(d->last_line, sizeof(d->last_line), "%.*s",
                 MN_FMT(ask->lines[ask->nlines - 1].text));
    if (d->err < 0)
        return d->err;
    if (d->count == 0)
        return mn_sim_say(out, MN_STR("Yes."), 0);
    while (d->count > 0) {
        int i = d->first++;

        d->count--;
        if (d->lines[i].text == NULL)
            return 0; /* the end of one answer */
        if (d->lines[i].call != NULL)
            mn_sim_call(out, mn_str(d->lines[i].call), mn_str(d->lines[i].text));
        else
            mn_sim_say(out, mn_str(d->lines[i].text), d->lines[i].lasts_ms);
    }
    return 0;
}

/* Every event must be one the API could have sent. */
static void check(const char *text, enum mn_dialect dialect)
{
    struct mn_event ev;
    struct mn_fault why;
    int err = mn_event_decode(&ev, mn_str(text), MN_FROM_SERVER, dialect, &mn_json_frame, &why);

    if (err == 0 && ev.type == MN_EV_UNKNOWN)
        fail_msg("unknown: %s", text);
    if (err == 0)
        err = mn_event_check(&ev, &why);
    if (err < 0)
        fail_msg("%s (%s): %s", why.message, why.param, text);
    mn_event_free(&ev);
}

void drive_take(struct drive *d)
{
    struct mn_buf event = {0};

    while (mn_sim_next(d->sim, &event)) {
        assert_true(d->n < SAID_MAX);
        check(event.p, d->set.dialect);
        d->said[d->n++] = mn_buf_take(&event);
    }
    mn_buf_free(&event);
}

void drive_forget(struct drive *d)
{
    for (int i = 0; i < d->n; i++)
        free(d->said[i]);
    d->n = d->seen = 0;
}

void drive_open_with(struct drive *d, struct mn_sim_settings set)
{
    memset(d, 0, sizeof(*d));
    d->now_ms = 1000;
    d->brain = (struct mn_brain){d, answer};
    d->set = set;
    d->set.brain = &d->brain;
    d->sim = mn_sim_new(&d->set, d->now_ms);
    assert_non_null(d->sim);
    drive_take(d);
    d->seen = d->n;
}

void drive_open(struct drive *d)
{
    drive_open_with(d, mn_sim_defaults());
}

void drive_close(struct drive *d)
{
    mn_sim_free(d->sim);
    drive_forget(d);
    mn_json_free(tree);
    tree = NULL;
}

void drive_says(struct drive *d, const char *words, int64_t lasts_ms)
{
    d->lines[d->first + d->count].text = words;
    d->lines[d->first + d->count++].lasts_ms = lasts_ms;
}

void drive_calls(struct drive *d, const char *name, const char *arguments)
{
    d->lines[d->first + d->count].call = name;
    d->lines[d->first + d->count++].text = arguments;
}

void drive_feed(struct drive *d, const char *format, ...)
{
    char frame[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(frame, sizeof(frame), format, args);
    va_end(args);
    for (char *c = frame; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    assert_int_equal(mn_sim_feed(d->sim, mn_str(frame), d->now_ms), 0);
    drive_take(d);
}

void drive_pass(struct drive *d, int64_t ms)
{
    int64_t until_ms = d->now_ms + ms, due_ms;

    while ((due_ms = mn_sim_deadline(d->sim)) <= until_ms) {
        d->now_ms = due_ms > d->now_ms ? due_ms : d->now_ms;
        assert_int_equal(mn_sim_tick(d->sim, d->now_ms), 0);
        drive_take(d);
    }
    d->now_ms = until_ms;
}

void drive_audio(struct drive *d, int64_t ms, int amplitude)
{
    for (int64_t at = 0; at < ms; at += 20) {
        struct mn_buf pcm = {0}, frame = {0};

        for (int i = 0; i < 480; i++) { /* a 500 Hz square wave */
            int16_t sample = (int16_t)(i / 24 % 2 == 0 ? amplitude : -amplitude);

            mn_buf_add(&pcm, &sample, sizeof(sample));
        }
        mn_buf_add_text(&frame, "{\"type\":\"input_audio_buffer.append\",\"audio\":\"");
        mn_b64_encode(&frame, pcm.p, pcm.n);
        mn_buf_add_text(&frame, "\"}");
        d->now_ms += 20;
        assert_int_equal(mn_sim_feed(d->sim, mn_buf_str(&frame), d->now_ms), 0);
        mn_buf_free(&pcm);
        mn_buf_free(&frame);
        drive_take(d);
        drive_pass(d, 0);
    }
}

static void type_of(const char *event, char out[96])
{
    sscanf(event, "{\"type\":\"%95[^\"]", out);
}

const char *drive_types(struct drive *d)
{
    static char joined[8192];
    char type[96], before[96] = "";
    size_t n = 0;

    joined[0] = '\0';
    for (; d->seen < d->n; d->seen++) {
        type_of(d->said[d->seen], type);
        if (strcmp(type, "rate_limits.updated") == 0)
            continue;
        if (strcmp(type, before) == 0 && strstr(type, ".delta") != NULL)
            continue;
        n += (size_t)snprintf(joined + n, sizeof(joined) - n, "%s%s", n > 0 ? " " : "", type);
        strcpy(before, type);
    }
    return joined;
}

static const struct mn_json *parse(const char *event)
{
    mn_json_free(tree);
    assert_int_equal(mn_json_parse(&tree, mn_str(event), &mn_json_frame, NULL), 0);
    return tree;
}

const struct mn_json *drive_last(struct drive *d, const char *wanted)
{
    char type[96];

    for (int i = d->n - 1; i >= 0; i--) {
        type_of(d->said[i], type);
        if (strcmp(type, wanted) == 0)
            return parse(d->said[i]);
    }
    fail_msg("no %s; last: %.300s", wanted, d->n > 0 ? d->said[d->n - 1] : "nothing");
    return NULL;
}

int drive_count(const struct drive *d, const char *wanted)
{
    char type[96];
    int n = 0;

    for (int i = 0; i < d->n; i++) {
        type_of(d->said[i], type);
        n += strcmp(type, wanted) == 0;
    }
    return n;
}

static const struct mn_json *find(const struct mn_json *v, const char *path)
{
    char key[64];
    int n;

    while (*path != '\0') {
        n = (int)strcspn(path, ".");
        snprintf(key, sizeof(key), "%.*s", n, path);
        if (mn_json_kind(v) == MN_JSON_ARRAY) {
            v = mn_json_first(v);
            for (int i = atoi(key); i > 0; i--)
                v = mn_json_next(v);
        } else {
            v = mn_json_get(v, key);
        }
        path += n + (path[n] == '.');
    }
    return v;
}

struct mn_str drive_at(const struct mn_json *v, const char *path)
{
    return mn_json_text(find(v, path));
}

int64_t drive_int(const struct mn_json *v, const char *path)
{
    int64_t n = -1;

    mn_json_to_int(find(v, path), &n);
    return n;
}

void drive_refused_for(struct drive *d, const char *frame, const char *code, const char *param)
{
    const struct mn_json *error;

    assert_true(d->n > 0);
    error = mn_json_get(parse(d->said[d->n - 1]), "error");
    if (error == NULL)
        fail_msg("%s: expected %s, got %s", frame, code, d->said[d->n - 1]);
    if (!mn_str_is(mn_json_str(error, "code"), code) ||
        !mn_str_is(mn_json_str(error, "param"), param))
        fail_msg("%s: expected %s at '%s', got %s", frame, code, param, d->said[d->n - 1]);
    assert_true(mn_json_str(error, "message").n > 0);
    d->seen = d->n;
}

void drive_refused(struct drive *d, const char *code, const char *param)
{
    drive_refused_for(d, "", code, param);
}
