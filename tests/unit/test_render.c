#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "render.h"
#include "width.h"
#include "wording.h"
#include "wrap.h"

static void expect(struct buf *out, const char *want)
{
    assert_int_equal(buf_status(out, NULL), OK);
    buf_put_byte(out, '\0');
    assert_string_equal(out->data, want);
    buf_clear(out);
}

static void test_char_width__ranges(void **state)
{
    (void)state;
    static const struct {
        uint32_t c, want;
    } cases[] = {
        {'a', 1},    {0xE9, 1},    {0x2FF, 1},   {0x300, 0},   {0x36F, 0},   {0x370, 1},    {0x200D, 0}, {0x10FF, 1},
        {0x1100, 2}, {0x115F, 2},  {0x1160, 1},  {0x4E2D, 2},  {0xAC00, 2},  {0xD7A3, 2},   {0xFF21, 2}, {0xFF61, 1},
        {0xFE0F, 0}, {0x1F600, 2}, {0x20000, 2}, {0x3FFFD, 2}, {0x3FFFE, 1}, {0x10FFFF, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(char_width(cases[i].c), cases[i].want);
}

static void test_put_harmless__control_bytes(void **state)
{
    (void)state;
    static const struct {
        struct slice input;
        const char *want;
    } cases[] = {
        {{"", 0}, ""},
        {{"plain — text", 14}, "plain — text"},
        {{"a\tb\n", 4}, "a\tb\n"},
        {{"\033[2J", 4}, "\\x1b[2J"},
        {{"a\rb\vc\fd", 7}, "a\\x0db\\x0bc\\x0cd"},
        {{"\x7f", 1}, "\\x7f"},
        {{"\xc2\x9b"
          "31m",
          5},
         "\\u009b31m"},
        {{"\xff\xfe", 2}, "\\xff\\xfe"},
        {{"\xe2\x80", 2}, "\\xe2\\x80"},
        {{"\xe2\x80\xae"
          "x",
          4},
         "\\u202ex"},
        {{"\0x", 2}, "\\x00x"},
        {{"\xe3\x80\x80", 3}, "\xe3\x80\x80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        put_harmless(&out, cases[i].input);
        expect(&out, cases[i].want);
    }
}

static void test_wrap_text__lines(void **state)
{
    (void)state;
    static const struct {
        const char *name, *input;
        uint32_t columns, indent, block_gap;
        const char *want;
        bool is_extracted;
    } cases[] = {
        {"empty", "", 10, 0, 0, "", false},
        {"white space is squeezed", "  a \t b\n c  ", 10, 0, 0, "a b c", false},
        {"exactly the width", "12345 7890", 10, 0, 0, "12345 7890", false},
        {"one column too many", "12345 78901", 10, 0, 0, "12345\n78901", false},
        {"indented", "aa bb cc", 6, 2, 0, "aa bb\n  cc", false},
        {"a word longer than the line", "abcdefghijkl z", 5, 0, 0, "abcde\nfghij\nkl z", false},
        {"an empty line", "a\n\nb", 10, 0, 0, "a b", false},
        {"a paragraph", "a\n \nb\nc", 10, 0, 2, "a\n\nb c", false},
        {"a paragraph of a snippet", "a\n\nb\nc", 10, 2, 1, "a\n  b c", false},
        {"lines of extracted text", "a\nb\n\nc", 10, 0, 1, "a\nb\nc", true},
        {"cells of extracted text", "a\tb c\t\td", 20, 0, 1, "a | b c | d", true},
        {"cells at the line's end", "aaaa\tbb", 6, 0, 1, "aaaa |\nbb", true},
        {"a TAB of plain text", "a\tb", 10, 0, 1, "a b", false},
        {"list items", "a:\n- b\n* c\nd\n12. e\n(f) g\nh) i", 99, 0, 1, "a:\n- b\n* c d\n12. e\n(f) g\nh) i", false},
        {"no list items", "a\n1953 b\n12.5 c\nit. d\n-e", 99, 0, 1, "a 1953 b 12.5 c it. d -e", false},
        {"endless lines", "a b c d e f g h", COLUMNS_ENDLESS, 0, 0, "a b c d e f g h", false},
        {"wide characters", "中文字符", 5, 0, 0, "中文\n字符", false},
        {"wide after narrow", "ab中文", 5, 0, 0, "ab中\n文", false},
        {"combining marks take no column",
         "e\xcc\x81"
         "e\xcc\x81 e\xcc\x81",
         4, 0, 0,
         "e\xcc\x81"
         "e\xcc\x81 e\xcc\x81",
         false},
        {"characters, not bytes", "éééé éé", 7, 0, 0, "éééé éé", false},
        {"control bytes are spelled out", "a\033[1mb", 20, 0, 0, "a\\x1b[1mb", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        struct wrap w = {.out = &out,
                         .columns = cases[i].columns,
                         .indent = cases[i].indent,
                         .block_gap = cases[i].block_gap,
                         .is_extracted = cases[i].is_extracted,
                         .base = "",
                         .marked = "1"};
        wrap_text(&w, slice_cstr(cases[i].input), NULL, 0);
        expect(&out, cases[i].want);
    }
}

static void test_wrap_text__marks(void **state)
{
    (void)state;
    static const struct {
        const char *name, *base;
        bool is_colour;
        uint32_t columns;
        struct mark marks[3];
        size_t n;
        const char *want;
    } cases[] = {
        {"off", "", false, 40, {{4, 3}}, 1, "one two three"},
        {"one word", "", true, 40, {{4, 3}}, 1, "one \033[0;1mtwo\033[0m three"},
        {"over a base", "36", true, 40, {{4, 3}}, 1, "\033[36mone \033[0m\033[36;0;1mtwo\033[0m\033[36m three\033[0m"},
        {"a phrase over a line's end", "", true, 7, {{4, 9}}, 1, "one \033[0;1mtwo\033[0m\n\033[0;1mthree\033[0m"},
        {"a phrase within a line", "", true, 40, {{4, 9}}, 1, "one \033[0;1mtwo three\033[0m"},
        {"beyond the end", "", true, 40, {{4, 3}, {1000, 5}}, 2, "one \033[0;1mtwo\033[0m three"},
        {"the greatest numbers", "", true, 40, {{8, UINT32_MAX}}, 1, "one two \033[0;1mthree\033[0m"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        struct wrap w = {.out = &out,
                         .columns = cases[i].columns,
                         .is_colour = cases[i].is_colour,
                         .base = cases[i].base,
                         .marked = "0;1"};
        wrap_text(&w, SLICE("one two three"), cases[i].marks, cases[i].n);
        expect(&out, cases[i].want);
    }
}

static void test_put_grouped__digits(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want;
    } cases[] = {{"", ""}, {"0", "0"}, {"999", "999"}, {"1000", "1,000"}, {"1234567", "1,234,567"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 100);
        put_grouped(&out, slice_cstr(cases[i].input));
        expect(&out, cases[i].want);
    }
}

static void test_pair_parse__forms(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        bool want;
        uint64_t start, len;
    } cases[] = {
        {"0+0", true, 0, 0},
        {"1830+412", true, 1830, 412},
        {"", false, 0, 0},
        {"+", false, 0, 0},
        {"12", false, 0, 0},
        {"1+2+3", false, 0, 0},
        {"-1+2", false, 0, 0},
        {"a+b", false, 0, 0},
        {"18446744073709551615+1", true, UINT64_MAX, 1},
        {"18446744073709551616+1", false, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t start = 0, len = 0;
        assert_int_equal(pair_parse(slice_cstr(cases[i].input), &start, &len), cases[i].want);
        if (cases[i].want) {
            assert_int_equal(start, cases[i].start);
            assert_int_equal(len, cases[i].len);
        }
    }
}

/* A reply as it comes over the wire -> what render_hits() makes of it. */
static void render(struct buf *out, const char *reply, const struct render_style *style)
{
    struct slice all = slice_cstr(reply);
    const char *lf = strchr(reply, '\n');
    struct reply_status status;
    assert_non_null(lf);
    assert_int_equal(reply_parse(&status, slice_of(reply, (size_t)(lf - reply)), NULL), OK);
    buf_init(out, 100000);
    render_hits(out, &status, slice_from(all, (size_t)(lf - reply) + 1), style);
}

static const struct {
    const char *name, *reply, *want;
    struct render_style style;
} hit_cases[] = {
    {"nothing found", "OK 0 hits=0 found=0 bound=exact gen=1 us=5\n", "", {.columns = 80, .is_snippet = true}},
    {"nothing found, a word ignored",
     "OK 0 hits=0 found=0 bound=exact gen=1 ignored=the,of\n",
     "    not searched: the, of\n",
     {.columns = 80, .is_snippet = true}},
    {"one hit",
     "OK 1 hits=1 found=1240 bound=estimate gen=57 us=18 next=1\n"
     "1\t14.221300\tsea/floods.md#4\t1830+412\t4+5,10+5\t1953-02-01\tDelta works\tthe storm surge\tA. "
     "Vos\t\ten\t0+5\t9\t"
     "markdown\tsea/floods.md\n",
     " 1  Delta works\n    A. Vos · 1953-02-01\n    sea/floods.md#4 · bytes 1830+412 · score 14.22\n"
     "    …the storm surge…\n\n    passage 1 of about 1,240; more: --from 1\n",
     {.columns = 80, .is_snippet = true, .width = 17}},
    {"shorter than was asked for: it is the passage's end",
     "OK 1 hits=1\n1\t1.0\ta.md#1\t0+412\t\t\tT\tthe storm surge\t\t\t\t\t9\tmarkdown\ta.md\n",
     " 1  T\n    a.md#1 · bytes 0+412 · score 1.00\n    …the storm surge\n\n    passage 1\n",
     {.columns = 80, .is_snippet = true, .width = 240}},
    {"the range says that it is the passage's end",
     "OK 1 hits=1\n1\t1.0\ta.html#1\t70+24\t\t\tT\tthe storm surge\t\t\t\t\t9\thtml\ta.html\n",
     " 1  T\n    a.html#1 · text bytes 70+24 · score 1.00\n    …the storm surge\n\n    passage 1\n",
     {.columns = 80, .is_snippet = true, .width = 17}},
    {"one byte before the passage's end",
     "OK 1 hits=1\n1\t1.0\ta.html#1\t70+25\t\t\tT\tthe storm surge\t\t\t\t\t9\thtml\ta.html\n",
     " 1  T\n    a.html#1 · text bytes 70+25 · score 1.00\n    …the storm surge…\n\n    passage 1\n",
     {.columns = 80, .is_snippet = true, .width = 17}},
    {"no … alone on a line",
     "OK 1 hits=1\n1\t1.0\ta.txt#1\t0+99\t\t\tT\tabcdefgh ijklmnop\t\t\t\t\t9\ttext\ta.txt\n",
     " 1  T\n    a.txt#1 · bytes 0+99 · score 1.00\n    …abcdefgh\n    ijklmnop…\n\n    passage 1\n",
     {.columns = 20, .is_snippet = true, .width = 17}},
    {"a snippet of white space",
     "OK 1 hits=1\n1\t1.0\ta.txt#1\t0+99\t\t\tT\t \\n\t\t\t\t\t9\ttext\ta.txt\n",
     " 1  T\n    a.txt#1 · bytes 0+99 · score 1.00\n\n    passage 1\n",
     {.columns = 80, .is_snippet = true, .width = 17}},
    {"blocks of a snippet, and marks behind a …",
     "OK 1 hits=1\n1\t1.0\ta.md#1\t0+30\t\t\tT\tone.\\n\\ntwo\\n\\na\\tb.\t\t\t\t\t0\tmarkdown\ta.md\n",
     " 1  T\n    a.md#1 · bytes 0+30 · score 1.00\n    one.\n    two\n    a | b.\n\n    passage 1\n",
     {.columns = 80, .is_snippet = true, .width = 240}},
    {"an id is never wrapped",
     "OK 1 hits=1\n1\t0.004\ta-long-name/of-a-file.txt#12\t0+99\t\t\tT\t\t\t\t\t\t\ttext\t"
     "a-long-name/of-a-file.txt\n",
     " 1  T\n    a-long-name/of-a-file.txt#12 · bytes 0+99 · score 0.004\n\n    passage 1\n",
     {.columns = 20, .is_snippet = true}},
    {"filters alone: no score, and the order is said",
     "OK 2 hits=2 found=9 bound=exact gen=1 next=2\n1\t0.000000\ta#1\t0+9\t\t\tT\tx.\t\t\t\t\t0\ttext\ta\n"
     "2\t0.000000\tb#1\t0+9\t\t\tU\ty.\t\t\t\t\t0\ttext\tb\n",
     " 1  T\n    a#1 · bytes 0+9\n    x.\n\n 2  U\n    b#1 · bytes 0+9\n    y.\n\n"
     "    passages 1–2 of 9, newest first; more: --from 2\n",
     {.columns = 80, .is_snippet = true}},
    {"in colour",
     "OK 1 hits=1 found=1 bound=exact gen=57 us=18\n"
     "1\t2.000000\ta#1\t0+9\t4+5\t\tThe storm\tthe storm.\t\t\ten\t4+5\t0\ttext\ta\n",
     "\033[0m",
     {.columns = 80, .is_snippet = true, .is_colour = true}},
    {"a whole passage keeps its paragraphs, and another path is shown",
     "OK 1 hits=1 found=3 bound=lower gen=57\n"
     "3\t1.000000\td%2017#2\t5+9\t\t\tT\tone\\n\\ntwo\t\thttp://x.example/\ten\t\t0\tjsonl\tall.jsonl\n",
     " 3  T\n    d%2017#2 · text bytes 5+9 · score 1.00\n    all.jsonl · http://x.example/\n    one\n\n    two\n\n"
     "    passage 3 of at least 3\n",
     {.columns = 80, .from = 2}},
    {"no title: the path",
     "OK 1 hits=1\n1\t1.0\ta.txt#1\t0+2\t\t\t\thi.\t\t\t\t\t\t\ta.txt\n",
     " 1  a.txt\n    a.txt#1 · at 0+2 · score 1.00\n    hi.\n\n    passage 1\n",
     {.columns = 80, .is_snippet = true}},
    {"columns that are missing or absurd",
     "OK 3 hits=3\n\n1\n2\tNaNsense\t\033]0;x\007\t-1+5\t9+9,x,5+4294967295,2+1\tnever\t\xff\tab c.\n",
     "    \n\n 1  \n\n 2  \\xff\n    never\n    \\x1b]0;x\\x07\n    ab c.\n\n    passages 1–3\n",
     {.columns = 80, .is_snippet = true}},
};

static void test_render_hits__replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hit_cases / sizeof hit_cases[0]; i++) {
        struct buf out;
        render(&out, hit_cases[i].reply, &hit_cases[i].style);
        if (hit_cases[i].style.is_colour) {
            buf_put_byte(&out, '\0');
            assert_non_null(strstr(out.data, "\033[1mThe \033[0m\033[1;1;31mstorm\033[0m\n"));
            assert_non_null(strstr(out.data, "    the \033[1;31mstorm\033[0m.\n"));
            buf_clear(&out);
        } else {
            expect(&out, hit_cases[i].want);
        }
    }
}

static void test_render_article__fields_and_passages(void **state)
{
    (void)state;
    struct reply_status status;
    struct buf out;
    struct render_style style = {.columns = 40};
    assert_int_equal(reply_parse(&status, SLICE("OK 6 fields=4 gen=1"), NULL), OK);
    buf_init(&out, 10000);
    render_article(
        &out, &status,
        SLICE("title\tFloods\nauthor\t\nformat\thtml\ntags\tsea\\nwind\na.md#1\t0+5\tone.\na.md#2\t7+5\ttwo.\n"),
        &style);
    expect(&out, "title: Floods\nformat: html\ntags: sea, wind\n\na.md#1 · text bytes 0+5\none.\n\na.md#2 · text bytes "
                 "7+5\ntwo.\n");
    assert_int_equal(reply_parse(&status, SLICE("OK 1 gen=1"), NULL), OK);
    buf_init(&out, 10000);
    render_article(&out, &status, SLICE("a.md#2\t7+5\ttwo.\n"), &style);
    expect(&out, "a.md#2 · at 7+5\ntwo.\n");
}

static void test_render_table__columns(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 10000);
    render_table(&out, SLICE("term\tstorm\t1\nsum\t\t12.5\n"), SLICE("part\tname\tvalue\n"));
    expect(&out, "part  name   value\nterm  storm  1\nsum          12.5\n");
    buf_init(&out, 10000);
    render_table(&out, SLICE("hits\t5\n"), SLICE(""));
    expect(&out, "hits  5\n");
}

static void test_render_explanation__numbers(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 10000);
    render_explanation(&out, SLICE("term\t3.14159265\t1\t5\t224\t3.6866041402768008\t67\t1e5\t1234567.8\n"
                                   "sum\t\t\t\t\t\t\t\t0.0000123456789"));
    expect(&out, "part  name        qtf  df  N    idf     impact  weight  value\n"
                 "term  3.14159265  1    5   224  3.6866  67      1e5     1.23457e+06\n"
                 "sum                                                     1.23457e-05\n");
}

