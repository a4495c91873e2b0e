#include "../support/article_check.h"
#include "file.h"
#include "html_entity.h"
#include "reader.h"
#include "shortcode.h"
#include "tag_strip.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_slice(const char *name, struct slice got, const char *want)
{
    if (!slice_equal(got, slice_cstr(want)))
        fail_msg("%s: got \"%.*s\", want \"%s\"", name, SLICE_ARG(got), want);
}

static void read_text(struct article *a, struct slice raw)
{
    article_init(a);
    assert_int_equal(markdown_read(a, raw, NULL), OK);
    check_article(a, raw.len);
    check_splits(a, raw.len);
}

/* Blocks as "P:text|". */
static void put_blocks(struct buf *b, const struct article *a)
{
    for (size_t i = 0; i < a->n_blocks; i++) {
        buf_put_byte(b, "PHB"[a->blocks[i].kind]);
        buf_put_byte(b, ':');
        buf_put(b, slice_of(a->text.data + a->blocks[i].start, a->blocks[i].len));
        buf_put_byte(b, '|');
    }
}

static void test_markdown_read__blocks(void **state)
{
    (void)state;
    static const struct {
        const char *name, *input, *title, *want;
    } cases[] = {
        {"empty", "", "", ""},
        {"no line end", "a", "", "P:a|"},
        {"h1 is the title", "# T *x*\n\na", "T x", "P:a|"},
        {"setext", "T\n=\n\na\n\nS\n-\nb", "T", "P:a|H:S|P:b|"},
        {"only the first h1", "# T\n# U\na", "T", "H:U|P:a|"},
        {"front matter wins", "---\ntitle: F\n---\n# T\na", "F", "H:T|P:a|"},
        {"h1 that repeats it", "---\ntitle: T\n---\n# t\na", "T", "P:a|"},
        {"marks", "*a* **b** ~~c~~ `d*` [e](f) <g@h.ij>", "", "P:a b c d* e g@h.ij|"},
        {"wrapped", "a\nb  \nc\\\nd", "", "P:a b\nc\nd|"},
        {"crlf", "a\r\nb\r\n\r\nc\r\n", "", "P:a b|P:c|"},
        {"entities", "a &amp; b &#8217; &nosuch; &#x41; &#0;", "", "P:a & b ’ &nosuch; A \uFFFD|"},
        {"escapes", "a\\*b", "", "P:a*b|"},
        {"list", "- a\n- b\n  - c\n\n    d\n1. e", "", "P:a|P:b|P:c|P:d|P:e|"},
        {"tasks", "- [ ] a\n- [x] b", "", "P:a|P:b|"},
        {"table", "|a|b|\n|---|---|\n|c||\n||d|", "", "P:a\tb|P:c|P:d|"},
        {"quote", "> a\n> b\n>\n> c", "", "P:a b|P:c|"},
        {"code", "```c\nint x;\n\n  y;\n```\n\n    z\n", "", "P:int x;\n\n  y;|P:z|"},
        {"image", "a ![alt *x*](i.png) b", "", "P:a  b|"},
        {"reference", "[a][r]\n\n[r]: http://x \"t\"", "", "P:a|"},
        {"inline tags", "a <b class=\"x\">b</b><br>c", "", "P:a b\nc|"},
        {"html block", "<div>\n<p>a &amp; b</p>\n<p>c</p></div>", "", "P:a & b\n\nc|"},
        {"html comment", "a <!-- no\nno --> b\n\n<!-- no\n\nno -->\n\nc", "", "P:a  b|P:c|"},
        {"script", "<script>\nno\n</script>\n\na", "", "P:a|"},
        {"tag over two lines", "<div\nclass=\"x\">a</div>", "", "P:a|"},
        {"shortcode line", "{{< img src=\"x_y\" >}}\n- a", "", "P:a|"},
        {"shortcode amid text", "a{{% b %}}c *d*", "", "P:ac d|"},
        {"shortcode over lines", "a {{< b\n c >}} d", "", "P:a   d|"},
        {"shortcode as a target", "[a]({{< ref \"b\" >}}) [c]({{< ref \"d\" >}} \"t\")", "", "P:a c|"},
        {"a variable as a target", "[a]({{ site.url }}/b)", "", "P:a|"},
        {"a variable", "a {{ b }} c{{d.e}}", "", "P:a  c|"},
        {"a formula stays", "$x_{{i}}$ {{n}\\choose{k}}", "", "P:$x_{{i}}$ {{n}\\choose{k}}|"},
        {"a command", "a\n\n{% include x %}\n\nb {% y %}", "", "P:a|P:b|"},
        {"attributes", "## H {#top}\n[a](b){.external .ext} *c*{: #d}\n\n{: .lead}", "", "H:H|P:a c|"},
        {"braces stay", "{.5} {a} {#} {: ", "", "P:{.5} {a} {#} {:|"},
        {"footnotes", "a[^1], b[^n-2].\n\n[^1]: c d\n[^ 1]", "", "P:a, b.|P:c d [^ 1]|"},
        {"wiki links", "[[a b]] ![[c.png]]d [[e#f|g h]] [[1]](#i)", "", "P:a b d g h [1]|"},
        {"highlight", "==a b== c == d ==e", "", "P:a b c == d ==e|"},
        {"code keeps its marks", "`{% a %}` ``[[b]]``\n\n```\n==c==\n```\n", "", "P:{% a %} [[b]]|P:==c==|"},
        {"a link in raw HTML", "<div>See [the b](https://c.d/e) [f]</div>", "", "P:See the b [f]|"},
        {"rows set in deep", "<table>\n<tr>\n\n    <td valign=\"top\">a</td>\n\n</tr>\n</table>\n\n    <td>b", "",
         "P:a|P:<td>b|"},
        {"paired shortcodes keep their text", "{{< note >}}\na\n{{< /note >}}", "", "P:a|"},
        {"no end", "a {{< b", "", "P:a {{< b|"},
        {"nul", "a\\0b", "", "P:a\\0b|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        struct buf b;
        buf_init(&b, 65536);
        read_text(&a, slice_cstr(cases[i].input));
        put_blocks(&b, &a);
        assert_slice(cases[i].name, buf_slice(&b), cases[i].want);
        assert_slice(cases[i].name, a.title, cases[i].title);
        article_clear(&a);
        buf_clear(&b);
    }
}

/* The source range of each block, cut from the file, must be what stands there. */
static void test_markdown_read__ranges_are_of_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *name, *input;
        const char *want[3];
    } cases[] = {
        {"plain", "a b\n\nc\n", {"a b", "c"}},
        {"behind a front matter", "---\ntitle: t\n---\n\n**a** b\n", {"a** b"}},
        {"bom", "\xEF\xBB\xBF# t\n\n*a*", {"a"}},
        {"links", "see [a](b) c", {"see [a](b) c"}},
        {"ends in a link", "see [a](b)", {"see [a"}},
        {"entities at the ends", "&#8220;a b&#8221;", {"&#8220;a b&#8221;"}},
        {"wrapped in a quote", "> a\n> b", {"a\n> b"}},
        {"shortcode inside", "a {{< b >}} c\n\nd", {"a {{< b >}} c", "d"}},
        {"table", "|a|b|\n|---|---|\n| c | d |", {"a|b", "c | d"}},
        {"damage", "\xC3\xA9\xC3\xA9\xC3\xA9 a\xFF\n\n*b*\xFF", {"\xC3\xA9\xC3\xA9\xC3\xA9 a\xFF", "b*\xFF"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read_text(&a, slice_cstr(cases[i].input));
        for (size_t k = 0; k < 3 && cases[i].want[k] != NULL; k++) {
            uint64_t start, len;
            assert_true(k < a.n_blocks);
            article_source_range(&a, a.blocks[k].start, a.blocks[k].len, &start, &len);
            assert_slice(cases[i].name, slice_of(cases[i].input + start, len), cases[i].want[k]);
        }
        article_clear(&a);
    }
}

static void test_markdown_read__utf16_ranges(void **state)
{
    (void)state;
    static const char raw[] = "\xFF\xFE#\0 \0T\0\n\0\n\0*\0\xE9\0*\0 \0b\0\n\0";
    struct article a;
    read_text(&a, slice_of(raw, sizeof raw - 1));
    assert_slice("title", a.title, "T");
    assert_int_equal(a.n_blocks, 1);
    assert_slice("text", slice_of(a.text.data + a.blocks[0].start, a.blocks[0].len), "é b");
    uint64_t start, len;
    article_source_range(&a, a.blocks[0].start, a.blocks[0].len, &start, &len);
    assert_int_equal(start, 14);
    assert_int_equal(len, 8);
    article_clear(&a);
}

static void test_markdown_read__hostile_nesting(void **state)
{
    (void)state;
    static const char *const units[] = {">",    "[",  "*", "`",    "![",  "<",  "- ",     "_a",
                                        "[a](", "|a", "&", "<!--", "{{<", "[^", "**a _b "};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct buf b;
        struct article a;
        buf_init(&b, ARTICLE_MAX_BYTES);
        while (b.len < 300000)
            buf_put_cstr(&b, units[i]);
        read_text(&a, buf_slice(&b));
        article_clear(&a);
        buf_clear(&b);
    }
}

