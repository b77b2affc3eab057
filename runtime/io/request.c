/* request.c - what a handler may ask of the request it answers.
 *
 * DESIGN  libwebsockets keeps the head until the answer is out, in fragments of its own. A value is
 * copied when it is first asked for and then stays put until the exchange ends. */
#include "io/route.h"
#include "io/server_conn.h"

#include <stdlib.h>
#include <strings.h>

/* A value somebody asked for: a header's, or a query argument's. */
struct note {
    struct mn_list node;
    char kind; /* 'h' or 'q' */
    const char *name;
    struct mn_str value; /* p is NULL when there is none */
    char bytes[];        /* the value, NUL, the name, NUL */
};

struct mn_str mn_exchange_method(const struct mn_exchange *x)
{
    return mn_str(x->method);
}

struct mn_str mn_exchange_path(const struct mn_exchange *x)
{
    return mn_buf_str(&x->path);
}

struct mn_str mn_exchange_below(const struct mn_exchange *x)
{
    return mn_route_below(x->route, mn_buf_str(&x->path));
}

struct mn_str mn_exchange_body(const struct mn_exchange *x)
{
    return mn_buf_str(&x->body);
}

struct mn_str mn_exchange_peer(const struct mn_exchange *x)
{
    return mn_str(x->conn->visitor.peer);
}

void mn_exchange_on_gone(struct mn_exchange *x, void (*fn)(void *owner, struct mn_exchange *x),
                         void *owner)
{
    x->gone = fn;
    x->gone_owner = owner;
}

void mn_exchange_carry(struct mn_exchange *x, void *load, void (*drop)(void *load))
{
    x->load = load;
    x->drop = drop;
}

void *mn_exchange_carried(const struct mn_exchange *x)
{
    return x->load;
}

