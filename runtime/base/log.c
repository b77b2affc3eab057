/* log.c - lines for people and for machines, behind log.h. */
#include "base/log.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/utf8.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define VALUE_MAX 2000 /* bytes of one value; a line is read by people and shipped by agents */

static const char *const names[] = {"debug", "info", "warn", "error", "off"};

/* C1 controls too: terminals obey U+009B as they obey ESC [. */
static bool is_control(struct mn_str c, size_t size)
{
    unsigned char first = (unsigned char)c.p[0];

    return (size == 1 && (first < 0x20 || first == 0x7f)) ||
           (size == 2 && first == 0xc2 && (unsigned char)c.p[1] < 0xa0);
}

static void add_hex(struct mn_buf *out, struct mn_str bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        mn_buf_addf(out, "\\x%02x", (unsigned char)bytes.p[i]);
}

/* Adds s with nothing in it that could end the line or move the cursor. */
static void add_visible(struct mn_buf *out, struct mn_str s, bool quoted)
{
    while (s.n != 0) {
        size_t valid = mn_utf8_size(s), size = valid != 0 ? valid : 1;
        struct mn_str c = {s.p, size};

        if (c.p[0] == '\n')
            mn_buf_add_text(out, "\\n");
        else if (valid == 0 || is_control(c, size))
            add_hex(out, c);
        else if (quoted && (c.p[0] == '"' || c.p[0] == '\\'))
            mn_buf_addf(out, "\\%c", c.p[0]);
        else
            mn_buf_add_str(out, c);
        s.p += size;
        s.n -= size;
    }
}

static bool is_bare(struct mn_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == '=')
            return false;
    }
    return s.n != 0;
}

static void text_value(struct mn_buf *out, struct mn_str s)
{
    struct mn_str shown = mn_utf8_cut(s, VALUE_MAX);

    if (shown.n == s.n && is_bare(s)) {
        mn_buf_add_str(out, s);
        return;
    }
    mn_buf_add_byte(out, '"');
    add_visible(out, shown, true);
    mn_buf_add_text(out, shown.n < s.n ? "...\"" : "\"");
}

struct line {
    const struct mn_log *log;
    struct tm tm;
    int ms;
    const char *level, *call, *text;
    const struct mn_field *fields;
    struct mn_buf hidden;  /* the value being written, without secrets */
    struct mn_buf scratch; /* and without what is personal */
};

/* How long a secret s begins with, or 0. */
static size_t secret_at(const struct mn_log *log, struct mn_str s)
{
    for (const char *const *secret = log->secrets; secret != NULL && *secret != NULL; secret++) {
        if (**secret != '\0' && mn_str_starts(s, mn_str(*secret)))
            return strlen(*secret);
    }
    return 0;
}

/* s as it may be shown; valid until the next value. */
static struct mn_str shown(struct line *l, struct mn_str s)
{
    if (l->log->secrets == NULL || l->log->secrets[0] == NULL)
        return s;
    mn_buf_clear(&l->hidden);
    while (s.n != 0 && l->hidden.n <= VALUE_MAX) {
        size_t n = secret_at(l->log, s);

        if (n != 0)
            mn_buf_add_text(&l->hidden, "(secret)");
        else
            mn_buf_add_byte(&l->hidden, s.p[0]);
        n = n != 0 ? n : 1;
        s.p += n;
        s.n -= n;
    }
    return l->hidden.err == 0 ? mn_buf_str(&l->hidden) : MN_STR("(out of memory)");
}

static bool is_number(const struct line *l, const struct mn_field *field)
{
    enum mn_log_class class = mn_log_class_of(field->key);

    return field->is_int &&
           (class < MN_LOG_PERSONAL || (class == MN_LOG_PERSONAL && l->log->personal));
}

static struct mn_str words_of(struct line *l, const struct mn_field *field)
{
    return shown(l, mn_log_shown(l->log, field, &l->scratch));
}

static void text_line(struct mn_buf *out, struct line *l)
{
    mn_buf_addf(out, "%02d:%02d:%02d.%03d %-5s ", l->tm.tm_hour, l->tm.tm_min, l->tm.tm_sec, l->ms,
                l->level);
    if (l->call != NULL) {
        mn_buf_add_text(out, "call=");
        text_value(out, mn_str(l->call));
        mn_buf_add_byte(out, ' ');
    }
    add_visible(out, mn_utf8_cut(shown(l, mn_str(l->text)), VALUE_MAX), false);
    for (const struct mn_field *field = l->fields; field->key != NULL; field++) {
        mn_buf_addf(out, " %s=", field->key);
        if (is_number(l, field))
            mn_buf_addf(out, "%lld", (long long)field->i);
        else
            text_value(out, words_of(l, field));
    }
}

static void json_line(struct mn_buf *out, struct line *l)
{
    struct mn_writer w = mn_writer(out);
    char at[64];

    snprintf(at, sizeof(at), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", l->tm.tm_year + 1900,
             l->tm.tm_mon + 1, l->tm.tm_mday, l->tm.tm_hour, l->tm.tm_min, l->tm.tm_sec, l->ms);
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "at", at);
    mn_write_text(&w, "level", l->level);
    if (l->call != NULL)
        mn_write_text(&w, "call", l->call);
    mn_write_str(&w, "text", mn_utf8_cut(shown(l, mn_str(l->text)), VALUE_MAX));
    for (const struct mn_field *field = l->fields; field->key != NULL; field++) {
        if (is_number(l, field))
            mn_write_int(&w, field->key, field->i);
        else
            mn_write_str(&w, field->key, mn_utf8_cut(words_of(l, field), VALUE_MAX));
    }
    mn_write_close(&w);
}

void mn_log_line(struct mn_log *log, enum mn_log_level level, const char *call, const char *text,
                 const struct mn_field *fields)
{
    int64_t wall_ms = mn_clock_wall(log->clock);
    time_t seconds = (time_t)(wall_ms / 1000);
    struct mn_buf line = {0};
    struct line l = {.log = log,
                     .ms = (int)(wall_ms % 1000),
                     .level = names[level],
                     .call = call,
                     .text = text,
                     .fields = fields};

    gmtime_r(&seconds, &l.tm);
    if (log->json)
        json_line(&line, &l);
    else
        text_line(&line, &l);
    mn_buf_free(&l.hidden);
    mn_buf_free(&l.scratch);
    mn_buf_add_byte(&line, '\n');
    if (line.err != 0) {
        mn_buf_clear(&line);
    } else if (log->write != NULL) {
        log->write(log, line.p, line.n);
    } else {
        ssize_t n = write(STDERR_FILENO, line.p, line.n); /* one write: lines never mix */

        (void)n; /* a log that cannot be written has nobody to tell */
    }
    if (log->also != NULL && line.n > 0)
        log->also(log, call, line.p, line.n);
    mn_buf_free(&line);
}

const char *mn_log_level_name(enum mn_log_level level)
{
    return names[level];
}

int mn_log_level_parse(const char *name, enum mn_log_level *out)
{
    for (int i = MN_LOG_DEBUG; i <= MN_LOG_OFF; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum mn_log_level)i;
            return 0;
        }
    }
    return MN_ECONFIG;
}
