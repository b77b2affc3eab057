/* turn_words.c - the words of a transcript behind turn_words.h. */
#include "core/turn_words.h"

#define WORD_MAX 64 /* bytes of a word that are compared; the rest of a longer one is not */

struct word {
    char text[WORD_MAX];
    size_t n;
};

/* Bytes of a character that stands between words, or 0: ASCII but for letters, digits and the
 * apostrophe; the general and the ideographic punctuation of Unicode (E2 80 xx, E3 80 xx). */
static size_t gap(const char *p, size_t n)
{
    unsigned char c = (unsigned char)p[0];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

    if (c < 0x80)
        return letter || c == '\'' ? 0 : 1;
    if (n >= 3 && (c == 0xe2 || c == 0xe3) && (unsigned char)p[1] == 0x80)
        return 3;
    return 0;
}

/* U+3040 to U+9FFF: kana and ideographs, each a word. */
static bool is_ideograph(const char *p, size_t n)
{
    return n >= 3 && (unsigned char)p[0] >= 0xe3 && (unsigned char)p[0] <= 0xe9;
}

/* ASCII, and the letters of Latin-1, of which the second byte is seen here. */
static char lower(char before, char c)
{
    unsigned char u = (unsigned char)c;

    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    if ((unsigned char)before == 0xc3 && u >= 0x80 && u <= 0x9e && u != 0x97)
        return (char)(u + 0x20);
    return c;
}

static void add(struct word *w, char c)
{
    if (w->n < WORD_MAX) {
        w->text[w->n] = lower(w->n > 0 ? w->text[w->n - 1] : 0, c);
        w->n++;
    }
}

/* Takes the next word of *rest. False when there is none. */
static bool next(struct mn_str *rest, struct word *w)
{
    size_t i = 0, step;

    w->n = 0;
    while (i < rest->n && (step = gap(rest->p + i, rest->n - i)) > 0)
        i += step;
    for (; i < rest->n && gap(rest->p + i, rest->n - i) == 0; i++) {
        bool alone = is_ideograph(rest->p + i, rest->n - i);

        if (alone && w->n > 0)
            break;
        for (int byte = 0; alone && byte < 2; byte++)
            add(w, rest->p[i++]);
        add(w, rest->p[i]);
        if (alone) {
            i++;
            break;
        }
    }
    *rest = (struct mn_str){rest->p + i, rest->n - i};
    return w->n > 0;
}

/* Does text begin with the phrase? Then *rest is what follows. */
static bool begins(struct mn_str text, struct mn_str phrase, struct mn_str *rest)
{
    struct word a, b;
    bool any = false;

    while (next(&phrase, &b)) {
        if (!next(&text, &a) || a.n != b.n || memcmp(a.text, b.text, a.n) != 0)
            return false;
        any = true;
    }
    *rest = text;
    return any;
}

static bool skip(struct mn_str *text, const struct mn_str *ignore, int nignore)
{
    for (int i = 0; i < nignore; i++) {
        if (begins(*text, ignore[i], text))
            return true;
    }
    return false;
}

int mn_turn_words(struct mn_str text, bool whole, const struct mn_str *ignore, int nignore)
{
    struct word w;
    int n = 0;

    while (text.n > 0) {
        if (skip(&text, ignore, nignore))
            continue;
        if (!next(&text, &w))
            break;
        n += whole || text.n > 0;
    }
    return n;
}