static struct mn_str trim(struct mn_str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s.p++, s.n--;
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* The token libwebsockets knows a header by, or -1: then it keeps it by its name. */
static int token_of(const char *name)
{
    size_t n = strlen(name);
    int token;

    for (token = 0; token < WSI_TOKEN_COUNT; token++) {
        const char *known = (const char *)lws_token_to_string((enum lws_token_indexes)token);

        if (known != NULL && strncmp(known, name, n) == 0 && strcmp(known + n, ":") == 0)
            return token;
    }
    return -1;
}

/* Makes room for a value of at most n bytes, kept under kind and name. */
static struct note *add_note(struct mn_exchange *x, char kind, const char *name, size_t n)
{
    size_t name_size = strlen(name) + 1;
    struct note *note = calloc(1, sizeof(*note) + n + 1 + name_size);

    if (note == NULL)
        return NULL;
    note->kind = kind;
    note->name = memcpy(note->bytes + n + 1, name, name_size);
    mn_list_append(&x->notes, &note->node);
    return note;
}

static const struct note *find_note(const struct mn_exchange *x, char kind, const char *name)
{
    const struct mn_list *node;

    for (node = x->notes.next; node != &x->notes; node = node->next) {
        const struct note *note = mn_container_of(node, struct note, node);

        if (note->kind == kind && strcmp(note->name, name) == 0)
            return note;
    }
    return NULL;
}

void mn_exchange_forget(struct mn_exchange *x)
{
    struct mn_list *node, *next;

    for (node = x->notes.next; node != &x->notes; node = next) {
        next = node->next;
        free(mn_container_of(node, struct note, node));
    }
    mn_list_init(&x->notes);
}

static struct mn_str known_header(struct mn_exchange *x, const char *name, int token)
{
    struct lws *wsi = x->conn->wsi;
    int n = lws_hdr_total_length(wsi, (enum lws_token_indexes)token);
    struct note *note = add_note(x, 'h', name, (size_t)n);

    if (note != NULL && n > 0 &&
        lws_hdr_copy(wsi, note->bytes, n + 1, (enum lws_token_indexes)token) > 0)
        note->value = trim((struct mn_str){note->bytes, (size_t)n});
    return note != NULL ? note->value : (struct mn_str){NULL, 0};
}

static struct mn_str other_header(struct mn_exchange *x, const char *name)
{
    struct lws *wsi = x->conn->wsi;
    char with_colon[128];
    struct note *note;
    int name_n, n;

    name_n = lws_snprintf(with_colon, sizeof(with_colon), "%s:", name);
    n = lws_hdr_custom_length(wsi, with_colon, name_n);
    note = add_note(x, 'h', name, n > 0 ? (size_t)n : 0);
    if (note != NULL && n > 0 &&
        lws_hdr_custom_copy(wsi, note->bytes, n + 1, with_colon, name_n) > 0)
        note->value = trim((struct mn_str){note->bytes, (size_t)n});
    return note != NULL ? note->value : (struct mn_str){NULL, 0};
}

struct mn_str mn_exchange_header(struct mn_exchange *x, const char *name)
{
    const struct note *note = find_note(x, 'h', name);
    int token;

    if (note != NULL)
        return note->value;
    token = token_of(name);
    return token >= 0 ? known_header(x, name, token) : other_header(x, name);
}

/* Reads argument i, "name=value" with its escapes undone, into note. */
static bool is_argument(struct mn_exchange *x, int i, int n, struct note *note)
{
    size_t name_n = strlen(note->name);

    if (lws_hdr_copy_fragment(x->conn->wsi, note->bytes, n + 1, WSI_TOKEN_HTTP_URI_ARGS, i) != n ||
        strncmp(note->bytes, note->name, name_n) != 0 || note->bytes[name_n] != '=')
        return false;
    note->value = (struct mn_str){note->bytes + name_n + 1, (size_t)n - name_n - 1};
    return true;
}

struct mn_str mn_exchange_query(struct mn_exchange *x, const char *name)
{
    const struct note *seen = find_note(x, 'q', name);
    struct note *note;
    char none[1];
    int i, n;

    if (seen != NULL)
        return seen->value;
    for (i = 0;; i++) {
        n = lws_hdr_fragment_length(x->conn->wsi, WSI_TOKEN_HTTP_URI_ARGS, i);
        if (n == 0 && lws_hdr_copy_fragment(x->conn->wsi, none, 1, WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
            return (struct mn_str){NULL, 0}; /* that was the last, not an empty one */
        note = add_note(x, 'q', name, (size_t)n);
        if (note == NULL)
            return (struct mn_str){NULL, 0};
        if (is_argument(x, i, n, note))
            return note->value;
        mn_list_remove(&note->node);
        free(note);
    }
}

/* The length of argument i, 0 for an empty one ("a=1&&b=2"), -1 past the last. */
static int argument_length(struct lws *wsi, int i)
{
    char none[1];
    int n = lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i);

    if (n == 0 && lws_hdr_copy_fragment(wsi, none, 1, WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
        return -1;
    return n;
}

bool mn_exchange_query_at(struct mn_exchange *x, int *i, struct mn_str *name, struct mn_str *value)
{
    struct lws *wsi = x->conn->wsi;
    struct note *note;
    const char *equals;
    int n, at;

    do {
        at = (*i)++;
        n = argument_length(wsi, at);
    } while (n == 0);
    note = n > 0 ? add_note(x, 'a', "", (size_t)n) : NULL;
    if (note == NULL ||
        lws_hdr_copy_fragment(wsi, note->bytes, n + 1, WSI_TOKEN_HTTP_URI_ARGS, at) != n)
        return false;
    equals = memchr(note->bytes, '=', (size_t)n);
    *name =
        (struct mn_str){note->bytes, equals != NULL ? (size_t)(equals - note->bytes) : (size_t)n};
    *value = equals != NULL ? (struct mn_str){equals + 1, (size_t)n - name->n - 1} : MN_STR("");
    return true;
}

bool mn_exchange_header_at(struct mn_exchange *x, int *i, struct mn_str *name, struct mn_str *value)
{
    while (*i < WSI_TOKEN_COUNT) {
        int token = (*i)++;
        const char *known = (const char *)lws_token_to_string((enum lws_token_indexes)token);
        size_t n = known != NULL ? strlen(known) : 0;
        struct note *note;

        if (n < 2 || known[0] == ':' || known[n - 1] != ':' ||
            lws_hdr_total_length(x->conn->wsi, (enum lws_token_indexes)token) <= 0)
            continue;
        *name = (struct mn_str){known, n - 1};
        *value = known_header(x, "", token);
        note = mn_container_of(x->notes.prev, struct note, node);
        note->kind = 'a';
        return true;
    }
    return false;
}

bool mn_exchange_came_to(const struct mn_exchange *x, const struct mn_server *s)
{
    return s != NULL && x->conn->server == s;
}

bool mn_exchange_upgrades(const struct mn_exchange *x)
{
    return x->upgrade;
}

bool mn_header_is(struct mn_str value, const char *word)
{
    return value.n == strlen(word) && strncasecmp(value.p, word, value.n) == 0;
}

bool mn_header_item(struct mn_str *rest, struct mn_str *item)
{
    const char *comma;

    do {
        if (rest->n == 0)
            return false;
        comma = memchr(rest->p, ',', rest->n);
        *item = trim((struct mn_str){rest->p, comma != NULL ? (size_t)(comma - rest->p) : rest->n});
        rest->n -= comma != NULL ? (size_t)(comma - rest->p) + 1 : rest->n;
        rest->p = comma != NULL ? comma + 1 : rest->p;
    } while (item->n == 0);
    return true;
}

struct mn_str mn_exchange_offer(struct mn_exchange *x, int i)
{
    struct mn_str rest = mn_exchange_header(x, "sec-websocket-protocol"), item;

    if (rest.n > MN_OFFERS_BYTES) /* whoever looks at each would take long */
        return (struct mn_str){NULL, 0};
    while (mn_header_item(&rest, &item))
        if (i-- == 0)
            return item;
    return (struct mn_str){NULL, 0};
}
