/* words.h - sentences taken apart, for the stand-in brain and nobody else. */
#ifndef MN_SIM_WORDS_H
#define MN_SIM_WORDS_H

#include "base/str.h"

#include <stdint.h>

#define MN_WORDS_MAX 256 /* of one text; the rest is not looked at */

struct mn_word {
    struct mn_str text; /* letters and digits, and - . : / ' between them */
    bool last;          /* a mark or the end of the text follows: words across it do not belong */
};

struct mn_words {
    struct mn_word list[MN_WORDS_MAX];
    int n;
};

void mn_words_split(struct mn_words *w, struct mn_str text);

bool mn_word_is(struct mn_str word, const char *lower); /* case aside */
bool mn_word_small(struct mn_str word);                 /* the, please, hello: says no matter */
bool mn_word_related(struct mn_str a, struct mn_str b); /* invoice and Invoices, book and booking */
bool mn_word_capital(struct mn_str word);               /* starts with a capital letter */

/* The number a word is: "7", "7th", "seven", "seventh", "thirty-first". -1 when it is none. */
int64_t mn_word_number(struct mn_str word);

/* The first date in it as "1980-05-01"; ISO, "the first of May 1980", "May 1st, nineteen eighty".
 * False when there is none, or none with a year. */
bool mn_words_date(const struct mn_words *w, char out[11]);

#endif
