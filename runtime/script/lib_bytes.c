/* lib_bytes.c - native.sha256, hmac, b64_encode, b64_decode: of strings, to strings of bytes. */
#include "script/natives.h"

#include "base/b64.h"
#include "base/sha256.h"
#include "script/vm.h"

#include <lauxlib.h>

#define BYTES_AS_INSTR 4 /* a digest runs over these as long as Lua over an instruction */

static struct mn_str string_at(lua_State *L, int index)
{
    struct mn_str s;

    s.p = luaL_checklstring(L, index, &s.n);
    return s;
}

static int push_digest(lua_State *L, const unsigned char *digest, size_t n)
{
    lua_pushlstring(L, (const char *)digest, MN_SHA256_BYTES);
    mn_vm_spend(L, (int64_t)n / BYTES_AS_INSTR);
    return 1;
}

static int sha256(lua_State *L)
{
    struct mn_str text = string_at(L, 1);
    unsigned char digest[MN_SHA256_BYTES];

    if (mn_sha256(text, digest) != 0)
        return luaL_error(L, "not enough memory");
    return push_digest(L, digest, text.n);
}

static int hmac(lua_State *L)
{
    struct mn_str key = string_at(L, 1), text = string_at(L, 2);
    unsigned char digest[MN_SHA256_BYTES];

    if (mn_hmac_sha256(key, text, digest) != 0)
        return luaL_error(L, "not enough memory");
    return push_digest(L, digest, key.n + text.n);
}

/* Pushes what is in the scratch. */
static int push_scratch(lua_State *L, struct mn_buf *scratch)
{
    if (scratch->err != 0)
        return luaL_error(L, "not enough memory");
    lua_pushlstring(L, scratch->n != 0 ? scratch->p : "", scratch->n);
    return 1;
}

static int b64_encode(lua_State *L)
{
    struct mn_buf *scratch = &mn_vm_of(L)->scratch;
    struct mn_str text = string_at(L, 1);

    mn_buf_clear(scratch);
    mn_b64_encode(scratch, text.p, text.n);
    return push_scratch(L, scratch);
}

/* Nothing when it is not base64. */
static int b64_decode(lua_State *L)
{
    struct mn_buf *scratch = &mn_vm_of(L)->scratch;

    mn_buf_clear(scratch);
    if (mn_b64_decode(scratch, string_at(L, 1)) != 0 && scratch->err == 0)
        return 0;
    return push_scratch(L, scratch);
}

void mn_lib_bytes(lua_State *L)
{
    static const luaL_Reg functions[] = {{"sha256", sha256},
                                         {"hmac", hmac},
                                         {"b64_encode", b64_encode},
                                         {"b64_decode", b64_decode},
                                         {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
}
