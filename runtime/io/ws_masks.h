/* ws_masks.h - masks for a client's frames: unpredictable, as RFC 6455 (10.3) wants them, and drawn
 * from the system 64 at a time, so that a frame costs a 64th of a system call. */
#ifndef MN_IO_WS_MASKS_H
#define MN_IO_WS_MASKS_H

enum { MN_WS_MASKS = 64 };

/* Zero-filled is empty, and fills itself. */
struct mn_ws_masks {
    int left;
    unsigned char mask[MN_WS_MASKS][4];
};

/* *out is borrowed until the next call. Returns 0 or -EIO. */
int mn_ws_masks_next(struct mn_ws_masks *m, const unsigned char **out);

#endif
