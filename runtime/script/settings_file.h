/* settings_file.h - myna.lua: an operator's settings, as a page of Lua that returns a table.
 *
 *     return { port = 8443, log_format = "json", key = env "PRACTICE_KEY", max_calls = 500 }
 *
 * Names are the options' (base/options.h), with _ for -. The page has env(name, default) and
 * nothing else of the world. */
#ifndef MN_SCRIPT_SETTINGS_FILE_H
#define MN_SCRIPT_SETTINGS_FILE_H

#include "base/options.h"

/* Reads path into target. Returns 0, -ENOENT when there is no such file, -ENOMEM, or MN_ECONFIG
 * with a sentence for every mistake appended to why. */
int mn_settings_file(const char *path, const struct mn_option *table, void *target,
                     struct mn_buf *why);

#endif
