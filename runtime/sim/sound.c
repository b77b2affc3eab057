/* sound.c - what speech is made of. */
#include "sim/machine.h"

#include "base/b64.h"

void mn_sim_sound(struct mn_buf *out, uint32_t number, int64_t at_ms, int32_t frame_ms,
                  enum mn_sim_format format)
{
    static const char quiet[] = {
        [MN_SIM_PCM] = 0, [MN_SIM_PCMU] = (char)0xff, [MN_SIM_PCMA] = (char)0xd5};
    struct mn_buf bytes = {0};
    int32_t n = format == MN_SIM_PCM ? frame_ms * 48 : frame_ms * 8;

    (void)number, (void)at_ms;
    for (int32_t i = 0; i < n; i++)
        mn_buf_add_byte(&bytes, quiet[format]);
    mn_b64_encode(out, bytes.p, bytes.n);
    mn_buf_free(&bytes);
}
