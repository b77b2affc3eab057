/* speech.c - the tone and its watermark, behind speech.h.
 *
 * THE CODE  A block is 20 ms, so every multiple of 50 Hz runs a whole number of cycles in it,
 * starts and ends at zero, and can be told from all others. 250 to 400 Hz       the voice: a pitch
 * that changes each 200 ms, with its octave. It is loud and tells where blocks start. 1000 to 2950
 * Hz     forty quiet carriers, one bit each, upright for 1 and upside down for 0: 16 bits item, 16
 * bits block, 8 bits CRC of both; the highest bit first. A carrier is ten times what G.711's
 * quantisation of the voice puts into its place, and everything lies below 4 kHz, so the mark
 * outlives a telephone. At 24 kHz every third sample is read.
 *
 * The carriers cost as much to make as ten blocks once did to render. Made once for all blocks of a
 * call, each at its own amplitude, they are then plain sums that a compiler makes eight at a time:
 * half a step of rounding in each is a two hundredth of a carrier. */
#include "audio/speech.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define TURN          MN_SPEECH_TURN
#define READ_SAMPLES  160 /* of a block at 8 kHz */
#define BITS          MN_SPEECH_BITS
#define CARRIER_FIRST 20 /* in units of 50 Hz */
#define CARRIER       90 /* amplitudes, of 32767 */
#define VOICE         5000
#define OCTAVE        1500
#define SYLLABLE      10  /* blocks for which the pitch stays */
#define SILENT_RMS    104 /* -50 dBFS */

#define PITCH_FIRST 5 /* in units of 50 Hz; as many follow as waves.voices holds */

static const int pitches[] = {5, 6, 8, 7, 6, 8, 5, 7};

/* clang-format off */
static const int16_t quarter[TURN / 4 + 1] = {
    0, 429, 858, 1286, 1715, 2143, 2571, 2998, 3425, 3851, 4277, 4702,
    5126, 5549, 5971, 6393, 6813, 7232, 7649, 8066, 8481, 8894, 9306, 9717,
    10126, 10533, 10938, 11341, 11743, 12142, 12539, 12935, 13328, 13718, 14107, 14492,
    14876, 15257, 15635, 16011, 16383, 16754, 17121, 17485, 17846, 18204, 18559, 18911,
    19260, 19605, 19947, 20286, 20621, 20952, 21280, 21605, 21925, 22242, 22555, 22864,
    23170, 23471, 23768, 24062, 24351, 24636, 24916, 25193, 25465, 25732, 25996, 26255,
    26509, 26759, 27004, 27245, 27481, 27712, 27938, 28160, 28377, 28589, 28796, 28998,
    29196, 29388, 29575, 29757, 29934, 30106, 30273, 30434, 30591, 30742, 30888, 31028,
    31163, 31293, 31418, 31537, 31650, 31759, 31862, 31959, 32051, 32137, 32218, 32294,
    32364, 32428, 32487, 32540, 32587, 32630, 32666, 32697, 32722, 32742, 32756, 32764,
    32767,
};
/* clang-format on */

static int sine(int step)
{
    int half = step % (TURN / 2), i = half <= TURN / 4 ? half : TURN / 2 - half;

    return step % TURN < TURN / 2 ? quarter[i] : -quarter[i];
}

static uint64_t crc8(uint64_t word)
{
    for (int i = 0; i < 32; i++)
        word = word << 1 ^ ((word & (uint64_t)1 << 31) != 0 ? (uint64_t)0x07 << 24 : 0);
    return word >> 24 & 0xff;
}

static uint64_t codeword(int item, int block)
{
    uint64_t word = (uint64_t)(item & 0xffff) << 16 | (uint64_t)(block & 0xffff);

    return word << 8 | (crc8(word & 0xffffffff) ^ 0x5a); /* so that all zero is no codeword */
}

static int pitch_of(int block)
{
    return pitches[block / SYLLABLE % (int)(sizeof(pitches) / sizeof(pitches[0]))];
}

