/* fuzz_g711.c - both laws of G.711, over all they may be given: a code decodes to a sample whose
 * code decodes to the same sample; what is nearer to silence never comes out louder. */
#include "fuzz.h"

#include "audio/g711.h"

static void look_at_code(uint8_t code)
{
    MUST(mn_ulaw_decode(mn_ulaw_encode(mn_ulaw_decode(code))) == mn_ulaw_decode(code));
    MUST(mn_alaw_decode(mn_alaw_encode(mn_alaw_decode(code))) == mn_alaw_decode(code));
}

static void look_at_order(int16_t a, int16_t b)
{
    int16_t low = a < b ? a : b, high = a < b ? b : a;

    MUST(mn_ulaw_decode(mn_ulaw_encode(low)) <= mn_ulaw_decode(mn_ulaw_encode(high)));
    MUST(mn_alaw_decode(mn_alaw_encode(low)) <= mn_alaw_decode(mn_alaw_encode(high)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        look_at_code(bytes[i]);
    for (size_t i = 0; i + 3 < n; i += 4)
        look_at_order((int16_t)(bytes[i] | bytes[i + 1] << 8),
                      (int16_t)(bytes[i + 2] | bytes[i + 3] << 8));
    return 0;
}
