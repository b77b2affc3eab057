/* log_shown.c - what of a value may stand in a log: not what is a caller's, unless it is to. */
#include "base/log.h"

#include "base/buf.h"

#include <ctype.h>

#define HIDDEN MN_STR("(personal)")

static const struct {
    const char *key;
    enum mn_log_class class;
} keys[] = {
#define X(key, class) {#key, MN_LOG_##class},
#include "base/log_keys.def"
#undef X
};

enum mn_log_class mn_log_class_of(const char *key)
{
    size_t low = 0, high = sizeof(keys) / sizeof(keys[0]);

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(key, keys[middle].key);

        if (order == 0)
            return keys[middle].class;
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return MN_LOG_PERSONAL;
}

/* Whether name is one of "order,slot". */
static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += strspn(at, ", ");
        if (strncmp(at, name, n) == 0 && (at[n] == '\0' || at[n] == ',' || at[n] == ' '))
            return true;
    }
    return false;
}

/* --- what a peer says --- */

static bool opens_quote(struct mn_str s, size_t i, bool json)
{
    return (s.p[i] == '\'' || s.p[i] == '`' || (s.p[i] == '"' && !json)) &&
           (i == 0 || !isalnum((unsigned char)s.p[i - 1]));
}

/* Where the quotation that began at i ends: behind its closing mark, which no letter follows; or at
 * the end of s. */
static size_t quote_ends(struct mn_str s, size_t i)
{
    for (size_t end = i + 1; end < s.n; end++) {
        if (s.p[end] == s.p[i] && (end + 1 == s.n || !isalnum((unsigned char)s.p[end + 1])))
            return end + 1;
    }
    return s.n;
}

/* "Invalid value: 'Sam'." is about a caller, "Invalid value" is not. What a server refuses a
 * handshake with is JSON, whose own marks quote nobody. */
static void add_without_quotes(struct mn_str s, struct mn_buf *out)
{
    bool json = s.n > 1 && memmem(s.p, s.n, "{\"", 2) != NULL;
    size_t i = 0;

    while (i < s.n) {
        if (opens_quote(s, i, json)) {
            i = quote_ends(s, i);
            mn_buf_add_str(out, HIDDEN);
        } else {
            mn_buf_add_byte(out, s.p[i++]);
        }
    }
}

static struct mn_str without_quotes(struct mn_str s, struct mn_buf *scratch)
{
    mn_buf_clear(scratch);
    add_without_quotes(s, scratch);
    return scratch->err == 0 ? mn_buf_str(scratch) : HIDDEN;
}

/* --- what an author throws --- */

/* How Lua's own errors begin: they name variables and types, never values. */
static const char *const of_lua[] = {
    "attempt to index a ",
    "attempt to call a ",
    "attempt to compare ",
    "attempt to concatenate a ",
    "attempt to perform arithmetic on a ",
    "attempt to get length of a ",
    "bad argument #",
    "not enough memory",
};

/* How sentences of the SDK begin, and what stands in them behind the word they are about. Such a
 * sentence is ours but for what it quotes: it says "got a string", never which. */
static const char *const openings[] = {
    "ctx.",
    "ctx:",
    "ctx has no '",
    "myna.",
    "store:",
    "index:",
    "task:",
    "semaphore:",
    "a store has no '",
    "unknown global '",
    "global '",
    "require ",
};
static const char *const bodies[] = {
    ": expected ",
    " has no '",
    ": unknown field '",
    " is missing",
    " cannot be set",
    " cannot be used ",
    "for the top of a file",
    "with a colon",
    "unknown global '",
    " is written: ",
    ": there is no agent '",
    ": there is no item '",
    "only a tool has a call",
};

/* How long "file.lua:12: " is that s begins with; 0: it does not. */
static size_t place_size(struct mn_str s)
{
    for (size_t i = 0; i < s.n && s.p[i] != '\n' && s.p[i] != ' '; i++) {
        size_t digits = 0;

        if (s.p[i] != ':')
            continue;
        while (i + 1 + digits < s.n && isdigit((unsigned char)s.p[i + 1 + digits]))
            digits++;
        if (digits > 0 && i + 2 + digits < s.n && s.p[i + 1 + digits] == ':' &&
            s.p[i + 2 + digits] == ' ')
            return i + 3 + digits;
    }
    return 0;
}

