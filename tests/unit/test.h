/* test.h - what a unit test includes.
 *
 * A test is TEST(name) { ... }; tests/unit/<room>/CMakeLists.txt names the file, and
 * cmake/Rooms.cmake makes every TEST a ctest of its own. */
#ifndef MN_TEST_H
#define MN_TEST_H

/* cmocka.h wants these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST(name)                                                                                 \
    void name(void **state);                                                                       \
    void name(void **state __attribute__((unused)))

#endif
