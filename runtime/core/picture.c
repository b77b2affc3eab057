/* picture.c - pictures that scripts show the model (R50): an item of its conversation, as if the
 * caller had sent it.
 *
 * The bytes pass through: the history keeps what a picture was, not what it shows. On another
 * connection the model reads that there was one. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>

static void send_item(struct mn_session *s, const struct mn_item *item,
                      const struct mn_picture *picture)
{
    struct mn_writer w;

    if (!mn_fx_send(s, &w, MN_EV_CONVERSATION_ITEM_CREATE, NULL))
        return;
    mn_write_open(&w, "item", '{');
    mn_write_text(&w, "id", item->id);
    mn_write_text(&w, "type", "message");
    mn_write_text(&w, "role", "user");
    mn_write_open(&w, "content", '[');
    if (picture->text.n > 0) {
        mn_write_open(&w, NULL, '{');
        mn_write_text(&w, "type", "input_text");
        mn_write_str(&w, "text", picture->text);
        mn_write_close(&w);
    }
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "input_image");
    mn_write_str(&w, "image_url", picture->url);
    mn_write_close(&w);
    mn_write_close(&w);
    mn_write_close(&w);
    mn_fx_done(s, &w);
}

static int fill(struct mn_session *s, struct mn_item *item, const struct mn_picture *picture)
{
    bool changed;

    item->kind = MN_ITEM_MESSAGE;
    item->leg = s->legs.active.number;
    item->ours = true;
    item->done = true;
    memcpy(item->role, "user", sizeof("user"));
    mn_items_image(s, item, picture->text.n > 0, picture->url);
    return picture->text.n > 0 ? mn_item_set(item, 0, picture->text, &changed) : 0;
}

int mn_picture_show(struct mn_session *s, const struct mn_picture *picture)
{
    char id[MN_ID_MAX];
    struct mn_item *item;
    bool added;

    if (!mn_legs_ready(&s->legs))
        return MN_EPROTOCOL;
    mn_id_new(id, "item", &s->random);
    item = mn_history_put(&s->history, mn_str(id), (struct mn_str){0}, &added);
    s->voice = NULL; /* a full history may have forgotten it */
    if (item == NULL || fill(s, item, picture) != 0)
        return -ENOMEM;
    send_item(s, item, picture);
    mn_items_note(s, MN_NOTE_HISTORY_ADDED, item);
    return 0;
}
