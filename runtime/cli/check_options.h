/* check_options.h - the options of `myna check`. */
#ifndef MN_CLI_CHECK_OPTIONS_H
#define MN_CLI_CHECK_OPTIONS_H

#include "base/options.h"

enum mn_check_format { MN_CHECK_TREE, MN_CHECK_DOT, MN_CHECK_JSON };

struct mn_check_options {
    int format; /* enum mn_check_format */
    bool watch;
};

#endif
