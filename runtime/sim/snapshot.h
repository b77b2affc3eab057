/* snapshot.h - a golden record: all that happened in a scenario, kept beside its file and compared
 * with what happens now. Ids are numbered in the order in which they appear, so that one more of
 * them does not change all. */
#ifndef MN_SIM_SNAPSHOT_H
#define MN_SIM_SNAPSHOT_H

#include "base/buf.h"

/* Appends a record with its ids masked: "item_Cx8sFw" becomes "item_#3". Returns 0 or -ENOMEM. */
int mn_snapshot_mask(struct mn_str record, struct mn_buf *out);

/* Compares the record of scenario `name` of `file` with scenarios/snapshots/..., or writes that.
 * Returns 0; or an error with a sentence in why: MN_EABSENT when there is none yet, MN_ECONFIG when
 * they differ, -errno, -ENOMEM. */
int mn_snapshot_check(const char *file, const char *name, struct mn_str record, bool update,
                      struct mn_buf *why);

#endif
