#include "reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define S(literal)                                                                                                     \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static void test_format_detect__table(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        struct slice head;
        enum article_format want;
    } rows[] = {
        {"a.txt", S("{\"not\": \"looked at\"}"), FORMAT_TEXT},
        {"a.text", S(""), FORMAT_TEXT},
        {"a.md", S("text"), FORMAT_MARKDOWN},
        {"dir.html/a.MARKDOWN", S("text"), FORMAT_MARKDOWN},
        {"a.mdown", S("text"), FORMAT_MARKDOWN},
        {"a.html", S("text"), FORMAT_HTML},
        {"a.htm", S("text"), FORMAT_HTML},
        {"a.xhtml", S("text"), FORMAT_HTML},
        {"a.jsonl", S("text"), FORMAT_JSONL},
        {"a.ndjson", S("text"), FORMAT_JSONL},
        {"a.jsonl.gz", S("text"), FORMAT_JSONL},
        {"a.md.zst", S("text"), FORMAT_MARKDOWN},
        {"a.html.GZ", S("text"), FORMAT_HTML},
        {"a.gz", S("text"), FORMAT_TEXT},
        {"a", S(""), FORMAT_TEXT},
        {"", S("Some prose."), FORMAT_TEXT},
        {"README", S("# A title\n\nText."), FORMAT_MARKDOWN},
        {"README", S("#hashtag"), FORMAT_TEXT},
        {"post", S("---\ntitle: A title\n---\ntext"), FORMAT_MARKDOWN},
        {"post", S("---\r\ntitle: A title\r\n"), FORMAT_MARKDOWN},
        {"post", S("---\nno key\n"), FORMAT_TEXT},
        {"page", S("<!DOCTYPE html><html>"), FORMAT_HTML},
        {"page", S("\n  <HTML lang=en>"), FORMAT_HTML},
        {"page", S("\xEF\xBB\xBF<html>"), FORMAT_HTML},
        {"page", S("<?xml version=\"1.0\"?>\n<html xmlns="), FORMAT_HTML},
        {"page", S("<!-- saved --><!doctype html>"), FORMAT_HTML},
        {"page", S("<?xml version=\"1.0\"?>\n<feed>"), FORMAT_UNKNOWN},
        {"page", S("\xFF\xFE<\0h\0t\0m\0l\0>\0"), FORMAT_HTML},
        {"data", S("{\"id\": 1}\n{\"id\": 2}\n"), FORMAT_JSONL},
        {"data", S("{ \"text\": \"a long line whose end is not in sight"), FORMAT_JSONL},
        {"data", S("{}\n"), FORMAT_JSONL},
        {"data", S("{\n\"id\": 1}\n"), FORMAT_UNKNOWN},
        {"data", S("[\n {\"id\": 1},\n"), FORMAT_UNKNOWN},
        {"data", S("[{\"id\": 1}]"), FORMAT_UNKNOWN},
        {"data", S("[1] A note."), FORMAT_TEXT},
        {"a.json", S("{\n\"id\": 1}\n"), FORMAT_UNKNOWN},
        {"a.json", S("{\"id\": 1}\n{\"id\": 2}\n"), FORMAT_JSONL},
        {"a.json", S("plain"), FORMAT_UNKNOWN},
        {"app.js", S("function f() {}"), FORMAT_UNKNOWN},
        {"app.js.map", S("{\"version\":3}"), FORMAT_UNKNOWN},
        {"s.css.gz", S(".a{color:red}"), FORMAT_UNKNOWN},
        {"feed.xml", S("<?xml version=\"1.0\"?><rss version=\"2.0\">"), FORMAT_UNKNOWN},
        {"page.xml", S("<?xml version=\"1.0\"?><html>"), FORMAT_HTML},
        {"feed", S("<rss version=\"2.0\">"), FORMAT_UNKNOWN},
        {"a.eml", S("From: Jane\nSubject: x\n\nText"), FORMAT_UNKNOWN},
        {"message", S("From: Jane\nSubject: x\n\nText"), FORMAT_TEXT},
        {"page.mhtml", S("From: x"), FORMAT_UNKNOWN},
        {"page", S("From: x\nMIME-Version: 1.0\nContent-Type: multipart/related;"), FORMAT_UNKNOWN},
        {"a.js.txt", S("{\n\"id\": 1}\n"), FORMAT_TEXT},
        {"data", S("{braces} in text"), FORMAT_TEXT},
        {"a.txt", S("%PDF-1.7\n"), FORMAT_UNKNOWN},
        {"a.txt", S("\x89PNG\r\n\x1A\n"), FORMAT_UNKNOWN},
        {"a", S("PK\x03\x04"), FORMAT_UNKNOWN},
        {"a",
         S("\x7F"
           "ELF\x02"),
         FORMAT_UNKNOWN},
        {"a.md", S("{\\rtf1\\ansi"), FORMAT_UNKNOWN},
        {"a.txt.gz", S("\x1F\x8B\x08 packed twice"), FORMAT_UNKNOWN},
        {"a.txt", S("a single\0NUL"), FORMAT_UNKNOWN},
        {"a.txt", S("\x01\x02\x03 and more"), FORMAT_UNKNOWN},
        {"a.txt", S("one \x01 in sixty-four characters of text is no reason to refuse it"), FORMAT_TEXT},
        {"a.txt", S("w\0i\0d\0e\0 \0t\0e\0x\0t\0"), FORMAT_TEXT},
        {"a.txt", S("\0\0\xFE\xFF\0\0\0a"), FORMAT_TEXT},
        {"a.txt", S("\xFF\xFE\x01\0\x02\0\x03\0\x04\0"), FORMAT_UNKNOWN},
        {"a.txt", S("caf\xE9 au lait"), FORMAT_TEXT},
        {".txt", S("text"), FORMAT_TEXT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum article_format got = format_detect(slice_cstr(rows[i].path), rows[i].head);
        if (got != rows[i].want)
            fail_msg("row %zu (%s): %s, not %s", i, rows[i].path, format_name(got), format_name(rows[i].want));
    }
}

