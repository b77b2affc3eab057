/* sandbox.h - what a script may reach. */
#ifndef MN_SCRIPT_SANDBOX_H
#define MN_SCRIPT_SANDBOX_H

#include <lua.h>

/* For mn_vm_call, with a uint64_t seed: opens the libraries allowed and the SDK's natives. */
int mn_sandbox_open(lua_State *L);

/* For mn_vm_call, with NULL: compiles the SDK's files to the bundle's shelf, so that no call has
 * to. */
int mn_sandbox_compile(lua_State *L);

/* For mn_vm_call, with NULL: runs the SDK and the app's files; leaves run.lua's functions in the
 * registry. */
int mn_sandbox_load(lua_State *L);

#endif
