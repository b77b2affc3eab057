/* edit.c - the history as somebody wants it, against the history as it is (R24, R52).
 *
 * What is wanted is a list of items, in order: those of the history by their ids, and new ones. An
 * item that is wanted as it is stays where it is; one that was changed or moved is taken from the
 * model and written again, under an id of its own (the server may still be busy with the old one);
 * what is not named goes, or, in a handoff, stays. The model is told by delete and create, in the
 * order of the list; the caller hears nothing of it (R76).
 *
 * A call and its output come and go together. A call that still runs stays: its output must find
 * it. An item of the response under way goes when that is over: the server would refuse before. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

struct wanted {
    struct mn_item *item;
    bool fresh; /* not in the history yet; owned until it is */
};

struct edit {
    struct mn_session *s;
    struct wanted *list;
    int n;
};

static struct mn_item *item_at(struct mn_list *l)
{
    return mn_container_of(l, struct mn_item, link);
}

/* --- taking items from the model --- */

/* From here on nothing can be written behind it: the server would not find it. */
void mn_items_leaving(struct mn_session *s, struct mn_str item_id)
{
    struct mn_item *item = mn_history_find(&s->history, item_id);

    if (item != NULL)
        item->absent = true;
}

void mn_items_delete(struct mn_session *s, const char *item_id)
{
    struct mn_writer w;

    mn_items_leaving(s, mn_str(item_id));
    if (!mn_fx_send(s, &w, MN_EV_CONVERSATION_ITEM_DELETE, NULL))
        return;
    mn_write_text(&w, "item_id", item_id);
    mn_fx_done(s, &w);
}

static bool is_running(const struct mn_item *item)
{
    return item->kind == MN_ITEM_CALL && !item->done;
}

/* Does the response under way still hold it? */
static bool is_held(const struct mn_session *s, const struct mn_item *item)
{
    return item->turn != 0 && item->turn == s->turn.number && !s->turn.done;
}

static void tell_model(struct mn_session *s, struct mn_item *item)
{
    struct mn_item *output =
        item->kind == MN_ITEM_CALL ? mn_history_output(&s->history, mn_str(item->call_id)) : NULL;

    if (!mn_legs_ready(&s->legs))
        return;
    if (output != NULL && mn_item_known(output)) {
        mn_items_delete(s, output->id);
        output->forgotten = true;
    }
    mn_items_delete(s, item->id);
}

/* Takes the item from the model, and, when it is gone for good, from the history. */
static void take_away(struct mn_session *s, struct mn_item *item, bool for_good)
{
    bool known = mn_item_known(item), held = is_held(s, item);

    if (is_running(item))
        return;
    s->voice = NULL;
    if (known && held)
        s->doomed++;
    if (known && !held)
        tell_model(s, item);
    item->doomed = known && held;
    item->forgotten = item->kind < MN_ITEM_HANDOFF;
    item->gone = for_good;
    if (for_good && !known)
        mn_history_remove(&s->history, item);
    else if (!for_good)
        mn_items_note(s, MN_NOTE_HISTORY_UPDATED, item);
}

void mn_edit_response_done(struct mn_session *s)
{
    for (struct mn_list *l = s->history.items.next; s->doomed > 0 && l != &s->history.items;
         l = l->next) {
        struct mn_item *item = item_at(l);

        if (!item->doomed)
            continue;
        item->doomed = false;
        s->doomed--;
        tell_model(s, item);
    }
    s->doomed = 0;
}

/* --- reading what is wanted --- */

static bool same_words(const struct mn_item *item, const struct mn_json *v)
{
    bool call = item->kind == MN_ITEM_CALL;
    const struct mn_json *words = mn_json_get(v, call ? "output" : "text");
    const struct mn_buf *own = call ? &item->output : &item->text;

    if (mn_json_kind(words) != MN_JSON_STRING)
        return true;
    return mn_str_same(mn_json_text(words), mn_buf_str(own));
}

static bool same_role(const struct mn_item *item, const struct mn_json *v)
{
    struct mn_str role = mn_json_str(v, "role");

    return item->kind != MN_ITEM_MESSAGE || role.n == 0 || mn_str_is(role, item->role);
}

