/* json_write.h - JSON going out, written straight into a buffer.
 *
 *     struct mn_writer w = mn_writer(&buf);
 *     mn_write_open(&w, NULL, '{');
 *     mn_write_text(&w, "type", "response.create");
 *     mn_write_close(&w);
 *
 * key is NULL for the outermost value and for array elements. Failures stick in the buffer. */
#ifndef MN_BASE_JSON_WRITE_H
#define MN_BASE_JSON_WRITE_H

#include "base/buf.h"

#include <stdint.h>

#define MN_WRITE_DEPTH 64 /* deeper nesting is a programmer's mistake: assert */

struct mn_writer {
    struct mn_buf *out; /* borrowed */
    int depth;
    char brackets[MN_WRITE_DEPTH]; /* what closes each level */
    bool filled;                   /* this level already holds a value */
};

struct mn_writer mn_writer(struct mn_buf *out);

void mn_write_open(struct mn_writer *w, const char *key, char bracket); /* '{' or '[' */
void mn_write_close(struct mn_writer *w);
void mn_write_str(struct mn_writer *w, const char *key, struct mn_str value);
void mn_write_text(struct mn_writer *w, const char *key, const char *value); /* NULL writes null */
void mn_write_int(struct mn_writer *w, const char *key, int64_t value);
void mn_write_num(struct mn_writer *w, const char *key, double value); /* inf and nan write null */
void mn_write_bool(struct mn_writer *w, const char *key, bool value);
void mn_write_null(struct mn_writer *w, const char *key);
void mn_write_raw(struct mn_writer *w, const char *key,
                  struct mn_str json); /* as it is; "" is null */

/* Appends value as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
int mn_json_quote(struct mn_buf *out, struct mn_str value);

/* Appends value as the shortest text that reads back the same; nan is null, infinity 1e999. */
int mn_json_number(struct mn_buf *out, double value);

#endif
