/* test_options.c - the options of `myna test`: for reading them, for --help and for the docs. */
#include "cli/test_options.h"

#include "cli/command.h"
#include "sim/report.h"

#define AT(field) offsetof(struct mn_test_options, field)

const struct mn_option mn_test_options[] = {
    {"format", MN_OPT_CHOICE, AT(format), "human", 0, 0, MN_REPORT_FORMS,
     "how results are written"},
    {"output", MN_OPT_STR, AT(output), NULL, 0, 0, NULL,
     "file for results; then the terminal shows them for people"},
    {"filter", MN_OPT_STR, AT(filter), NULL, 0, 0, NULL, "play scenarios with this in their name"},
    {"tag", MN_OPT_STR, AT(tag), NULL, 0, 0, NULL, "play scenarios with this tag"},
    {"shard", MN_OPT_STR, AT(shard), NULL, 0, 0, NULL,
     "2/3: play the second third of all scenarios, by their names"},
    {"jobs", MN_OPT_INT, AT(jobs), "1", 1, 64, NULL, "processes that play side by side",
     .letter = 'j'},
    {"repeat", MN_OPT_INT, AT(repeat), "1", 1, 10000, NULL,
     "plays of each scenario; all must leave the same record"},
    {"shuffle", MN_OPT_BOOL, AT(shuffle), "off", 0, 0, NULL,
     "play in a random order, which is the seed's; results keep theirs"},
    {"seed", MN_OPT_INT, AT(seed), "1", 0, INT32_MAX, NULL,
     "of all chance in a scenario that names none; the same seed, the same record"},
    {"fail-fast", MN_OPT_BOOL, AT(fail_fast), "off", 0, 0, NULL, "end with the first failure"},
    {"record", MN_OPT_STR, AT(record), NULL, 0, 0, NULL,
     "folder for records: all that happened, a file a scenario"},
    {"coverage", MN_OPT_BOOL, AT(coverage), "off", 0, 0, NULL,
     "tell which agents, tools, failures of tools and handoffs were never exercised"},
    {"min-coverage", MN_OPT_INT, AT(min_coverage), "0", 0, 100, NULL,
     "fail below this percentage of them; also tells"},
    {"keep-audio", MN_OPT_STR, AT(keep_audio), NULL, 0, 0, NULL,
     "folder for sound: a stereo WAV a scenario, left what the caller said, right what they heard"},
    {"update", MN_OPT_BOOL, AT(update), "off", 0, 0, NULL,
     "write the snapshots of scenarios that have one, instead of comparing with them"},
    {"wire", MN_OPT_BOOL, AT(wire), "off", 0, 0, NULL,
     "play over real WebSockets and HTTP on loopback, in virtual time all the same"},
    {"watch", MN_OPT_BOOL, AT(watch), "off", 0, 0, NULL,
     "play again whenever a file of an app changes, until interrupted"},
    {0},
};
