/* route.h - which row of a route table a request belongs to. */
#ifndef MN_IO_ROUTE_H
#define MN_IO_ROUTE_H

#include "base/buf.h"
#include "io/server.h"

/* Finds the row for a request and sets *found. Returns 200; 404 (no such path); 405 (not by this
 * method); 426 (only as a WebSocket). *found is NULL unless it returns 200. */
int mn_route_find(const struct mn_route *routes, struct mn_str method, struct mn_str path,
                  bool upgrade, const struct mn_route **found);

/* What of path lies below a row ending in '*', else {NULL, 0}. */
struct mn_str mn_route_below(const struct mn_route *r, struct mn_str path);

/* Appends the methods path is known by, as "GET, HEAD, POST". */
void mn_route_methods(const struct mn_route *routes, struct mn_str path, struct mn_buf *out);

#endif
