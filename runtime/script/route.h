/* route.h - the HTTP routes an app serves, and which path belongs to which.
 *
 * A pattern is "/calls/{id}": each part of it is a word, or a name in braces that takes any one
 * part. Where two patterns fit, the one whose words come first wins. */
#ifndef MN_SCRIPT_ROUTE_H
#define MN_SCRIPT_ROUTE_H

#include "base/json_write.h"
#include "script/bundle.h"

struct mn_app_route {
    struct mn_str method, path; /* "GET", "/calls/{id}" */
    struct mn_str headers;      /* names it wants beside the common ones, a line each */
    bool open;                  /* anybody may ask, without a caller's key */
};

int mn_bundle_routes(const struct mn_bundle *b, const struct mn_app_route **list);

/* Whether a path fits a pattern; rank says how well: the higher wins. */
bool mn_app_route_fits(struct mn_str pattern, struct mn_str path, uint32_t *rank);

/* Whether the same paths fit both. */
bool mn_app_route_same(struct mn_str pattern, struct mn_str other);

/* Writes a list of [name, part] for the names in a pattern that path fits. */
void mn_app_route_params(struct mn_str pattern, struct mn_str path, struct mn_writer *w);

#endif
