/* test_options.h - what `myna test` is told on its command line; the rows are in test_options.c. */
#ifndef MN_CLI_TEST_OPTIONS_H
#define MN_CLI_TEST_OPTIONS_H

#include "base/options.h"

struct mn_test_options {
    int format;
    const char *output, *filter, *tag, *shard, *record, *keep_audio;
    int64_t seed, jobs, repeat;
    int64_t min_coverage;
    bool shuffle, fail_fast, watch, coverage, update, wire;
};

#endif
