/* http_op.h - a request of a script, as the natives of HTTP share it: lib_http.c asks, and what
 * comes as a stream is read by lib_stream.c. */
#ifndef MN_SCRIPT_HTTP_OP_H
#define MN_SCRIPT_HTTP_OP_H

#include "base/buf.h"
#include "script/task.h"
#include "script/vm.h"

#define MN_HTTP_OP_TYPE "myna.http.op"

/* A userdata. One that is no stream lives as long as its wait; a stream as long as a script knows
 * it, but its request ends with the task that asked. */
struct mn_http_request {
    struct mn_task_thing thing; /* of the task that asked; first */
    struct mn_vm *vm;
    struct mn_task *waiter; /* whom to wake when something came; NULL: nobody waits */
    void *op;               /* the port's; NULL when none is under way */
    int status;             /* from here on the answer */
    int nheaders;
    struct mn_buf headers; /* name, NUL, value, NUL, ... */
    struct mn_buf body;    /* of a stream: what was not read yet */
    char err_code[16];
    struct mn_buf err_message;
    bool is_stream, has_head;
    bool is_full; /* the port was told to wait */
};

/* Keeps status and headers; say_error keeps why there are none. */
void mn_http_request_head(struct mn_http_request *r, const struct mn_http_answer *a);
void mn_http_request_fail(struct mn_http_request *r, const char *code, const char *message);

/* The port has none of it any more; cancels it there first when it has. */
void mn_http_request_end(struct mn_http_request *r);
void mn_http_request_cancel(struct mn_http_request *r);

void mn_http_request_wake(struct mn_http_request *r);

/* Pushes nil, code, message. */
int mn_http_request_push_error(lua_State *L, const struct mn_http_request *r);

/* lib_stream.c: what a port calls while a stream comes; owner is the request. */
extern const struct mn_http_stream mn_http_request_stream;

#endif
