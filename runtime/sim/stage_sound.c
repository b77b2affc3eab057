/* stage_sound.c - the sound of a call: recordings the caller plays, both sides kept as they were
 * spoken and heard, and what can be measured of them. All in samples at 24 kHz since the stage
 * opened.
 *
 * A side is a list of stretches in which it sounds. What was said to the caller and cut is taken
 * back: the ear keeps what was heard. */
#include "audio/resample.h"
#include "audio/wav.h"
#include "base/err.h"
#include "sim/stage_parts.h"

#include <errno.h>
#include <stdlib.h>

#define RATE_HZ      24000
#define A_MS         (RATE_HZ / 1000)         /* samples */
#define STRETCHES    100000                   /* of a side; as many as records */
#define TAPE_SAMPLES ((size_t)RATE_HZ * 3600) /* kept of a side: an hour, 173 MB */
#define RECORDING_MS (10 * 60 * 1000)         /* the longest a caller plays */

static int64_t now_samples(const struct mn_stage *st)
{
    return mn_clock_now(&st->clock) * A_MS;
}

/* --- what is kept --- */

/* Makes room up to `end` samples, silent. Returns false past the hour, or when memory is out. */
static bool reach(struct mn_stage_side *side, size_t end)
{
    int16_t *pcm;
    size_t cap;

    if (end <= side->cap)
        return true;
    if (end > TAPE_SAMPLES)
        return false;
    cap = end * 2 < TAPE_SAMPLES ? end * 2 : TAPE_SAMPLES;
    pcm = realloc(side->pcm, cap * sizeof(*pcm));
    if (pcm == NULL)
        return false;
    memset(pcm + side->cap, 0, (cap - side->cap) * sizeof(*pcm));
    side->pcm = pcm;
    side->cap = cap;
    return true;
}

void mn_stage_put_sound(struct mn_stage *st, struct mn_stage_side *side, int64_t from,
                        const int16_t *pcm, size_t n)
{
    if (!st->keeps_sound || !reach(side, (size_t)from + n))
        return;
    memcpy(side->pcm + from, pcm, n * sizeof(*pcm));
    if (side->n < (size_t)from + n)
        side->n = (size_t)from + n;
}

void mn_stage_sounds(struct mn_stage_side *side, int64_t from, int64_t to)
{
    struct mn_stretch *last = side->nlist > 0 ? &side->list[side->nlist - 1] : NULL, *list;

    if (last != NULL && from < last->to + A_MS && to >= last->to) {
        last->to = to;
        return;
    }
    if (side->nlist == STRETCHES)
        return;
    if (side->nlist % 64 == 0) {
        list = realloc(side->list, (size_t)(side->nlist + 64) * sizeof(*list));
        if (list == NULL)
            return;
        side->list = list;
    }
    side->list[side->nlist++] = (struct mn_stretch){from, to};
}

void mn_stage_hear_sound(struct mn_stage *st, struct mn_str audio, int64_t due_ms, int64_t samples)
{
    struct mn_stage_side *ear = &st->sides[MN_STAGE_EAR];
    int64_t from = due_ms * A_MS;
    struct mn_buf pcm = {0};

    /* Due times are whole ms, a frame need not be: in a stretch it follows the one before. */
    if (ear->nlist > 0 && llabs(ear->list[ear->nlist - 1].to - from) < A_MS)
        from = ear->list[ear->nlist - 1].to;
    mn_stage_sounds(ear, from, from + samples);
    if (st->keeps_sound && mn_stage_line_decode(st, audio, &pcm) == 0)
        mn_stage_put_sound(st, ear, from, (const int16_t *)(const void *)pcm.p, pcm.n / 2);
    mn_buf_free(&pcm);
}

void mn_stage_hush_sound(struct mn_stage *st, enum mn_stage_side_name which)
{
    struct mn_stage_side *side = &st->sides[which];
    int64_t now = now_samples(st);

    while (side->nlist > 0 && side->list[side->nlist - 1].from >= now)
        side->nlist--;
    if (side->nlist > 0 && side->list[side->nlist - 1].to > now)
        side->list[side->nlist - 1].to = now;
    if (side->n > (size_t)now) {
        memset(side->pcm + now, 0, (side->n - (size_t)now) * sizeof(*side->pcm));
        side->n = (size_t)now;
    }
}

int mn_stage_keep_sound(const struct mn_stage *st, const char *path)
{
    const struct mn_stage_side *mouth = &st->sides[MN_STAGE_MOUTH], *ear = &st->sides[MN_STAGE_EAR];
    size_t n = mouth->n > ear->n ? mouth->n : ear->n;
    struct mn_wav *wav;
    int err = mn_wav_create(&wav, path, RATE_HZ, 2), closed;

    for (size_t i = 0; i < n && err == 0;) {
        int16_t piece[2 * RATE_HZ / 10];
        size_t m = 0;

        for (; m < RATE_HZ / 10 && i < n; m++, i++) {
            piece[2 * m] = i < mouth->n ? mouth->pcm[i] : 0;
            piece[2 * m + 1] = i < ear->n ? ear->pcm[i] : 0;
        }
        err = mn_wav_write(wav, piece, m);
    }
    closed = mn_wav_close(wav);
    return err != 0 ? err : closed;
}

