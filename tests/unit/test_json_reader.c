#include "../support/article_check.h"
#include "date.h"
#include "reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void read_line(struct article *a, struct slice line)
{
    struct error e = {0};
    article_init(a);
    if (json_read(a, line, &e) != OK)
        fail_msg("%.*s: %s", SLICE_ARG(line), e.text);
    check_article(a, a->text.len);
    check_splits(a, a->text.len);
    assert_int_equal(a->n_runs, 0);
    assert_int_equal(a->format, FORMAT_JSONL);
}

static void assert_slice(struct slice got, const char *want)
{
    if (!slice_equal(got, slice_cstr(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static void test_json_read__fields(void **state)
{
    (void)state;
    static const struct {
        const char *line, *id, *title, *author, *lang, *url, *tags;
        int32_t date;
    } cases[] = {
        {"{\"text\":\"\"}", "", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"id\":\"a  b\",\"_id\":\"c\"}", "a  b", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"_id\":-12}", "-12", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"id\":null,\"_id\":\"c\"}", "c", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"id\":\"\",\"_id\":\"c\"}", "c", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"id\":1.5}", "", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"id\":99999999999999999999999}", "", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"id\":\"x\",\"id\":\"y\"}", "y", "", "", "", "", "", 0},
        {"{\"title\":\" A \\n title \"}", "", "A title", "", "", "", "", 0},
        {"{\"text\":\"\",\"author\":\"A B\"}", "", "", "A B", "", "", "", 0},
        {"{\"text\":\"\",\"authors\":[\"A\",{\"name\":\"B\"},3,\"A\"]}", "", "", "A, B", "", "", "", 0},
        {"{\"text\":\"\",\"author\":{\"name\":\"N\"}}", "", "", "N", "", "", "", 0},
        {"{\"text\":\"\",\"date\":\"2024-03-27\"}", "", "", "", "", "", "", 20240327},
        {"{\"text\":\"\",\"date\":\"never\",\"published\":\"2024-03\"}", "", "", "", "", "", "", 20240300},
        {"{\"text\":\"\",\"created_at\":\"2019-03-13T09:00:00Z\"}", "", "", "", "", "", "", 20190313},
        {"{\"text\":\"\",\"date\":2024}", "", "", "", "", "", "", 20240000},
        {"{\"text\":\"\",\"date\":20240327}", "", "", "", "", "", "", 20240327},
        {"{\"text\":\"\",\"date\":1711500000}", "", "", "", "", "", "", 20240327},
        {"{\"text\":\"\",\"publishedAt\":1711500000123}", "", "", "", "", "", "", 20240327},
        {"{\"text\":\"\",\"published_at\":1711500000.5}", "", "", "", "", "", "", 20240327},
        {"{\"text\":\"\",\"date\":99999999}", "", "", "", "", "", "", 0},
        {"{\"text\":\"\",\"byline\":\"By Jane Roe\"}", "", "", "Jane Roe", "", "", "", 0},
        {"{\"headline\":\"Dam &#8216;holds&#8217; &amp; waits; &x; &\"}", "", "Dam ‘holds’ & waits; &x; &", "", "", "",
         "", 0},
        {"{\"text\":\"\",\"url\":\"https://x.org/\"}", "", "", "", "", "https://x.org/", "", 0},
        {"{\"text\":\"\",\"tags\":[\"a\",\"b\",\"a\",1]}", "", "", "", "", "", "a|b|", 0},
        {"{\"text\":\"\",\"keywords\":\"x, y ,,z\"}", "", "", "", "", "", "x|y|z|", 0},
        {"{\"text\":\"\",\"lang\":\"en-GB\"}", "", "", "", "en", "", "", 0},
        {"{\"text\":\"\",\"language\":\"DE\"}", "", "", "", "de", "", "", 0},
        {"\xEF\xBB\xBF{\"text\":\"\",\"id\":\"bom\"}\r", "bom", "", "", "", "", "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read_line(&a, slice_cstr(cases[i].line));
        assert_slice(a.id, cases[i].id);
        assert_slice(a.title, cases[i].title);
        assert_slice(a.author, cases[i].author);
        assert_slice(a.lang, cases[i].lang);
        assert_slice(a.url, cases[i].url);
        assert_int_equal(a.date, cases[i].date);
        struct buf tags;
        buf_init(&tags, 65536);
        for (size_t k = 0; k < a.n_tags; k++) {
            buf_put(&tags, a.tags[k]);
            buf_put_byte(&tags, '|');
        }
        assert_slice(buf_slice(&tags), cases[i].tags);
        buf_clear(&tags);
        article_clear(&a);
    }
}

/* Blocks as "kind:text" lines; a heading's kind is H. */
static void test_json_read__paragraphs(void **state)
{
    (void)state;
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"{\"text\":\"\"}", ""},
        {"{\"text\":\"One.\\n\\nTwo.\"}", "P:One.|P:Two.|"},
        {"{\"text\":\"One\\nline.\\r\\n \\t\\r\\nTwo.\\n\\n\\n\"}", "P:One\nline.|P:Two.|"},
        {"{\"text\":\"Career\\n\\nHe was.\"}", "H:Career|P:He was.|"},
        {"{\"text\":\"Born (1960)\\n\\nHe was.\"}", "H:Born (1960)|P:He was.|"},
        {"{\"text\":\"He said \\\"no.\\\"\\n\\nHe was.\"}", "P:He said \"no.\"|P:He was.|"},
        {"{\"text\":\"He was.\\n\\nReferences\"}", "P:He was.|P:References|"},
        {"{\"contents\":\"x.\"}", "P:x.|"},
        {"{\"body\":\"x.\"}", "P:x.|"},
        {"{\"text\":null,\"content\":\"x.\"}", "P:x.|"},
        {"{\"text\":[\"x\"]}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        struct buf b;
        buf_init(&b, 65536);
        read_line(&a, slice_cstr(cases[i].line));
        for (size_t k = 0; k < a.n_blocks; k++) {
            buf_put_cstr(&b, a.blocks[k].kind == BLOCK_HEADING ? "H:" : "P:");
            buf_put(&b, slice_of(a.text.data + a.blocks[k].start, a.blocks[k].len));
            buf_put_byte(&b, '|');
        }
        assert_slice(buf_slice(&b), cases[i].want);
        buf_clear(&b);
        article_clear(&a);
    }
}

static void test_json_read__damage_is_replaced_and_counted(void **state)
{
    (void)state;
    static const struct {
        const char *name, *line, *text;
        uint64_t n_damaged;
    } cases[] = {
        {"pair", "{\"text\":\"\\ud83d\\ude00\"}", "😀", 0},
        {"lone high", "{\"text\":\"a\\ud800b\"}", "a\uFFFDb", 1},
        {"lone low", "{\"text\":\"a\\udc00b\"}", "a\uFFFDb", 1},
        {"high, then high and low", "{\"text\":\"\\ud83d\\ud83d\\ude00\"}", "\uFFFD😀", 1},
        {"high at the end", "{\"text\":\"\\uDBFF\"}", "\uFFFD", 1},
        {"nul escape", "{\"text\":\"a\\u0000b\"}", "a\uFFFDb", 1},
        {"an escaped backslash is no escape", "{\"text\":\"\\\\ud800\"}", "\\ud800", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read_line(&a, slice_cstr(cases[i].line));
        if (!slice_equal(a.text, slice_cstr(cases[i].text)) || a.n_damaged != cases[i].n_damaged)
            fail_msg("%s: \"%.*s\", %d damaged", cases[i].name, SLICE_ARG(a.text), (int)a.n_damaged);
        article_clear(&a);
    }
    struct article a;
    read_line(&a, SLICE("{\"text\":\"na\xC3\xAFve \xC3\xA9\xC3\xA8\xC3\xA0\xC3\xBC caf\xFF z\"}"));
    assert_slice(a.text, "naïve éèàü caf\uFFFD z");
    assert_int_equal(a.n_damaged, 1);
    article_clear(&a);
}

static void test_json_read__what_is_no_object(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",     " ", "[]",        "[{\"id\":1}]", "\"text\"", "3",
        "null", "{", "{\"id\":}", "{\"id\":1} x", "{'id':1}", "{\"a\":1e999}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct article a;
        struct error e = {0};
        article_init(&a);
        if (json_read(&a, slice_cstr(lines[i]), &e) != ERR_FORMAT || e.code != ERR_FORMAT || e.text[0] == '\0')
            fail_msg("%s: %d", lines[i], e.code);
        article_clear(&a);
    }
    char deep[5000];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "{\"a\":", 5);
    struct article a;
    article_init(&a);
    assert_int_equal(json_read(&a, slice_of(deep, sizeof deep), NULL), ERR_FORMAT);
    article_clear(&a);
}

static void test_json_read__a_long_id_is_cut_at_a_character(void **state)
{
    (void)state;
    static const struct {
        size_t len, want;
    } cases[] = {{1023, 1023}, {1024, 1024}, {1025, 1024}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf line;
        buf_init(&line, 4096);
        buf_put_cstr(&line, "{\"text\":\"\",\"id\":\"");
        for (size_t k = 0; k < cases[i].len; k++)
            buf_put_byte(&line, 'x');
        buf_put_cstr(&line, "\"}");
        struct article a;
        read_line(&a, buf_slice(&line));
        assert_int_equal(a.id.len, cases[i].want);
        article_clear(&a);
        buf_clear(&line);
    }
}

static void test_json_read__html_in_the_text(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text;
    } cases[] = {
        {"{\"content\":\"<p>About <b>llamas</b> &amp; alpacas.</p>\"}", "About llamas & alpacas."},
        {"{\"body\":\"Water.<br>Mud.<br>Clay.\"}", "Water.\nMud.\nClay."},
        {"{\"content_html\":\"Only <i>words</i>\"}", "Only words"},
        {"{\"text\":\"The tag <p> begins a paragraph.\"}", "The tag <p> begins a paragraph."},
        {"{\"text\":\"a < b and c > d\"}", "a < b and c > d"},
        {"{\"text\":\"words\",\"content_html\":\"<p>pages</p>\"}", "words"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        struct error e;
        article_init(&a);
        assert_int_equal(article_read(&a, FORMAT_JSONL, slice_cstr(cases[i].line), &e), OK);
        assert_slice(a.text, cases[i].text);
        article_clear(&a);
    }
}

static void test_json_read__no_text_names_the_keys(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text;
    } cases[] = {
        {"{}", "no text in it (keys: )"},
        {"{\"response\":{\"text\":\"deep\"},\"b\":1}", "no text in it (keys: response, b)"},
        {"{\"text\":null,\"a\\nb\":1}", "no text in it (keys: text)"},
        {"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1}",
         "no text in it (keys: a, b, c, d, e, f, g, h, …)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        struct error e;
        article_init(&a);
        assert_int_equal(article_read(&a, FORMAT_JSONL, slice_cstr(cases[i].line), &e), ERR_FORMAT);
        assert_string_equal(e.text, cases[i].text);
        article_clear(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_read__fields),
        cmocka_unit_test(test_json_read__html_in_the_text),
        cmocka_unit_test(test_json_read__no_text_names_the_keys),
        cmocka_unit_test(test_json_read__paragraphs),
        cmocka_unit_test(test_json_read__damage_is_replaced_and_counted),
        cmocka_unit_test(test_json_read__what_is_no_object),
        cmocka_unit_test(test_json_read__a_long_id_is_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
