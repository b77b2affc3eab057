/* client_secrets.h - tokens over HTTP, as the API gives them out to browsers. */
#ifndef MN_CALL_CLIENT_SECRETS_H
#define MN_CALL_CLIENT_SECRETS_H

#include "io/server.h"

/* POST /v1/realtime/client_secrets, and the beta API's /v1/realtime/sessions. Routes' handlers, of
 * a worker. */
void mn_client_secret(void *worker, struct mn_exchange *x);
void mn_client_session(void *worker, struct mn_exchange *x);

#endif
