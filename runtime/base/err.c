/* err.c - texts for error codes. */
#include "base/err.h"

#include <string.h>

const char *mn_strerror(int err)
{
    switch (err) {
#define X(name, code, text)                                                                        \
    case (code):                                                                                   \
        return (text);
        MN_ERR_MAP(X)
#undef X
    default:
        return err < 0 ? strerror(-err) : "no error";
    }
}
