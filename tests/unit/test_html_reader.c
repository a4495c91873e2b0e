#include "../support/article_check.h"
#include "file.h"
#include "html_charset.h"
#include "reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_slice(const char *name, struct slice got, const char *want)
{
    if (!slice_equal(got, slice_cstr(want)))
        fail_msg("%s: got \"%.*s\", want \"%s\"", name, SLICE_ARG(got), want);
}

static void read_page(struct article *a, struct slice raw)
{
    article_init(a);
    assert_int_equal(html_read(a, raw, NULL), OK);
    check_article(a, a->text.len);
    check_splits(a, a->text.len);
    assert_int_equal(a->n_runs, 0);
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

#define LONG_TEXT                                                                                                      \
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, "   \
    "it "                                                                                                              \
    "was the epoch of belief, it was the epoch of incredulity."

static void test_html_read__blocks(void **state)
{
    (void)state;
    static const struct {
        const char *name, *input, *want;
    } cases[] = {
        {"empty", "", ""},
        {"white space", " \n ", ""},
        {"text alone", "a  b\nc", "P:a b c|"},
        {"paragraphs", "<p>a<p>b</p>c", "P:a|P:b|P:c|"},
        {"inline", "<p>a <b>b</b><i>c</i> <a href=x>d</a></p>", "P:a bc d|"},
        {"one break", "<div>a<br>b</div>", "P:a\nb|"},
        {"two breaks", "<div>a<br> <br/>b</div>", "P:a|P:b|"},
        {"text in div", "<div>a<p>b</p>c<div>d</div>e</div>", "P:a|P:b|P:c|P:d|P:e|"},
        {"headings", "<h1>t</h1><h2>a</h2><p>b</p>", "H:a|P:b|"},
        {"a link alone", "<p>text<p><a href=x>Another page</a>", "P:text|B:Another page|"},
        {"links alone", "<ul><li><a href=x>one</a><li><a href=x>two</a></ul>", "P:one|P:two|"},
        {"a link and a word", "<p>see <a href=x>one</a>", "P:see one|"},
        {"a section of the site", "<p>text<h2>Related</h2><p>a<p>b", "P:text|B:Related|B:a|B:b|"},
        {"list", "<ul><li>a<li>b<ol><li>c</ol></ul>", "P:a|P:b|P:c|"},
        {"definitions", "<dl><dt>a<dd>b</dl>", "P:a|P:b|"},
        {"rows", "<table><tr><th>a<th>b<tr><td>c<td>d</table>", "P:a\tb|P:c\td|"},
        {"layout table", "<table><tr><td><p>a</p><p>b</p></td></tr></table>", "P:a|P:b|"},
        {"pre", "<pre>a\n  b\n</pre>", "P:a\n  b|"},
        {"entities", "<p>&lt;a&gt; &amp;&nbsp;&eacute; &#8217;", "P:<a> & é ’|"},
        {"figure", "<p>a</p><figure><img alt=x><figcaption>c</figcaption></figure>", "P:a|B:c|"},
        {"byline", "<p class=\"post-byline\">By X</p><p>a</p>", "B:By X|P:a|"},
        {"spans set apart", "<p>x <span>Jane Doe</span><span>Evening Times</span>", "P:x Jane Doe Evening Times|"},
        {"parts of a word", "<p><b>Java</b><b>Script</b> <span>o</span><span>ne</span>", "P:JavaScript one|"},
        {"marks of notes", "<p>a<sup>[<i>citation needed</i>]</sup> b<sup><a href=#n>1</a></sup> c<sup>2</sup>",
         "P:a b c2|"},
        {"references", "<p>" LONG_TEXT "</p><h2>References</h2><ol class=references><li>x</ol>", "P:" LONG_TEXT "|"},
        {"a date in a table", "<table><tr><th>Date<td>3 May 1953</table><p>a", "P:Date\t3 May 1953|P:a|"},
        {"never text",
         "<p>a<script>x</script><style>x</style><noscript>x</noscript><button>x</button><template>x</template>"
         "<iframe>x</iframe><svg><text>x</text></svg><textarea>x</textarea>b</p>",
         "P:ab|"},
        {"comments", "<p>a<!-- x -->b</p>", "P:ab|"},
        {"frames", "<nav>x</nav><header>x</header><aside>x</aside><form>x</form><p>" LONG_TEXT "</p><footer>x</footer>",
         "P:" LONG_TEXT "|"},
        {"hidden", "<div hidden>x</div><p aria-hidden=true>x</p><p style='display:none'>x</p><p>" LONG_TEXT "</p>",
         "P:" LONG_TEXT "|"},
        {"by class and id",
         "<div class='site-nav'>x</div><div id=sidebar>x</div><ul class=breadcrumbs><li>x</ul><div class='a "
         "related_posts'>x</div><p>" LONG_TEXT "</p><div id=comments>x</div>",
         "P:" LONG_TEXT "|"},
        {"by role", "<div role=navigation>x</div><p>" LONG_TEXT "</p>", "P:" LONG_TEXT "|"},
        {"a body that has a sidebar", "<body class='has-sidebar'><p>" LONG_TEXT "</p>", "P:" LONG_TEXT "|"},
        {"a form around the page", "<form><div class=menu>x</div><p>" LONG_TEXT "</p></form>", "P:" LONG_TEXT "|"},
        {"an article on social matters", "<article class='category-social'><p>a</p></article>", "P:a|"},
        {"main", "<p>x</p><main><p>" LONG_TEXT "</p></main><p>x</p>", "P:" LONG_TEXT "|"},
        {"article in main", "<main><p>x</p><article>" LONG_TEXT "</article></main>", "P:" LONG_TEXT "|"},
        {"a small article is not the page", "<article>a</article><p>" LONG_TEXT "</p>", "P:a|P:" LONG_TEXT "|"},
        {"a header in an article stays", "<article><header><h2>a</h2></header><p>b</p></article>", "H:a|P:b|"},
        {"no head, no body", "<!doctype html><title>t</title><main><time>a</time> <em>b</em></main>", "P:a b|"},
        {"unclosed", "<p>a<b>b<div>c", "P:ab|P:c|"},
        {"less-than", "<p>a < b", "P:a < b|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        struct buf b;
        buf_init(&b, 65536);
        read_page(&a, slice_cstr(cases[i].input));
        put_blocks(&b, &a);
        assert_slice(cases[i].name, buf_slice(&b), cases[i].want);
        article_clear(&a);
        buf_clear(&b);
    }
}

static void test_html_read__titles(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want;
    } cases[] = {
        {"<p>a", ""},
        {"<title> T\n x </title><p>a", "T x"},
        {"<title>T | Site</title><h1>T</h1><p>a", "T"},
        {"<meta property=og:title content='T - Site'><h1>T</h1><p>a", "T"},
        {"<meta property=og:title content='O'><h1>T</h1><p>a", "O"},
        {"<meta name=citation_title content='C'><meta property=og:title content='O'>", "C"},
        {"<script type='application/ld+json'>{\"headline\":\"J\"}</script><h1>T</h1>", "J"},
        {"<title>T - S</title><script type='application/ld+json'>{\"headline\":\"J\"}</script><h1>T</h1>", "T"},
        {"<script type='application/ld+json'>{\"headline\":\"J &#8216;k&#8217;\"}</script>", "J ‘k’"},
        {"<h1>a<br>b <i>c</i></h1>", "a b c"},
        {"<title>&lt;T&gt;</title>", "<T>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read_page(&a, slice_cstr(cases[i].input));
        assert_slice(cases[i].input, a.title, cases[i].want);
        article_clear(&a);
    }
}

static void test_html_read__authors(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want;
    } cases[] = {
        {"<p>a", ""},
        {"<meta name=author content='A B'>", "A B"},
        {"<meta name=author content='By A B'>", "A B"},
        {"<meta property=article:author content='https://x.org/a'><a rel=author>R</a>", "R"},
        {"<meta property=article:author content='A'>", "A"},
        {"<meta name=author content='Jane Doe and John Roe'>", "Jane Doe, John Roe"},
        {"<meta name=author content='Smith & Sons Ltd'>", "Smith & Sons Ltd"},
        {"<meta name=author content='A B'><meta name=author content='C D'>", "A B, C D"},
        {"<meta name=author content='A B'><p><a rel=author>A B</a> and <a rel=author>C D</a>", "A B, C D"},
        {"<meta name=author content='A B'><p><a rel=author>E F</a> and <a rel=author>C D</a>", "A B"},
        {"<meta name=byl content='By Jane Doe'>", "Jane Doe"},
        {"<div class=byline><div>By Jane Doe</div><div>Updated 3 May 2020</div></div>", "Jane Doe"},
        {"<div data-testid=byline><div>3 May 2020</div><div>Jane Doe</div><div>Science editor</div></div>", "Jane Doe"},
        {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"author\":{\"@type\":\"Organization\","
         "\"name\":\"The Board\"}}</script><p>a",
         "The Board"},
        {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"author\":{\"@type\":\"Organization\","
         "\"name\":\"The Board\"}}</script><p class=byline>By Jane Doe",
         "Jane Doe"},
        {"<meta name=citation_author content='Byman, Daniel'><meta name=citation_author content='A B'>",
         "Daniel Byman, A B"},
        {"<meta name=DC.creator content='D'>", "D"},
        {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"author\":\"J\"}</script>", "J"},
        {"<script type='application/ld+json'>[{\"@graph\":[{\"@type\":[\"BlogPosting\"],\"author\":[{\"name\":\"J\"},"
         "\"K\"]}]}]</script>",
         "J, K"},
        {"<script type='application/ld+json'>{\"@type\":\"WebSite\",\"author\":\"S\"}</script>", ""},
        {"<script type='application/ld+json'>{broken</script>", ""},
        {"<p class=byline>By R S</p><p>a", "R S"},
        {"<span itemprop=author>I</span><p>a", "I"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read_page(&a, slice_cstr(cases[i].input));
        assert_slice(cases[i].input, a.author, cases[i].want);
        article_clear(&a);
    }
}

static void test_html_read__dates(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        int32_t want;
    } cases[] = {
        {"<p>a", 0},
        {"<meta property=article:published_time content=2024-03-27T23:30:00-05:00>", 20240327},
        {"<meta name=date content=2024-03>", 20240300},
        {"<meta name=DC.date.issued content=2024>", 20240000},
        {"<meta name=citation_date content=2024/03/27>", 20240327},
        {"<meta name=date content=soon><time datetime=2024-03-27>x</time>", 20240327},
        {"<time>March 27, 2024</time>", 20240327},
        {"<meta itemprop=datePublished content=2024-03-27>", 20240327},
        {"<script type='application/ld+json'>{\"headline\":\"h\",\"datePublished\":\"2024-03-27\"}</script>", 20240327},
        {"<footer><time datetime=2020-01-01>x</time></footer><p>" LONG_TEXT, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read_page(&a, slice_cstr(cases[i].input));
        if (a.date != cases[i].want)
            fail_msg("%s: %d", cases[i].input, a.date);
        article_clear(&a);
    }
}

static void test_html_read__language_url_tags(void **state)
{
    (void)state;
    struct article a;
    read_page(&a, SLICE("<html lang=en-GB><link rel=canonical href=https://x.org/a><meta property=og:url content=no>"
                        "<meta property=article:tag content='a, b'><meta property=article:tag content=c>"
                        "<meta name=keywords content='d,,e'>"));
    assert_slice("lang", a.lang, "en");
    assert_slice("url", a.url, "https://x.org/a");
    assert_int_equal(a.n_tags, 4);
    assert_slice("tag", a.tags[0], "a, b");
    assert_slice("tag", a.tags[3], "e");
    article_clear(&a);
    read_page(&a, SLICE("<meta property=og:locale content=de_DE><meta property=og:url content=u>"
                        "<script type=application/ld+json>{\"headline\":\"h\",\"keywords\":[\"k\",\"l\"]}</script>"));
    assert_slice("lang", a.lang, "de");
    assert_slice("url", a.url, "u");
    assert_int_equal(a.n_tags, 2);
    article_clear(&a);
}

static void test_html_read__charsets(void **state)
{
    (void)state;
    static const struct {
        const char *name, *input, *want;
    } cases[] = {
        {"utf-8", "<p>caf\xC3\xA9", "café"},
        {"declared latin-1", "<meta charset=iso-8859-1><p>caf\xE9", "café"},
        {"declared in content", "<meta http-equiv=content-type content='text/html; charset=windows-1251'><p>\xC4\xE0",
         "Да"},
        {"in an xml declaration", "<?xml version='1.0' encoding='windows-1251'?><html><body><p>\xC4\xE0", "Да"},
        {"declared utf-16, yet is not", "<meta charset=utf-16><p>caf\xC3\xA9", "café"},
        {"undeclared", "<p>caf\xE9 \x93x\x94", "café “x”"},
        {"a wrong declaration that utf-8 overrules or not", "<meta charset=utf-8><p>a", "a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read_page(&a, slice_cstr(cases[i].input));
        assert_slice(cases[i].name, a.text, cases[i].want);
        article_clear(&a);
    }
    assert_int_equal(html_declared_charset(SLICE("<meta charset=\"utf-8\">")).len, 5);
    assert_int_equal(html_declared_charset(SLICE("charset")).len, 0);
    assert_int_equal(html_declared_charset(SLICE("")).len, 0);
}

static struct slice repeated(struct buf *b, const char *before, const char *unit, size_t n, const char *after)
{
    buf_init(b, ARTICLE_MAX_BYTES);
    buf_put_cstr(b, before);
    for (size_t i = 0; i < n; i++)
        buf_put_cstr(b, unit);
    buf_put_cstr(b, after);
    assert_int_equal(b->state, OK);
    return buf_slice(b);
}

/* A tree as deep as the bound is read as a tree, a deeper one flat: the text is the same. */
static void test_html_read__depth(void **state)
{
    (void)state;
    static const size_t depths[] = {200, 1000, 1021, 1022, 1023, 1024, 1025, 100000};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        struct buf b;
        struct article a;
        read_page(&a, repeated(&b, "<title>t</title>", "<div>", depths[i], "a &amp; b<p>c"));
        assert_int_equal(a.n_blocks, 2);
        assert_slice("text", a.text, "a & b\n\nc");
        assert_slice("title", a.title, "t");
        article_clear(&a);
        buf_clear(&b);
    }
}

/* So is a page of more elements and attributes than a tree may have, by its bytes; what is no part of its text is then
 * known by its name alone, not by its class. */
static void test_html_read__nodes(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        size_t n;
        bool is_tree;
    } cases[] = {{"<p>c", 19500, true},       {"<p>c", 20500, false},  {"<p id=x>c", 11000, true},
                 {"<p id=x>c", 12000, false}, {"<p>c", 600000, false}, {"<p>a paragraph of a page", 100000, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        struct article a;
        read_page(&a, repeated(&b, "<title>t</title><div class=sidebar><p>menu</div>", cases[i].unit, cases[i].n, ""));
        bool has_menu = slice_starts(a.text, SLICE("menu"));
        if (has_menu == cases[i].is_tree)
            fail_msg("case %zu: %s", i, has_menu ? "flat" : "a tree");
        assert_int_equal(a.n_blocks, cases[i].n + has_menu);
        assert_slice("title", a.title, "t");
        article_clear(&a);
        buf_clear(&b);
    }
}

static void test_html_read__hostile_pages(void **state)
{
    (void)state;
    static const char *const units[] = {"<b></i>",
                                        "<p>",
                                        "<td>",
                                        "<",
                                        "&",
                                        "<a ",
                                        "</div>",
                                        "<!--",
                                        "<x y=\"",
                                        "<select>",
                                        "<ul><li>",
                                        "<br>",
                                        "<h1>x</h1>",
                                        "<form>",
                                        "<i><b></i>",
                                        "<title>x",
                                        "<p>Jane Doe and Al Lee",
                                        "<p>a - b - c , by , on , 3 May 2020",
                                        "<a rel=author>By A B and C D</a>",
                                        "<a href=x>A link</a><br><br>",
                                        "<i class=author>a</i>"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct buf b;
        struct article a;
        read_page(&a, repeated(&b, "", units[i], 20000, ""));
        article_clear(&a);
        buf_clear(&b);
    }
}

static void test_html_read__a_tag_of_many_attributes(void **state)
{
    (void)state;
    struct buf b;
    struct article a;
    buf_init(&b, ARTICLE_MAX_BYTES);
    buf_put_cstr(&b, "<body ");
    for (size_t i = 0; i < 60000; i++)
        buf_printf(&b, "a%zu=1 ", i);
    buf_put_cstr(&b, "><p>hello");
    read_page(&a, buf_slice(&b));
    assert_slice("text", a.text, "hello");
    article_clear(&a);
    buf_clear(&b);
}

/* libxml2 by itself drops what follows 10 MB of one text. */
static void test_html_read__a_long_paragraph(void **state)
{
    (void)state;
    struct buf b;
    struct article a;
    article_init(&a);
    assert_int_equal(html_read(&a, repeated(&b, "<p>", "word ", 2400000, "end</p><p>after"), NULL), OK);
    assert_int_equal(a.n_blocks, 2);
    assert_int_equal(a.blocks[0].len, 2400000 * 5 + 3);
    article_clear(&a);
    buf_clear(&b);
}

static void test_html_read__samples(void **state)
{
    (void)state;
    static const struct {
        const char *path, *title, *author, *lang;
        int32_t date;
    } cases[] = {
        {"computing/enigma.html", "How Enigma was read", "Edmund Sallow", "en", 20090725},
        {"food/tea-trade.html", "A leaf and an empire", "Harriet Quill", "en", 20200800},
        {"medicine/jenner.html", "The milkmaid, the boy and the cow", "Marguerite Dupont, Kwabena Osei", "en",
         20060514},
        {"polar/endurance.html", "The ship under the ice", "Fiona Trevelyan", "en", 20220415},
        {"sea/wattenmeer.html", "Ebbe, Flut und Schlick: das Wattenmeer", "Jörg Petersen", "de", 20140630},
        {"textiles/wool.html", "Wool – the fibre that paid for England", "Zoë Hartley-Núñez", "en", 19991004},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[512];
        struct buf raw;
        struct article a;
        snprintf(path, sizeof path, "%s/corpus/%s", QUOTH_SOURCE_DIR, cases[i].path);
        buf_init(&raw, ARTICLE_MAX_BYTES);
        assert_int_equal(file_read(&raw, path, NULL), OK);
        read_page(&a, buf_slice(&raw));
        assert_slice(path, a.title, cases[i].title);
        assert_slice(path, a.author, cases[i].author);
        assert_slice(path, a.lang, cases[i].lang);
        assert_int_equal(a.date, cases[i].date);
        assert_int_equal(a.n_damaged, 0);
        assert_true(a.n_blocks >= 5);
        article_clear(&a);
        buf_clear(&raw);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_read__blocks),
        cmocka_unit_test(test_html_read__titles),
        cmocka_unit_test(test_html_read__authors),
        cmocka_unit_test(test_html_read__dates),
        cmocka_unit_test(test_html_read__language_url_tags),
        cmocka_unit_test(test_html_read__charsets),
        cmocka_unit_test(test_html_read__depth),
        cmocka_unit_test(test_html_read__nodes),
        cmocka_unit_test(test_html_read__hostile_pages),
        cmocka_unit_test(test_html_read__a_tag_of_many_attributes),
        cmocka_unit_test(test_html_read__a_long_paragraph),
        cmocka_unit_test(test_html_read__samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
