/* g711.h - the two companding laws of ITU-T G.711, a sample at a time. */
#ifndef MN_AUDIO_G711_H
#define MN_AUDIO_G711_H

#include <stdint.h>

uint8_t mn_ulaw_encode(int16_t sample);
int16_t mn_ulaw_decode(uint8_t code);
uint8_t mn_alaw_encode(int16_t sample);
int16_t mn_alaw_decode(uint8_t code);

#endif
