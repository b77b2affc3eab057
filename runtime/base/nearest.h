/* nearest.h - "did you mean ...?": the closest of some words to one that is none of them. */
#ifndef MN_BASE_NEAREST_H
#define MN_BASE_NEAREST_H

#include "base/str.h"

/* words ends with NULL. Returns the closest by edit distance (swapped neighbours count one) when it
 * is near enough to be a slip (a third of the word's length, at least 1), else NULL. */
const char *mn_nearest(struct mn_str word, const char *const *words);

#endif
