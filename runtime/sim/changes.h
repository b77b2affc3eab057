/* changes.h - whether files have changed, for `myna test --watch`. */
#ifndef MN_SIM_CHANGES_H
#define MN_SIM_CHANGES_H

#include <stdint.h>

/* A sum over the names, sizes and times of all files below what each of paths names (the whole app
 * when it is a file of scenarios): another sum, something changed. Hidden files are left out but
 * for .env; folders are followed eight deep. */
uint64_t mn_changes_sum(char **paths, int npaths);

#endif
