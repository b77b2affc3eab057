/* records_options.h - the options of `myna records`. */
#ifndef MN_CLI_RECORDS_OPTIONS_H
#define MN_CLI_RECORDS_OPTIONS_H

#include "base/options.h"

enum mn_records_format { MN_RECORDS_JSONL, MN_RECORDS_JSON };

struct mn_records_options {
    const char *records, *app, *since, *call;
    int format; /* enum mn_records_format */
};

#endif
