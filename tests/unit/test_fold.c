#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>

#include "fold.h"

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static struct slice slice_of_spelling(const struct spelling *s)
{
    return slice_of(s->bytes, s->len);
}

static void test_fold__ascii_path_changes_nothing(void **state)
{
    (void)state;
    struct folder *f;
    assert_int_equal(folder_new(&f, NULL), OK);
    uint32_t seed = 5;
    for (int i = 0; i < 20000; i++) {
        char raw[40];
        size_t n = 1 + next_random(&seed) % (sizeof raw - 1);
        for (size_t k = 0; k < n; k++)
            raw[k] = (char)(next_random(&seed) % 128);
        bool is_turkish = i % 2 == 0;
        struct spelling lower, icu, folded, folded_icu;
        assert_int_equal(fold_lower(f, slice_of(raw, n), is_turkish, &lower, NULL), OK);
        assert_int_equal(fold_lower_icu(f, slice_of(raw, n), is_turkish, &icu, NULL), OK);
        assert_true(slice_equal(slice_of_spelling(&lower), slice_of_spelling(&icu)));
        assert_int_equal(fold_marks(f, slice_of_spelling(&lower), &folded, NULL), OK);
        assert_int_equal(fold_marks_icu(f, slice_of_spelling(&lower), &folded_icu, NULL), OK);
        assert_true(slice_equal(slice_of_spelling(&folded), slice_of_spelling(&folded_icu)));
    }
    folder_free(f);
}

static void test_fold_lower__table(void **state)
{
    (void)state;
    static const struct {
        const char *raw;
        bool is_turkish;
        const char *lower, *folded;
    } rows[] = {
        {"Don’T", false, "don't", "don't"},
        {"ISIK", false, "isik", "isik"},
        {"IŞIK", true, "ışık", "isik"},
        {"İSTANBUL", true, "istanbul", "istanbul"},
        {"Häuser", false, "häuser", "hauser"},
        {"HÄUSER", false, "häuser", "hauser"},
        {"ΛΌΓΟΣ", false, "λόγοσ", "λογοσ"},
        {"ёлка", false, "ёлка", "елка"},
        {"ѐ", false, "ѐ", "е"},
        {"ѓ", false, "ѓ", "ѓ"},
        {"٣", false, "3", "3"},
        {"ﬀ", false, "ff", "ff"},
        {"ẞ", false, "ß", "ss"},
        {"ǿ", false, "ǿ", "o"},
        {"हि", false, "हि", "हि"},
    };
    struct folder *f;
    assert_int_equal(folder_new(&f, NULL), OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct spelling lower, folded;
        assert_int_equal(fold_lower(f, slice_cstr(rows[i].raw), rows[i].is_turkish, &lower, NULL), OK);
        assert_int_equal(fold_marks(f, slice_of_spelling(&lower), &folded, NULL), OK);
        if (!slice_equal(slice_of_spelling(&lower), slice_cstr(rows[i].lower)) ||
            !slice_equal(slice_of_spelling(&folded), slice_cstr(rows[i].folded)))
            fail_msg("%s: %.*s, %.*s", rows[i].raw, (int)lower.len, lower.bytes, (int)folded.len, folded.bytes);
    }
    folder_free(f);
}

static void test_fold_strip__table(void **state)
{
    (void)state;
    static const struct {
        const char *word, *want;
    } rows[] = {
        {"u.s.", "us"},          {"u.s.'s", "us"}, {"3.14", "3.14"}, {"1,000.5", "1000.5"}, {"don't", "dont"},
        {"x's's", "x"},          {"'s", "s"},      {"'", ""},        {"1.2.3", "1.2.3"},    {"1.a", "1a"},
        {"o'brien's", "obrien"}, {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct spelling s = {.len = strlen(rows[i].word)};
        memcpy(s.bytes, rows[i].word, s.len);
        fold_strip(&s);
        if (!slice_equal(slice_of_spelling(&s), slice_cstr(rows[i].want)))
            fail_msg("%s: %.*s", rows[i].word, (int)s.len, s.bytes);
    }
}

/* The greatest inputs of each kind stay within the buffers. */
static void test_fold__longest(void **state)
{
    (void)state;
    static const char *const letters[] = {"a", "é", "ΐ", "ﷺ", "㌖", "𝐀", "ﬃ", "한", "æ", "\xCC\x81", "\U0001D160", "'"};
    struct folder *f;
    assert_int_equal(folder_new(&f, NULL), OK);
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        char raw[RAW_WORD_MAX_BYTES];
        size_t len = strlen(letters[i]), n = 0;
        for (; n + len <= sizeof raw; n += len)
            memcpy(raw + n, letters[i], len);
        struct spelling lower, folded;
        assert_int_equal(fold_lower(f, slice_of(raw, n), false, &lower, NULL), OK);
        assert_int_equal(fold_marks(f, slice_of_spelling(&lower), &folded, NULL), OK);
        assert_in_range(folded.len, i == 9 ? 0 : 1, RAW_WORD_MAX_BYTES);
    }
    folder_free(f);
}

static void test_fold_cut__at_a_character(void **state)
{
    (void)state;
    assert_int_equal(fold_cut(SLICE("abc"), 3).len, 3);
    assert_int_equal(fold_cut(SLICE("abc"), 2).len, 2);
    assert_int_equal(fold_cut(SLICE("éé"), 4).len, 4);
    assert_int_equal(fold_cut(SLICE("éé"), 3).len, 2);
    assert_int_equal(fold_cut(SLICE("é"), 1).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold__ascii_path_changes_nothing),
        cmocka_unit_test(test_fold_lower__table),
        cmocka_unit_test(test_fold_strip__table),
        cmocka_unit_test(test_fold__longest),
        cmocka_unit_test(test_fold_cut__at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
