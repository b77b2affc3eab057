/* webhook_sign.h - whether a webhook is who it says: Standard Webhooks, v1.
 *
 *     webhook-signature: v1,base64( HMAC-SHA256( key, "id.timestamp.body" ) ) [ v1,... ]
 *
 * where the secret is "whsec_" and the key as base64. One of several signatures is enough: a secret
 * that is being changed is signed with twice. */
#ifndef MN_CALL_WEBHOOK_SIGN_H
#define MN_CALL_WEBHOOK_SIGN_H

#include "base/str.h"

#include <stdint.h>

struct mn_webhook {
    struct mn_str id, timestamp, signature; /* headers */
    struct mn_str body;
};

/* Whether it is a secret that can be signed with: "whsec_" and 16 bytes or more. */
bool mn_webhook_secret_is_good(struct mn_str secret);

/* now_s: Unix time. Returns 0; MN_EREFUSED when it is not signed so; MN_ETIMEOUT when it is, but
 * its timestamp is further than tolerance_s away; or -ENOMEM. */
int mn_webhook_check(const struct mn_webhook *hook, struct mn_str secret, int64_t now_s,
                     int64_t tolerance_s);

#endif
