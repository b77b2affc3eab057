/* seats.h - a call's place among those of its key and of its address. */
#ifndef MN_CALL_SEATS_H
#define MN_CALL_SEATS_H

#include "call/meters.h"

#define MN_SEAT_NONE UINT64_MAX

/* A seat is two meters (meters.h), either of which may be none. */
void mn_seat_leave(struct mn_commons *c, uint64_t seat);

/* Appends what an address is counted by: its first 64 bits if it is one of IPv6, since who has one
 * of these has them all; itself if it is one of IPv4, also where that is written as IPv6. */
void mn_seat_address(struct mn_str peer, char out[64]);

#endif
