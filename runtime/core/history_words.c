/* history_words.c - the words of an item: in parts, as they come, and as far as they were heard. */
#include "core/history.h"

#include <errno.h>
#include <stdlib.h>

/* b's bytes from..to, without the space that keeps them from the part before. */
static struct mn_str part_of(const struct mn_buf *b, size_t from, size_t to)
{
    if (b->p == NULL)
        return (struct mn_str){0};
    if (from > 0 && from < to && b->p[from] == ' ')
        from++;
    return (struct mn_str){b->p + from, to - from};
}

static void cut_to(struct mn_buf *b, size_t n)
{
    if (b->p == NULL || n >= b->n)
        return;
    b->n = n;
    b->p[n] = '\0';
}

/* Takes words in for b's bytes from..to, and moves the ends of the parts behind. */
static int splice(struct mn_item *item, struct mn_buf *b, int part, size_t from,
                  struct mn_str words)
{
    size_t to = item->ends[part];
    struct mn_buf tail = {0};
    int err = mn_buf_add(&tail, b->p != NULL ? b->p + to : "", b->n - to);

    cut_to(b, from);
    if (words.n > 0 && part > 0 && from > 0 && from == item->ends[part - 1])
        mn_buf_add_byte(b, ' ');
    mn_buf_add_str(b, words);
    if (words.n > 0 && from == 0 && tail.n > 0 && tail.p[0] != ' ')
        mn_buf_add_byte(b, ' ');
    for (int i = item->nparts - 1; i >= part; i--)
        item->ends[i] = item->ends[i] - to + b->n;
    if (mn_buf_add_str(b, mn_buf_str(&tail)) != 0)
        err = b->err;
    mn_buf_free(&tail);
    return err;
}

static void open_part(struct mn_item *item, int part, size_t end)
{
    while (item->nparts <= part)
        item->ends[item->nparts++] = end;
}

int mn_item_set(struct mn_item *item, int part, struct mn_str words, bool *changed)
{
    struct mn_buf *b = item->interrupted ? &item->full : &item->text;
    int at = part < MN_ITEM_PARTS ? part : MN_ITEM_PARTS - 1;
    size_t from;

    open_part(item, at, b->n);
    from = at > 0 ? item->ends[at - 1] : 0;
    if (part >= MN_ITEM_PARTS)
        from = item->ends[at];
    *changed = !mn_str_same(words, part_of(b, from, item->ends[at]));
    return *changed ? splice(item, b, at, from, words) : 0;
}

int mn_item_say(struct mn_item *item, int part, struct mn_str delta, int64_t at_ms)
{
    struct mn_mark *last = item->nmarks > 0 ? &item->marks[item->nmarks - 1] : NULL;

    if (item->interrupted || part < 0 || part >= MN_ITEM_PARTS)
        return 0; /* its text is settled; or its words come when they are complete */
    if (item->marks == NULL) {
        item->marks = calloc(MN_HISTORY_MARKS, sizeof(*item->marks));
        if (item->marks == NULL)
            return -ENOMEM;
    }
    if ((last == NULL || last->at_ms < at_ms) && item->nmarks < MN_HISTORY_MARKS)
        item->marks[item->nmarks++] = (struct mn_mark){at_ms, item->text.n};
    open_part(item, part, item->text.n);
    return splice(item, &item->text, part, item->ends[part], delta);
}

/* Between two marks in proportion. Words that came when just heard_ms had been received have no
 * audio yet. */
size_t mn_item_heard(const struct mn_item *item, int64_t heard_ms, int64_t received_ms)
{
    struct mn_mark from = {0, 0}, to = {received_ms, item->text.n};

    for (int i = 0; i < item->nmarks; i++) {
        if (item->marks[i].at_ms >= heard_ms) {
            to = item->marks[i];
            break;
        }
        from = item->marks[i];
    }
    if (heard_ms >= to.at_ms || to.at_ms <= from.at_ms)
        return to.bytes;
    return from.bytes + (size_t)((int64_t)(to.bytes - from.bytes) * (heard_ms - from.at_ms) /
                                 (to.at_ms - from.at_ms));
}

/* Words longer than this are taken to be a script that puts no spaces between them. */
#define WORD_MAX 40

/* Back to the end of the last whole word; without spaces, of the last whole character. */
static size_t whole_words(struct mn_str text, size_t n)
{
    size_t end = n;

    if (n >= text.n)
        return text.n;
    while (end > 0 && text.p[end] != ' ')
        end--;
    if (n - end <= WORD_MAX)
        return end;
    while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

int mn_item_cut(struct mn_item *item, int64_t heard_ms, int64_t received_ms)
{
    size_t keep = whole_words(mn_buf_str(&item->text), mn_item_heard(item, heard_ms, received_ms));
    int err;

    if (item->interrupted && heard_ms >= item->heard_ms)
        return 0; /* a second cut cannot hear more than the first */
    err = item->interrupted ? 0 : mn_buf_add_str(&item->full, mn_buf_str(&item->text));
    item->interrupted = true;
    item->heard_ms = heard_ms;
    cut_to(&item->text, keep);
    return err;
}
