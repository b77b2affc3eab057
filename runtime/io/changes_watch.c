/* changes_watch.c - being told of changes, behind changes.h.
 *
 * DESIGN  Each folder has a uv_fs_event, which is one inotify watch. An event says only that it is
 * time to look: the sum decides whether anything changed, so what an editor writes and removes
 * again is nothing. Folders come and go with a change, so all are watched anew after one.
 *
 * WHY IT LOOKS AS WELL  Shared folders of virtual machines and containers tell nothing, a system
 * may be out of watches, and a folder may appear where none was. */
#include "base/err.h"
#include "io/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    SETTLE_MS = 10, /* after an event: an editor writes a file in several steps */
    HURRY_MS = 150, /* a file that never rests is looked at nevertheless */
    LOOK_MS = 1000, /* without an event */
    FOLDERS_MAX = 256
};

struct folder {
    uv_fs_event_t uv;
    struct mn_list node;
    struct mn_changes *changes; /* NULL once closing */
};

struct mn_changes {
    struct mn_loop *loop;
    char **paths;
    int npaths;
    void (*changed)(void *owner);
    void *owner;
    uint64_t seen;
    struct mn_list folders;
    int nfolders;
    bool deaf;          /* a folder could not be watched, and that was said */
    int64_t stirred_ms; /* of the first event not looked at yet; 0: none */
    struct mn_timer look;
};

static void on_look(struct mn_timer *timer);

static void look_in(struct mn_changes *c, int64_t ms)
{
    (void)mn_timer_start(mn_loop_clock(c->loop), &c->look, ms, on_look);
}

static void on_event(uv_fs_event_t *uv, const char *name, int events, int status)
{
    struct mn_changes *c = mn_container_of(uv, struct folder, uv)->changes;
    struct mn_clock *clock;
    int64_t now, hurry;

    (void)name, (void)events, (void)status;
    if (c == NULL)
        return;
    clock = mn_loop_clock(c->loop);
    mn_clock_update(clock);
    now = mn_clock_now(clock);
    if (c->stirred_ms == 0)
        c->stirred_ms = now;
    hurry = c->stirred_ms + HURRY_MS - now;
    look_in(c, hurry < SETTLE_MS ? hurry : SETTLE_MS);
}

static void on_closed(uv_handle_t *handle)
{
    free(mn_container_of((uv_fs_event_t *)handle, struct folder, uv));
}

static void leave_folders(struct mn_changes *c)
{
    while (!mn_list_empty(&c->folders)) {
        struct folder *f = mn_container_of(c->folders.next, struct folder, node);

        mn_list_remove(&f->node);
        f->changes = NULL;
        uv_close((uv_handle_t *)&f->uv, on_closed);
    }
    c->nfolders = 0;
}

static int watch_folder(struct mn_changes *c, const char *path)
{
    struct folder *f;
    int err;

    if (c->nfolders == FOLDERS_MAX)
        return MN_ELIMIT;
    f = calloc(1, sizeof(*f));
    if (f == NULL)
        return -ENOMEM;
    err = uv_fs_event_init(mn_loop_uv(c->loop), &f->uv);
    if (err < 0) {
        free(f);
        return err;
    }
    f->changes = c;
    mn_list_append(&c->folders, &f->node);
    c->nfolders++;
    return uv_fs_event_start(&f->uv, on_event, path, 0);
}

static void visit(void *owner, const char *path, const struct stat *st)
{
    struct mn_changes *c = owner;
    int err = S_ISDIR(st->st_mode) ? watch_folder(c, path) : 0;

    if (err == 0 || err == -ENOENT || c->deaf)
        return;
    c->deaf = true;
    MN_LOG(mn_loop_log(c->loop), WARN, NULL, "not every folder can be watched; looking each second",
           {"error", mn_str(mn_strerror(err))});
}

static void watch_folders(struct mn_changes *c)
{
    leave_folders(c);
    for (int i = 0; i < c->npaths; i++)
        mn_changes_walk(c->paths[i], visit, c);
}

static void on_look(struct mn_timer *timer)
{
    struct mn_changes *c = mn_container_of(timer, struct mn_changes, look);
    uint64_t now = mn_changes_sum(c->paths, c->npaths);

    c->stirred_ms = 0;
    look_in(c, LOOK_MS);
    if (now == c->seen)
        return;
    c->seen = now;
    watch_folders(c);
    c->changed(c->owner); /* last: it may close c */
}

int mn_changes_open(struct mn_changes **out, struct mn_loop *loop, char **folders, int nfolders,
                    void (*changed)(void *owner), void *owner)
{
    struct mn_changes *c = calloc(1, sizeof(*c));

    *out = NULL;
    if (c == NULL)
        return -ENOMEM;
    *c = (struct mn_changes){.loop = loop, .changed = changed, .owner = owner};
    mn_list_init(&c->folders);
    c->paths = calloc((size_t)nfolders + 1, sizeof(*c->paths));
    for (int i = 0; c->paths != NULL && i < nfolders; i++) {
        c->paths[i] = strdup(folders[i]);
        c->npaths += c->paths[i] != NULL;
        if (c->paths[i] == NULL)
            break;
    }
    if (c->npaths < nfolders || c->paths == NULL ||
        mn_timer_start(mn_loop_clock(loop), &c->look, LOOK_MS, on_look) != 0) {
        mn_changes_close(c);
        return -ENOMEM;
    }
    watch_folders(c);
    c->seen = mn_changes_sum(c->paths, c->npaths);
    *out = c;
    return 0;
}

void mn_changes_skip(struct mn_changes *c)
{
    if (c != NULL)
        c->seen = mn_changes_sum(c->paths, c->npaths);
}

void mn_changes_close(struct mn_changes *c)
{
    if (c == NULL)
        return;
    mn_timer_stop(&c->look);
    leave_folders(c);
    for (int i = 0; i < c->npaths; i++)
        free(c->paths[i]);
    free(c->paths);
    free(c);
}
