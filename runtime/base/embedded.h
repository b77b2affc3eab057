/* embedded.h - a file compiled into the binary by cmake/Embed.cmake. */
#ifndef MN_BASE_EMBEDDED_H
#define MN_BASE_EMBEDDED_H

#include <stddef.h>

struct mn_embedded {
    const char *path; /* below the embedded root, as "myna/init.lua"; NULL ends a table */
    const char *bytes;
    size_t size;
};

#endif
