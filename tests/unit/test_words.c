#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>

#include "buf.h"
#include "words.h"

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* All short texts of ASCII that can make a difference, and random longer ones. */
static void check_same(struct char_classes *t, struct slice text)
{
    size_t fast_at = 0, slow_at = 0;
    for (bool more = true; more;) {
        struct word fast = {.start = 0}, slow = {.start = 0};
        more = words_next(t, text, &fast_at, true, &fast);
        if (more != words_next(t, text, &slow_at, false, &slow) || fast_at != slow_at || fast.kind != slow.kind ||
            fast.start != slow.start || fast.end != slow.end || fast.raw_end != slow.raw_end)
            fail_msg("the fast way differs in \"%.*s\"", SLICE_ARG(text));
    }
}

static void test_words_next__ascii_path_changes_nothing(void **state)
{
    (void)state;
    static const char *const alphabet[] = {"a", "b", " ",    "s", "S",      ".", ",", "'", "1", "-",   "0",
                                           "_", "`", "\x7f", "é", "\u00ad", "’", "—", "²", "٣", "\xFF"};
    struct char_classes *t;
    assert_int_equal(char_classes_new(&t, NULL), OK);
    uint32_t seed = 3;
    for (int i = 0; i < 300000; i++) {
        char text[64];
        /* Of every second text all is ASCII. */
        size_t n = next_random(&seed) % 16, n_kinds = i % 2 == 0 ? 14 : sizeof alphabet / sizeof alphabet[0], len = 0;
        for (size_t k = 0; k < n; k++) {
            const char *piece = alphabet[next_random(&seed) % n_kinds];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        if (n > 0 && i % 5 == 0)
            text[next_random(&seed) % len] = '\0';
        check_same(t, slice_of(text, len));
    }
    char_classes_free(t);
}

static void test_words_next__rest_of_a_text(void **state)
{
    (void)state;
    struct char_classes *t;
    assert_int_equal(char_classes_new(&t, NULL), OK);
    struct word w;
    size_t at = 3;
    assert_true(words_next(t, SLICE("one two's"), &at, true, &w));
    assert_int_equal(w.start, 4);
    assert_int_equal(w.end, 7);
    assert_int_equal(w.raw_end, 9);
    assert_int_equal(at, 9);
    assert_false(words_next(t, SLICE("one two's"), &at, true, &w));
    char_classes_free(t);
}

/* Runs that a careless look ahead would read again and again. */
static void test_words_next__takes_linear_time(void **state)
{
    (void)state;
    static const char *const units[] = {"a'",     "a.",       "1,",       "1,000",   "a\u00ad'",
                                        "\u00ad", "\xCC\x81", "a.\u00ad", "中\u00ad"};
    struct char_classes *t;
    assert_int_equal(char_classes_new(&t, NULL), OK);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        struct buf b;
        buf_init(&b, (size_t)1 << 24);
        for (int k = 0; k < 300000; k++)
            buf_put_cstr(&b, units[i]);
        struct word w, bigram;
        for (size_t at = 0; words_next(t, buf_slice(&b), &at, true, &w);)
            for (size_t p = w.start; w.kind == WORD_CJK && words_bigram(t, buf_slice(&b), &w, &p, &bigram);)
                assert_true(bigram.end <= w.end);
        buf_clear(&b);
    }
    char_classes_free(t);
}

static void test_char_class_of__table(void **state)
{
    (void)state;
    static const struct {
        uint32_t c;
        enum char_class want;
    } rows[] = {
        {'a', CHAR_LETTER},   {'Z', CHAR_LETTER},     {'0', CHAR_DIGIT},       {'_', CHAR_OTHER},
        {'.', CHAR_DOT},      {',', CHAR_COMMA},      {'\'', CHAR_APOSTROPHE}, {'`', CHAR_APOSTROPHE},
        {0, CHAR_OTHER},      {0x7F, CHAR_OTHER},     {0xAD, CHAR_IGNORED},    {0xBD, CHAR_OTHER},
        {0xB2, CHAR_DIGIT},   {0xE9, CHAR_LETTER},    {0x301, CHAR_MARK},      {0x640, CHAR_IGNORED},
        {0x661, CHAR_DIGIT},  {0xE01, CHAR_COMPLEX},  {0xE51, CHAR_DIGIT},     {0x1112, CHAR_CJK},
        {0x1161, CHAR_MARK},  {0x200B, CHAR_IGNORED}, {0x200D, CHAR_IGNORED},  {0x2019, CHAR_APOSTROPHE},
        {0x2122, CHAR_OTHER}, {0x2163, CHAR_LETTER},  {0x2474, CHAR_OTHER},    {0x3007, CHAR_CJK},
        {0x30FC, CHAR_CJK},   {0x4E2D, CHAR_CJK},     {0xAC00, CHAR_CJK},      {0xFB01, CHAR_LETTER},
        {0xFDFA, CHAR_OTHER}, {0xFE0F, CHAR_IGNORED}, {0xFEFF, CHAR_IGNORED},  {0xFF9E, CHAR_MARK},
        {0xFFFD, CHAR_OTHER}, {0x1F4A3, CHAR_OTHER},  {0x20000, CHAR_CJK},     {0x10FFFF, CHAR_OTHER},
    };
    struct char_classes *t;
    assert_int_equal(char_classes_new(&t, NULL), OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (char_class_of(t, rows[i].c) != rows[i].want)
            fail_msg("U+%04X is of class %d, not %d", rows[i].c, (int)char_class_of(t, rows[i].c), (int)rows[i].want);
    char_classes_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_next__ascii_path_changes_nothing),
        cmocka_unit_test(test_words_next__rest_of_a_text),
        cmocka_unit_test(test_words_next__takes_linear_time),
        cmocka_unit_test(test_char_class_of__table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
