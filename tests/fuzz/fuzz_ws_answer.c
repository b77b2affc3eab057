/* fuzz_ws_answer.c - an answer to our handshake is judged by its head alone: more bytes behind it
 * change nothing, fewer leave it undecided. */
#include "fuzz.h"

#include "base/err.h"
#include "io/ws_handshake.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct mn_ws_request asked = {.key = "the sample nonc\x65",
                                               .subprotocols = "chat, superchat"};
    struct mn_ws_answer answer, again;
    char *text = malloc(n + 1);
    int err;

    memcpy(text, bytes, n);
    err = mn_ws_answer_read(&answer, (struct mn_str){text, n}, &asked);
    MUST(err != MN_ELIMIT || n >= MN_WS_ANSWER_MAX);
    if (err == 0 || err == MN_EREFUSED) {
        MUST(answer.head_n >= 4 && answer.head_n <= n);
        MUST((answer.status == 101) == (err == 0));
        MUST(answer.status >= 0 && answer.status <= 999 && answer.body_n >= -1);
        MUST(mn_ws_answer_read(&again, (struct mn_str){text, answer.head_n}, &asked) == err);
        MUST(again.body_n == answer.body_n && again.chunked == answer.chunked);
        MUST(mn_ws_answer_read(&again, (struct mn_str){text, answer.head_n - 1}, &asked) ==
             -EAGAIN);
    }
    free(text);
    return 0;
}
