/* index.h - myna.index: texts, searched by their words.
 *
 * Texts are cut at their headings into sections, which are what is found. Made in memory and never
 * changed; used from one thread at a time. */
#ifndef MN_STORE_INDEX_H
#define MN_STORE_INDEX_H

#include "base/buf.h"

#define MN_INDEX_SECTION_BYTES 4096 /* of a section that is given back; the rest is cut off */
#define MN_INDEX_WORDS         32   /* of a question; further ones are not looked for */
#define MN_INDEX_FOUND         20   /* sections at most */

struct mn_index;

/* files: path, NUL, text, NUL, and so on; copied. Returns 0, or an error with a sentence in why. */
int mn_index_open(struct mn_index **out, struct mn_str files, struct mn_buf *why);
void mn_index_close(struct mn_index *ix); /* accepts NULL */

/* Appends the sections in which words of the question stand, the best first, as a JSON list of
 * { path, title, snippet, text, score }. Returns 0, or an error with a sentence in out instead. */
int mn_index_search(struct mn_index *ix, struct mn_str question, int limit, struct mn_buf *out);

#endif
