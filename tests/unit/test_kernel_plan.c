/* The plan of a query: its terms, each once, as every segment knows them. */
#include "index_fixture.h"
#include "kernel_plan.h"

#define N_WORDS 120 /* of the index */
#define N_ASKED 200 /* of a query, each twice; some are in no passage */

struct world {
    struct fixture fixture;
    struct snapshot *snapshot;
    struct kernel_forms *forms;
    struct term_memo *memo;
    struct arena arena; /* texts */
};

static const char *words_from(struct arena *arena, unsigned from, unsigned to)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    for (unsigned i = from; i < to; i++)
        buf_printf(&b, "z%uq ", i);
    const char *text = arena_copy(arena, buf_slice(&b)).data;
    buf_clear(&b);
    return text;
}

/* Two segments that share some words; of the second article's passages one is dead. */
static void world_init(struct world *w)
{
    *w = (struct world){0};
    fixture_init(&w->fixture);
    struct fixture_article first = {.id = "a", .title = "z3q", .author = "z5q", .tags = "z5q", .date = 20200101};
    struct fixture_article second = {.id = "b", .title = "z7q"}, third = {.id = "c", .title = "z9q"};
    first.passages[0] = words_from(&w->arena, 0, 60);
    first.passages[1] = words_from(&w->arena, 30, 90);
    second.passages[0] = words_from(&w->arena, 40, N_WORDS);
    third.passages[0] = words_from(&w->arena, 0, N_WORDS);
    const struct fixture_article *some[] = {&first, &third}, *other[] = {&second};
    const char *removed[] = {"c"};
    fixture_update(&w->fixture, NULL, 0, some, 2);
    fixture_update(&w->fixture, removed, 1, other, 1);
    w->snapshot = fixture_open(&w->fixture);
    struct error e = {0};
    fixture_ok(kernel_forms_new(&w->forms, w->snapshot, &e), &e);
    fixture_ok(term_memo_new(&w->memo, snapshot_n_segments(w->snapshot), &e), &e);
}

static void world_clear(struct world *w)
{
    kernel_forms_free(w->forms);
    term_memo_free(w->memo);
    snapshot_unref(w->snapshot);
    fixture_clear(&w->fixture);
    arena_clear(&w->arena);
}

static struct query *parse(struct world *w, const char *line, enum query_mode mode)
{
    struct query *q;
    struct error e = {0};
    struct query_parser_options options = {.mode = mode};
    fixture_ok(query_parse(&q, slice_cstr(line), &options, w->fixture.analyzer, &e), &e);
    return q;
}

static struct plan *plan_of(struct world *w, struct arena *arena, struct query *q)
{
    struct plan *p;
    struct error e = {0};
    struct stop stop = {0};
    fixture_ok(plan_new(&p, arena, q, w->snapshot, w->forms, w->memo, &stop, NULL, &e), &e);
    assert_int_equal(p->n_leaves, q->n_leaves);
    for (size_t i = 0; i < p->n_leaves; i++)
        assert_ptr_equal(p->leaves[i]->node, q->leaves[i]);
    return p;
}

static void check_terms(const struct world *w, const struct plan *p)
{
    for (size_t i = 0; i < p->n_terms; i++) {
        const struct plan_term *t = &p->terms[i];
        uint64_t df = 0;
        for (size_t k = 0; k < i; k++)
            assert_false(slice_equal(p->terms[k].text, t->text));
        for (size_t k = 0; k < snapshot_n_segments(w->snapshot); k++) {
            struct term_view view;
            const struct segment *s = snapshot_segment(w->snapshot, k);
            if (segment_find_term(s, t->text, &view))
                df += view.df - segment_dead_df(s, view.id);
            assert_int_equal(t->in[k].id, view.id);
            assert_int_equal(t->in[k].df, view.id == TERM_NONE ? t->in[k].df : view.df);
        }
        assert_int_equal(t->df, df);
        assert_int_equal(t->df, snapshot_df(w->snapshot, t->text));
        assert_true(t->idf > 0);
    }
}

/* The table of terms grows several times; equal words of other leaves have the same number. */
static void test_plan_new__many_terms(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct arena arena = {0};
    struct query *q = parse(&w, words_from(&w.arena, 0, N_ASKED), MODE_PLAIN);
    /* One leaf that has them all, beside those that have one each. */
    struct query_word *both = arena_alloc(&q->arena, sizeof *both);
    both->terms = arena_alloc(&q->arena, N_ASKED * sizeof *both->terms);
    assert_int_equal(q->n_leaves, N_ASKED);
    for (size_t i = 0; i < N_ASKED; i++)
        both->terms[both->n_terms++] = q->leaves[N_ASKED - 1 - i]->words[0].terms[0];
    q->leaves[0]->words = both;
    for (size_t round = 0; round < 3; round++) {
        struct plan *p = plan_of(&w, &arena, q);
        assert_int_equal(p->n_terms, N_ASKED);
        check_terms(&w, p);
        for (uint32_t i = 0; i < N_ASKED; i++)
            assert_int_equal(p->leaves[0]->words[0].terms[i], i);
        for (uint32_t i = 1; i < N_ASKED; i++)
            assert_int_equal(p->leaves[i]->words[0].terms[0], N_ASKED - 1 - i);
        arena_reset(&arena);
    }
    query_free(q);
    arena_clear(&arena);
    world_clear(&w);
}

/* Of a few terms what the segments say is remembered; some are asked for again, beside others and those that are in no
 * passage. */
static void test_plan_new__remembered_terms(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct arena arena = {0};
    static const unsigned firsts[] = {0, 20, 40, 85, 20, 110, 0};
    size_t n_known = 0; /* of 280; a few lose their place to others of the same query */
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        struct query *q = parse(&w, words_from(&w.arena, firsts[i], firsts[i] + 40), MODE_PLAIN);
        struct plan *p = plan_of(&w, &arena, q);
        assert_int_equal(p->n_terms, 40);
        check_terms(&w, p);
        for (size_t t = 0; t < p->n_terms; t++) {
            uint64_t df;
            const struct term_view *known = term_memo_get(w.memo, p->terms[t].text, p->terms[t].hash, &df);
            n_known += known != NULL && df == p->terms[t].df;
        }
        arena_reset(&arena);
        query_free(q);
    }
    assert_in_range(n_known, 240, 280);
    arena_clear(&arena);
    world_clear(&w);
}

/* A word, the same of an author and of a tag are three terms. */
static void test_plan_new__filter_terms(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    struct arena arena = {0};
    struct query *q = parse(&w, "z5q author:z5q tag:z5q title:z5q =z5q \"z5q z6q\"", MODE_QUERY);
    struct plan *p = plan_of(&w, &arena, q);
    static const char *const texts[] = {"z5q", "z6q", "Az5q", "Kz5q"};
    assert_int_equal(p->n_terms, 4);
    for (size_t i = 0; i < 4; i++) {
        bool is_there = false;
        for (size_t k = 0; k < 4; k++)
            is_there |= slice_equal(p->terms[k].text, slice_cstr(texts[i]));
        if (!is_there)
            fail_msg("no term %s", texts[i]);
    }
    assert_true(p->needs_tokens);
    query_free(q);
    arena_clear(&arena);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_new__many_terms),
        cmocka_unit_test(test_plan_new__remembered_terms),
        cmocka_unit_test(test_plan_new__filter_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
