/* multipart.h - a part of a multipart/form-data body (RFC 7578), by its name. */
#ifndef MN_BASE_MULTIPART_H
#define MN_BASE_MULTIPART_H

#include "base/str.h"

/* The content of the part called name, borrowed from body; type is the Content-Type, which says the
 * boundary. False, and out is empty, when there is none such or this is not multipart. */
bool mn_multipart_part(struct mn_str body, struct mn_str type, const char *name,
                       struct mn_str *out);

#endif
