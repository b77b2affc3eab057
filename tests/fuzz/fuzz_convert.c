/* fuzz_convert.c - JSON into Lua and out again: what is read can be written, and is then the same
 * bytes however often it goes round. */
#include "fuzz.h"

#include "base/err.h"
#include "script/convert.h"
#include "script/vm.h"

struct round {
    struct mn_str in;
    int err;
    struct mn_buf out;
};

static int go_round(lua_State *L)
{
    struct round *r = lua_touserdata(L, 1);
    struct mn_json_fault why;
    int top = lua_gettop(L);

    r->err = mn_push_json(L, r->in, &why);
    MUST(lua_gettop(L) == top + (r->err == 0));
    if (r->err == 0)
        mn_to_json(L, -1, "value", &r->out);
    return 0;
}

/* No error of Lua's is expected but for memory, and inputs are small. */
static void convert(struct mn_vm *vm, struct round *r, struct mn_str in)
{
    *r = (struct round){.in = in};
    MUST(mn_vm_call(vm, go_round, r, false, NULL) == 0);
    MUST(r->out.err == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct mn_json_limits limits = {
        .bytes = 16 << 20, .depth = MN_CONVERT_DEPTH, .values = 50000};
    struct mn_log log = {.level = MN_LOG_OFF};
    struct mn_bundle bundle = {.log = &log};
    struct mn_vm_settings settings = {.bundle = &bundle, .log = &log};
    struct mn_str in = {(const char *)bytes, n};
    struct round first, second;
    struct mn_vm vm;

    if (n > 1 << 14)
        return 0;
    mn_shelf_open(&bundle.shelf);
    MUST(mn_vm_open(&vm, &settings) == 0);
    convert(&vm, &first, in);
    MUST(first.err != 0 || mn_json_scan(in, &limits, NULL) == 0);
    if (first.err == 0) {
        convert(&vm, &second, mn_buf_str(&first.out));
        MUST(second.err == 0 && mn_str_same(mn_buf_str(&first.out), mn_buf_str(&second.out)));
        mn_buf_free(&second.out);
    }
    mn_buf_free(&first.out);
    mn_vm_close(&vm);
    mn_shelf_close(&bundle.shelf);
    return 0;
}
