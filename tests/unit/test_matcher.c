/*
 * The matcher on a segment's token sequences: phrases in title or body, words and prefixes of the title.
 */
#include "index_fixture.h"
#include "kernel_forms.h"
#include "match.h"

static const struct fixture_article article = {
    .id = "a",
    .title = "North Sea storms",
    .author = "Daniel Byman",
    .passages = {"The flood of the north came first.", "Seas were rising, flood waters stood high; computing.",
                 "State of union"},
};

struct leaf_case {
    const char *query;
    bool want[3]; /* of passages 0, 1, 2: the first leaf of the query */
    bool needs_tokens;
};

/* As the kernel does before it matches. */
static void expand(const struct snapshot *s, struct query *q)
{
    struct kernel_forms *forms;
    struct error e = {0};
    struct stop stop = {0};
    fixture_ok(kernel_forms_new(&forms, s, &e), &e);
    for (size_t i = 0; i < q->n_leaves; i++) {
        const struct query_node *leaf = q->leaves[i];
        struct form_pattern pattern = {leaf->words[0].form, leaf->kind == NODE_FUZZY ? leaf->distance : 0};
        bool is_cut;
        if (query_node_is_expanded(leaf))
            fixture_ok(kernel_forms_expand(forms, pattern, &stop, &q->arena, &leaf->words[0], &is_cut, &e), &e);
    }
    kernel_forms_free(forms);
}

static void check(const struct snapshot *snapshot, struct analyzer *analyzer, const struct leaf_case *c)
{
    const struct segment *s = snapshot_segment(snapshot, 0);
    static const struct query_parser_options options = {.mode = MODE_QUERY};
    struct query *q;
    struct matcher *m;
    struct error e = {0};
    fixture_ok(query_parse(&q, slice_cstr(c->query), &options, analyzer, &e), &e);
    expand(snapshot, q);
    fixture_ok(matcher_new(&m, q, s, NULL, 0, &e), &e);
    assert_int_equal(matcher_needs_tokens(m), c->needs_tokens);
    for (int again = 0; again < 2; again++) {
        for (uint32_t p = 0; p < 3; p++) {
            bool matches;
            fixture_ok(matcher_leaf(m, q->leaves[0], p, &matches, &e), &e);
            if (matches != c->want[p])
                fail_msg("%s: passage %u: %d", c->query, p, matches);
        }
    }
    static const uint32_t all[] = {2, 0, 1, 1, 0, 2, 2, 2, 1, 0, 0, 0, 1, 2, 1, 2, 0};
    bool matches[sizeof all / sizeof all[0]];
    for (size_t n = 0; n <= sizeof all / sizeof all[0]; n++) {
        memset(matches, 2, sizeof matches);
        fixture_ok(matcher_leaf_all(m, q->leaves[0], all, n, matches, &e), &e);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(matches[i], c->want[all[i]]);
    }
    static const uint32_t none = 3;
    bool is_asked = matcher_leaf(m, q->leaves[0], none, matches, &e) != OK;
    assert_int_equal(is_asked, matcher_leaf_all(m, q->leaves[0], &none, 1, matches, &e) != OK);
    matcher_free(m);
    query_free(q);
}

static void test_matcher_leaf__every_kind(void **state)
{
    (void)state;
    static const struct leaf_case cases[] = {
        {"\"north sea\"", {true, true, true}, true},    /* the title is part of each passage */
        {"\"storm the\"", {false, false, false}, true}, /* never across title and body */
        {"\"storm seas\"", {false, false, false}, true},
        {"\"floods waters\"", {false, true, false}, true}, /* stems */
        {"\"waters flood\"", {false, false, false}, true}, /* in order */
        {"\"flood of the north\"", {true, false, false}, true},
        {"\"flood north\"", {false, false, false}, true},   /* at the query's distances */
        {"\"state of union\"", {false, false, true}, true}, /* up to the last token */
        {"\"union x\"", {false, false, false}, true},
        {"\"absent flood\"", {false, false, false}, true},
        {"title:\"north sea\"", {true, true, true}, true},
        {"title:\"flood waters\"", {false, false, false}, true},
        {"title:storm", {true, true, true}, true},
        {"title:flood", {false, false, false}, true},
        {"title:stor*", {true, true, true}, true},
        {"title:storming*", {false, false, false}, true},
        {"title:flo*", {false, false, false}, true},
        {"flood", {true, true, false}, false},
        {"comput*", {false, true, false}, false},
        {"zz*", {false, false, false}, false},
        {"absent", {false, false, false}, false},
        {"\"sea north\"~1", {true, true, true}, true}, /* in any order */
        {"\"waters floods\"~1", {false, true, false}, true},
        {"\"flood north\"~2", {false, false, false}, true},
        {"\"flood north\"~3", {true, false, false}, true},
        {"\"storm flood\"~1000", {false, false, false}, true}, /* never across title and body */
        {"title:\"sea storm\"~2", {true, true, true}, true},
        {"title:flod~1", {false, false, false}, true},
        {"title:stroms~1", {true, true, true}, true},
        {"flod~1", {true, true, false}, false},
        {"floood~2", {true, true, false}, false},
        {"=flood", {true, true, false}, true},
        {"=floods", {false, false, false}, true},
        {"=waters", {false, true, false}, true},
        {"=water", {false, false, false}, true},
        {"title:=storms", {true, true, true}, true},
        {"title:=storm", {false, false, false}, true},
        {"title:=flood", {false, false, false}, true},
        {"author:\"daniel byman\"", {false, false, false}, false},
    };
    struct fixture f;
    fixture_init(&f);
    const struct fixture_article *added[] = {&article};
    fixture_update(&f, NULL, 0, added, 1);
    struct snapshot *s = fixture_open(&f);
    assert_int_equal(snapshot_n_segments(s), 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(s, f.analyzer, &cases[i]);
    snapshot_unref(s);
    fixture_clear(&f);
}

static void test_matcher_leaf__another_query(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    const struct fixture_article *added[] = {&article};
    fixture_update(&f, NULL, 0, added, 1);
    struct snapshot *s = fixture_open(&f);
    static const struct query_parser_options options = {.mode = MODE_QUERY};
    struct query *q, *other;
    struct matcher *m;
    struct error e = {0};
    fixture_ok(query_parse(&q, SLICE("x"), &options, f.analyzer, &e), &e);
    fixture_ok(query_parse(&other, SLICE("x y"), &options, f.analyzer, &e), &e);
    fixture_ok(matcher_new(&m, q, snapshot_segment(s, 0), NULL, 0, &e), &e);
    bool matches;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(matcher_leaf(m, other->leaves[i], 0, &matches, &e), ERR_INTERNAL);
    matcher_free(m);
    matcher_free(NULL);
    query_free(q);
    query_free(other);
    snapshot_unref(s);
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matcher_leaf__every_kind),
        cmocka_unit_test(test_matcher_leaf__another_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
