/* bench_core.c - nanoseconds a frame costs before anybody acts on it.
 *   mn_bench_core [milliseconds for each row]
 *
 * span: the hot path, for 20 ms of 24 kHz PCM16 each way. decode: the general path, for the same
 * frame and for a response.done such as a turn with a tool call ends with. */
#include "core/event.h"
#include "core/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH       100  /* frames between two looks at the clock */
#define AUDIO_BYTES 1280 /* of base64: 960 bytes of PCM16, 20 ms at 24 kHz */

static const char done[] =
    "{\"type\":\"response.done\",\"event_id\":\"event_CCXHxcMy86rrKhBLDdqCh\",\"response\":{"
    "\"object\":\"realtime.response\",\"id\":\"resp_CCXHw0UJld10EzIUXQCNh\",\"status\":"
    "\"completed\",\"status_details\":null,\"conversation_id\":\"conv_CCXHd1bDYBBmFgZnQDPcH\","
    "\"output_modalities\":[\"audio\"],\"max_output_tokens\":\"inf\",\"audio\":{\"output\":{"
    "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},\"voice\":\"marin\"}},\"metadata\":null,"
    "\"output\":[{\"id\":\"item_CCXHwGjjDUfOXbiySlK7i\",\"object\":\"realtime.item\",\"type\":"
    "\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":"
    "\"output_audio\",\"transcript\":\"Let me look that up for you. One moment, please.\"}]},"
    "{\"id\":\"item_CCXHxVdfCYPBd5TaSbEYb\",\"object\":\"realtime.item\",\"type\":"
    "\"function_call\",\"status\":\"completed\",\"call_id\":\"call_8mxNrTKZ0bGQdSq2\",\"name\":"
    "\"find_patient\",\"arguments\":\"{\\\"name\\\":\\\"Ada Byron\\\",\\\"born\\\":"
    "\\\"1815-12-10\\\"}\"}],\"usage\":{\"total_tokens\":512,\"input_tokens\":320,"
    "\"output_tokens\":192,\"input_token_details\":{\"text_tokens\":200,\"audio_tokens\":120,"
    "\"image_tokens\":0,\"cached_tokens\":64,\"cached_tokens_details\":{\"text_tokens\":64,"
    "\"audio_tokens\":0,\"image_tokens\":0}},\"output_token_details\":{\"text_tokens\":48,"
    "\"audio_tokens\":144}}}}";

static char append[AUDIO_BYTES + 256], delta[AUDIO_BYTES + 512];

static void make_frames(void)
{
    char audio[AUDIO_BYTES + 1];

    for (int i = 0; i < AUDIO_BYTES; i++)
        audio[i] = "AQIDw/+9"[i % 8];
    audio[AUDIO_BYTES] = '\0';
    snprintf(append, sizeof(append), "{\"type\":\"input_audio_buffer.append\",\"audio\":\"%s\"}",
             audio);
    snprintf(
        delta, sizeof(delta),
        "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_CCXHx8kzb2A0LLnXPwLcI\","
        "\"response_id\":\"resp_CCXHw0UJld10EzIUXQCNh\",\"item_id\":"
        "\"item_CCXHwGjjDUfOXbiySlK7i\",\"output_index\":0,\"content_index\":0,\"delta\":"
        "\"%s\",\"obfuscation\":\"Kx2vRm\"}",
        audio);
}

static int span(struct mn_str frame)
{
    struct mn_span out;

    return mn_span_read(frame, &out) != MN_HOT_NONE ? 0 : -1;
}

static int decode(struct mn_str frame, enum mn_from from)
{
    struct mn_event ev;
    struct mn_fault why;
    int err = mn_event_decode(&ev, frame, from, MN_GA, &mn_json_frame, &why);

    mn_event_free(&ev);
    return err;
}

static int from_client(struct mn_str frame)
{
    return decode(frame, MN_FROM_CLIENT);
}

static int from_server(struct mn_str frame)
{
    return decode(frame, MN_FROM_SERVER);
}

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Prints the best batch of ms milliseconds: what a frame costs when nothing else runs. Returns
 * false when the frame was not read. */
static bool measure(const char *name, int (*read)(struct mn_str), const char *text, int ms)
{
    struct mn_str frame = mn_str(text);
    int64_t start = now_ns(), from = start, to = start, best = INT64_MAX;

    while (to - start < (int64_t)ms * 1000000) {
        from = now_ns();
        for (int i = 0; i < BATCH; i++) {
            if (read(frame) != 0)
                return false;
        }
        to = now_ns();
        best = to - from < best ? to - from : best;
    }
    printf("%-24s %6zu bytes %8.0f ns\n", name, frame.n, (double)best / BATCH);
    return true;
}

int main(int argc, char **argv)
{
    int ms = argc > 1 ? atoi(argv[1]) : 200;

    make_frames();
    return measure("span append", span, append, ms) && measure("span delta", span, delta, ms) &&
                   measure("decode append", from_client, append, ms) &&
                   measure("decode delta", from_server, delta, ms) &&
                   measure("decode response.done", from_server, done, ms)
               ? 0
               : 1;
}
