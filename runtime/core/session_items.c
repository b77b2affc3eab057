/* session_items.c - the model's items and their words, taken into the history (R34, R50, R51). */
#include "core/session_parts.h"

#include <errno.h>

void mn_items_note(struct mn_session *s, enum mn_note note, const struct mn_item *item)
{
    struct mn_writer w;

    if (!mn_item_shown(item) || !mn_fx_note(s, &w, note))
        return;
    mn_item_write(&w, "item", item);
    mn_fx_done(s, &w);
}

static enum mn_item_kind kind_of(struct mn_str type)
{
    if (mn_str_is(type, "message"))
        return MN_ITEM_MESSAGE;
    if (mn_str_is(type, "function_call"))
        return MN_ITEM_CALL;
    return mn_str_is(type, "function_call_output") ? MN_ITEM_OUTPUT : MN_ITEM_OTHER;
}

static void copy_word(char *to, size_t size, struct mn_str from)
{
    size_t n = from.n < size - 1 ? from.n : size - 1;

    if (n > 0)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

/* R50: an image is kept as what it was: its type and size, or its address. */
void mn_items_image(struct mn_session *s, struct mn_item *item, int part, struct mn_str url)
{
    const char *end = url.n > 0 ? memchr(url.p, ',', url.n) : NULL;
    struct mn_writer w = mn_writer(&item->images);
    struct mn_str bytes = {0};

    if (item->images.n > 0)
        mn_buf_add_byte(&item->images, ',');
    mn_write_open(&w, NULL, '{');
    mn_write_int(&w, "part", part);
    if (mn_str_starts(url, MN_STR("data:")) && end != NULL) {
        const char *semicolon = memchr(url.p, ';', (size_t)(end - url.p));
        const char *stop = semicolon != NULL ? semicolon : end;

        bytes = (struct mn_str){end + 1, url.n - (size_t)(end + 1 - url.p)};
        mn_write_str(&w, "type", (struct mn_str){url.p + 5, (size_t)(stop - url.p) - 5});
        mn_write_int(&w, "bytes", (int64_t)mn_b64_decoded(bytes));
    } else if (url.n > 0 && url.n <= MN_ITEM_URL_MAX) {
        mn_write_str(&w, "url", url);
    }
    mn_write_close(&w);
    if (item->images.err != 0)
        s->err = item->images.err;
}

/* The words a message came with: typed text, or a transcript that was already there. */
static void take_content(struct mn_session *s, struct mn_item *item, const struct mn_json *body)
{
    const struct mn_json *content = mn_json_get(body, "content");
    bool changed;
    int part = 0;

    for (const struct mn_json *c = mn_json_first(content); c != NULL; c = mn_json_next(c)) {
        struct mn_str words = mn_json_str(c, "text");

        if (words.n == 0)
            words = mn_json_str(c, "transcript");
        if (mn_str_is(mn_json_str(c, "type"), "input_image"))
            mn_items_image(s, item, part, mn_json_str(c, "image_url"));
        if (mn_item_set(item, part++, words, &changed) != 0)
            s->err = -ENOMEM;
    }
}

static void new_item(struct mn_session *s, struct mn_item *item, const struct mn_json *body)
{
    item->kind = kind_of(mn_json_str(body, "type"));
    item->leg = s->legs.active.number;
    copy_word(item->role, sizeof(item->role), mn_json_str(body, "role"));
    mn_id_copy(item->call_id, mn_json_str(body, "call_id"));
    copy_word(item->name, sizeof(item->name), mn_json_str(body, "name"));
    if (item->kind == MN_ITEM_CALL || strcmp(item->role, "assistant") == 0)
        item->turn = s->turn.number;
    if (strcmp(item->role, "assistant") == 0)
        copy_word(item->from, sizeof(item->from), s->app->agents[s->turn.agent].name);
    else
        take_content(s, item, body);
    mn_items_note(s, MN_NOTE_HISTORY_ADDED, item);
}

struct mn_item *mn_items_put(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *body = mn_json_get(ev->body, "item");
    struct mn_str id = mn_json_str(body, "id");
    struct mn_item *item;
    bool added;

    if (id.n == 0 || id.n >= MN_ID_MAX)
        return NULL;
    item = mn_history_put(&s->history, id, ev->previous_item_id, &added);
    if (item == NULL) {
        s->err = -ENOMEM;
        return NULL;
    }
    if (!added)
        return item;
    s->voice = NULL; /* a full history may have forgotten it */
    new_item(s, item, body);
    return item;
}

void mn_items_added(struct mn_session *s, const struct mn_event *ev)
{
    mn_items_put(s, ev);
    mn_arbiter_acked(&s->arbiter, mn_json_str(mn_json_get(ev->body, "item"), "id"));
    mn_late_acked(s, mn_json_str(mn_json_get(ev->body, "item"), "id"));
}

/* What a handoff took from the model is still part of what was said (R24). */
void mn_items_deleted(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);

    if (item == NULL || (item->forgotten && !item->gone))
        return;
    if (item->rewritten > 0) {
        item->rewritten--;
        return;
    }
    s->voice = NULL;
    mn_history_remove(&s->history, item);
}

