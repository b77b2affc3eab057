/* broken.h - forms of an event made from the table of its fields: right ones, and ones with a
 * single mistake each. */
#ifndef MN_TEST_BROKEN_H
#define MN_TEST_BROKEN_H

#include "core/event.h"

struct broken {
    struct mn_buf frame;
    const char *code; /* what the mistake is answered with; NULL: there is none */
    char param[160];
};

#define BROKEN_CHOICES 10 /* shapes of the widest union */

struct broken_form {
    bool full;   /* with every member; else with those that must be there */
    int choice;  /* which shape its unions take, in turn; under BROKEN_CHOICES */
    int mistake; /* which of the many it can hold */
};

/* False when the form cannot hold so many mistakes; frame is then without one. Free frame in any
 * case. */
bool broken_make(struct broken *b, enum mn_event_type type, enum mn_dialect dialect,
                 const struct broken_form *form);

#endif
