/* errors.h - what an error of the model's means to a call (R64): errors.def, looked up. */
#ifndef MN_CORE_ERRORS_H
#define MN_CORE_ERRORS_H

#include "base/str.h"

#include <stdbool.h>

enum mn_error_class {
    MN_ERROR_BENIGN, /* quiet, counted */
    MN_ERROR_CALLER, /* told to whoever asked; the call goes on */
    MN_ERROR_FATAL,  /* the connection is of no use any more */
};

struct mn_error_meaning {
    enum mn_error_class class;
    bool heals; /* the same may work a little later */
};

/* Of an error's code and type, either of which may be empty. The code may be the reason of a close
 * frame, which puts the type before it ("invalid_request_error.invalid_api_key"). What is not known
 * is the caller's matter, and does not heal. */
struct mn_error_meaning mn_error_meaning(struct mn_str code, struct mn_str type);

const char *mn_error_class_name(enum mn_error_class class); /* "benign", "caller", "fatal" */

#endif
