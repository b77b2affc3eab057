/* turn_words.h - how many words a transcript has that are worth a turn (R35). */
#ifndef MN_CORE_TURN_WORDS_H
#define MN_CORE_TURN_WORDS_H

#include "base/str.h"

/* Words of text, without those of the phrases to ignore ("mhm", "uh-huh", "all right"). Case and
 * punctuation do not matter; a character of Chinese or Japanese is a word. Of a text that goes on
 * (not whole), a last word that may be cut in two does not count yet. */
int mn_turn_words(struct mn_str text, bool whole, const struct mn_str *ignore, int nignore);

#endif
