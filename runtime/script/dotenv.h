/* dotenv.h - the .env file beside an app: NAME=value, one a line. */
#ifndef MN_SCRIPT_DOTENV_H
#define MN_SCRIPT_DOTENV_H

#include "base/buf.h"

/* Called for each variable; value is borrowed until it returns. A non-zero return stops. */
typedef int mn_dotenv_fn(void *owner, struct mn_str name, struct mn_str value);

/* Reads text: blank lines, # comments, an optional "export", values bare (a # after a space begins
 * a comment), 'as written' or "with \n \t \" \\". Returns 0, what fn returned, or MN_ECONFIG with
 * "line N: ..." in why. */
int mn_dotenv_read(struct mn_str text, mn_dotenv_fn *fn, void *owner, struct mn_buf *why);

#endif
