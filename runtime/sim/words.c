/* words.c - splitting, comparing and counting words of English. */
#include "sim/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80; /* UTF-8 beyond ASCII */
}

/* Whether text[i] holds a word together: "1980-05-01", "thirty-first", "O'Hara", "4.5". */
static bool joins(struct mn_str text, size_t i)
{
    return i > 0 && i + 1 < text.n && is_letter(text.p[i - 1]) && is_letter(text.p[i + 1]) &&
           strchr("-.:/'@", text.p[i]) != NULL;
}

static bool is_mark(char c)
{
    return strchr(",.;:!?\n\"()", c) != NULL;
}

void mn_words_split(struct mn_words *w, struct mn_str text)
{
    size_t i = 0, start;

    w->n = 0;
    while (w->n < MN_WORDS_MAX) {
        while (i < text.n && !is_letter(text.p[i])) {
            if (w->n > 0 && is_mark(text.p[i]))
                w->list[w->n - 1].last = true;
            i++;
        }
        if (i == text.n)
            break;
        start = i;
        while (i < text.n && (is_letter(text.p[i]) || joins(text, i)))
            i++;
        w->list[w->n++] = (struct mn_word){{text.p + start, i - start}, i == text.n};
    }
}

bool mn_word_is(struct mn_str word, const char *lower)
{
    size_t i;

    for (i = 0; i < word.n && lower[i] != '\0'; i++)
        if (tolower((unsigned char)word.p[i]) != lower[i])
            return false;
    return i == word.n && lower[i] == '\0';
}

bool mn_word_capital(struct mn_str word)
{
    return word.n > 0 && isupper((unsigned char)word.p[0]);
}

bool mn_word_small(struct mn_str word)
{
    static const char *const small[] = {
        "a",    "about",  "all",  "also",   "am",    "an",    "and",    "any",  "are",   "as",
        "at",   "be",     "but",  "by",     "bye",   "can",   "could",  "did",  "do",    "does",
        "for",  "from",   "get",  "give",   "good",  "had",   "has",    "have", "he",    "hello",
        "help", "her",    "here", "hey",    "hi",    "him",   "his",    "how",  "i",     "i'd",
        "i'm",  "if",     "in",   "is",     "it",    "it's",  "its",    "just", "know",  "let",
        "like", "look",   "me",   "much",   "my",    "name",  "need",   "no",   "not",   "now",
        "of",   "ok",     "okay", "on",     "or",    "our",   "please", "she",  "so",    "some",
        "tell", "thank",  "that", "thanks", "the",   "their", "them",   "then", "there", "they",
        "this", "to",     "up",   "us",     "very",  "want",  "was",    "we",   "well",  "were",
        "what", "what's", "when", "where",  "which", "who",   "whose",  "will", "with",  "would",
        "yes",  "you",    "your",
    };

    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++)
        if (mn_word_is(word, small[i]))
            return true;
    return false;
}

/* What is left of a word without its ending; at least three letters. */
static size_t stem(struct mn_str word)
{
    static const char *const endings[] = {"ings", "ing", "ies", "ed", "es", "s", "e", "y"};

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t n = strlen(endings[i]);

        if (word.n >= n + 3 && mn_word_is((struct mn_str){word.p + word.n - n, n}, endings[i]))
            return word.n - n;
    }
    return word.n;
}

bool mn_word_related(struct mn_str a, struct mn_str b)
{
    size_t a_n = stem(a), b_n = stem(b), n = a_n < b_n ? a_n : b_n;

    if (a_n != b_n && n < 4) /* "appoint" speaks of appointments, "car" not of carpets */
        return false;
    for (size_t i = 0; i < n; i++)
        if (tolower((unsigned char)a.p[i]) != tolower((unsigned char)b.p[i]))
            return false;
    return n > 0;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static const struct {
    const char *cardinal, *ordinal;
    int64_t n;
} numbers[] = {
    {"zero", "zeroth", 0},
    {"one", "first", 1},
    {"two", "second", 2},
    {"three", "third", 3},
    {"four", "fourth", 4},
    {"five", "fifth", 5},
    {"six", "sixth", 6},
    {"seven", "seventh", 7},
    {"eight", "eighth", 8},
    {"nine", "ninth", 9},
    {"ten", "tenth", 10},
    {"eleven", "eleventh", 11},
    {"twelve", "twelfth", 12},
    {"thirteen", "thirteenth", 13},
    {"fourteen", "fourteenth", 14},
    {"fifteen", "fifteenth", 15},
    {"sixteen", "sixteenth", 16},
    {"seventeen", "seventeenth", 17},
    {"eighteen", "eighteenth", 18},
    {"nineteen", "nineteenth", 19},
    {"twenty", "twentieth", 20},
    {"thirty", "thirtieth", 30},
    {"forty", "fortieth", 40},
    {"fifty", "fiftieth", 50},
    {"sixty", "sixtieth", 60},
    {"seventy", "seventieth", 70},
    {"eighty", "eightieth", 80},
    {"ninety", "ninetieth", 90},
};

static int64_t spelled(struct mn_str word)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (mn_word_is(word, numbers[i].cardinal) || mn_word_is(word, numbers[i].ordinal))
            return numbers[i].n;
    return -1;
}