static void fill_wave(int16_t *wave, const int16_t *turn, int harmonic, int amplitude)
{
    int step = 0;

    for (int i = 0; i < TURN; i++) {
        wave[i] = (int16_t)(amplitude * turn[step] / 32767);
        step += harmonic;
        step -= step >= TURN ? TURN : 0;
    }
}

static void add_wave(int16_t *restrict sum, const int16_t *restrict wave, int16_t times)
{
    for (int i = 0; i < TURN; i++)
        sum[i] = (int16_t)(sum[i] + times * wave[i]);
}

static void fill_waves(struct mn_speech_waves *w)
{
    int16_t turn[TURN], octave[TURN];

    *w = (struct mn_speech_waves){.filled = true};
    for (int i = 0; i < TURN; i++)
        turn[i] = (int16_t)sine(i);
    for (int bit = 0; bit < BITS; bit++) {
        fill_wave(w->carriers[bit], turn, CARRIER_FIRST + bit, CARRIER);
        add_wave(w->carried, w->carriers[bit], -1); /* the word is 0: all are upside down */
    }
    for (int i = 0; i < MN_SPEECH_PITCHES; i++) {
        fill_wave(w->voices[i], turn, PITCH_FIRST + i, VOICE);
        fill_wave(octave, turn, 2 * (PITCH_FIRST + i), OCTAVE);
        add_wave(w->voices[i], octave, 1);
    }
}

/* Makes `carried` the sum of the word's carriers. The next block of an item differs in some six
 * bits of forty, and only those are turned over; in integers nothing is lost on the way. */
static void carry(struct mn_speech_waves *w, uint64_t word)
{
    for (int bit = 0; bit < BITS; bit++) {
        int upright = (int)(word >> (BITS - 1 - bit) & 1);
        int turned = upright - (int)(w->word >> (BITS - 1 - bit) & 1); /* -1, 0 or 1 */

        if (turned != 0)
            add_wave(w->carried, w->carriers[bit], (int16_t)(2 * turned));
    }
    w->word = word;
}

static void render_block(int16_t *out, struct mn_speech_waves *w, int item, int block, int rate_hz)
{
    const int samples = rate_hz / 50, stride = TURN / samples;

    const int16_t *voice = w->voices[pitch_of(block) - PITCH_FIRST];

    carry(w, codeword(item, block));
    if (stride == 1) {
        memcpy(out, voice, sizeof(w->carried));
        add_wave(out, w->carried, 1);
        return;
    }
    for (int i = 0; i < samples; i++)
        out[i] = (int16_t)(w->carried[i * stride] + voice[i * stride]);
}

size_t mn_speech_render(struct mn_speech_waves *w, int16_t *out, int item, int64_t from_ms,
                        int64_t to_ms, int rate_hz)
{
    const int a_ms = rate_hz / 1000;
    int16_t block[TURN], *to = out;

    assert(rate_hz == 8000 || rate_hz == 24000);
    if (!w->filled)
        fill_waves(w);
    while (from_ms < to_ms) {
        int skip_ms = (int)(from_ms % MN_SPEECH_BLOCK_MS);
        int64_t left_ms = to_ms - from_ms;
        int ms = MN_SPEECH_BLOCK_MS - skip_ms;

        ms = left_ms < ms ? (int)left_ms : ms;
        render_block(block, w, item, (int)(from_ms / MN_SPEECH_BLOCK_MS & 0xffff), rate_hz);
        memcpy(to, block + skip_ms * a_ms, (size_t)(ms * a_ms) * sizeof(*to));
        to += ms * a_ms;
        from_ms += ms;
    }
    return (size_t)(to - out);
}

size_t mn_speech_silence(int16_t *out, int64_t ms, int rate_hz)
{
    size_t n = (size_t)(ms * rate_hz / 1000);

    memset(out, 0, n * sizeof(*out));
    return n;
}

