/* brain_label.c - finds the words that follow a parameter's name. */
#include "sim/brain_label.h"

#include <stdio.h>

/* The next part of a name such as party_size. False after the last. */
static bool next_part(struct mn_str *rest, char part[64])
{
    size_t n = 0;

    while (rest->n > 0 && rest->p[0] == '_')
        *rest = (struct mn_str){rest->p + 1, rest->n - 1};
    while (n < rest->n && rest->p[n] != '_')
        n++;
    if (n == 0 || n >= 64)
        return false;
    snprintf(part, 64, "%.*s", (int)n, rest->p);
    *rest = (struct mn_str){rest->p + n, rest->n - n};
    return true;
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