/* The number that n digits from at on make; -1 when they are not all digits. */
static int64_t digits(struct mn_str word, size_t at, size_t n)
{
    int64_t number = 0;

    for (size_t i = at; i < at + n; i++) {
        if (!isdigit((unsigned char)word.p[i]))
            return -1;
        number = number * 10 + (word.p[i] - '0');
    }
    return number;
}

static int64_t in_digits(struct mn_str word)
{
    static const char *const endings[] = {"", "st", "nd", "rd", "th"};
    size_t i = 0;
    int64_t n;

    while (i < word.n && i < 15 && isdigit((unsigned char)word.p[i]))
        i++;
    n = digits(word, 0, i);
    for (size_t e = 0; i > 0 && e < sizeof(endings) / sizeof(endings[0]); e++)
        if (mn_word_is((struct mn_str){word.p + i, word.n - i}, endings[e]))
            return n;
    return -1;
}

int64_t mn_word_number(struct mn_str word)
{
    const char *dash = word.n > 0 ? memchr(word.p, '-', word.n) : NULL;
    size_t head = dash != NULL ? (size_t)(dash - word.p) : 0;
    int64_t tens, units, n = in_digits(word);

    if (n >= 0 || dash == NULL)
        return n >= 0 ? n : spelled(word);
    tens = spelled((struct mn_str){word.p, head});
    units = spelled((struct mn_str){dash + 1, word.n - head - 1});
    return tens >= 20 && units >= 1 && units <= 9 ? tens + units : -1;
}

/* --- dates ------------------------------------------------------------------------------------ */

static int month(struct mn_str word)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    char short_name[4];

    for (int i = 0; i < 12; i++) {
        snprintf(short_name, sizeof(short_name), "%s", names[i]);
        if (mn_word_is(word, names[i]) || mn_word_is(word, short_name))
            return i + 1;
    }
    return 0;
}

static bool put_date(char out[11], int64_t year, int64_t m, int64_t day)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (year < 1900 || year > 2199 || m < 1 || m > 12 || day < 1 || day > days[m - 1])
        return false;
    snprintf(out, 11, "%04d-%02d-%02d", (int)year % 10000, (int)m % 100, (int)day % 100);
    return true;
}

static bool iso(struct mn_str word, char out[11])
{
    return word.n == 10 && word.p[4] == '-' && word.p[7] == '-' &&
           put_date(out, digits(word, 0, 4), digits(word, 5, 2), digits(word, 8, 2));
}

static struct mn_str word_at(const struct mn_words *w, int i)
{
    return i >= 0 && i < w->n ? w->list[i].text : (struct mn_str){NULL, 0};
}

static int64_t number_at(const struct mn_words *w, int i)
{
    return mn_word_number(word_at(w, i));
}

/* A year from word i on: "1980", "nineteen eighty", "nineteen eighty-four", "twenty ten". */
static int64_t year_at(const struct mn_words *w, int i)
{
    int64_t n = number_at(w, i), rest = number_at(w, i + 1), units = number_at(w, i + 2);

    if (n != 19 && n != 20 && n != 21)
        return n;
    if (rest < 10 || rest > 99)
        return -1;
    if (rest >= 20 && rest % 10 == 0 && units >= 1 && units <= 9)
        rest += units;
    return n * 100 + rest;
}

/* A date whose month is word i: the day before it ("the first of May") or after ("May the 1st"). */
static bool date_around(const struct mn_words *w, int i, char out[11])
{
    int m = month(word_at(w, i));
    int before = mn_word_is(word_at(w, i - 1), "of") ? i - 2 : i - 1;
    int after = mn_word_is(word_at(w, i + 1), "the") ? i + 2 : i + 1;
    int64_t tens = number_at(w, before - 1), units = number_at(w, before);

    if (m == 0)
        return false;
    if (units >= 1 && units <= 9 && (tens == 20 || tens == 30)) /* "twenty first" */
        units += tens;
    return put_date(out, year_at(w, i + 1), m, units) ||
           put_date(out, year_at(w, after + 1), m, number_at(w, after));
}

bool mn_words_date(const struct mn_words *w, char out[11])
{
    for (int i = 0; i < w->n; i++)
        if (iso(w->list[i].text, out) || date_around(w, i, out))
            return true;
    return false;
}
