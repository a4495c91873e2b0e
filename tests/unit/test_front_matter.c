#include "../support/article_check.h"
#include "front_matter.h"
#include "front_yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_slice(const char *name, struct slice got, const char *want)
{
    if (!slice_equal(got, slice_cstr(want)))
        fail_msg("%s: got \"%.*s\", want \"%s\"", name, SLICE_ARG(got), want);
}

static void test_front_matter_read__cases(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *title, *author, *tags, *rest;
        int32_t date;
        uint64_t n_damaged;
    } cases[] = {
        {"none", "text\n---\n", "", "", "", "text\n---\n", 0, 0},
        {"a rule is none", "---\n\ntext\n", "", "", "", "---\n\ntext\n", 0, 0},
        {"empty", "---\n---\ntext", "", "", "", "text", 0, 0},
        {"simple", "---\ntitle: T\nauthor: A\ndate: 2019-03-13 9:00:00 -0500\n---\ntext", "T", "A", "", "text",
         20190313, 0},
        {"dots", "---\ntitle: T\n...\ntext", "T", "", "", "text", 0, 0},
        {"crlf", "---\r\ntitle: T\r\n---\r\ntext", "T", "", "", "text", 0, 0},
        {"spaces behind the fences", "--- \ntitle: T\n---\t\ntext", "T", "", "", "text", 0, 0},
        {"month alone", "---\ndate: 2018-04\n---\n", "", "", "", "", 20180400, 0},
        {"year alone", "---\ndate: 2018\n---\n", "", "", "", "", 20180000, 0},
        {"lists", "---\nauthors:\n  - donna-garland\n  - B\ntopics: [x, 'y, z']\ncategories: c\n---\n", "",
         "donna-garland, B", "x|y|z|c|", "", 0, 0},
        {"named authors", "---\nauthors:\n - name: A\n   email: e\n - name: B\n---\n", "", "A, B", "", "", 0, 0},
        {"a named author", "---\nauthor:\n  name: A\n  url: u\n---\n", "", "A", "", "", 0, 0},
        {"nested keys are others", "---\nx:\n  title: no\n  tags: [no]\ntitle: T\n---\n", "T", "", "", "", 0, 0},
        {"quoted", "---\ntitle: \"A: \\\"b\\\"\"\n---\n", "A: \"b\"", "", "", "", 0, 0},
        {"folded", "---\ntitle: >\n  A\n  b\n---\n", "A b", "", "", "", 0, 0},
        {"null", "---\ntitle: ~\nauthor: null\ntags:\n---\n", "", "", "", "", 0, 0},
        {"aliases are not followed", "---\nx: &a T\ntitle: *a\nauthor: A\n---\n", "", "A", "", "", 0, 0},
        {"complex keys", "---\n? [a, b]\n: c\ntitle: T\n---\n", "T", "", "", "", 0, 0},
        {"keys in any case", "---\nTitle: T\nDATE: 2018\n---\n", "T", "", "", "", 20180000, 0},
        {"malformed: two colons", "---\ntitle: T: U\nauthor: A\ndate: 2018\n---\nx", "T: U", "A", "", "x", 20180000, 1},
        {"malformed: open list", "---\ntitle: T\ntags: [a, b\n---\nx", "T", "", "[a|b|", "x", 0, 1},
        {"malformed: tab", "---\ntitle: \"T\"\ntags:\n\t- a\n---\nx", "T", "", "a|", "x", 0, 1},
        {"text between rules", "---\nJust text.\n---\nx", "", "", "", "---\nJust text.\n---\nx", 0, 0},
        {"a list between rules", "---\n- a\n- b\n---\nx", "", "", "", "---\n- a\n- b\n---\nx", 0, 0},
        {"never closed", "---\ntitle: T\n\ntext", "T", "", "", "---\ntitle: T\n\ntext", 0, 1},
        {"toml", "+++\ntitle = \"T\"\nauthor = 'A'\ndate = 2020-01-02T03:04:05Z\ntags = [\"a\", \"b\"]\n+++\nx", "T",
         "A", "a|b|", "x", 20200102, 0},
        {"toml tables", "+++\ntitle = \"T\"\n[taxonomies]\ntags = [\"a\"]\n[extra]\nauthor = \"no\"\n+++\nx", "T", "",
         "a|", "x", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        size_t after;
        article_init(&a);
        struct slice text = slice_cstr(cases[i].text);
        assert_int_equal(front_matter_read(&a, text, &after, NULL), OK);
        assert_slice(cases[i].name, slice_from(text, after), cases[i].rest);
        assert_slice(cases[i].name, a.title, cases[i].title);
        assert_slice(cases[i].name, a.author, cases[i].author);
        struct buf tags;
        buf_init(&tags, 65536);
        for (size_t k = 0; k < a.n_tags; k++) {
            buf_put(&tags, a.tags[k]);
            buf_put_byte(&tags, '|');
        }
        assert_slice(cases[i].name, buf_slice(&tags), cases[i].tags);
        buf_clear(&tags);
        if (a.date != cases[i].date || a.n_damaged != cases[i].n_damaged)
            fail_msg("%s: date %d, damaged %d", cases[i].name, a.date, (int)a.n_damaged);
        article_clear(&a);
    }
}

