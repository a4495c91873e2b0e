#include "article.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_slice(struct slice got, const char *want)
{
    if (!slice_equal(got, slice_cstr(want)))
        fail_msg("\"%.*s\", not \"%s\"", SLICE_ARG(got), want);
}

static void test_article_set_field__squeezes(void **state)
{
    (void)state;
    static const struct {
        struct slice input;
        const char *want;
    } rows[] = {
        {{"", 0}, ""},
        {{NULL, 0}, ""},
        {{" \t\r\n ", 5}, ""},
        {{"one", 3}, "one"},
        {{"  one \n\t two  ", 14}, "one two"},
        {{"one\xC2\xA0\xC2\xA0two", 10}, "one two"},
        {{"one\xE3\x80\x80two\xE2\x80\xA8three", 17}, "one two three"},
        {{"a\0b\x1B[1mc\x7F", 9}, "a b [1mc"},
        {{"soft\xC2\xADhyphen", 12}, "softhyphen"},
        {{"\xEF\xBB\xBFtitle", 8}, "title"},
        {{"bad \xFF byte", 10}, "bad \xEF\xBF\xBD byte"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct article a;
        article_init(&a);
        assert_int_equal(article_set_field(&a, &a.title, rows[i].input, NULL), OK);
        assert_slice(a.title, rows[i].want);
        article_clear(&a);
    }
}

/* A field is cut at FIELD_MAX_BYTES, at a character. */
static void test_article_set_field__limit(void **state)
{
    (void)state;
    static const struct {
        size_t n_letters, want; /* letters, then one character of two bytes */
    } rows[] = {{FIELD_MAX_BYTES - 3, FIELD_MAX_BYTES - 1},
                {FIELD_MAX_BYTES - 2, FIELD_MAX_BYTES},
                {FIELD_MAX_BYTES - 1, FIELD_MAX_BYTES - 1},
                {FIELD_MAX_BYTES, FIELD_MAX_BYTES},
                {FIELD_MAX_BYTES + 1, FIELD_MAX_BYTES}};
    char value[FIELD_MAX_BYTES + 8];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(value, 'x', sizeof value);
        memcpy(value + rows[i].n_letters, "\xC3\xA9", 2);
        struct article a;
        article_init(&a);
        assert_int_equal(article_set_field(&a, &a.title, slice_of(value, rows[i].n_letters + 2), NULL), OK);
        assert_int_equal(a.title.len, rows[i].want);
        article_clear(&a);
    }
}

static void test_article_add_author__joins(void **state)
{
    (void)state;
    struct article a;
    article_init(&a);
    static const char *const authors[] = {"Ann Lee", " Bo  Roe ", "Ann Lee", "Ann", "Bo Roe", "", "Lee"};
    for (size_t i = 0; i < sizeof authors / sizeof *authors; i++)
        assert_int_equal(article_add_author(&a, slice_cstr(authors[i]), NULL), OK);
    assert_slice(a.author, "Ann Lee, Bo Roe, Ann, Lee");
    article_clear(&a);
}

static void test_article_add_author__limit(void **state)
{
    (void)state;
    char name[FIELD_MAX_BYTES];
    memset(name, 'n', sizeof name);
    struct article a;
    article_init(&a);
    assert_int_equal(article_add_author(&a, slice_of(name, FIELD_MAX_BYTES - 4), NULL), OK);
    assert_int_equal(article_add_author(&a, SLICE("abc"), NULL), OK);
    assert_int_equal(a.author.len, FIELD_MAX_BYTES - 4);
    assert_int_equal(article_add_author(&a, SLICE("ab"), NULL), OK);
    assert_int_equal(a.author.len, FIELD_MAX_BYTES);
    assert_int_equal(article_add_author(&a, SLICE("c"), NULL), OK);
    assert_int_equal(a.author.len, FIELD_MAX_BYTES);
    article_clear(&a);
}

static void test_article_add_tag__limit(void **state)
{
    (void)state;
    struct article a;
    article_init(&a);
    assert_int_equal(article_add_tag(&a, SLICE("  "), NULL), OK);
    assert_int_equal(a.n_tags, 0);
    for (int i = 0; i < TAGS_MAX + 1; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, " tag  %d", i);
        assert_int_equal(article_add_tag(&a, slice_cstr(tag), NULL), OK);
        assert_int_equal(article_add_tag(&a, slice_cstr(tag), NULL), OK);
        assert_int_equal(a.n_tags, i < TAGS_MAX ? i + 1 : TAGS_MAX);
    }
    assert_slice(a.tags[TAGS_MAX - 1], "tag 63");
    article_clear(&a);
    assert_int_equal(a.n_tags, 0);
}

