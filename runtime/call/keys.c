/* keys.c - reads the file of keys, behind keys.h. */
#include "call/keys.h"

#include "base/err.h"
#include "base/nearest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX_BYTES 2048
#define KEY_MIN        8 /* bytes; shorter ones can be tried one by one */
#define KEYS_MAX       1000
#define MISTAKES_MAX   20 /* that are told; a file that is no file of keys has one in each word */

struct reader {
    struct mn_keys *keys;
    const char *path;
    int line;
    int mistakes;
    struct mn_buf *why;
};

static const char *const words[] = {"user", "apps", "calls", "connects", "responses", NULL};

/* A message never quotes what may be a key in the wrong place: only names, and words that are
 * nearly one of ours. */
#define COMPLAIN(r, ...)                                                                           \
    do {                                                                                           \
        if ((r)->mistakes++ >= MISTAKES_MAX)                                                       \
            break;                                                                                 \
        mn_buf_addf((r)->why, "%s:%d: ", (r)->path, (r)->line);                                    \
        mn_buf_addf((r)->why, __VA_ARGS__);                                                        \
        mn_buf_add_text((r)->why, "\n");                                                           \
    } while (0)

static struct mn_str next_word(struct mn_str *rest)
{
    struct mn_str word;

    while (rest->n > 0 && (*rest->p == ' ' || *rest->p == '\t' || *rest->p == '\r'))
        rest->p++, rest->n--;
    word = (struct mn_str){rest->p, 0};
    while (word.n < rest->n && strchr(" \t\r", rest->p[word.n]) == NULL)
        word.n++;
    rest->p += word.n;
    rest->n -= word.n;
    return word;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_digest(struct mn_str hex, unsigned char out[MN_SHA256_BYTES])
{
    for (size_t i = 0; i < MN_SHA256_BYTES && hex.n == 2 * MN_SHA256_BYTES; i++) {
        int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return hex.n == 2 * MN_SHA256_BYTES;
}

static bool copy(char *out, size_t size, struct mn_str s)
{
    if (s.n == 0 || s.n >= size)
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return true;
}

static bool read_count(struct mn_str s, int64_t *out)
{
    char text[20], *end;

    if (!copy(text, sizeof(text), s))
        return false;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && *out > 0;
}

/* One "word=value" of a line. */
static void read_grant(struct reader *r, struct mn_key *key, struct mn_str word)
{
    const char *equals = memchr(word.p, '=', word.n);
    size_t n = equals != NULL ? (size_t)(equals - word.p) : word.n;
    struct mn_str name = {word.p, n}, value = {word.p + n + 1, equals != NULL ? word.n - n - 1 : 0};
    const char *guess;
    bool ok;

    if (mn_str_is(name, "user"))
        ok = copy(key->user, sizeof(key->user), value);
    else if (mn_str_is(name, "apps"))
        ok = copy(key->apps, sizeof(key->apps), value);
    else if (mn_str_is(name, "calls"))
        ok = read_count(value, &key->limits.calls);
    else if (mn_str_is(name, "connects"))
        ok = read_count(value, &key->limits.connects);
    else if (mn_str_is(name, "responses"))
        ok = read_count(value, &key->limits.responses);
    else {
        guess = mn_nearest(name, words);
        if (guess != NULL)
            COMPLAIN(r, "unknown word '%.*s' (did you mean '%s'?)", MN_FMT(name), guess);
        else
            COMPLAIN(r, "a line is a name, a key, and words such as apps=sales or calls=50");
        return;
    }
    if (!ok)
        COMPLAIN(r, "%.*s=: expected %s", MN_FMT(name),
                 mn_str_is(name, "user")   ? "at most 63 bytes"
                 : mn_str_is(name, "apps") ? "names of apps with commas between, under 1 KiB"
                                           : "a whole number, from 1");
}

static int set_key(struct reader *r, struct mn_key *key, struct mn_str text)
{
    const struct mn_str digest = MN_STR("sha256:");

    if (mn_str_starts(text, digest)) {
        if (!read_digest((struct mn_str){text.p + digest.n, text.n - digest.n}, key->digest))
            COMPLAIN(r, "sha256: is followed by 64 hex digits");
        return 0;
    }
    if (text.n < KEY_MIN && r->line > 0)
        COMPLAIN(r, "after the name: expected a key of %d bytes or more, or sha256:...", KEY_MIN);
    key->text = strndup(text.n > 0 ? text.p : "", text.n);
    return key->text != NULL ? mn_sha256(text, key->digest) : -ENOMEM;
}

static int add(struct reader *r, const char *name, struct mn_str text, struct mn_str grants)
{
    struct mn_keys *keys = r->keys;
    struct mn_key *list = realloc(keys->list, sizeof(*list) * ((size_t)keys->n + 1)), *key;
    struct mn_str word;
    int err;

    if (list == NULL)
        return -ENOMEM;
    keys->list = list;
    key = &list[keys->n++];
    *key = (struct mn_key){0};
    snprintf(key->name, sizeof(key->name), "%s", name);
    snprintf(key->user, sizeof(key->user), "%s", name);
    err = set_key(r, key, text);
    for (int i = 0; i < keys->n - 1; i++) {
        if (strcmp(list[i].name, name) == 0)
            COMPLAIN(r, "there are two keys named '%s'", name);
        else if (mn_same_secret(list[i].digest, key->digest, MN_SHA256_BYTES))
            COMPLAIN(r, "'%s' and '%s' are the same key", list[i].name, name);
    }
    while ((word = next_word(&grants)).n > 0)
        read_grant(r, key, word);
    return err;
}

static int read_line(struct reader *r, struct mn_str line)
{
    struct mn_str name = next_word(&line), text = next_word(&line);
    char named[MN_KEY_NAME_MAX];

    if (name.n == 0 || name.p[0] == '#')
        return 0;
    if (!copy(named, sizeof(named), name) || memchr(name.p, '=', name.n) != NULL) {
        COMPLAIN(r, "a line begins with the key's name, at most 63 bytes");
        return 0;
    }
    if (r->keys->n >= KEYS_MAX) {
        COMPLAIN(r, "more than %d keys", KEYS_MAX);
        return MN_ECONFIG;
    }
    return add(r, named, text, line);
}

static int read_file(struct reader *r, const char *path)
{
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "re");
    int err = 0;

    if (file == NULL) {
        mn_buf_addf(r->why, "--keys %s: %s\n", r->path, strerror(errno));
        return MN_ECONFIG;
    }
    while (err == 0 && r->mistakes <= MISTAKES_MAX && fgets(line, sizeof(line), file) != NULL) {
        size_t n = strcspn(line, "\n");

        r->line++;
        if (line[n] != '\n' && n + 1 == sizeof(line)) {
            COMPLAIN(r, "the line is over %d bytes", LINE_MAX_BYTES - 2);
            err = MN_ECONFIG;
        } else {
            err = read_line(r, (struct mn_str){line, n});
        }
    }
    if (err == 0 && ferror(file)) {
        mn_buf_addf(r->why, "--keys %s: it cannot be read\n", r->path);
        err = MN_ECONFIG;
    }
    fclose(file);
    return err;
}

int mn_keys_load(struct mn_keys *out, const struct mn_settings *s, const char *path,
                 struct mn_buf *why)
{
    struct reader r = {.keys = out, .path = "--key", .why = why};
    size_t before = why->n;
    int err = 0;

