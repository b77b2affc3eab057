/* apps.h - where scenarios lie: an app's folder holds agent.lua and scenarios/. */
#ifndef MN_SIM_APPS_H
#define MN_SIM_APPS_H

#include "base/buf.h"

/* Called with an app's folder and files of its scenarios, sorted; borrowed until it returns. */
typedef void mn_app_fn(void *owner, const char *app, char **files, int nfiles);

/* Calls fn for every app with scenarios that path names: a file of scenarios, an app's folder, or a
 * folder that holds apps. Returns 0, or an error with a sentence in why when there is none. */
int mn_apps_find(const char *path, mn_app_fn *fn, void *owner, struct mn_buf *why);

#endif