static void test_article_set_lang__codes(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want;
    } rows[] = {{"en", "en"},   {"EN-gb", "en"},      {"de_AT", "de"}, {" fr ", "fr"},
                {"haw", "haw"}, {"zh-Hant-TW", "zh"}, {"english", ""}, {"x", ""},
                {"", ""},       {"e1", ""},           {"und", ""},     {"mul", ""},
                {"-en", ""},    {"C.UTF-8", ""},      {"engl-x", ""},  {"pt_BR.UTF-8", "pt"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct article a;
        article_init(&a);
        assert_int_equal(article_set_lang(&a, slice_cstr(rows[i].input), NULL), OK);
        assert_slice(a.lang, rows[i].want);
        article_clear(&a);
    }
}

static void test_article_add_run__joins(void **state)
{
    (void)state;
    struct article a;
    article_init(&a);
    static const struct offset_run runs[] = {
        {0, 5, 3, 5}, {5, 2, 8, 2}, {7, 2, 10, 1}, {9, 2, 11, 1}, {11, 4, 12, 4}, {15, 3, 20, 3},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        assert_int_equal(article_add_run(&a, runs[i], NULL), OK);
    assert_int_equal(a.n_runs, 5);
    assert_int_equal(a.runs[0].text_len, 7);
    article_clear(&a);
}

static void test_article_source_range__runs(void **state)
{
    (void)state;
    /* text [0,7) is source [3,10); [7,10) is one character of source [10,12); [10,12) is nothing's; [12,16) is [20,24)
     */
    static const struct offset_run runs[] = {{0, 7, 3, 7}, {7, 3, 10, 2}, {12, 4, 20, 4}};
    static const struct {
        uint32_t start, len;
        uint64_t want_start, want_len;
    } rows[] = {
        {0, 7, 3, 7},   {0, 1, 3, 1},   {6, 1, 9, 1},   {6, 2, 9, 3},   {7, 1, 10, 2},  {8, 1, 10, 2},
        {7, 3, 10, 2},  {0, 10, 3, 9},  {0, 12, 3, 9},  {10, 2, 20, 0}, {10, 3, 20, 1}, {13, 2, 21, 2},
        {12, 4, 20, 4}, {0, 16, 3, 21}, {9, 4, 10, 11}, {16, 2, 24, 0},
    };
    struct article a;
    article_init(&a);
    uint64_t start, len;
    article_source_range(&a, 5, 6, &start, &len);
    assert_int_equal(start, 5);
    assert_int_equal(len, 6);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(article_add_run(&a, runs[i], NULL), OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        article_source_range(&a, rows[i].start, rows[i].len, &start, &len);
        if (start != rows[i].want_start || len != rows[i].want_len)
            fail_msg("row %zu: %d+%d", i, (int)start, (int)len);
    }
    article_clear(&a);
}

static void test_article_clear__is_usable(void **state)
{
    (void)state;
    struct article a;
    article_init(&a);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 100; i++)
            assert_int_equal(article_add_block(&a, i * 4, 3, BLOCK_PARAGRAPH, NULL), OK);
        assert_int_equal(a.n_blocks, 100);
        assert_int_equal(a.blocks[99].start, 396);
        article_clear(&a);
        assert_int_equal(a.n_blocks, 0);
    }
    article_clear(&a);
}

/* Past 2^22 blocks the last one grows. */
static void test_article_add_block__limit(void **state)
{
    (void)state;
    struct article a;
    article_init(&a);
    uint32_t max = (uint32_t)1 << 22;
    for (uint32_t i = 0; i < max + 1; i++)
        assert_int_equal(article_add_block(&a, i * 2, 1, BLOCK_PARAGRAPH, NULL), OK);
    assert_int_equal(a.n_blocks, max);
    assert_int_equal(a.blocks[max - 1].start, (max - 1) * 2);
    assert_int_equal(a.blocks[max - 1].len, 3);
    article_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_article_set_field__squeezes), cmocka_unit_test(test_article_set_field__limit),
        cmocka_unit_test(test_article_add_author__joins),   cmocka_unit_test(test_article_add_author__limit),
        cmocka_unit_test(test_article_add_tag__limit),      cmocka_unit_test(test_article_set_lang__codes),
        cmocka_unit_test(test_article_add_run__joins),      cmocka_unit_test(test_article_source_range__runs),
        cmocka_unit_test(test_article_clear__is_usable),    cmocka_unit_test(test_article_add_block__limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
