/* saved.h - the folders apps lie in, and the lib beside each, watched for what is saved there. */
#ifndef MN_CALL_SAVED_H
#define MN_CALL_SAVED_H

#include "call/settings.h"
#include "io/changes.h"

bool mn_saved_is_wanted(const struct mn_settings *s);

/* saved runs after something was. Returns 0 or -ENOMEM. */
int mn_saved_open(struct mn_changes **out, struct mn_loop *loop, char **paths, int npaths,
                  void (*saved)(void *owner), void *owner);

#endif
