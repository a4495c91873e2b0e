#include "encoding.h"

#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define S(literal)                                                                                                     \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static void test_encoding_to_utf8__table(void **state)
{
    (void)state;
    static const struct {
        struct slice raw;
        const char *declared;
        struct slice want;
        uint64_t n_damaged;
    } rows[] = {
        {S(""), "", S(""), 0},
        {S("plain\r\ntext"), "", S("plain\r\ntext"), 0},
        {S("caf\xC3\xA9"), "", S("caf\xC3\xA9"), 0},
        {S("\xEF\xBB\xBF"
           "caf\xC3\xA9"),
         "", S("caf\xC3\xA9"), 0},
        {S("\xEF\xBB\xBF"), "", S(""), 0},
        /* a mark is believed: no other charset is tried */
        {S("\xEF\xBB\xBF"
           "caf\xE9"),
         "", S("caf\xEF\xBF\xBD"), 1},
        {S("caf\xE9 cr\xE8me"), "", S("caf\xC3\xA9 cr\xC3\xA8me"), 0},
        {S("\x93quoted\x94 \x80"
           "5"),
         "",
         S("\xE2\x80\x9Cquoted\xE2\x80\x9D \xE2\x82\xAC"
           "5"),
         0},
        {S("no \x81 such"), "", S("no \xEF\xBF\xBD such"), 1},
        {S("a\0b"), "",
         S("a\xEF\xBF\xBD"
           "b"),
         1},
        {S("\xC3\xA9\xC3\xA8\xC3\xA0\xC3\xB9 \xFF"), "", S("\xC3\xA9\xC3\xA8\xC3\xA0\xC3\xB9 \xEF\xBF\xBD"), 1},
        {S("\xC3\xA9\xC3\xA8\xC3\xA0 \xFF"), "", S("\xC3\x83\xC2\xA9\xC3\x83\xC2\xA8\xC3\x83\xC2\xA0 \xC3\xBF"), 0},
        {S("\xFF\xFE"
           "a\0\xE9\0"),
         "", S("a\xC3\xA9"), 0},
        {S("\xFE\xFF\0a\0\xE9"), "", S("a\xC3\xA9"), 0},
        {S("\xFF\xFE\0\0a\0\0\0\xE9\0\0\0"), "", S("a\xC3\xA9"), 0},
        {S("\0\0\xFE\xFF\0\0\0a\0\x01\xF6\0"), "", S("a\xF0\x9F\x98\x80"), 0},
        {S("\xFF\xFE"
           "a\0\x3D\xD8\x00\xDE"
           "b\0"),
         "",
         S("a\xF0\x9F\x98\x80"
           "b"),
         0},
        {S("\xFF\xFE"
           "a\0\x3D\xD8"
           "b\0"),
         "",
         S("a\xEF\xBF\xBD"
           "b"),
         1},
        {S("\xFF\xFE"
           "a\0b"),
         "", S("a\xEF\xBF\xBD"), 1},
        {S("\xFF\xFE"
           "a\0\0\0b\0"),
         "",
         S("a\xEF\xBF\xBD"
           "b"),
         1},
        {S("w\0i\0d\0e\0 \0t\0e\0x\0t\0"), "", S("wide text"), 0},
        {S("\0w\0i\0d\0e\0 \0t\0e\0x\0t"), "", S("wide text"), 0},
        {S("\xF0\xD2\xC9\xD7\xC5\xD4"), "KOI8-R", S("\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"), 0},
        {S("caf\xE9 \x93"), "ISO-8859-1", S("caf\xC3\xA9 \xE2\x80\x9C"), 0},
        {S("caf\xE9"), " windows-1252 ", S("caf\xC3\xA9"), 0},
        {S("caf\xC3\xA9"), "latin1", S("caf\xC3\x83\xC2\xA9"), 0},
        {S("\xA4"), "iso-8859-15", S("\xE2\x82\xAC"), 0},
        {S("\x93\xFA\x96\x7B"), "Shift_JIS", S("\xE6\x97\xA5\xE6\x9C\xAC"), 0},
        {S("\xC8\xD5\xB1\xBE"), "gb2312", S("\xE6\x97\xA5\xE6\x9C\xAC"), 0},
        {S("a\x93"), "Shift_JIS", S("a\xEF\xBF\xBD"), 1},
        {S("caf\xC3\xA9"), "UTF-8", S("caf\xC3\xA9"), 0},
        {S("caf\xE9"), "UTF-8", S("caf\xEF\xBF\xBD"), 1},
        /* who reads this declaration as ASCII knows that it is wrong */
        {S("caf\xC3\xA9"), "UTF-16", S("caf\xC3\xA9"), 0},
        {S("caf\xC3\xA9"), "UTF-7", S("caf\xC3\xA9"), 0},
        {S("caf\xC3\xA9"), "ebcdic-cp-us", S("caf\xC3\xA9"), 0},
        {S("caf\xC3\xA9"), "no-such-charset", S("caf\xC3\xA9"), 0},
        {S("caf\xC3\xA9"), "../../etc/passwd", S("caf\xC3\xA9"), 0},
        {S("caf\xC3\xA9"), "iso-8859-1,swaplfnl", S("caf\xC3\xA9"), 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct article a;
        struct slice out;
        article_init(&a);
        assert_int_equal(encoding_to_utf8(&out, &a, rows[i].raw, slice_cstr(rows[i].declared), NULL), OK);
        if (!slice_equal(out, rows[i].want) || a.n_damaged != rows[i].n_damaged)
            fail_msg("row %zu (%s): \"%.*s\", %d damaged", i, rows[i].declared, SLICE_ARG(out), (int)a.n_damaged);
        article_clear(&a);
    }
}

static void test_encoding_to_utf8__clean_is_borrowed(void **state)
{
    (void)state;
    struct slice raw = SLICE("nothing to do: caf\xC3\xA9"), out;
    struct article a;
    article_init(&a);
    assert_int_equal(encoding_to_utf8(&out, &a, raw, SLICE(""), NULL), OK);
    assert_ptr_equal(out.data, raw.data);
    assert_int_equal(a.n_runs, 0);
    assert_null(a.arena.blocks);
    article_clear(&a);
}

/* Where each word came from, in bytes of the file. */
static void test_encoding_to_utf8__offsets(void **state)
{
    (void)state;
    static const struct {
        struct slice raw;
        const char *declared, *word;
        uint64_t start, len;
    } rows[] = {
        {S("\xEF\xBB\xBFone two"), "", "two", 7, 3},
        {S("caf\xE9 two"), "", "caf\xC3\xA9", 0, 4},
        {S("caf\xE9 two"), "", "two", 5, 3},
        {S("caf\xE9 \x97 two"), "", "\xE2\x80\x94", 5, 1},
        {S("\xFF\xFEo\0n\0e\0 \0t\0w\0o\0"), "", "one", 2, 6},
        {S("\xFF\xFEo\0n\0e\0 \0t\0w\0o\0"), "", "two", 10, 6},
        {S("\xF0\xD2\xC9 \xD7\xC5\xD4"), "KOI8-R", "\xD0\xB2\xD0\xB5\xD1\x82", 4, 3},
        {S("one \xFF\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9 two"), "", "two", 14, 3},
        {S("a\0b two"), "", "two", 4, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct article a;
        struct slice out;
        article_init(&a);
        assert_int_equal(encoding_to_utf8(&out, &a, rows[i].raw, slice_cstr(rows[i].declared), NULL), OK);
        const char *word = memmem(out.data, out.len, rows[i].word, strlen(rows[i].word));
        assert_non_null(word);
        uint64_t start, len;
        article_source_range(&a, (uint32_t)(word - out.data), (uint32_t)strlen(rows[i].word), &start, &len);
        if (start != rows[i].start || len != rows[i].len)
            fail_msg("row %zu: %d+%d", i, (int)start, (int)len);
        article_clear(&a);
    }
}

/* Text of 64 MiB whose every byte grows stays within what runs may take. */
static void test_encoding_to_utf8__many_runs(void **state)
{
    (void)state;
    size_t len = (size_t)20 << 20;
    char *raw = malloc(len);
    assert_non_null(raw);
    for (size_t i = 0; i < len; i++)
        raw[i] = i % 2 == 0 ? '\xE9' : ' ';
    struct article a;
    struct slice out;
    article_init(&a);
    assert_int_equal(encoding_to_utf8(&out, &a, slice_of(raw, len), SLICE(""), NULL), OK);
    assert_int_equal(out.len, len / 2 * 3);
    assert_true(a.n_runs <= (size_t)1 << 23);
    uint64_t start, n;
    article_source_range(&a, (uint32_t)out.len - 1, 1, &start, &n);
    assert_int_equal(start + n, len);
    article_clear(&a);
    free(raw);
}

static void test_encoding_to_utf8__limit(void **state)
{
    (void)state;
    char *raw = malloc(ARTICLE_MAX_BYTES + 1);
    assert_non_null(raw);
    memset(raw, 'x', ARTICLE_MAX_BYTES + 1);
    struct article a;
    struct slice out;
    struct error e;
    article_init(&a);
    assert_int_equal(encoding_to_utf8(&out, &a, slice_of(raw, ARTICLE_MAX_BYTES - 1), SLICE(""), &e), OK);
    assert_int_equal(encoding_to_utf8(&out, &a, slice_of(raw, ARTICLE_MAX_BYTES), SLICE(""), &e), OK);
    assert_int_equal(out.len, ARTICLE_MAX_BYTES);
    assert_int_equal(encoding_to_utf8(&out, &a, slice_of(raw, ARTICLE_MAX_BYTES + 1), SLICE(""), &e), ERR_LIMIT);
    assert_int_equal(out.len, 0);
    article_clear(&a);
    free(raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoding_to_utf8__table),   cmocka_unit_test(test_encoding_to_utf8__clean_is_borrowed),
        cmocka_unit_test(test_encoding_to_utf8__offsets), cmocka_unit_test(test_encoding_to_utf8__many_runs),
        cmocka_unit_test(test_encoding_to_utf8__limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