/* The item of the history that v names and leaves as it is, behind the last one that was; or NULL.
 */
static struct mn_item *unchanged(struct edit *e, struct mn_list *behind, const struct mn_json *v)
{
    struct mn_list *head = &e->s->history.items;
    struct mn_str id = mn_json_str(v, "id");

    for (struct mn_list *l = behind->next; id.n > 0 && l != head; l = l->next) {
        struct mn_item *item = item_at(l);

        if (!mn_id_is(item->id, id))
            continue;
        if (is_running(item))
            return item;
        return mn_item_shown(item) && same_words(item, v) && same_role(item, v) ? item : NULL;
    }
    return NULL;
}

/* v stands in the place of an item that it changes or moves. False when that one cannot go. */
static bool replaces(struct mn_session *s, const struct mn_json *v)
{
    struct mn_item *item = mn_history_find(&s->history, mn_json_str(v, "id"));

    if (item != NULL && is_running(item))
        return false;
    if (item != NULL)
        item->wants_forgotten = true;
    return true;
}

static int fresh_item(struct edit *e, const struct mn_json *v, struct mn_item **out)
{
    struct mn_item *item = calloc(1, sizeof(*item));
    int err;

    if (item == NULL)
        return -ENOMEM;
    mn_list_init(&item->link);
    mn_id_new(item->id, "item", &e->s->random);
    item->heard_ms = -1;
    item->absent = true;
    err = mn_item_read(item, v);
    if (err != 0)
        mn_item_free(item);
    else
        *out = item;
    return err;
}

static void edit_free(struct edit *e)
{
    for (int i = 0; i < e->n; i++) {
        if (e->list[i].fresh)
            mn_item_free(e->list[i].item);
    }
    free(e->list);
}

static int read_wanted(struct edit *e, const struct mn_json *list)
{
    struct mn_list *behind = &e->s->history.items;

    for (const struct mn_json *v = mn_json_first(list); v != NULL; v = mn_json_next(v)) {
        struct wanted *w = &e->list[e->n];
        int err = 0;

        w->item = unchanged(e, behind, v);
        w->fresh = w->item == NULL;
        if (w->fresh && !replaces(e->s, v))
            continue; /* it stays where it is */
        if (w->fresh)
            err = fresh_item(e, v, &w->item);
        if (err != 0)
            return err;
        e->n++;
        if (w->fresh)
            continue;
        behind = &w->item->link;
        w->item->named = true;
        w->item->wants_forgotten = mn_json_bool(v, "forgotten", false);
    }
    return 0;
}

/* Returns 0, MN_EPROTOCOL for what is no list of items, MN_ELIMIT for too many, or -ENOMEM. */
static int edit_read(struct edit *e, struct mn_session *s, struct mn_str items)
{
    struct mn_json *list = NULL;
    int err = mn_json_parse(&list, items, &mn_json_frame, NULL);

    *e = (struct edit){.s = s};
    for (struct mn_list *l = s->history.items.next; l != &s->history.items; l = l->next)
        item_at(l)->named = item_at(l)->wants_forgotten = false;
    if (err == 0 && mn_json_kind(list) != MN_JSON_ARRAY)
        err = MN_EPROTOCOL;
    if (err == 0 && mn_json_count(list) > MN_HISTORY_ITEMS)
        err = MN_ELIMIT;
    if (err == 0) {
        e->list = calloc((size_t)mn_json_count(list) + 1, sizeof(*e->list));
        err = e->list != NULL ? read_wanted(e, list) : -ENOMEM;
    }
    mn_json_free(list);
    if (err != 0)
        edit_free(e);
    return err == MN_EJSON ? MN_EPROTOCOL : err;
}

static bool has_room(const struct edit *e)
{
    int fresh = 0;

    for (int i = 0; i < e->n; i++)
        fresh += e->list[i].fresh ? 1 + (e->list[i].item->kind == MN_ITEM_CALL) : 0;
    return e->s->history.count + fresh <= MN_HISTORY_ITEMS;
}

/* --- carrying it out --- */

