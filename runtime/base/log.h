/* log.h - one line for each thing worth knowing, with the call it happened in.
 *
 *     MN_LOG(log, INFO, call_id, "tool done", {"tool", .s = name}, {"ms", .i = 41, .is_int =
 * true});
 *
 * Text:  12:00:01.250 info  call=sess_9f tool done tool=find_patient ms=41
 * JSON:  {"at":"2026-11-20T12:00:01.250Z","level":"info","call":"sess_9f","text":"tool done",...}
 * Values are cut at 2,000 bytes and escaped, so that a line is always one line. What callers say,
 * and what is theirs otherwise, is written as "(personal)" unless the log is to have it. */
#ifndef MN_BASE_LOG_H
#define MN_BASE_LOG_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

enum mn_log_level { MN_LOG_DEBUG, MN_LOG_INFO, MN_LOG_WARN, MN_LOG_ERROR, MN_LOG_OFF };

/* What stands under a key (log_keys.def). */
enum mn_log_class {
    MN_LOG_ID,       /* of a call, an item, a tool's call */
    MN_LOG_COUNT,    /* numbers, and objects of them */
    MN_LOG_TIME,     /* how long, or when */
    MN_LOG_CODE,     /* one of a set that is known before any call: names of apps, agents, tools */
    MN_LOG_OURS,     /* words of Myna's, of the system, of the operator's own files */
    MN_LOG_PEER,     /* a peer's sentence; what it quotes is personal */
    MN_LOG_PERSONAL, /* may be a caller's, or tell who they are */
    MN_LOG_SECRET,   /* never shown */
};

enum mn_log_class mn_log_class_of(const char *key); /* MN_LOG_PERSONAL when it is not known */

/* Whose words a field's are, where its key does not say. */
enum mn_words {
    MN_WORDS_BY_KEY,
    MN_WORDS_THROWN, /* an author's error: where it was is ours, what it says may be personal */
    MN_WORDS_AUTHOR, /* of ctx.log: personal, unless the operator names the field */
};

struct mn_field {
    const char *key; /* NULL ends a list */
    struct mn_str s;
    int64_t i;
    bool is_int;
    enum mn_words words;
};

struct mn_log {
    enum mn_log_level level; /* lines below it cost one comparison */
    bool json;
    bool personal;      /* shows what is personal */
    const char *fields; /* "order,slot": authors' fields that are not; borrowed, may be NULL */
    const struct mn_clock *clock; /* borrowed; stamps the lines */
    /* Values written as "(secret)" wherever they stand, for what peers and scripts say may hold
     * them too. NULL-ended, borrowed; may be NULL. */
    const char *const *secrets;
    /* Gets one finished line with its newline. NULL writes to stderr. */
    void (*write)(struct mn_log *log, const char *line, size_t n);
    void *owner; /* of write */
    /* Gets each line too, after it was written, with the call it is of or NULL. May be NULL. */
    void (*also)(struct mn_log *log, const char *call, const char *line, size_t n);
    void *also_owner;
};

#define MN_LOG(log, lvl, call, text, ...)                                                          \
    do {                                                                                           \
        if ((log)->level <= MN_LOG_##lvl)                                                          \
            mn_log_line((log), MN_LOG_##lvl, (call), (text),                                       \
                        (const struct mn_field[]){{0}, ##__VA_ARGS__, {0}} + 1);                   \
    } while (0)

/* call may be NULL for lines that belong to no call. */
void mn_log_line(struct mn_log *log, enum mn_log_level level, const char *call, const char *text,
                 const struct mn_field *fields);

/* What of a field's words the log shows; a part of them, or in scratch, valid while both are. */
struct mn_str mn_log_shown(const struct mn_log *log, const struct mn_field *field,
                           struct mn_buf *scratch);

const char *mn_log_level_name(enum mn_log_level level);
int mn_log_level_parse(const char *name, enum mn_log_level *out); /* 0 or MN_ECONFIG */

#endif
