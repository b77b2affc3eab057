/* address.h - IP addresses: as text, and whether they are of a private network. */
#ifndef MN_IO_ADDRESS_H
#define MN_IO_ADDRESS_H

#include "io/resolve.h"

#include <stdbool.h>

/* Reads "10.0.0.1" or "::1"; false for what is a name. */
bool mn_address_read(union mn_address *out, const char *text);

/* Writes it without its port; size at least INET6_ADDRSTRLEN. */
void mn_address_write(const struct sockaddr *address, char *text, size_t size);

/* Of this machine, a local network, or of no use as a destination (the special-purpose registries
 * of RFC 6890); also when IPv6 wraps such an IPv4 address. What is neither IPv4 nor IPv6 is. */
bool mn_address_is_private(const struct sockaddr *address);

#endif
