/* test_index.c - myna.index as authors write it: what it reads, and what it refuses. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

static struct world w;

static int load(const char *page)
{
    struct mn_buf text = {0};
    int err;

    mn_buf_addf(&text, "local myna = require 'myna'\n%s\nreturn myna.agent { name = 'A' }\n", page);
    world_file(&w, "agent.lua", text.p);
    mn_buf_free(&text);
    mn_buf_clear(&w.why);
    err = world_load(&w);
    return err;
}

TEST(an_index_reads_the_files_that_fit_in_their_order)
{
    struct mn_str texts;

    world_open(&w);
    world_file(&w, "k/b.md", "Two");
    world_file(&w, "k/a.md", "One");
    world_file(&w, "k/c.txt", "Three");
    world_file(&w, "k/.hidden.md", "Four");
    assert_int_equal(load("myna.index 'k/*.md'"), 0);
    texts = mn_bundle_index(w.bundle, MN_STR("k/*.md"));
    assert_int_equal(texts.n, 22);
    assert_memory_equal(texts.p, "k/a.md\0One\0k/b.md\0Two\0", 22);
    assert_int_equal(mn_bundle_index(w.bundle, MN_STR("k/*.txt")).n, 0);
    world_close(&w);
}

TEST(an_index_that_cannot_be_is_told_with_its_line)
{
    world_open(&w);
    world_file(&w, "k/a.md", "One");
    assert_true(load("myna.index 'k/*.mdx'") != 0);
    world_has(&w.why, "app/agent.lua:2: myna.index 'k/*.mdx': there is no file app/k/*.mdx");
    assert_true(load("myna.index 'knowledge/*.md'") != 0);
    world_has(&w.why, "app/agent.lua:2: myna.index 'knowledge/*.md': there is no folder");
    assert_true(load("myna.index '../*.md'") != 0);
    world_has(&w.why, "'../*.md' leads outside the app's folder");
    assert_true(load("myna.index()") != 0);
    world_has(&w.why, "myna.index: expected files such as \"knowledge/*.md\", got nothing");
    assert_true(load("myna.index('k/*.md'):search 'x'") != 0);
    world_has(&w.why, "app/agent.lua:2: myna.index cannot be searched while a file is loading");
    world_close(&w);
}

TEST(the_texts_of_an_index_have_a_bound)
{
    char name[16], *text = malloc((1 << 20) + 1);

    world_open(&w);
    memset(text, 'x', 1 << 20);
    text[(1 << 20) - 8] = '\0'; /* with a path of six and two NULs: four are 4 MB */
    for (int i = 0; i < 4; i++) {
        strcpy(name, "k/0.md");
        name[2] = (char)('0' + i);
        world_file(&w, name, text);
    }
    assert_int_equal(load("myna.index 'k/*.md'"), 0);
    mn_bundle_drop(w.bundle);
    w.bundle = NULL;
    world_file(&w, "k/4.md", "");
    assert_true(load("myna.index 'k/*.md'") != 0);
    world_has(&w.why, "myna.index 'k/*.md': its files are over 4 MB");
    free(text);
    world_close(&w);
}

TEST(mistakes_in_a_search_are_errors_with_their_line)
{
    world_open(&w);
    world_file(&w, "k/a.md", "One");
    world_tools(&w, "local k = myna.index 'k/*.md'\n"
                    "local t = myna.tool { name = 't', description = 'd', execute = function()\n"
                    "local function why(f) return select(2, pcall(f)) end\n"
                    "return table.concat({ why(function() k.search 'x' end),\n"
                    "  why(function() k:search(7) end), why(function() k:search('x', 3) end),\n"
                    "  why(function() k:search('x', { limit = 21 }) end),\n"
                    "  why(function() myna.index 'k/*.md' end), select(2, k:search 'x') }, '\\n')\n"
                    "end }\ntools = { t }");
    world_tool(&w, "t", "{}");
    world_has(&w.results[1].text, "agent.lua:6: index:search: write it with a colon");
    world_has(&w.results[1].text, "agent.lua:7: index:search: expected words, got a number");
    world_has(&w.results[1].text, "agent.lua:7: index:search: expected a table, got a number");
    world_has(&w.results[1].text, "agent.lua:8: index:search: limit: at most 20");
    world_has(&w.results[1].text, "agent.lua:9: myna.index is for the top of a file");
    world_has(&w.results[1].text, "this call has no index");
    world_close(&w);
}
