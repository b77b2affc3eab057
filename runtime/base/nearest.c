/* nearest.c - edit distance (optimal string alignment) behind nearest.h. */
#include "base/nearest.h"

#define WORD_MAX 64 /* bytes; nobody mistypes a longer word in a way worth guessing at */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(struct mn_str a, struct mn_str b)
{
    size_t rows[3][WORD_MAX + 1], *above2 = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *spare = above2;

        above2 = above;
        above = row;
        row = spare;
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t differs = a.p[i - 1] != b.p[j - 1];

            row[j] = least(above[j - 1] + differs, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return row[b.n];
}

const char *mn_nearest(struct mn_str word, const char *const *words)
{
    size_t allowed = word.n < 3 ? 1 : word.n / 3, best = allowed + 1;
    const char *found = NULL;

    if (word.n < 2 || word.n > WORD_MAX)
        return NULL;
    for (; *words != NULL; words++) {
        size_t n = strlen(*words), d;

        if (n > word.n + allowed || n + allowed < word.n || n > WORD_MAX)
            continue;
        d = distance(word, (struct mn_str){*words, n});
        if (d < best) {
            best = d;
            found = *words;
        }
    }
    return found;
}
