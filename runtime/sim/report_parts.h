/* report_parts.h - a form of a report, for report*.c alone. */
#ifndef MN_SIM_REPORT_PARTS_H
#define MN_SIM_REPORT_PARTS_H

#include "sim/report.h"

/* Functions may be NULL where a form has nothing to say. The report has counted already. */
struct mn_form {
    void (*begin)(struct mn_report *r);
    void (*file)(struct mn_report *r, const char *file);
    void (*scenario)(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                     const struct mn_outcome *outcome, double ms);
    void (*broken)(struct mn_report *r, const char *what, struct mn_str why);
    void (*end)(struct mn_report *r);
};

extern const struct mn_form mn_form_human, mn_form_tap, mn_form_junit, mn_form_json, mn_form_github;

/* Prints text's lines, each behind indent. */
void mn_report_lines(FILE *out, const char *indent, struct mn_str text);

/* "passed", "failed" or "skipped". */
const char *mn_report_word(const struct mn_outcome *outcome);

/* Reads "file:line", with whatever follows. line is 0 when there is none. */
struct mn_place {
    struct mn_str file;
    int line;
};
struct mn_place mn_report_place(struct mn_str text);

#endif