/* References expand each time they are used: past a bound the file is read as plain paragraphs, with nothing lost. */
static void test_markdown_read__reference_bomb(void **state)
{
    (void)state;
    struct buf b;
    struct article a;
    buf_init(&b, ARTICLE_MAX_BYTES);
    buf_put_cstr(&b, "[a]: <");
    for (size_t i = 0; i < 20000; i++)
        buf_put_cstr(&b, "x&amp;");
    buf_put_cstr(&b, ">\n\n");
    for (size_t i = 0; i < 20000; i++)
        buf_put_cstr(&b, "[a] ");
    buf_put_cstr(&b, "\n\nthe end");
    read_text(&a, buf_slice(&b));
    const struct block *last = &a.blocks[a.n_blocks - 1];
    assert_slice("last", slice_of(a.text.data + last->start, last->len), "the end");
    article_clear(&a);
    buf_clear(&b);
}

static void test_entity_decode__cases(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want;
    } cases[] = {
        {"&amp;", "&"},     {"&eacute;", "é"},  {"&apos;", "'"},        {"&#65;", "A"},
        {"&#x1F600;", "😀"}, {"&#0;", "\uFFFD"}, {"&#xD800;", "\uFFFD"}, {"&#99999999999;", "\uFFFD"},
        {"&;", ""},         {"&#;", ""},        {"&#x;", ""},           {"&#12a;", ""},
        {"&nosuch;", ""},   {"amp;", ""},       {"&amp", ""},           {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[ENTITY_MAX_BYTES];
        size_t len = entity_decode(out, slice_cstr(cases[i].input));
        assert_slice(cases[i].input, slice_of(out, len), cases[i].want);
    }
}