/* What is not named goes; kept, only what another was put in the place of. */
static void drop_rest(struct edit *e, bool keep)
{
    struct mn_list *head = &e->s->history.items;

    for (struct mn_list *l = head->next, *next; l != head; l = next) {
        next = l->next;
        if (item_at(l)->named || !mn_item_shown(item_at(l)))
            continue;
        if (!keep || item_at(l)->wants_forgotten)
            take_away(e->s, item_at(l), !keep);
    }
}

/* The id of the nearest item before it that the model has. */
static const char *known_before(struct mn_session *s, const struct mn_item *item)
{
    for (struct mn_list *l = item->link.prev; l != &s->history.items; l = l->prev) {
        if (mn_item_known(item_at(l)))
            return item_at(l)->id;
    }
    return "root";
}

static void insert(struct mn_session *s, struct mn_list *place, struct mn_item *item)
{
    mn_list_append(place->next, &item->link);
    s->history.count++;
}

/* Behind place, and behind the outputs of calls that stand there. */
static int insert_fresh(struct edit *e, struct mn_list *place, struct wanted *w)
{
    struct mn_item *output = w->item->kind == MN_ITEM_CALL ? calloc(1, sizeof(*output)) : NULL;

    if (w->item->kind == MN_ITEM_CALL && output == NULL)
        return -ENOMEM;
    while (place->next != &e->s->history.items && item_at(place->next)->kind == MN_ITEM_OUTPUT)
        place = place->next;
    insert(e->s, place, w->item);
    w->fresh = false;
    if (output == NULL)
        return 0;
    output->kind = MN_ITEM_OUTPUT;
    output->absent = true;
    mn_id_new(output->id, "item", &e->s->random);
    mn_id_copy(output->call_id, mn_str(w->item->call_id));
    insert(e->s, &w->item->link, output);
    return 0;
}

static void write_item(struct mn_session *s, struct mn_item *item)
{
    if (mn_legs_ready(&s->legs))
        mn_replay_item(s, s->legs.active.number, item, known_before(s, item));
}

/* An item the model had forgotten is written again, under another id: the old one's end may not
 * have been told yet. */
static void settle(struct mn_session *s, struct mn_item *item)
{
    if (item->wants_forgotten && mn_item_known(item))
        take_away(s, item, false);
    if (item->wants_forgotten || !item->forgotten)
        return;
    mn_id_new(item->id, "item", &s->random);
    item->forgotten = false;
    item->absent = true;
    write_item(s, item);
}

static int carry_out(struct edit *e)
{
    struct mn_list *place = &e->s->history.items;

    for (int i = 0; i < e->n; i++) {
        struct wanted *w = &e->list[i];

        if (w->fresh) {
            if (insert_fresh(e, place, w) != 0)
                return -ENOMEM;
            write_item(e->s, w->item);
            mn_items_note(e->s, MN_NOTE_HISTORY_ADDED, w->item);
        } else {
            settle(e->s, w->item);
        }
        place = &w->item->link;
    }
    return 0;
}

int mn_edit_check(struct mn_session *s, struct mn_str items)
{
    struct edit e;
    int err = edit_read(&e, s, items);

    if (err == 0)
        edit_free(&e);
    return err;
}

int mn_edit(struct mn_session *s, struct mn_str items, bool keep_rest)
{
    struct edit e;
    int err = edit_read(&e, s, items);

    if (err != 0)
        return err;
    if (has_room(&e))
        drop_rest(&e, keep_rest);
    err = has_room(&e) ? carry_out(&e) : MN_ELIMIT;
    s->voice = NULL;
    edit_free(&e);
    return err;
}

/* --- the next agent's share (R24) --- */

void mn_edit_fade(struct mn_session *s, int last)
{
    int n = 0;

    for (struct mn_list *l = s->history.items.prev; last != 0 && l != &s->history.items;
         l = l->prev) {
        struct mn_item *item = item_at(l);

        if (mn_item_known(item) && mn_item_shown(item) && !is_running(item))
            item->fades = last < 0 || ++n > last;
    }
}

void mn_edit_faded(struct mn_session *s, bool moved)
{
    for (struct mn_list *l = s->history.items.next, *next; l != &s->history.items; l = next) {
        struct mn_item *item = item_at(l);

        next = l->next;
        if (item->fades && moved)
            take_away(s, item, false);
        item->fades = false;
    }
}
