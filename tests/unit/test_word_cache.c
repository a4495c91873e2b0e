#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>

#include "word_cache.h"

static void put(struct word_cache *c, size_t language, const char *raw, const char *form, const char *term, bool stop)
{
    struct made_word word = {slice_cstr(form), slice_cstr(term), stop};
    word_cache_put(c, language, slice_cstr(raw), &word);
}

static void check(const struct word_cache *c, size_t language, const char *raw, const char *form, const char *term,
                  bool stop)
{
    struct made_word got;
    assert_true(word_cache_find(c, language, slice_cstr(raw), &got));
    assert_true(slice_equal(got.form, slice_cstr(form)));
    assert_true(slice_equal(got.term, slice_cstr(term)));
    assert_int_equal(got.is_stopword, stop);
}

static void test_word_cache__find(void **state)
{
    (void)state;
    struct word_cache *c;
    struct made_word got;
    assert_int_equal(word_cache_new(&c, NULL), OK);
    assert_false(word_cache_find(c, 1, SLICE("The"), &got));
    put(c, 1, "The", "the", "the", true);
    put(c, 1, "skies", "skies", "sky", false);
    put(c, 2, "The", "the", "th", false);
    put(c, 1, "'", "", "", false);
    put(c, 1, "runs", "runs", "run", false);
    check(c, 1, "The", "the", "the", true);
    check(c, 1, "skies", "skies", "sky", false);
    check(c, 2, "The", "the", "th", false);
    check(c, 1, "'", "", "", false);
    check(c, 1, "runs", "runs", "run", false);
    assert_false(word_cache_find(c, 3, SLICE("The"), &got));
    assert_int_equal(word_cache_count(c), 5);
    word_cache_free(c);
}

static void test_word_cache__key_bound(void **state)
{
    (void)state;
    char raw[WORD_CACHE_KEY_MAX + 1];
    memset(raw, 'x', sizeof raw);
    struct word_cache *c;
    assert_int_equal(word_cache_new(&c, NULL), OK);
    for (size_t len = WORD_CACHE_KEY_MAX - 1; len <= WORD_CACHE_KEY_MAX + 1; len++) {
        struct made_word word = {slice_of(raw, 3), slice_of(raw, 2), false}, got;
        word_cache_put(c, 0, slice_of(raw, len), &word);
        assert_int_equal(word_cache_find(c, 0, slice_of(raw, len), &got), len <= WORD_CACHE_KEY_MAX);
    }
    word_cache_free(c);
}

/* More words than it may hold: it is emptied, the newest is there, and memory stays within its bound. */
static void test_word_cache__bounded(void **state)
{
    (void)state;
    struct word_cache *c;
    assert_int_equal(word_cache_new(&c, NULL), OK);
    size_t before = 0, n_emptied = 0;
    for (uint32_t i = 0; i < 900000; i++) {
        char raw[32], form[32];
        snprintf(raw, sizeof raw, "Word%u", i);
        snprintf(form, sizeof form, "word%u", i);
        put(c, 0, raw, form, form, false);
        n_emptied += word_cache_count(c) < before;
        before = word_cache_count(c);
        assert_true(word_cache_memory(c) <= WORD_CACHE_MAX_BYTES);
        if (i % 1000 == 0)
            check(c, 0, raw, form, form, false);
    }
    assert_in_range(n_emptied, 1, 5);
    word_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_cache__find),
        cmocka_unit_test(test_word_cache__key_bound),
        cmocka_unit_test(test_word_cache__bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