/* A front matter of n bytes between its fences, with the title first. */
static size_t after_of_len(size_t n)
{
    struct buf b;
    struct article a;
    size_t after;
    buf_init(&b, 1 << 20);
    article_init(&a);
    buf_put_cstr(&b, "---\ntitle: T\n#");
    while (b.len < n + 3)
        buf_put_byte(&b, 'x');
    buf_put_cstr(&b, "\n---\ntext");
    assert_int_equal(front_matter_read(&a, buf_slice(&b), &after, NULL), OK);
    assert_slice("title", a.title, "T");
    article_clear(&a);
    buf_clear(&b);
    return after;
}

static void test_front_matter_read__bounds(void **state)
{
    (void)state;
    assert_true(after_of_len(FRONT_MATTER_MAX_BYTES - 1) > 0);
    assert_true(after_of_len(FRONT_MATTER_MAX_BYTES) > 0);
    assert_int_equal(after_of_len(FRONT_MATTER_MAX_BYTES + 1), 0);
}

static void test_front_yaml_read__bounds(void **state)
{
    (void)state;
    static const struct {
        size_t depth; /* of lists in the mapping */
        bool is_mapping;
    } cases[] = {{YAML_DEPTH_MAX - 2, true}, {YAML_DEPTH_MAX - 1, true}, {YAML_DEPTH_MAX, false}, {20000, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        struct article a;
        bool is_mapping;
        buf_init(&b, 1 << 20);
        article_init(&a);
        buf_put_cstr(&b, "x: ");
        for (size_t k = 0; k < cases[i].depth; k++)
            buf_put_byte(&b, '[');
        for (size_t k = 0; k < cases[i].depth; k++)
            buf_put_byte(&b, ']');
        assert_int_equal(front_yaml_read(&a, buf_slice(&b), &is_mapping, NULL), OK);
        assert_int_equal(is_mapping, cases[i].is_mapping);
        article_clear(&a);
        buf_clear(&b);
    }
    struct buf b;
    struct article a;
    bool is_mapping;
    buf_init(&b, 1 << 20);
    article_init(&a);
    for (size_t k = 0; k <= YAML_EVENTS_MAX / 2; k++)
        buf_put_cstr(&b, "a: b\n");
    assert_int_equal(front_yaml_read(&a, buf_slice(&b), &is_mapping, NULL), OK);
    assert_false(is_mapping);
    article_clear(&a);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_front_matter_read__cases),
        cmocka_unit_test(test_front_matter_read__bounds),
        cmocka_unit_test(test_front_yaml_read__bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
