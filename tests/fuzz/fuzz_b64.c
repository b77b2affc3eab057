/* fuzz_b64.c - decoding what was encoded gives it back; what decodes is the encoding of its
 * meaning, to the letter. */
#include "fuzz.h"

#include "base/b64.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct mn_str input = {(const char *)bytes, n};
    struct mn_buf text = {0}, back = {0};

    MUST(mn_b64_encode(&text, bytes, n) == 0);
    MUST(mn_b64_decoded(mn_buf_str(&text)) == n);
    MUST(mn_b64_decode(&back, mn_buf_str(&text)) == 0);
    MUST(mn_str_same(mn_buf_str(&back), input));
    mn_buf_clear(&text);
    mn_buf_clear(&back);
    if (mn_b64_decode(&back, input) == 0) {
        MUST(back.n == mn_b64_decoded(input));
        MUST(mn_b64_encode(&text, back.p, back.n) == 0);
        MUST(mn_str_same(mn_buf_str(&text), input));
    } else {
        MUST(back.n == 0);
    }
    mn_buf_free(&text);
    mn_buf_free(&back);
    return 0;
}
