/* schema_tree.h - what a compiled schema is made of. For schema*.c alone.
 *
 * The schema's own JSON stays beside the tree: names, enum and const are borrowed from it. A node
 * stands in at most one list, so a list is a first node and its siblings. */
#ifndef MN_BASE_SCHEMA_TREE_H
#define MN_BASE_SCHEMA_TREE_H

#define PCRE2_CODE_UNIT_WIDTH 8

#include "base/schema.h"

#include <pcre2.h>

/* The type "integer"; other types are 1 << enum mn_json_kind. */
#define MN_SCHEMA_WHOLE (1u << 31)

struct schema_format {
    const char *name;
    const char *expected; /* completes "expected ..." */
    bool (*holds)(struct mn_str text);
};

struct schema_bound {
    bool set;
    double n;
};

struct schema_node {
    struct schema_node *made;    /* the one made before: every node of a schema, for freeing */
    struct schema_node *sibling; /* the next in the same list */
    struct mn_str name;          /* of a property or definition */
    bool never;                  /* the schema `false` */
    unsigned types;              /* 0 for any */
    const struct mn_json *choices, *constant, *required; /* or NULL */
    struct schema_bound minimum, maximum, above, below, step;
    struct schema_bound min_length, max_length, min_items, max_items;
    struct mn_str pattern_text;
    pcre2_code *pattern;
    const struct schema_format *format;
    struct schema_node *properties, *others; /* others: of every property not named */
    struct schema_node *prefix, *items;
    struct schema_node *any, *one, *all, *excluded;
    struct mn_str ref_text;
    struct schema_node *ref;
};

struct mn_schema {
    struct mn_json *document;
    struct schema_node *root, *definitions, *made;
};

/* Where a value or a keyword stands: a chain of frames up the stack. */
struct schema_path {
    const struct schema_path *up; /* NULL for the outermost, which has no name */
    struct mn_str key;            /* of a member; p is NULL for an element */
    int index;
};

/* Appends "patients[0].born: ", or nothing for the outermost. */
void mn_schema_add_path(const struct schema_path *at, struct mn_buf *out);

const struct schema_format *mn_schema_format(struct mn_str name); /* or NULL */

#define MN_SCHEMA_FORMATS_MAX 16
void mn_schema_format_names(const char *names[MN_SCHEMA_FORMATS_MAX]); /* ends with NULL */

#endif
