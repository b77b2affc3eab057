/* item.c - conversation items: read from a client, written in either dialect.
 *
 * The decoder has held them to the table of events; what is checked here is what the table cannot
 * say: who may be created with what, and the lengths of names. */
#include "sim/item.h"

#include "base/err.h"
#include "core/event_fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ID_LENGTH_MAX 32 /* "string too long. Expected a string with maximum length 32" */

static const struct {
    const char *ga, *beta;
    const char *words;                           /* the member that holds them */
    bool from_user, from_system, from_assistant; /* who may be created with it by a client */
} kinds[] = {
    [MN_SIM_INPUT_TEXT] = {"input_text", "input_text", "text", true, true, false},
    [MN_SIM_INPUT_AUDIO] = {"input_audio", "input_audio", "transcript", true, false, false},
    [MN_SIM_INPUT_IMAGE] = {"input_image", "input_image", "image_url", true, false, false},
    [MN_SIM_OUTPUT_TEXT] = {"output_text", "text", "text", false, false, true},
    [MN_SIM_OUTPUT_AUDIO] = {"output_audio", "audio", "transcript", false, false, false},
};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static const char *const statuses[] = {"in_progress", "completed", "incomplete"};
static const char *const roles[] = {"system", "user", "assistant"}; /* by mn_sim_who */

struct mn_sim_item *mn_sim_item_new(enum mn_sim_who who, int nparts)
{
    struct mn_sim_item *item = calloc(1, sizeof(*item));

    if (item == NULL)
        return NULL;
    mn_list_init(&item->link);
    item->who = who;
    item->status = MN_SIM_COMPLETED;
    if (nparts == 0)
        return item;
    item->parts = calloc((size_t)nparts, sizeof(*item->parts));
    if (item->parts == NULL) {
        mn_sim_item_free(item);
        return NULL;
    }
    item->nparts = nparts;
    return item;
}

void mn_sim_item_free(struct mn_sim_item *item)
{
    if (item == NULL)
        return;
    mn_list_remove(&item->link);
    for (int i = 0; i < item->nparts; i++)
        mn_buf_free(&item->parts[i].words);
    free(item->parts);
    mn_buf_free(&item->text);
    free(item);
}

struct mn_sim_item *mn_sim_item_copy(const struct mn_sim_item *item)
{
    struct mn_sim_item *copy = mn_sim_item_new(item->who, item->nparts);
    int err;

    if (copy == NULL)
        return NULL;
    memcpy(copy->id, item->id, sizeof(copy->id));
    memcpy(copy->call_id, item->call_id, sizeof(copy->call_id));
    memcpy(copy->name, item->name, sizeof(copy->name));
    err = mn_buf_add_str(&copy->text, mn_buf_str(&item->text));
    for (int i = 0; i < item->nparts && err == 0; i++) {
        copy->parts[i].kind = item->parts[i].kind;
        copy->parts[i].audio_ms = item->parts[i].audio_ms;
        err = mn_buf_add_str(&copy->parts[i].words, mn_buf_str(&item->parts[i].words));
    }
    if (err == 0)
        return copy;
    mn_sim_item_free(copy);
    return NULL;
}

size_t mn_sim_item_bytes(const struct mn_sim_item *item)
{
    size_t bytes = sizeof(*item) + item->text.n;

    for (int i = 0; i < item->nparts; i++)
        bytes += sizeof(item->parts[i]) + item->parts[i].words.n;
    return bytes;
}

/* "item" and "call_id" make "item.call_id". */
static const char *join(char out[128], const char *param, const char *member)
{
    snprintf(out, 128, "%s.%s", param, member);
    return out;
}

static int too_long(struct mn_fault *why, const char *param, const char *member, int most, size_t n)
{
    char path[128];

    join(path, param, member);
    return mn_fault_set(why, "string_above_max_length", path,
                        "Invalid '%s': string too long. Expected a string with maximum length %d, "
                        "but got a string with length %zu instead.",
                        path, most, n);
}

/* Copies an id the client chose; absent leaves it empty. */
static int read_id(char out[MN_ID_MAX], const struct mn_json *v, const char *member,
                   const char *param, struct mn_fault *why)
{
    struct mn_str id = mn_json_str(v, member);

    if (id.n > ID_LENGTH_MAX)
        return too_long(why, param, member, ID_LENGTH_MAX, id.n);
    mn_id_copy(out, id);
    return 0;
}

static int find_kind(struct mn_str type, enum mn_dialect dialect)
{
    for (int i = 0; i < KINDS; i++)
        if (mn_str_is(type, dialect == MN_BETA ? kinds[i].beta : kinds[i].ga))
            return i;
    return -1;
}

static bool may_hold(enum mn_sim_who who, int kind)
{
    if (who == MN_SIM_USER)
        return kinds[kind].from_user;
    return who == MN_SIM_SYSTEM ? kinds[kind].from_system : kinds[kind].from_assistant;
}

static int read_part(struct mn_sim_item *item, int index, const struct mn_json *v,
                     const char *param, enum mn_dialect dialect, struct mn_fault *why)
{
    struct mn_sim_part *part = &item->parts[index];
    struct mn_str type = mn_json_str(v, "type");
    int kind = find_kind(type, dialect);
    char member[48], path[128];

    snprintf(member, sizeof(member), "content[%d].type", index);
    if (kind < 0 || !may_hold(item->who, kind))
        return mn_fault_set(why, "invalid_value", join(path, param, member),
                            "Invalid value: '%.*s'. A message of role '%s' cannot be created "
                            "with it.",
                            type.n > 40 ? 40 : (int)type.n, type.p != NULL ? type.p : "",
                            roles[item->who]);
    part->kind = (enum mn_sim_part_kind)kind;
    return mn_buf_add_str(&part->words, mn_json_str(v, kinds[kind].words));
}