static void test_render_nothing__reasons(void **state)
{
    (void)state;
    static const struct {
        const char *status, *query;
        uint32_t from;
        const char *want;
    } cases[] = {
        {"OK 0 hits=0 found=0 bound=exact gen=1", "zeppelin", 0, "no passage matches"},
        {"OK 0 hits=0 found=0 bound=exact gen=1", "\"?\" -- !", 0, "no words in the query"},
        {"OK 0 hits=0 found=0 bound=exact gen=1", "\xe6\xb5\xb7", 0, "no passage matches"},
        {"OK 0 hits=0 found=25 bound=exact gen=1", "x", 25, "only 25 passages"},
        {"OK 0 hits=0 found=1 bound=exact gen=1", "x", 1, "only 1 passage"},
        {"OK 0 hits=0 found=2500 bound=estimate gen=1", "x", 3000, "only about 2,500 passages"},
        {"OK 0 hits=0 found=0 bound=exact gen=1", "x", 25, "no passage matches"},
        {"OK 0 hits=0 found=0 bound=exact gen=0", "x", 0, "the index is empty"},
        {"OK 0 hits=0 found=0 bound=exact gen=1 authored=1200", "Ann Ray", 0,
         "no passage matches; author:\"Ann Ray\" finds 1,200"},
        {"OK 0", "x", 0, "no passage matches"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply_status status;
        struct buf out;
        buf_init(&out, 1000);
        assert_int_equal(reply_parse(&status, slice_cstr(cases[i].status), NULL), OK);
        render_nothing(&out, &status, slice_cstr(cases[i].query), cases[i].from);
        expect(&out, cases[i].want);
    }
}

static void test_put_client_words__messages(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want;
    } cases[] = {
        {"", ""},
        {"'~' is not available; quote it or use mode=plain", "'~' is not available; quote it or use --plain"},
        {"no such article; an id is written as the passages of SEARCH show it",
         "no such article; an id is written as quoth prints it"},
        {"passage = names a passage: article#ordinal", "--explain takes a passage: ARTICLE#N"},
        {"from + n is 10009, at most 10000", "--from and -n together are 10009, at most 10000"},
        {"not done within 5 ms; allow more with deadline=, or ask for less",
         "not done within 5 ms; allow more with --timeout, or ask for less"},
        {"quote opened here is not closed", "quote opened here is not closed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        put_client_words(&out, slice_cstr(cases[i].input));
        expect(&out, cases[i].want);
    }
}

static void test_render_count__numbers(void **state)
{
    (void)state;
    static const struct {
        const char *status, *want;
    } cases[] = {
        {"OK 0 passages=0 articles=0", "0 passages in 0 articles\n"},
        {"OK 0 passages=1 articles=1", "1 passage in 1 article\n"},
        {"OK 0 passages=1234 articles=56", "1,234 passages in 56 articles\n"},
        {"OK 0", "0 passages in 0 articles\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply_status status;
        struct buf out;
        buf_init(&out, 1000);
        assert_int_equal(reply_parse(&status, slice_cstr(cases[i].status), NULL), OK);
        render_count(&out, &status);
        expect(&out, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_char_width__ranges),
        cmocka_unit_test(test_put_harmless__control_bytes),
        cmocka_unit_test(test_wrap_text__lines),
        cmocka_unit_test(test_wrap_text__marks),
        cmocka_unit_test(test_put_grouped__digits),
        cmocka_unit_test(test_pair_parse__forms),
        cmocka_unit_test(test_render_hits__replies),
        cmocka_unit_test(test_render_article__fields_and_passages),
        cmocka_unit_test(test_render_table__columns),
        cmocka_unit_test(test_render_count__numbers),
        cmocka_unit_test(test_render_explanation__numbers),
        cmocka_unit_test(test_render_nothing__reasons),
        cmocka_unit_test(test_put_client_words__messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
