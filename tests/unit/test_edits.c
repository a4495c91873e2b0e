#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "edits.h"

#define WORD_MAX 12

static void test_edits_within__table(void **state)
{
    (void)state;
    static const struct {
        const char *name, *a, *b;
        unsigned max, want;
    } rows[] = {
        {"equal", "storm", "storm", 2, 0},
        {"both empty", "", "", 2, 0},
        {"one empty", "", "ab", 2, 2},
        {"one empty, too far", "", "abc", 2, 3},
        {"replaced", "storm", "sterm", 2, 1},
        {"inserted", "storm", "stormy", 2, 1},
        {"deleted in front", "storm", "torm", 2, 1},
        {"swapped", "storm", "strom", 2, 1},
        {"swapped at the end", "storm", "stomr", 2, 1},
        {"swapped at both ends", "storm", "tsomr", 2, 2},
        {"a swap is not edited again", "ca", "abc", 2, 3},
        {"three", "storm", "stXYZ", 2, 3},
        {"two where one is allowed", "storm", "stXYm", 1, 2},
        {"none allowed", "storm", "sturm", 0, 1},
        {"code points, not bytes", "größe", "grösse", 2, 2},
        {"one code point of four bytes", "a\xF0\x9F\x98\x80", "a", 1, 1},
        {"swapped code points", "ёж", "жё", 1, 1},
        {"a run of equal letters", "aaaaaa", "aaaa", 2, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned got = edits_within(slice_cstr(rows[i].a), slice_cstr(rows[i].b), rows[i].max);
        struct edits_pattern pattern;
        assert_true(edits_pattern_set(&pattern, slice_cstr(rows[i].a)));
        assert_int_equal(edits_from(&pattern, slice_cstr(rows[i].b), rows[i].max), rows[i].want);
        unsigned back = edits_within(slice_cstr(rows[i].b), slice_cstr(rows[i].a), rows[i].max);
        if (got != rows[i].want || back != rows[i].want)
            fail_msg("%s: got %u and %u, want %u", rows[i].name, got, back, rows[i].want);
    }
}

static void test_edits_within__longest_word(void **state)
{
    (void)state;
    char a[EDITS_CHARS_MAX + 1], b[EDITS_CHARS_MAX + 1];
    memset(a, 'a', sizeof a);
    memset(b, 'a', sizeof b);
    b[0] = 'b';
    b[EDITS_CHARS_MAX - 2] = 'b';
    assert_int_equal(edits_within(slice_of(a, EDITS_CHARS_MAX - 1), slice_of(b, EDITS_CHARS_MAX - 1), 2), 2);
    assert_int_equal(edits_within(slice_of(a, EDITS_CHARS_MAX), slice_of(b, EDITS_CHARS_MAX), 2), 2);
    assert_int_equal(edits_within(slice_of(a, EDITS_CHARS_MAX + 1), slice_of(b, EDITS_CHARS_MAX + 1), 2), 3);
    assert_int_equal(edits_within(slice_of(a, EDITS_CHARS_MAX + 1), slice_of(a, EDITS_CHARS_MAX + 1), 2), 0);
    struct edits_word word;
    assert_true(edits_read(&word, slice_of(a, EDITS_CHARS_MAX)));
    assert_false(edits_read(&word, slice_of(a, EDITS_CHARS_MAX + 1)));
}

/* The whole table of optimal string alignment, as its definition has it. */
static unsigned plain_edits(struct slice a, struct slice b)
{
    unsigned d[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= a.len; i++) {
        for (size_t j = 0; j <= b.len; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned v = d[i - 1][j - 1] + (a.data[i - 1] != b.data[j - 1]);
            v = d[i - 1][j] + 1 < v ? d[i - 1][j] + 1 : v;
            v = d[i][j - 1] + 1 < v ? d[i][j - 1] + 1 : v;
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
                v = d[i - 2][j - 2] + 1 < v ? d[i - 2][j - 2] + 1 : v;
            d[i][j] = v;
        }
    }
    return d[a.len][b.len];
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static size_t random_word(char *out, uint32_t *seed, uint32_t letters)
{
    size_t n = next_random(seed) % (WORD_MAX + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)('a' + next_random(seed) % letters);
    return n;
}

static void test_edits_within__agrees_with_the_whole_table(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 200000; round++) {
        char a[WORD_MAX], b[WORD_MAX];
        uint32_t letters = 2 + (uint32_t)round % 3;
        struct slice left = slice_of(a, random_word(a, &seed, letters));
        struct slice right = slice_of(b, random_word(b, &seed, letters));
        unsigned whole = plain_edits(left, right);
        for (unsigned max = 0; max <= 4; max++) {
            unsigned want = whole <= max ? whole : max + 1;
            unsigned got = edits_within(left, right, max);
            struct edits_pattern pattern;
            assert_true(edits_pattern_set(&pattern, left));
            if (max == 4 && whole <= max)
                assert_true(edits_may_be_within(pattern.letters, edits_letters(right), max));
            if (got != want || edits_from(&pattern, right, max) != want)
                fail_msg("%.*s %.*s max %u: got %u, want %u", SLICE_ARG(left), SLICE_ARG(right), max, got, want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits_within__table),
        cmocka_unit_test(test_edits_within__longest_word),
        cmocka_unit_test(test_edits_within__agrees_with_the_whole_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
