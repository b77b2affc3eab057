/* span.c - the one pass behind span.h.
 *
 * Strings are run over by mn_ascii_run, eight bytes at a time; what stops it early (an escape, a
 * byte that is not ASCII) is not expected in a hot frame, so the frame is not hot. Whatever this
 * pass accepts, mn_event_decode accepts too and reads in the same way: the tests and the fuzzer
 * hold it to that. */
#include "core/span.h"

#include "base/utf8.h"

#define DIGITS_MAX   9   /* of an index: what fits an int for sure */
#define EVENT_ID_MAX 512 /* bytes, the API's limit for a client's */

enum member {
    TYPE,
    EVENT_ID,
    AUDIO,
    DELTA,
    RESPONSE_ID,
    ITEM_ID,
    CONTENT_INDEX,
    OUTPUT_INDEX,
    OBFUSCATION, /* padding that hides the length of a delta; ignored */
    MEMBERS
};

#define NAME(lit)                                                                                  \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
#define BIT(name) (1u << (name))

static const struct mn_str names[MEMBERS] = {
    [TYPE] = NAME("type"),
    [EVENT_ID] = NAME("event_id"),
    [AUDIO] = NAME("audio"),
    [DELTA] = NAME("delta"),
    [RESPONSE_ID] = NAME("response_id"),
    [ITEM_ID] = NAME("item_id"),
    [CONTENT_INDEX] = NAME("content_index"),
    [OUTPUT_INDEX] = NAME("output_index"),
    [OBFUSCATION] = NAME("obfuscation"),
};

#define APPEND_NEEDS (BIT(TYPE) | BIT(AUDIO))
#define DELTA_NEEDS  (BIT(TYPE) | BIT(DELTA) | BIT(RESPONSE_ID) | BIT(ITEM_ID))
#define DELTA_MAY    (BIT(EVENT_ID) | BIT(CONTENT_INDEX) | BIT(OUTPUT_INDEX) | BIT(OBFUSCATION))

static const struct {
    struct mn_str type;
    enum mn_hot hot;
    bool beta;
    unsigned needs, may;
} kinds[] = {
    {NAME("input_audio_buffer.append"), MN_HOT_APPEND, false, APPEND_NEEDS, BIT(EVENT_ID)},
    {NAME("response.output_audio.delta"), MN_HOT_DELTA, false, DELTA_NEEDS, DELTA_MAY},
    {NAME("response.audio.delta"), MN_HOT_DELTA, true, DELTA_NEEDS, DELTA_MAY},
};

/* What has been read of a frame. */
struct frame {
    const char *p, *end;
    unsigned seen; /* BIT()s of members */
    struct mn_str text[MEMBERS];
    int number[MEMBERS];
};

static void skip_space(struct frame *f)
{
    while (f->p < f->end && (*f->p == ' ' || *f->p == '\t' || *f->p == '\n' || *f->p == '\r'))
        f->p++;
}

static bool eat(struct frame *f, char c)
{
    skip_space(f);
    if (f->p == f->end || *f->p != c)
        return false;
    f->p++;
    return true;
}

static bool read_string(struct frame *f, struct mn_str *out)
{
    size_t n;

    if (!eat(f, '"'))
        return false;
    n = mn_ascii_run((struct mn_str){f->p, (size_t)(f->end - f->p)});
    if (f->p + n == f->end || f->p[n] != '"')
        return false;
    *out = (struct mn_str){f->p, n};
    f->p += n + 1;
    return true;
}

/* A whole number as an index is: no sign, fraction or exponent, no zero in front. */
static bool read_index(struct frame *f, int *out)
{
    const char *start;

    skip_space(f);
    start = f->p;
    *out = 0;
    while (f->p < f->end && *f->p >= '0' && *f->p <= '9' && f->p - start < DIGITS_MAX)
        *out = *out * 10 + (*f->p++ - '0');
    return f->p != start && (*start != '0' || f->p == start + 1);
}

static bool read_member(struct frame *f)
{
    enum member m = 0;
    struct mn_str key;

    if (!read_string(f, &key) || !eat(f, ':'))
        return false;
    while (m < MEMBERS && !mn_str_same(names[m], key))
        m++;
    if (m == MEMBERS || (f->seen & BIT(m)) != 0)
        return false;
    f->seen |= BIT(m);
    if (m == CONTENT_INDEX || m == OUTPUT_INDEX)
        return read_index(f, &f->number[m]);
    return read_string(f, &f->text[m]);
}

static bool read_frame(struct frame *f)
{
    if (!eat(f, '{'))
        return false;
    do {
        if (!read_member(f))
            return false;
    } while (eat(f, ','));
    if (!eat(f, '}'))
        return false;
    skip_space(f);
    return f->p == f->end;
}

enum mn_hot mn_span_read(struct mn_str frame, struct mn_span *out)
{
    struct frame f = {.p = frame.p, .end = frame.p + frame.n};
    size_t k = 0;

    f.number[CONTENT_INDEX] = f.number[OUTPUT_INDEX] = -1;
    if (frame.n == 0 || !read_frame(&f) || f.text[EVENT_ID].n > EVENT_ID_MAX)
        return MN_HOT_NONE;
    while (k < sizeof(kinds) / sizeof(kinds[0]) && !mn_str_same(kinds[k].type, f.text[TYPE]))
        k++;
    if (k == sizeof(kinds) / sizeof(kinds[0]) || (f.seen & kinds[k].needs) != kinds[k].needs ||
        (f.seen & ~(kinds[k].needs | kinds[k].may)) != 0)
        return MN_HOT_NONE;
    *out = (struct mn_span){
        .audio = f.text[kinds[k].hot == MN_HOT_APPEND ? AUDIO : DELTA],
        .type = f.text[TYPE],
        .event_id = f.text[EVENT_ID],
        .response_id = f.text[RESPONSE_ID],
        .item_id = f.text[ITEM_ID],
        .content_index = f.number[CONTENT_INDEX],
        .output_index = f.number[OUTPUT_INDEX],
        .beta = kinds[k].beta,
    };
    return kinds[k].hot;
}
