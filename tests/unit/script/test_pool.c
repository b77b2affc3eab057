/* test_pool.c - blocks of all sizes keep their bytes, and nothing is lost. */
#include "script/pool.h"
#include "test.h"

#include <string.h>

static void assert_filled(const char *block, char with, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(block[i], with);
}

TEST(a_block_keeps_its_bytes_through_every_size)
{
    static const size_t sizes[] = {1, 16, 17, 256, 257, 5000, 9000, 256, 40, 8, 300, 16};
    struct mn_pool pool = {0};
    size_t had = 0;
    char *block = NULL;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char *other = mn_pool_resize(&pool, NULL, 0, sizes[i]);

        block = mn_pool_resize(&pool, block, had, sizes[i]);
        assert_non_null(other);
        assert_non_null(block);
        memset(other, 'x', sizes[i]);
        if (had != 0)
            assert_filled(block, 'o', had < sizes[i] ? had : sizes[i]);
        memset(block, 'o', sizes[i]);
        had = sizes[i];
        assert_filled(other, 'x', sizes[i]);
        mn_pool_give(&pool, other, sizes[i]);
    }
    mn_pool_give(&pool, block, had);
    mn_pool_close(&pool);
}

TEST(a_block_given_back_is_the_next_of_its_size)
{
    struct mn_pool pool = {0};
    void *first = mn_pool_resize(&pool, NULL, 0, 50), *second;

    second = mn_pool_resize(&pool, NULL, 0, 50);
    assert_ptr_not_equal(first, second);
    mn_pool_give(&pool, first, 50);
    assert_ptr_equal(mn_pool_resize(&pool, NULL, 0, 64), first);
    mn_pool_give(&pool, NULL, 0);
    mn_pool_close(&pool);
}

TEST(blocks_of_many_chunks_do_not_meet)
{
    enum { COUNT = 2000 };
    static char *blocks[COUNT];
    struct mn_pool pool = {0};

    for (int i = 0; i < COUNT; i++) {
        blocks[i] = mn_pool_resize(&pool, NULL, 0, (size_t)(i % 256 + 1));
        assert_non_null(blocks[i]);
        memset(blocks[i], i % 100, (size_t)(i % 256 + 1));
    }
    for (int i = 0; i < COUNT; i++)
        assert_filled(blocks[i], (char)(i % 100), (size_t)(i % 256 + 1));
    mn_pool_close(&pool);
}
