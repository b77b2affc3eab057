/* fake_names.c - the name service of tests. libuv calls it from its threads. */
#include "fake_names.h"

#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int getaddrinfo_fn(const char *name, const char *service, const struct addrinfo *hints,
                           struct addrinfo **out);

atomic_int fake_names_asked;

static const struct row {
    const char *name;
    int delay_ms;
    const char *first, *second; /* literal addresses; NULL for none */
} rows[] = {
    {"two.test", 0, "127.0.0.2", "127.0.0.1"},
    {"dark.test", 0, "192.0.2.1", "127.0.0.1"},
    {"slow.test", 100, "127.0.0.1", NULL},
    {"none.test", 0, NULL, NULL},
};

static int libc_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                            struct addrinfo **out)
{
    getaddrinfo_fn *real;

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, out);
}

/* The real one makes the parts, so its freeaddrinfo() can free them. */
static int answer(const struct row *row, const struct addrinfo *hints, struct addrinfo **out)
{
    int err;

    atomic_fetch_add(&fake_names_asked, 1);
    usleep((useconds_t)row->delay_ms * 1000);
    if (row->first == NULL)
        return EAI_NONAME;
    err = libc_getaddrinfo(row->first, NULL, hints, out);
    if (err == 0 && row->second != NULL)
        err = libc_getaddrinfo(row->second, NULL, hints, &(*out)->ai_next);
    return err;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (name != NULL && strcmp(name, rows[i].name) == 0)
            return answer(&rows[i], hints, out);
    }
    return libc_getaddrinfo(name, service, hints, out);
}
