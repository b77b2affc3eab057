/* http_dial.c - where a request may connect to, and the sockets it does that with.
 *
 * What is looked at is the address of the socket itself, when it is opened and when a connection is
 * used again: not the name, nor what it resolved to a moment ago. */
#include "io/address.h"
#include "io/http_op.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

static bool may_reach(const struct mn_http_op *op, const struct sockaddr *address)
{
    return op->may_be_private || op->proxy != NULL || !mn_address_is_private(address);
}

static void note_private(struct mn_http_op *op, const char *address)
{
    snprintf(op->private_address, sizeof(op->private_address), "%s", address);
}

bool mn_http_op_say_private(struct mn_http_op *op)
{
    if (op->private_address[0] == '\0')
        return false;
    snprintf(op->error, sizeof(op->error),
             "%s is an address of a private network: name the host in the base_url of a client, or "
             "say private = true there",
             op->private_address);
    mn_http_op_fail(op, "private", op->error);
    return true;
}

bool mn_http_op_is_barred(struct mn_http_op *op)
{
    union mn_address address;

    op->private_address[0] = '\0';
    if (op->may_be_private || !mn_address_read(&address, op->host) ||
        !mn_address_is_private(&address.any))
        return false;
    note_private(op, op->host);
    return mn_http_op_say_private(op);
}

bool mn_http_is_barred(const struct mn_http_ask *ask)
{
    struct mn_http_op op = {0};
    union mn_address address;
    bool is_private;

    if (ask->names_host || ask->any_host)
        return false;
    op.url = strndup(ask->url.p, ask->url.n);
    if (op.url == NULL || mn_http_op_read_url(&op) < 0) {
        free(op.url);
        return false; /* refused for what it is */
    }
    is_private = strcasecmp(op.host, "localhost") == 0 ||
                 (mn_address_read(&address, op.host) && mn_address_is_private(&address.any));
    free(op.url);
    free(op.host);
    return is_private;
}

static curl_socket_t on_open(void *owner, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct mn_http_op *op = owner;
    char text[INET6_ADDRSTRLEN] = "";
    curl_socket_t fd;

    (void)purpose;
    if (!may_reach(op, &address->addr)) {
        mn_address_write(&address->addr, text, sizeof(text));
        note_private(op, text);
        return CURL_SOCKET_BAD; /* the next address may be another */
    }
    fd = socket(address->family, address->socktype, address->protocol);
    if (fd != CURL_SOCKET_BAD)
        mn_http_client_socket(op->client, 1);
    return fd;
}

static int on_close(void *client, curl_socket_t fd)
{
    mn_http_client_socket(client, -1);
    return close(fd);
}

/* There is a connection, perhaps one that another request opened. The type is libcurl's. */
/* NOLINTNEXTLINE(readability-non-const-parameter) */
static int on_ready(void *owner, char *to, char *from, int to_port, int from_port)
{
    struct mn_http_op *op = owner;
    union mn_address address;

    (void)from, (void)to_port, (void)from_port;
    mn_http_op_is_alive(op);
    if (op->may_be_private || op->proxy != NULL ||
        (mn_address_read(&address, to) && !mn_address_is_private(&address.any)))
        return CURL_PREREQFUNC_OK;
    note_private(op, to);
    mn_http_op_say_private(op);
    return CURL_PREREQFUNC_ABORT;
}

void mn_http_op_watch_dial(struct mn_http_op *op)
{
    curl_easy_setopt(op->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(op->easy, CURLOPT_OPENSOCKETDATA, op);
    curl_easy_setopt(op->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(op->easy, CURLOPT_CLOSESOCKETDATA, op->client);
    curl_easy_setopt(op->easy, CURLOPT_PREREQFUNCTION, on_ready);
    curl_easy_setopt(op->easy, CURLOPT_PREREQDATA, op);
}
