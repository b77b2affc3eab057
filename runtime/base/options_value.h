/* options_value.h - one option's value between text and field. For options*.c alone. */
#ifndef MN_BASE_OPTIONS_VALUE_H
#define MN_BASE_OPTIONS_VALUE_H

#include "base/options.h"

#define MN_OPTION_VARIABLE_MAX                                                                     \
    72 /* bytes of MYNA_NAME with its NUL; longer names are an assert                              \
        */

void mn_option_variable(const struct mn_option *row, char out[MN_OPTION_VARIABLE_MAX]);

/* Reads text into the row's field of target. Returns 0, -ENOMEM, or MN_ECONFIG when text is not of
 * the row's type or out of its bounds. */
int mn_option_read(const struct mn_option *row, void *target, const char *text);

/* Appends what mn_option_read expects of this row: "1..65535", "on or off", "text or json". */
void mn_option_expected(const struct mn_option *row, struct mn_buf *out);

/* Appends the row's bounds in its own unit ("100ms..1h"), or nothing when it has none. */
void mn_option_bounds(const struct mn_option *row, struct mn_buf *out);

#endif
