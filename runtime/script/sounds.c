/* sounds.c - an app's recordings behind sounds.h. */
#include "script/sounds.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

struct kept {
    struct mn_list link;
    struct mn_sound *sound; /* owned */
    bool of_page;           /* read when the app loaded */
    char path[];
};

void mn_sounds_open(struct mn_sounds_kept *s)
{
    *s = (struct mn_sounds_kept){0};
    mn_list_init(&s->items);
}

void mn_sounds_close(struct mn_sounds_kept *s)
{
    while (s->items.next != NULL && !mn_list_empty(&s->items)) {
        struct kept *k = mn_container_of(s->items.next, struct kept, link);

        mn_list_remove(&k->link);
        mn_sound_free(k->sound);
        free(k);
    }
}

static struct kept *find(const struct mn_sounds_kept *s, const char *path, int *number)
{
    *number = 0;
    for (struct mn_list *l = s->items.next; l != &s->items; l = l->next, ++*number) {
        struct kept *k = mn_container_of(l, struct kept, link);

        if (strcmp(k->path, path) == 0)
            return k;
    }
    return NULL;
}

struct mn_sound *mn_sounds_at(const struct mn_sounds_kept *s, int number)
{
    struct mn_list *l = s->items.next;

    for (int i = 0; i < number && l != &s->items; i++)
        l = l->next;
    return number < 0 || l == &s->items ? NULL : mn_container_of(l, struct kept, link)->sound;
}

static int too_large(const char *path, const struct mn_sound_limits *limits, struct mn_buf *what)
{
    mn_buf_addf(what, "%s has more than the %zu bytes a recording may have (script-sound)", path,
                limits->file_bytes);
    return MN_ELIMIT;
}

static int check(const struct mn_sound *sound, const char *path,
                 const struct mn_sound_limits *limits, struct mn_buf *what)
{
    if (mn_sound_bytes(sound) > limits->file_bytes)
        return too_large(path, limits, what);
    if (mn_sound_ms(sound) <= limits->ms)
        return 0;
    mn_buf_addf(what, "%s lasts %.1f s, longer than the %.1f s a recording may (script-sound-time)",
                path, (double)mn_sound_ms(sound) / 1000, (double)limits->ms / 1000);
    return MN_ELIMIT;
}

/* Takes the sound over. Returns its number. */
static int keep(struct mn_sounds_kept *s, const char *path, struct mn_sound *sound)
{
    struct kept *k = calloc(1, sizeof(*k) + strlen(path) + 1);

    if (k == NULL) {
        mn_sound_free(sound);
        return -ENOMEM;
    }
    k->sound = sound;
    memcpy(k->path, path, strlen(path) + 1);
    mn_list_append(&s->items, &k->link);
    s->bytes += mn_sound_bytes(sound);
    return s->n++;
}

static int read(struct mn_sounds_kept *s, const struct mn_root *root, const char *path,
                const struct mn_sound_limits *limits, struct mn_buf *what)
{
    struct mn_sound *sound = NULL;
    struct mn_buf file = {0};
    int err = mn_root_read_upto(root, path, limits->file_bytes, &file, what);

    if (err == 0 && s->bytes + file.n > limits->all_bytes) {
        mn_buf_addf(what,
                    "%s would be over the %zu bytes all recordings of an app may have "
                    "(script-sounds)",
                    path, limits->all_bytes);
        err = MN_ELIMIT;
    } else if (err == MN_ELIMIT) {
        mn_buf_clear(what);
        too_large(path, limits, what);
    }
    if (err == 0)
        err = mn_sound_read(&sound, mn_buf_str(&file));
    if (err == MN_EPROTOCOL && what->n == 0)
        mn_buf_addf(what, "%s is no WAV that can be played: expected 16-bit PCM, mono or stereo",
                    path);
    mn_buf_free(&file);
    if (err == 0)
        err = check(sound, path, limits, what);
    if (err == 0)
        return keep(s, path, sound);
    mn_sound_free(sound);
    return err;
}

int mn_sounds_get(struct mn_sounds_kept *s, const struct mn_root *root, const char *path,
                  const struct mn_sound_limits *limits, struct mn_buf *what)
{
    static const struct mn_sound_limits most = {
        .file_bytes = MN_SOUND_FILE_MAX, .all_bytes = SIZE_MAX, .ms = INT64_MAX};
    struct kept *k;
    int number, err;

    if (limits == NULL)
        limits = &most;
    k = find(s, path, &number);
    if (k == NULL)
        return read(s, root, path, limits, what);
    err = check(k->sound, path, limits, what);
    return err != 0 ? err : number;
}

/* --- what pages name --- */

/* A page's text, read from place to place. */
struct page {
    const char *p, *end;
    int line;
};

static void skip(struct page *at, size_t n)
{
    for (; n > 0 && at->p < at->end; n--)
        at->line += *at->p++ == '\n';
}