/* Where the frames begin, "\n  file.lua:12: in ...", each on its line to the end of s. */
static size_t frames_begin(struct mn_str s)
{
    size_t from = s.n;

    for (size_t i = s.n; i-- > 0;) {
        struct mn_str line = {s.p + i + 3, i + 3 <= from ? from - i - 3 : 0};
        size_t place;

        if (s.p[i] != '\n')
            continue;
        if (line.n == 0 || s.p[i + 1] != ' ' || s.p[i + 2] != ' ')
            break;
        place = place_size(line);
        line.p += place;
        line.n -= place;
        if (place == 0 || !mn_str_starts(line, MN_STR("in ")))
            break;
        from = i;
    }
    return from;
}

static bool is_of_lua(struct mn_str message)
{
    for (size_t i = 0; i < sizeof(of_lua) / sizeof(of_lua[0]); i++) {
        if (mn_str_starts(message, mn_str(of_lua[i])))
            return true;
    }
    return false;
}

/* Where one of a list stands in s; s.n: none does. */
static size_t find_one(struct mn_str s, const char *const *list, size_t n)
{
    size_t first = s.n;

    for (size_t i = 0; i < n; i++) {
        const char *at = s.n > 0 ? memmem(s.p, s.n, list[i], strlen(list[i])) : NULL;

        if (at != NULL && (size_t)(at - s.p) < first)
            first = (size_t)(at - s.p);
    }
    return first;
}

/* Whether all that is between the opening and the body is names and quotations: "ctx:say", "myna.
 * http: 'x'"; not words that came from elsewhere. */
static bool is_named(struct mn_str s)
{
    for (size_t i = 0; i < s.n;) {
        if (opens_quote(s, i, false))
            i = quote_ends(s, i);
        else if (isalnum((unsigned char)s.p[i]) || s.p[i] == '_' || s.p[i] == '.' ||
                 s.p[i] == ':' || (s.p[i] == ' ' && i > 0 && s.p[i - 1] == ':'))
            i++;
        else
            return false;
    }
    return true;
}

/* "got a string", "got nothing": the kind of a value, and not the value. */
static bool is_kind(struct mn_str s)
{
    if (mn_str_is(s, "nothing"))
        return true;
    if (!mn_str_starts(s, MN_STR("a ")) && !mn_str_starts(s, MN_STR("an ")))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!islower((unsigned char)s.p[i]) && s.p[i] != ' ')
            return false;
    }
    return s.n <= 24;
}

static bool is_of_sdk(struct mn_str message)
{
    static const size_t nopenings = sizeof(openings) / sizeof(openings[0]);
    static const size_t nbodies = sizeof(bodies) / sizeof(bodies[0]);
    static const char *const got[] = {", got "};
    size_t body = find_one(message, bodies, nbodies), kind = find_one(message, got, 1);
    bool opens = false;

    for (size_t i = 0; i < nopenings; i++)
        opens = opens || mn_str_starts(message, mn_str(openings[i]));
    if (!opens || body == message.n || !is_named((struct mn_str){message.p, body}))
        return false;
    kind += strlen(got[0]);
    return kind >= message.n || is_kind((struct mn_str){message.p + kind, message.n - kind});
}

/* Its lines are the author's to find it by; its words are shown when Lua itself made them, or the
 * SDK, but for what that quotes. */
static struct mn_str without_message(struct mn_str s, struct mn_buf *scratch)
{
    size_t place = place_size(s), frames = frames_begin(s);
    struct mn_str message;

    frames = frames < place ? place : frames;
    message = (struct mn_str){s.p + place, frames - place};
    if (is_of_lua(message) || message.n == 0)
        return s;
    mn_buf_clear(scratch);
    mn_buf_add(scratch, s.p, place);
    if (is_of_sdk(message))
        add_without_quotes(message, scratch);
    else
        mn_buf_add_str(scratch, HIDDEN);
    mn_buf_add(scratch, s.p + frames, s.n - frames);
    return scratch->err == 0 ? mn_buf_str(scratch) : HIDDEN;
}

struct mn_str mn_log_shown(const struct mn_log *log, const struct mn_field *field,
                           struct mn_buf *scratch)
{
    enum mn_log_class class = mn_log_class_of(field->key);

    if (class == MN_LOG_SECRET)
        return MN_STR("(secret)");
    if (log->personal)
        return field->s;
    if (field->words == MN_WORDS_AUTHOR)
        return is_listed(log->fields, field->key) ? field->s : HIDDEN;
    if (field->words == MN_WORDS_THROWN)
        return without_message(field->s, scratch);
    if (class == MN_LOG_PEER)
        return without_quotes(field->s, scratch);
    return class == MN_LOG_PERSONAL ? HIDDEN : field->s;
}
