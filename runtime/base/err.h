/* err.h - every failure is one negative int: -errno, or one of the codes below. */
#ifndef MN_BASE_ERR_H
#define MN_BASE_ERR_H

#define MN_ERR_MAP(X)                                                                              \
    X(CONFIG, -5000, "bad configuration")                                                          \
    X(PROTOCOL, -5001, "the peer broke the protocol")                                              \
    X(CANCELED, -5002, "the operation was cancelled")                                              \
    X(FULL, -5003, "a bounded queue or buffer is full")                                            \
    X(CLOSED, -5004, "the connection is closed")                                                   \
    X(JSON, -5005, "not valid JSON")                                                               \
    X(LIMIT, -5006, "over a limit")                                                                \
    X(SCRIPT, -5007, "an error in a script")                                                       \
    X(TIMEOUT, -5008, "no answer in time")                                                         \
    X(RESOLVE, -5009, "the name was not found")                                                    \
    X(TLS, -5010, "TLS failed")                                                                    \
    X(REFUSED, -5011, "the peer refused")                                                          \
    X(ABSENT, -5012, "no such thing")

enum mn_err {
#define X(name, code, text) MN_E##name = (code),
    MN_ERR_MAP(X)
#undef X
};

/* Returns a static text for any code of this map or any -errno. */
const char *mn_strerror(int err);

#endif
