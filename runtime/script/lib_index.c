/* lib_index.c - native.index(pattern): reads the texts of an index, while the app is checked. */
#include "base/err.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

#define FILES_MAX 1000
#define INDEX_BYTES                                                                                \
    (4 << 20) /* of all its texts; they are held in memory, and again as an index                  \
               */

/* Appends one file to texts, or what a test made of it. Returns 0, or an error with what. */
static int add(const struct mn_bundle *b, const char *path, struct mn_buf *texts,
               struct mn_buf *what)
{
    const struct mn_shelf_item *edited = mn_shelf_find(&b->shelf, MN_SHELF_TEXT, mn_str(path));
    const struct mn_root *root = &b->folder.app;
    struct mn_buf text = {0};
    int err = edited != NULL ? mn_buf_add_str(&text, mn_buf_str(&edited->bytes))
                             : mn_root_read(root, path, &text, what);

    if (err == 0 && text.n != 0 && memchr(text.p, '\0', text.n) != NULL) {
        mn_buf_addf(what, "%s is no text", path);
        err = MN_EREFUSED;
    }
    if (err == 0) {
        mn_buf_add(texts, path, strlen(path) + 1);
        mn_buf_add_str(texts, mn_buf_str(&text));
        err = mn_buf_add_byte(texts, '\0');
    }
    if (err != 0 && what->n == 0)
        mn_buf_add_text(what, err == MN_ELIMIT ? "its files are over 4 MB" : mn_strerror(err));
    mn_buf_free(&text);
    return err;
}

static int read_all(const struct mn_bundle *b, const char *pattern, struct mn_buf *texts,
                    struct mn_buf *what)
{
    const struct mn_root *root = &b->folder.app;
    struct mn_buf paths = {0};
    int err = mn_root_list(root, pattern, &paths, what), n = 0;

    texts->limit = INDEX_BYTES;
    for (size_t at = 0; at < paths.n && err == 0; at += strlen(paths.p + at) + 1) {
        if (++n > FILES_MAX) {
            mn_buf_addf(what, "over %d files", FILES_MAX);
            err = MN_ELIMIT;
        } else {
            err = add(b, paths.p + at, texts, what);
        }
    }
    if (err == 0 && n == 0) {
        mn_buf_addf(what, "there is no file %s%s", root->shown, pattern);
        err = MN_EABSENT;
    }
    mn_buf_free(&paths);
    return err;
}

/* index(pattern) gives nothing, or what is wrong. In a call its texts are there already. */
static int read_index(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_bundle *b = vm->bundle;
    const char *pattern = luaL_checkstring(L, 1);
    struct mn_buf texts = {0};

    if (!vm->checking || mn_shelf_find(&b->shelf, MN_SHELF_INDEX, mn_str(pattern)) != NULL)
        return 0;
    mn_buf_clear(&vm->scratch);
    if (read_all(b, pattern, &texts, &vm->scratch) != 0) {
        mn_buf_free(&texts);
        lua_pushlstring(L, vm->scratch.n != 0 ? vm->scratch.p : "", vm->scratch.n);
        return 1;
    }
    texts.limit = 0;
    if (mn_shelf_put(&b->shelf, MN_SHELF_INDEX, mn_str(pattern), NULL, &texts) == NULL)
        return luaL_error(L, "not enough memory");
    return 0;
}

void mn_lib_index(lua_State *L)
{
    lua_pushcfunction(L, read_index);
    lua_setfield(L, -2, "index");
}
