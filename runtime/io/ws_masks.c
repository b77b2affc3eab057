/* ws_masks.c - draws masks from the system. */
#include "io/ws_masks.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

int mn_ws_masks_next(struct mn_ws_masks *m, const unsigned char **out)
{
    if (m->left == 0) {
        /* 256 bytes come whole or not at all, and no signal cuts them short: getrandom(2). */
        if (getrandom(m->mask, sizeof(m->mask), 0) != (ssize_t)sizeof(m->mask))
            return -EIO;
        m->left = MN_WS_MASKS;
    }
    *out = m->mask[--m->left];
    return 0;
}
