/* frame.c - building and stamping behind frame.h. */
#include "frame.h"

#include "io/ws_frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define AUDIO_LETTERS  1280 /* base64 of 20 ms of pcm16 at 24 kHz */
#define NUMBER_LETTERS 8    /* in hex, whose digits are letters of base64, too */
#define TIME_LETTERS   16
#define STAMP_LETTERS  (NUMBER_LETTERS + TIME_LETTERS)
#define HEAD_MAX       400

static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d}; /* that of RFC 6455's example */

void mn_frame_build(struct mn_frame *f, bool masked, const char *head, const char *tail)
{
    char event[HEAD_MAX + AUDIO_LETTERS + 3], audio[AUDIO_LETTERS + 1];
    size_t n;

    memset(audio, 'A', AUDIO_LETTERS);
    audio[AUDIO_LETTERS] = '\0';
    n = (size_t)snprintf(event, sizeof(event), "%s%s%s", head, audio, tail);
    f->payload_at = mn_ws_header(f->wire, MN_WS_TEXT, true, n, masked ? mask : NULL);
    memcpy(f->wire + f->payload_at, event, n);
    if (masked)
        mn_ws_mask(f->wire + f->payload_at, f->wire + f->payload_at, n, mask, 0);
    f->n = f->payload_at + n;
    f->stamp_at = f->payload_at + strlen(head);
    f->masked = masked;
}

void mn_frame_put_stamp(struct mn_frame *f, struct mn_stamp stamp)
{
    char text[STAMP_LETTERS + 1];
    const unsigned char *letters = (const unsigned char *)text;

    snprintf(text, sizeof(text), "%08" PRIx32 "%016" PRIx64, stamp.number, (uint64_t)stamp.at_ns);
    if (f->masked)
        mn_ws_mask(f->wire + f->stamp_at, letters, STAMP_LETTERS, mask,
                   f->stamp_at - f->payload_at);
    else
        memcpy(f->wire + f->stamp_at, letters, STAMP_LETTERS);
}

bool mn_frame_stamp(struct mn_str event, const char *member, struct mn_stamp *out)
{
    size_t head_n = event.n < HEAD_MAX ? event.n : HEAD_MAX, member_n = strlen(member);
    const char *at = memmem(event.p, head_n, member, member_n);
    char number[NUMBER_LETTERS + 1] = "", time[TIME_LETTERS + 1] = "";

    if (at == NULL || (size_t)(event.p + event.n - at) < member_n + STAMP_LETTERS)
        return false;
    memcpy(number, at + member_n, NUMBER_LETTERS);
    memcpy(time, at + member_n + NUMBER_LETTERS, TIME_LETTERS);
    out->number = (uint32_t)strtoul(number, NULL, 16);
    out->at_ns = (int64_t)strtoull(time, NULL, 16);
    return true;
}