static bool is_next(const struct page *at, const char *word)
{
    size_t n = strlen(word);

    return (size_t)(at->end - at->p) >= n && memcmp(at->p, word, n) == 0;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* [[...]] and [=[...]=]: returns how many =, or -1 when none begins here. */
static int long_bracket(const struct page *at)
{
    const char *p = at->p + 1;
    int level = 0;

    if (!is_next(at, "["))
        return -1;
    for (; p < at->end && *p == '='; p++)
        level++;
    return p < at->end && *p == '[' ? level : -1;
}

static void skip_long(struct page *at, int level)
{
    skip(at, (size_t)level + 2);
    for (; at->p < at->end; skip(at, 1)) {
        const char *p = at->p + 1;
        int n = 0;

        if (*at->p != ']')
            continue;
        for (; p < at->end && *p == '='; p++)
            n++;
        if (n == level && p < at->end && *p == ']') {
            skip(at, (size_t)level + 2);
            return;
        }
    }
}

static void skip_comment(struct page *at)
{
    int level;

    skip(at, 2);
    level = long_bracket(at);
    if (level >= 0) {
        skip_long(at, level);
        return;
    }
    while (at->p < at->end && *at->p != '\n')
        skip(at, 1);
}

/* A string in quotes. Returns what is in it; nothing when it has an escape, or no end. */
static struct mn_str skip_string(struct page *at)
{
    char quote = *at->p;
    struct mn_str in = {at->p + 1, 0};
    bool plain = true;

    skip(at, 1);
    for (; at->p < at->end && *at->p != quote && *at->p != '\n'; skip(at, 1)) {
        if (*at->p != '\\')
            continue;
        plain = false;
        skip(at, 1);
    }
    in.n = (size_t)(at->p - in.p);
    plain = plain && at->p < at->end && *at->p == quote;
    skip(at, 1);
    return plain ? in : (struct mn_str){0};
}

static void skip_space(struct page *at)
{
    while (at->p < at->end && (*at->p == ' ' || *at->p == '\t' || *at->p == '\n' || *at->p == '\r'))
        skip(at, 1);
}

/* Behind a name that is "ctx": its method's literal argument, or empty. */
static struct mn_str argument_of(struct page *at, const char *method)
{
    skip_space(at);
    if (!is_next(at, ":"))
        return (struct mn_str){0};
    skip(at, 1);
    skip_space(at);
    if (!is_next(at, method) || is_name(at->p[strlen(method)]))
        return (struct mn_str){0};
    skip(at, strlen(method));
    skip_space(at);
    if (is_next(at, "("))
        skip(at, 1);
    skip_space(at);
    if (!is_next(at, "\"") && !is_next(at, "'"))
        return (struct mn_str){0};
    return skip_string(at);
}

/* On to the next ctx:play("path"); false at the end of the page. Of a path that is put together
 * ("a" .. b) the first piece is no path. */
static bool next_play(struct page *at, struct mn_str *path, int *line)
{
    while (at->p < at->end) {
        bool name = is_name(*at->p);
        const char *from = at->p;

        *line = at->line;
        if (is_next(at, "--")) {
            skip_comment(at);
        } else if (*at->p == '"' || *at->p == '\'') {
            skip_string(at);
        } else if (long_bracket(at) >= 0) {
            skip_long(at, long_bracket(at));
        } else if (name) {
            while (at->p < at->end && is_name(*at->p))
                skip(at, 1);
            *path = (struct mn_str){0};
            if (at->p - from == 3 && memcmp(from, "ctx", 3) == 0)
                *path = argument_of(at, "play");
            skip_space(at);
            if (path->n > 0 && !is_next(at, ".."))
                return true;
        } else {
            skip(at, 1);
        }
    }
    return false;
}

static int of_page(struct mn_sounds_kept *s, const struct mn_root *root, struct mn_str literal,
                   struct mn_buf *what)
{
    char path[512];
    struct kept *k;
    int rc, number;

    if (literal.n >= sizeof(path))
        return 0; /* told when it is played */
    memcpy(path, literal.p, literal.n);
    path[literal.n] = '\0';
    rc = mn_sounds_get(s, root, path, NULL, what);
    k = rc >= 0 ? find(s, path, &number) : NULL;
    if (k != NULL)
        k->of_page = true;
    return rc < 0 ? rc : 0;
}

int mn_sounds_of_page(struct mn_sounds_kept *s, const struct mn_root *root, const char *shown,
                      struct mn_str source, struct mn_buf *why)
{
    struct page at = {source.p, source.p + source.n, 1};
    struct mn_buf what = {0};
    struct mn_str path;
    int line, err = 0;

    while (err != -ENOMEM && source.n > 0 && next_play(&at, &path, &line)) {
        mn_buf_clear(&what);
        err = of_page(s, root, path, &what);
        if (err != 0 && err != -ENOMEM)
            mn_buf_addf(why, "%s:%d: ctx:play: %.*s\n", shown, line, MN_FMT(mn_buf_str(&what)));
    }
    mn_buf_free(&what);
    return err == -ENOMEM ? err : 0;
}

static bool is_within(const struct mn_sounds_kept *a, const struct mn_sounds_kept *b)
{
    for (const struct mn_list *l = a->items.next; l != &a->items; l = l->next) {
        const struct kept *k = mn_container_of(l, struct kept, link), *other;
        int number;

        other = find(b, k->path, &number);
        if (k->of_page && (other == NULL || !mn_sound_same(k->sound, other->sound)))
            return false;
    }
    return true;
}

bool mn_sounds_same(const struct mn_sounds_kept *a, const struct mn_sounds_kept *b)
{
    return is_within(a, b) && is_within(b, a);
}