void mn_stage_close_sound(struct mn_stage *st)
{
    for (int i = 0; i < MN_STAGE_SIDES; i++) {
        free(st->sides[i].list);
        free(st->sides[i].pcm);
    }
    free(st->recording);
}

/* --- what is measured --- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A stretch of time that is looked at. */
struct window {
    int64_t from, to;
};

/* Samples of it in which both sounded: two sorted lists, side by side. */
static int64_t overlap(const struct mn_stage_side *a, const struct mn_stage_side *b,
                       struct window in)
{
    int64_t sum = 0;

    for (int i = 0, j = 0; i < a->nlist && j < b->nlist;) {
        int64_t from = most(most(a->list[i].from, b->list[j].from), in.from);
        int64_t to = least(least(a->list[i].to, b->list[j].to), in.to);

        sum += to > from ? to - from : 0;
        if (a->list[i].to < b->list[j].to)
            i++;
        else
            j++;
    }
    return sum;
}

/* The stretch that begins first of those not looked at; NULL when none is left. */
static const struct mn_stretch *next_stretch(const struct mn_stage_side *sides, int at[])
{
    int side = -1;

    for (int i = 0; i < MN_STAGE_SIDES; i++) {
        if (at[i] < sides[i].nlist &&
            (side < 0 || sides[i].list[at[i]].from < sides[side].list[at[side]].from))
            side = i;
    }
    return side < 0 ? NULL : &sides[side].list[at[side]++];
}

/* The longest time of it in which neither sounded, and the one at its end. */
static int64_t silence(const struct mn_stage_side *sides, struct window in, int64_t *quiet)
{
    int at[MN_STAGE_SIDES] = {0};
    int64_t longest = 0, end = in.from;
    const struct mn_stretch *it;

    while ((it = next_stretch(sides, at)) != NULL && it->from < in.to) {
        longest = most(longest, it->from - end);
        end = most(end, it->to);
    }
    *quiet = most(in.to - end, 0);
    return most(longest, *quiet);
}

int64_t mn_stage_words_end(const struct mn_stage *st)
{
    const struct mn_stage_side *mouth = &st->sides[MN_STAGE_MOUTH];

    return mouth->nlist > 0 ? mouth->list[mouth->nlist - 1].to / A_MS : -1;
}

struct mn_sound mn_stage_sound(const struct mn_stage *st, int64_t from_ms)
{
    const struct mn_stage_side *mouth = &st->sides[MN_STAGE_MOUTH], *ear = &st->sides[MN_STAGE_EAR];
    struct mn_sound sound = {.words_ms = mn_stage_words_end(st), .heard_ms = -1};
    struct window in = {from_ms * A_MS, now_samples(st)};
    int64_t quiet;
    int i = 0;

    while (i < ear->nlist && ear->list[i].to <= in.from)
        i++;
    if (i < ear->nlist && most(ear->list[i].from, in.from) < in.to)
        sound.heard_ms = most(ear->list[i].from, in.from) / A_MS;
    sound.overlap_ms = overlap(mouth, ear, in) / A_MS;
    sound.silence_ms = silence(st->sides, in, &quiet) / A_MS;
    sound.quiet_ms = quiet / A_MS;
    return sound;
}

/* --- recordings --- */

/* Both channels of a stereo recording are one voice. */
static void mix(struct mn_wav_sound *wav)
{
    for (size_t i = 0; wav->channels == 2 && i < wav->n; i++)
        wav->pcm[i] = (int16_t)((wav->pcm[2 * i] + wav->pcm[2 * i + 1]) / 2);
}

static int resample(struct mn_stage *st, const struct mn_wav_sound *wav)
{
    struct mn_resampler *r;
    int err = mn_resampler_new(&r, wav->rate_hz, RATE_HZ);

    if (err != 0)
        return err;
    st->recording = calloc(mn_resampler_room(r, wav->n) + 1, sizeof(*st->recording));
    if (st->recording != NULL)
        st->nrecording = mn_resampler_feed(r, wav->pcm, wav->n, st->recording);
    mn_resampler_free(r);
    return st->recording != NULL ? 0 : -ENOMEM;
}

int mn_stage_play_file(struct mn_stage *st, const char *path, struct mn_str words, int64_t *ms)
{
    struct mn_wav_sound wav;
    int err = mn_wav_load(&wav, path);

    if (err != 0)
        return err;
    if (wav.n == 0 || wav.n / (size_t)wav.rate_hz > RECORDING_MS / 1000) {
        free(wav.pcm);
        return MN_ELIMIT;
    }
    mix(&wav);
    free(st->recording);
    st->recording = NULL;
    st->nrecording = 0;
    err = resample(st, &wav);
    free(wav.pcm);
    *ms = (int64_t)(st->nrecording + A_MS * 20 - 1) / (A_MS * 20) * 20; /* whole frames */
    if (err == 0)
        err = mn_stage_open_mouth(st, words, *ms);
    return err;
}