/* R51: told when the words are not those that were there. */
static void set_words(struct mn_session *s, struct mn_item *item, const struct mn_event *ev,
                      struct mn_str words, bool told)
{
    bool changed;

    if (mn_item_set(item, ev->content_index > 0 ? ev->content_index : 0, words, &changed) != 0)
        s->err = -ENOMEM;
    if (changed && told)
        mn_items_note(s, MN_NOTE_HISTORY_UPDATED, item);
}

void mn_items_transcribed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);

    mn_account_transcription(s, ev);
    if (item != NULL)
        set_words(s, item, ev, mn_json_str(ev->body, "transcript"), true);
}

void mn_items_words(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);
    int64_t at_ms;

    if (item == NULL)
        return;
    item->spoken = ev->type == MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA;
    at_ms = item->samples / s->playout.samples_per_ms;
    if (mn_item_say(item, ev->content_index, ev->delta, at_ms) != 0)
        s->err = -ENOMEM;
}

void mn_items_words_done(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);
    struct mn_str words = mn_json_str(ev->body, "transcript");

    if (words.n == 0)
        words = mn_json_str(ev->body, "text");
    if (item != NULL)
        set_words(s, item, ev, words, false); /* told once, when the item is done */
}

/* An output is ours, so it is known from when it is sent. */
void mn_items_sent_output(struct mn_session *s, struct mn_str id, struct mn_str call_id)
{
    struct mn_item *item;
    bool added;

    item = mn_history_put(&s->history, id, (struct mn_str){0}, &added);
    s->voice = NULL; /* a full history may have forgotten it */
    if (item == NULL) {
        s->err = -ENOMEM;
        return;
    }
    item->kind = MN_ITEM_OUTPUT;
    item->leg = s->legs.active.number;
    mn_id_copy(item->call_id, call_id);
}

/* A prompt that is saved again and again while nobody speaks changed once: marks of each time would
 * push the conversation out of the history. */
static bool is_marked(struct mn_session *s, enum mn_item_kind kind, struct mn_str text)
{
    const struct mn_list *last = s->history.items.prev;
    const struct mn_item *item = mn_container_of(last, struct mn_item, link);

    return kind == MN_ITEM_CONFIG && last != &s->history.items && item->kind == kind &&
           !item->gone && mn_str_same(mn_buf_str(&item->text), text) &&
           mn_str_is(s->app->agents[s->agent].name, item->from);
}

void mn_history_mark(struct mn_session *s, enum mn_item_kind kind, struct mn_str name,
                     struct mn_str text)
{
    char id[MN_ID_MAX];
    struct mn_item *item;
    bool added;

    if (is_marked(s, kind, text))
        return;
    mn_id_new(id, "mark", &s->random);
    item = mn_history_put(&s->history, mn_str(id), (struct mn_str){0}, &added);
    s->voice = NULL; /* a full history may have forgotten it */
    if (item == NULL || mn_buf_add_str(&item->text, text) != 0) {
        s->err = -ENOMEM;
        return;
    }
    item->kind = kind;
    mn_id_copy(item->from, s->app->agents[s->agent].name);
    mn_id_copy(item->name, name);
    mn_items_note(s, MN_NOTE_HISTORY_ADDED, item);
}
