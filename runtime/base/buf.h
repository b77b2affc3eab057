/* buf.h - a growing buffer of bytes whose failure sticks.
 *
 * Appending to a buffer that once failed does nothing, so a writer appends freely and looks at err
 * once, at the end. The bytes are always followed by a NUL that is not counted in n. */
#ifndef MN_BASE_BUF_H
#define MN_BASE_BUF_H

#include "base/str.h"

#include <stdint.h>

struct mn_buf {
    char *p; /* owned; NULL until something is appended */
    size_t n, cap;
    size_t limit; /* most bytes it may hold; 0 for no limit */
    int err;      /* 0, -ENOMEM or MN_ELIMIT; sticks until mn_buf_clear */
};

void mn_buf_free(struct mn_buf *b);  /* leaves it empty and usable, limit kept */
void mn_buf_clear(struct mn_buf *b); /* forgets bytes and failure, keeps the memory and limit */

/* Makes room for n more bytes. Returns 0 or the sticky error. */
int mn_buf_reserve(struct mn_buf *b, size_t n);

/* Each returns the sticky error: 0 when everything so far fitted. */
int mn_buf_add(struct mn_buf *b, const void *bytes, size_t n);
int mn_buf_add_str(struct mn_buf *b, struct mn_str s);
int mn_buf_add_text(struct mn_buf *b, const char *text);
int mn_buf_add_byte(struct mn_buf *b, char c);
int mn_buf_add_int(struct mn_buf *b, int64_t value); /* in decimal */
int mn_buf_addf(struct mn_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Drops the first n bytes (all, when there are fewer). */
void mn_buf_drop(struct mn_buf *b, size_t n);

/* Hands the bytes to the caller, who frees them with free(), and leaves b empty. NULL when b is
 * empty or failed. */
char *mn_buf_take(struct mn_buf *b);

static inline struct mn_str mn_buf_str(const struct mn_buf *b)
{
    return (struct mn_str){b->p, b->n};
}

#endif