static void test_format_name__all(void **state)
{
    (void)state;
    assert_string_equal(format_name(FORMAT_UNKNOWN), "unknown");
    assert_string_equal(format_name(FORMAT_TEXT), "text");
    assert_string_equal(format_name(FORMAT_MARKDOWN), "markdown");
    assert_string_equal(format_name(FORMAT_HTML), "html");
    assert_string_equal(format_name(FORMAT_JSONL), "jsonl");
    assert_string_equal(format_name((enum article_format)17), "unknown");
}

static void test_article_read__dispatch(void **state)
{
    (void)state;
    struct article a;
    struct error e;
    article_init(&a);
    assert_int_equal(article_read(&a, FORMAT_TEXT, SLICE("A title\n\nSome text.\n"), &e), OK);
    assert_int_equal(a.format, FORMAT_TEXT);
    assert_true(slice_equal(a.title, SLICE("A title")));
    /* what was in it is gone */
    assert_int_equal(article_read(&a, FORMAT_TEXT, SLICE("Only some text.\n"), &e), OK);
    assert_int_equal(a.title.len, 0);
    assert_int_equal(a.n_blocks, 1);
    assert_int_equal(article_read(&a, FORMAT_UNKNOWN, SLICE("text"), &e), ERR_FORMAT);
    assert_int_equal(a.n_blocks, 0);
    article_clear(&a);
}

static void test_article_read__limit(void **state)
{
    (void)state;
    char *raw = malloc(ARTICLE_MAX_BYTES + 1);
    assert_non_null(raw);
    memset(raw, 'x', ARTICLE_MAX_BYTES + 1);
    struct article a;
    struct error e;
    article_init(&a);
    assert_int_equal(article_read(&a, FORMAT_TEXT, slice_of(raw, ARTICLE_MAX_BYTES - 1), &e), OK);
    assert_int_equal(article_read(&a, FORMAT_TEXT, slice_of(raw, ARTICLE_MAX_BYTES), &e), OK);
    assert_int_equal(a.text.len, ARTICLE_MAX_BYTES);
    assert_int_equal(article_read(&a, FORMAT_TEXT, slice_of(raw, ARTICLE_MAX_BYTES + 1), &e), ERR_LIMIT);
    assert_string_equal(e.text, "an article of more than 64 MiB");
    article_clear(&a);
    free(raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_detect__table),
        cmocka_unit_test(test_format_name__all),
        cmocka_unit_test(test_article_read__dispatch),
        cmocka_unit_test(test_article_read__limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