static int read_message(struct mn_sim_item **out, const struct mn_json *v, const char *param,
                        enum mn_dialect dialect, struct mn_fault *why)
{
    struct mn_str role = mn_json_str(v, "role");
    const struct mn_json *content = mn_json_get(v, "content");
    int who = MN_SIM_SYSTEM, index = 0, err = 0;

    while (who < MN_SIM_ASSISTANT && !mn_str_is(role, roles[who]))
        who++;
    *out = mn_sim_item_new((enum mn_sim_who)who, mn_json_count(content));
    if (*out == NULL)
        return -ENOMEM;
    for (const struct mn_json *p = mn_json_first(content); index < (*out)->nparts && err == 0;
         p = mn_json_next(p))
        err = read_part(*out, index++, p, param, dialect, why);
    return err;
}

static int read_call(struct mn_sim_item **out, const struct mn_json *v, const char *param,
                     enum mn_sim_who who, struct mn_fault *why)
{
    struct mn_str name = mn_json_str(v, "name");

    if (name.n > MN_SIM_NAME_MAX)
        return too_long(why, param, "name", MN_SIM_NAME_MAX, name.n);
    *out = mn_sim_item_new(who, 0);
    if (*out == NULL)
        return -ENOMEM;
    memcpy((*out)->name, name.n > 0 ? name.p : "", name.n);
    mn_buf_add_str(&(*out)->text, mn_json_str(v, who == MN_SIM_CALLED ? "arguments" : "output"));
    return read_id((*out)->call_id, v, "call_id", param, why);
}

int mn_sim_item_read(struct mn_sim_item **out, const struct mn_json *v, const char *param,
                     enum mn_dialect dialect, struct mn_fault *why)
{
    struct mn_str type = mn_json_str(v, "type");
    struct mn_sim_item *item = NULL;
    char path[128];
    int err;

    *out = NULL;
    if (mn_str_is(type, "message"))
        err = read_message(&item, v, param, dialect, why);
    else if (mn_str_is(type, "function_call"))
        err = read_call(&item, v, param, MN_SIM_CALLED, why);
    else if (mn_str_is(type, "function_call_output"))
        err = read_call(&item, v, param, MN_SIM_RESULT, why);
    else
        err = mn_fault_set(why, "invalid_value", join(path, param, "type"),
                           "Invalid value: '%.*s'. Supported values are: 'message', "
                           "'function_call' and 'function_call_output'.",
                           type.n > 40 ? 40 : (int)type.n, type.p);
    if (err == 0)
        err = read_id(item->id, v, "id", param, why);
    if (err < 0) {
        mn_sim_item_free(item);
        return err;
    }
    *out = item;
    return 0;
}

static void write_part(struct mn_writer *w, const struct mn_sim_part *part, enum mn_dialect dialect,
                       struct mn_str audio)
{
    mn_write_open(w, NULL, '{');
    mn_write_text(w, "type", dialect == MN_BETA ? kinds[part->kind].beta : kinds[part->kind].ga);
    if (part->untold)
        mn_write_null(w, kinds[part->kind].words);
    else
        mn_write_str(w, kinds[part->kind].words, mn_buf_str(&part->words));
    if (part->kind == MN_SIM_OUTPUT_AUDIO && audio.n > 0) {
        mn_write_str(w, "audio", audio);
        mn_write_text(w, "format", "pcm16");
    }
    mn_write_close(w);
}

void mn_sim_item_write(struct mn_writer *w, const char *key, const struct mn_sim_item *item,
                       enum mn_dialect dialect)
{
    mn_sim_item_write_heard(w, key, item, dialect, (struct mn_str){NULL, 0});
}

void mn_sim_item_write_heard(struct mn_writer *w, const char *key, const struct mn_sim_item *item,
                             enum mn_dialect dialect, struct mn_str audio)
{
    mn_write_open(w, key, '{');
    mn_write_text(w, "id", item->id);
    mn_write_text(w, "object", "realtime.item");
    if (item->who <= MN_SIM_ASSISTANT)
        mn_write_text(w, "type", "message");
    else
        mn_write_text(w, "type",
                      item->who == MN_SIM_CALLED ? "function_call" : "function_call_output");
    mn_write_text(w, "status", statuses[item->status]);
    if (item->who <= MN_SIM_ASSISTANT) {
        mn_write_text(w, "role", roles[item->who]);
        mn_write_open(w, "content", '[');
        for (int i = 0; i < item->nparts; i++)
            write_part(w, &item->parts[i], dialect, audio);
        mn_write_close(w);
    } else {
        if (item->who == MN_SIM_CALLED)
            mn_write_text(w, "name", item->name);
        mn_write_text(w, "call_id", item->call_id);
        mn_write_str(w, item->who == MN_SIM_CALLED ? "arguments" : "output",
                     mn_buf_str(&item->text));
    }
    mn_write_close(w);
}

int mn_sim_item_lines(const struct mn_sim_item *item)
{
    return item->nparts > 0 ? item->nparts : 1;
}

struct mn_sim_line mn_sim_item_line(const struct mn_sim_item *item, int index)
{
    struct mn_sim_line line = {.who = item->who,
                               .text = mn_buf_str(&item->text),
                               .name = mn_str(item->name),
                               .call_id = mn_str(item->call_id)};

    if (item->nparts > 0) /* what an image shows is not words */
        line.text = item->parts[index].kind == MN_SIM_INPUT_IMAGE
                        ? (struct mn_str){NULL, 0}
                        : mn_buf_str(&item->parts[index].words);
    return line;
}
