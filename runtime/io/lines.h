/* lines.h - lines of text from a file descriptor (a terminal, a pipe, a file), on the loop. */
#ifndef MN_IO_LINES_H
#define MN_IO_LINES_H

#include "base/str.h"
#include "io/loop.h"

struct mn_lines;

/* Reads fd, which stays open, in pieces of at most 64 KiB. on_line gets each line without its end,
 * at most 64 KiB (longer ones are cut there); on_end follows the last. Neither runs inside
 * mn_lines_open. Returns 0, -ENOMEM or another -errno. */
int mn_lines_open(struct mn_lines **out, struct mn_loop *loop, int fd,
                  void (*on_line)(void *owner, struct mn_str line), void (*on_end)(void *owner),
                  void *owner);

/* Pauses and goes on; a pipe that is not read makes its writer wait. */
void mn_lines_pause(struct mn_lines *l);
void mn_lines_resume(struct mn_lines *l);

/* Also from inside on_line and on_end; neither runs after. Accepts NULL. */
void mn_lines_close(struct mn_lines *l);

#endif