    *out = (struct mn_keys){0};
    if (s->keys != NULL) {
        r.path = s->keys;
        err = read_file(&r, path != NULL ? path : s->keys);
    }
    if (err == 0 && s->keys != NULL && out->n == 0 && why->n == before) {
        mn_buf_addf(why, "--keys %s: there is no key in it\n", s->keys);
        err = MN_ECONFIG;
    }
    if (err == 0 && s->key != NULL) {
        r.line = 0;
        err = add(&r, "key", mn_str(s->key), (struct mn_str){0});
    }
    if (err == 0 && why->n > before)
        err = MN_ECONFIG;
    if (err != 0)
        mn_keys_free(out);
    return err;
}

void mn_keys_free(struct mn_keys *keys)
{
    for (int i = 0; i < keys->n; i++)
        free(keys->list[i].text);
    free(keys->list);
    *keys = (struct mn_keys){0};
}

const struct mn_key *mn_keys_find(const struct mn_keys *keys, struct mn_str presented)
{
    unsigned char digest[MN_SHA256_BYTES];
    const struct mn_key *found = NULL;

    if (presented.n == 0 || mn_sha256(presented, digest) != 0)
        return NULL;
    for (int i = 0; i < keys->n; i++) {
        if (mn_same_secret(keys->list[i].digest, digest, sizeof(digest)))
            found = &keys->list[i];
    }
    return found;
}

bool mn_key_names(const char *apps, struct mn_str app)
{
    while (*apps != '\0') {
        size_t n = strcspn(apps, ",");

        if (mn_str_same((struct mn_str){apps, n}, app))
            return true;
        apps += n + (apps[n] == ',');
    }
    return false;
}