static void test_tag_strip_next__chunks(void **state)
{
    (void)state;
    static const struct {
        const char *name, *chunks[4], *want;
    } cases[] = {
        {"text", {"a < b"}, "a < b"},
        {"tag in two chunks", {"a<di", "v x='>'>b"}, "ab"},
        {"comment in three", {"a<!-- x", " > -", "-> y -->b"}, "a y -->b"},
        {"hidden", {"a<style>x</p>", "y</style>b"}, "ab"},
        {"quote", {"<a title=\"", ">\">b"}, "b"},
        {"unfinished", {"a<b "}, "a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tag_strip s = {0};
        struct buf b;
        buf_init(&b, 4096);
        for (size_t k = 0; k < 4 && cases[i].chunks[k] != NULL; k++) {
            struct slice text;
            bool breaks;
            for (size_t at = 0; tag_strip_next(&s, slice_cstr(cases[i].chunks[k]), &at, &text, &breaks);)
                buf_put(&b, text);
        }
        assert_slice(cases[i].name, buf_slice(&b), cases[i].want);
        buf_clear(&b);
    }
}

static void test_shortcodes_blank__longest(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        bool is_blank;
    } cases[] = {{SHORTCODE_MAX_BYTES - 1, true}, {SHORTCODE_MAX_BYTES, true}, {SHORTCODE_MAX_BYTES + 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SHORTCODE_MAX_BYTES + 1];
        memset(text, 'x', sizeof text);
        memcpy(text, "{{<", 3);
        memcpy(text + cases[i].len - 3, ">}}", 3);
        shortcodes_blank(text, cases[i].len);
        assert_int_equal(text[0] != '{', cases[i].is_blank);
    }
}

/* Every sample article has its fields, and each passage's range cuts the words it begins and ends with from the file.
 */
static size_t check_folder(const char *folder)
{
    size_t n_files = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (!slice_ends(slice_cstr(entry->d_name), SLICE(".md")))
            continue;
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct buf raw;
        struct article a;
        buf_init(&raw, ARTICLE_MAX_BYTES);
        assert_int_equal(file_read(&raw, path, NULL), OK);
        read_text(&a, buf_slice(&raw));
        if (a.title.len == 0 || a.author.len == 0 || a.date == 0 || a.n_damaged != 0)
            fail_msg("%s: a field is missing", path);
        struct passage_range *p;
        size_t n;
        assert_int_equal(article_split(&p, &n, &a, SPLIT_AUTO, NULL), OK);
        assert_true(n > 0);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(raw.data[p[i].at], a.text.data[p[i].start]);
            assert_int_equal(raw.data[p[i].at + p[i].at_len - 1], a.text.data[p[i].start + p[i].len - 1]);
        }
        free(p);
        article_clear(&a);
        buf_clear(&raw);
        n_files++;
    }
    closedir(d);
    return n_files;
}

static void test_markdown_read__samples(void **state)
{
    (void)state;
    static const char *const folders[] = {"computing", "earth", "food", "library", "sea"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/corpus/%s", QUOTH_SOURCE_DIR, folders[i]);
        n += check_folder(path);
    }
    assert_true(n >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown_read__blocks),
        cmocka_unit_test(test_markdown_read__ranges_are_of_the_file),
        cmocka_unit_test(test_markdown_read__utf16_ranges),
        cmocka_unit_test(test_markdown_read__hostile_nesting),
        cmocka_unit_test(test_markdown_read__reference_bomb),
        cmocka_unit_test(test_entity_decode__cases),
        cmocka_unit_test(test_tag_strip_next__chunks),
        cmocka_unit_test(test_shortcodes_blank__longest),
        cmocka_unit_test(test_markdown_read__samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
