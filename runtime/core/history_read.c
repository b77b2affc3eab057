/* history_read.c - items as scripts write them, and as a history was dumped (R52). */
#include "core/history.h"

#include "base/err.h"

#include <errno.h>

static const char *const roles[] = {"user", "assistant", "system", NULL};

static int add(struct mn_buf *b, struct mn_str words)
{
    return mn_buf_add_str(b, words) == 0 ? 0 : -ENOMEM;
}

/* The words stand in text, or in the parts of content, as the Realtime API has them. */
static int read_words(struct mn_item *item, const struct mn_json *v)
{
    const struct mn_json *content = mn_json_get(v, "content");
    bool changed;
    int part = 0, err = 0;

    if (mn_json_get(v, "text") != NULL)
        return mn_item_set(item, 0, mn_json_str(v, "text"), &changed);
    for (const struct mn_json *c = mn_json_first(content); c != NULL && err == 0;
         c = mn_json_next(c)) {
        struct mn_str words = mn_json_str(c, "text");

        err =
            mn_item_set(item, part++, words.n > 0 ? words : mn_json_str(c, "transcript"), &changed);
    }
    return err;
}

static int read_images(struct mn_item *item, const struct mn_json *images)
{
    for (const struct mn_json *i = mn_json_first(images); i != NULL; i = mn_json_next(i)) {
        if (item->images.n > 0)
            mn_buf_add_byte(&item->images, ',');
        mn_json_print(i, &item->images);
    }
    return item->images.err;
}

static int read_message(struct mn_item *item, const struct mn_json *v)
{
    struct mn_str role = mn_json_str(v, "role");
    int err;

    for (const char *const *r = roles; *r != NULL; r++) {
        if (mn_str_is(role, *r))
            memcpy(item->role, role.p, role.n);
    }
    if (item->role[0] == '\0')
        return MN_EPROTOCOL;
    item->done = true;
    mn_id_copy(item->from, mn_json_str(v, "agent"));
    err = read_words(item, v);
    if (err == 0)
        err = read_images(item, mn_json_get(v, "images"));
    if (err != 0 || !mn_json_bool(v, "interrupted", false))
        return err;
    item->interrupted = true;
    item->heard_ms = mn_json_int(v, "heard_ms", 0);
    return add(&item->full, mn_json_str(v, "full_text"));
}

/* A call without its output is one that nobody will answer any more. */
static int read_call(struct mn_item *item, const struct mn_json *v)
{
    struct mn_str output = mn_json_str(v, "output"), args = mn_json_str(v, "arguments");

    if (!mn_id_copy(item->name, mn_json_str(v, "name")) || item->name[0] == '\0' ||
        !mn_id_copy(item->call_id, mn_json_str(v, "call_id")) || item->call_id[0] == '\0')
        return MN_EPROTOCOL;
    item->done = true;
    if (add(&item->text, args.n > 0 ? args : MN_STR("{}")) != 0)
        return -ENOMEM;
    return add(&item->output, output.n > 0 ? output : MN_STR("It was not answered."));
}

static int read_handoff(struct mn_item *item, const struct mn_json *v)
{
    mn_id_copy(item->from, mn_json_str(v, "from"));
    mn_id_copy(item->name, mn_json_str(v, "to"));
    return 0;
}

static int read_mark(struct mn_item *item, const struct mn_json *v)
{
    mn_id_copy(item->from, mn_json_str(v, "agent"));
    mn_id_copy(item->name, mn_json_str(v, "name"));
    return add(&item->text, mn_json_str(v, "text"));
}

static int read_sound(struct mn_item *item, const struct mn_json *v)
{
    mn_id_copy(item->from, mn_json_str(v, "agent"));
    item->interrupted = mn_json_bool(v, "interrupted", false);
    item->heard_ms = mn_json_int(v, "heard_ms", -1);
    return add(&item->output, mn_json_str(v, "path"));
}

static const struct {
    const char *type;
    int (*read)(struct mn_item *item, const struct mn_json *v);
} kinds[] = {
    [MN_ITEM_MESSAGE] = {"message", read_message}, [MN_ITEM_CALL] = {"function_call", read_call},
    [MN_ITEM_HANDOFF] = {"handoff", read_handoff}, [MN_ITEM_GUARDRAIL] = {"guardrail", read_mark},
    [MN_ITEM_CONFIG] = {"config", read_mark},      [MN_ITEM_SOUND] = {"sound", read_sound},
};

int mn_item_read(struct mn_item *item, const struct mn_json *v)
{
    struct mn_str type = mn_json_str(v, "type");

    if (type.n == 0)
        type = MN_STR("message");
    item->forgotten = mn_json_bool(v, "forgotten", false);
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        if (kinds[k].type == NULL || !mn_str_is(type, kinds[k].type))
            continue;
        item->kind = (enum mn_item_kind)k;
        return kinds[k].read(item, v);
    }
    return MN_EPROTOCOL;
}
