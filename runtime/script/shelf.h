/* shelf.h - what an app read while it loaded, kept by kind and name.
 *
 * Files and variables are read once, when the bundle loads; calls find here what the check found,
 * so that every call runs exactly the app that was checked. Owned by the bundle. */
#ifndef MN_SCRIPT_SHELF_H
#define MN_SCRIPT_SHELF_H

#include "base/buf.h"
#include "base/list.h"

enum mn_shelf_kind {
    MN_SHELF_PAGE,     /* a Lua file by its module's name; bytes are bytecode with debug facts */
    MN_SHELF_SDK,      /* the same of the SDK's own, without debug facts */
    MN_SHELF_SOURCE,   /* a Lua file by its shown path, while it is checked */
    MN_SHELF_TEXT,     /* a file of the app by its path; bytes as read */
    MN_SHELF_INDEX,    /* texts that are searched, by their pattern; bytes as store/index.h */
    MN_SHELF_VARIABLE, /* of the environment */
    MN_SHELF_SECRET,   /* a variable that must not be shown */
};

struct mn_shelf_item {
    struct mn_list link;
    enum mn_shelf_kind kind;
    char *name;
    char *shown; /* a page's or text's path, as authors see it; may be NULL */
    struct mn_buf bytes;
};

struct mn_shelf {
    struct mn_list items;
};

void mn_shelf_open(struct mn_shelf *shelf);
void mn_shelf_close(struct mn_shelf *shelf); /* accepts a zero-filled one */

/* NULL when there is none. */
const struct mn_shelf_item *mn_shelf_find(const struct mn_shelf *shelf, enum mn_shelf_kind kind,
                                          struct mn_str name);

/* Whether both hold the same, the SDK's own aside. */
bool mn_shelf_same(const struct mn_shelf *a, const struct mn_shelf *b);

/* Throws away what is kept of one kind. */
void mn_shelf_forget(struct mn_shelf *shelf, enum mn_shelf_kind kind);

/* Takes over bytes (also on failure) and copies the names. Returns NULL when out of memory. */
struct mn_shelf_item *mn_shelf_put(struct mn_shelf *shelf, enum mn_shelf_kind kind,
                                   struct mn_str name, const char *shown, struct mn_buf *bytes);

#endif
