/* log.h - one line for each thing worth knowing, with the call it happened in.
 *
 *     MN_LOG(log, INFO, call_id, "tool done", {"tool", .s = name}, {"ms", .i = 41, .is_int =
 * true});
 *
 * Text:  12:00:01.250 info  call=sess_9f tool done tool=find_patient ms=41
 * JSON:  {"at":"2026-11-20T12:00:01.250Z","level":"info","call":"sess_9f","text":"tool done",...}
 * Values are cut at 2,000 bytes and escaped, so that a line is always one line. */
#ifndef MN_BASE_LOG_H
#define MN_BASE_LOG_H

#include "base/clock.h"
#include "base/str.h"

enum mn_log_level { MN_LOG_DEBUG, MN_LOG_INFO, MN_LOG_WARN, MN_LOG_ERROR, MN_LOG_OFF };

struct mn_field {
    const char *key; /* NULL ends a list */
    struct mn_str s;
    int64_t i;
    bool is_int;
};

struct mn_log {
    enum mn_log_level level; /* lines below it cost one comparison */
    bool json;
    const struct mn_clock *clock; /* borrowed; stamps the lines */
    /* Values written as "(secret)" wherever they stand, for what peers and scripts say may hold
     * them too. NULL-ended, borrowed; may be NULL. */
    const char *const *secrets;
    /* Gets one finished line with its newline. NULL writes to stderr. */
    void (*write)(struct mn_log *log, const char *line, size_t n);
    void *owner; /* of write */
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

const char *mn_log_level_name(enum mn_log_level level);
int mn_log_level_parse(const char *name, enum mn_log_level *out); /* 0 or MN_ECONFIG */

#endif
