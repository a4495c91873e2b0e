#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>

#include "word_cache.h"

static void put(struct word_cache *c, size_t language, const char *raw, const char *form, const char *term, bool stop)
{
    struct made_word word = {slice_cstr(form), slice_cstr(term), stop, NULL};
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

static void test_word_cache__notes(void **state)
{
    (void)state;
    struct word_cache *c;
    struct made_word word = {SLICE("skies"), SLICE("sky"), false, NULL}, got;
    assert_int_equal(word_cache_new(&c, NULL), OK);
    uint32_t *note = word_cache_put(c, 1, SLICE("Skies"), &word);
    assert_non_null(note);
    assert_int_equal(*note, 0);
    *note = 7;
    for (char raw[] = "aa"; raw[0] <= 'z'; raw[0]++) /* odd and even lengths, and a pool that moves */
        for (raw[1] = 'a'; raw[1] <= 'z'; raw[1]++)
            *word_cache_put(c, 1, slice_of(raw, 1 + (size_t)(raw[1] % 2)), &word) = 9;
    assert_true(word_cache_find(c, 1, SLICE("Skies"), &got));
    assert_int_equal(*got.note, 7);
    word_cache_forget_notes(c);
    assert_int_equal(*got.note, 0);
    assert_true(word_cache_find(c, 1, SLICE("za"), &got));
    assert_int_equal(*got.note, 0);
    assert_true(slice_equal(got.term, SLICE("sky")));
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
        struct made_word word = {slice_of(raw, 3), slice_of(raw, 2), false, NULL}, got;
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

/* Words that are found again and again outlive the others, and are what they were. */
static void test_word_cache__keeps_what_is_found(void **state)
{
    (void)state;
    struct word_cache *c;
    assert_int_equal(word_cache_new(&c, NULL), OK);
    char raw[40], form[40];
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(raw, sizeof raw, i % 7 == 0 ? "Common-and-longer%u" : "Common%u", i);
        snprintf(form, sizeof form, "common%u", i);
        put(c, 0, raw, form, i % 3 == 0 ? "com" : "other", i % 2 == 0);
    }
    size_t before = 0, n_full = 0, n_lost = 0;
    for (uint32_t i = 0; i < 900000; i++) {
        uint32_t k = i % 5000;
        struct made_word got;
        snprintf(raw, sizeof raw, k % 7 == 0 ? "Common-and-longer%u" : "Common%u", k);
        snprintf(form, sizeof form, "common%u", k);
        if (word_cache_find(c, 0, slice_cstr(raw), &got)) {
            check(c, 0, raw, form, k % 3 == 0 ? "com" : "other", k % 2 == 0);
        } else { /* now and then one has to make room for a word of the same place */
            put(c, 0, raw, form, k % 3 == 0 ? "com" : "other", k % 2 == 0);
            n_lost++;
        }
        snprintf(raw, sizeof raw, "Rare%u", i);
        put(c, 0, raw, raw, raw, false);
        n_full += word_cache_count(c) < before;
        before = word_cache_count(c);
        assert_true(word_cache_memory(c) <= WORD_CACHE_MAX_BYTES);
    }
    assert_in_range(n_lost, 0, 500);
    assert_in_range(n_full, 1, 5);
    word_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_cache__find),
        cmocka_unit_test(test_word_cache__notes),
        cmocka_unit_test(test_word_cache__key_bound),
        cmocka_unit_test(test_word_cache__bounded),
        cmocka_unit_test(test_word_cache__keeps_what_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