size_t mn_speech_noise(int16_t *out, int64_t ms, int rate_hz, int amplitude, struct mn_random *r)
{
    size_t n = (size_t)(ms * rate_hz / 1000);

    for (size_t i = 0; i < n; i++)
        out[i] =
            (int16_t)((int64_t)(mn_random_next(r) % (2 * (uint64_t)amplitude + 1)) - amplitude);
    return n;
}

/* How much of a wave is in the block: its amplitude upright (sin), and a quarter turn off (cos). */
struct part {
    double sin, cos;
};

static struct part measure(const int16_t *pcm, int stride, const int16_t *turn, int harmonic)
{
    int64_t s = 0, c = 0;
    int step = 0;

    for (int i = 0; i < READ_SAMPLES; i++) {
        int ahead = step + TURN / 4;

        s += pcm[i * stride] * turn[step];
        c += pcm[i * stride] * turn[ahead - (ahead >= TURN ? TURN : 0)];
        step += harmonic * (TURN / READ_SAMPLES);
        step -= step >= TURN ? TURN : 0;
    }
    return (struct part){(double)s / (32767.0 * READ_SAMPLES / 2),
                         (double)c / (32767.0 * READ_SAMPLES / 2)};
}

static bool is_voice(struct part p)
{
    return p.sin > VOICE * 0.6 && p.sin < VOICE * 2.0 && fabs(p.cos) < p.sin / 8;
}

/* Returns the pitch of the voice, when a block starts here; else 0. */
static int hear_pitch(const int16_t *pcm, int stride, const int16_t *turn)
{
    for (int pitch = PITCH_FIRST; pitch < PITCH_FIRST + MN_SPEECH_PITCHES; pitch++) {
        if (is_voice(measure(pcm, stride, turn, pitch)))
            return pitch;
    }
    return 0;
}

static bool read_word(const int16_t *pcm, int stride, const int16_t *turn, uint64_t *word)
{
    *word = 0;
    for (int i = 0; i < BITS; i++) {
        struct part p = measure(pcm, stride, turn, CARRIER_FIRST + i);

        if (fabs(p.sin) < CARRIER * 0.3 || fabs(p.sin) > CARRIER * 3)
            return false;
        *word = *word << 1 | (p.sin > 0);
    }
    return true;
}

static bool is_silent(const int16_t *pcm, int samples)
{
    int64_t sum = 0;

    for (int i = 0; i < samples; i++)
        sum += (int64_t)pcm[i] * pcm[i];
    return sum < (int64_t)SILENT_RMS * SILENT_RMS * samples;
}

struct mn_speech_mark mn_speech_read(const int16_t *pcm, int rate_hz)
{
    const int samples = rate_hz / 50, stride = samples / READ_SAMPLES;
    int16_t turn[TURN];
    int pitch, item, block;
    uint64_t word;

    assert(rate_hz == 8000 || rate_hz == 24000);
    if (is_silent(pcm, samples))
        return (struct mn_speech_mark){MN_SPEECH_SILENT, 0, 0};
    for (int i = 0; i < TURN; i++)
        turn[i] = (int16_t)sine(i);
    pitch = hear_pitch(pcm, stride, turn);
    if (pitch == 0 || !read_word(pcm, stride, turn, &word))
        return (struct mn_speech_mark){MN_SPEECH_OTHER, 0, 0};
    item = (int)(word >> 24 & 0xffff);
    block = (int)(word >> 8 & 0xffff);
    if (codeword(item, block) != word || pitch_of(block) != pitch)
        return (struct mn_speech_mark){MN_SPEECH_OTHER, 0, 0};
    return (struct mn_speech_mark){MN_SPEECH_MARKED, item, block * MN_SPEECH_BLOCK_MS};
}

size_t mn_speech_find(const int16_t *pcm, size_t n, int rate_hz, struct mn_speech_mark *out)
{
    const size_t block = (size_t)rate_hz / 50;

    for (size_t i = 0; i + block <= n; i++) {
        *out = mn_speech_read(pcm + i, rate_hz);
        if (out->kind == MN_SPEECH_MARKED)
            return i;
    }
    *out = (struct mn_speech_mark){MN_SPEECH_OTHER, 0, 0};
    return n;
}
