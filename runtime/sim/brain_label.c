/* brain_label.c - finds the words that follow a parameter's name. */
#include "sim/brain_label.h"

#include <ctype.h>

/* The next part of a name such as party_size or partySize, in lower case. False after the last. */
static bool next_part(struct mn_str *rest, char part[64])
{
    size_t n = 0;

    while (rest->n > 0 && rest->p[0] == '_')
        *rest = (struct mn_str){rest->p + 1, rest->n - 1};
    while (n < rest->n && n < 63 && rest->p[n] != '_' &&
           (n == 0 || !isupper((unsigned char)rest->p[n]))) {
        part[n] = (char)tolower((unsigned char)rest->p[n]);
        n++;
    }
    part[n] = '\0';
    *rest = (struct mn_str){rest->p + n, rest->n - n};
    return n > 0;
}

/* How many words from i on are the name; 0 when they are not. */
static int named_at(const struct mn_words *words, int i, struct mn_str name)
{
    char part[64];
    int n = 0;

    while (next_part(&name, part)) {
        if (i + n >= words->n || !mn_word_is(words->list[i + n].text, part))
            return 0;
        n++;
    }
    return n;
}

bool mn_brain_label(const struct mn_words *words, struct mn_str parameter, int *first, int *end)
{
    for (int i = 0; i < words->n; i++) {
        int at = i + named_at(words, i, parameter);

        if (at > i && at < words->n && mn_word_is(words->list[at].text, "is"))
            at++;
        if (at == i || at >= words->n || mn_word_small(words->list[at].text))
            continue;
        *first = at;
        for (*end = at + 1; *end < words->n && !words->list[*end - 1].last; (*end)++)
            ;
        return true;
    }
    return false;
}
