/* Random trees over random indexes of several segments with deletions: the kernel against brute force, to the last bit.
 */
#include "brute_force.h"

#include "kernel.h"
#include "kernel_top.h"
#include "query_build.h"

#define N_ROUNDS 5
#define N_QUERIES 800
#define HITS_MAX (BRUTE_ARTICLES_MAX * FIXTURE_PASSAGES_MAX)

static const char *const words[] = {
    "storm",  "storms", "stormy",  "surge",    "sea",       "seas",     "north",      "run",    "running",
    "runs",   "runner", "compute", "computer", "computing", "universe", "university", "gift",   "gifts",
    "kind",   "kinder", "die",     "the",      "of",        "haus",     "hauses",     "häuser", "city",
    "cities", "attack", "attacks", "bank",     "banken",    "banks",
};
static const char *const names[] = {"Ann Lee", "Bo Lee", "Ann Marsh", ""};
static const char *const tags[] = {"weather\nsea", "sea", "city life", ""};
static const char *const paths[] = {"news/a.txt", "news/b.txt", "notes/c.txt", "n", NULL};
static const char *const urls[] = {"http://news.example.org/x/1", "http://example.org/x/2", "http://other.example.com/",
                                   NULL};
static const char *const values_of_source[] = {"news/", "n", "notes/c.txt", "a1", "x"};
static const char *const values_of_url[] = {"http://news.", "example.org", "example.org/x", "org", "example"};
static const int32_t dates[] = {20240327, 20240301, 20240300, 20240000, 20230615, 20230600, 0};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A generator of our own, so that every machine sees the same cases. */
struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, size_t n)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((d->state >> 33) % n);
}

/* A made-up word of a family large enough to cut a prefix: zqaa, zqab, …; the first ones are the commonest. */
static const char *family_word(struct dice *d, char *out)
{
    uint32_t n = roll(d, 200);
    n = n * n / 200;
    snprintf(out, 8, "zq%c%c", 'a' + (int)(n / 15), 'a' + (int)(n % 15));
    return out;
}

static const char *random_text(struct dice *d, struct arena *arena, size_t n_words)
{
    char made[8], text[2048];
    size_t len = 0;
    for (size_t i = 0; i < n_words; i++) {
        const char *word = roll(d, 4) == 0 ? family_word(d, made) : words[roll(d, COUNT(words))];
        int n = snprintf(text + len, sizeof text - len, "%s%s", i > 0 ? " " : "", word);
        assert_true(n > 0 && (size_t)n < sizeof text - len);
        len += (size_t)n;
    }
    return arena_copy(arena, slice_of(text, len)).data;
}

static struct fixture_article *random_article(struct dice *d, struct arena *arena, unsigned number)
{
    struct fixture_article *a = arena_alloc(arena, sizeof *a);
    char id[32];
    int n = snprintf(id, sizeof id, "a%u.txt", number);
    a->id = arena_copy(arena, slice_of(id, (size_t)n)).data;
    a->title = random_text(d, arena, roll(d, 5));
    a->author = names[roll(d, COUNT(names))];
    a->tags = tags[roll(d, COUNT(tags))];
    a->lang = roll(d, 3) == 0 ? "de" : "en";
    a->date = dates[roll(d, COUNT(dates))];
    a->path = paths[roll(d, COUNT(paths))];
    a->url = urls[roll(d, COUNT(urls))];
    size_t n_passages = roll(d, 5);
    for (size_t i = 0; i < n_passages; i++)
        a->passages[i] = i > 0 && roll(d, 4) == 0 ? a->passages[i - 1] : random_text(d, arena, 1 + roll(d, 24));
    return a;
}

/* The same articles in the index, by several updates, and in the model. */
struct world {
    struct dice dice;
    struct arena arena;
    struct fixture fixture;
    struct brute brute;
    struct snapshot *snapshot;
    struct index_reader *reader;
    struct kernel *kernel;
    unsigned next_number;
    size_t n_matched, n_cut, n_tied; /* queries that showed something of interest */
};

static void world_update(struct world *w, size_t n_removed, size_t n_added)
{
    const char *removed[64];
    const struct fixture_article *added[64];
    for (size_t i = 0; i < n_removed; i++) {
        size_t victim = roll(&w->dice, w->brute.n_articles);
        removed[i] = w->brute.articles[victim]->source->id;
        brute_remove(&w->brute, victim);
    }
    for (size_t i = 0; i < n_added; i++) {
        struct fixture_article *a = random_article(&w->dice, &w->arena, w->next_number++);
        /* What was removed may come back under its id, as a changed file does. */
        if (i < n_removed && roll(&w->dice, 2) == 0)
            a->id = removed[i];
        brute_add(&w->brute, a);
        added[i] = a;
    }
    fixture_update(&w->fixture, removed, n_removed, added, n_added);
}

static void world_init(struct world *w, uint64_t seed)
{
    struct error e = {0};
    *w = (struct world){.dice = {seed}};
    arena_init(&w->arena);
    fixture_init(&w->fixture);
    arena_init(&w->brute.arena);
    w->brute.analyzer = w->fixture.analyzer;
    world_update(w, 0, 24);
    for (size_t i = 0; i < 4; i++)
        world_update(w, 2 + roll(&w->dice, 3), 2 + roll(&w->dice, 8));
    w->snapshot = fixture_open(&w->fixture);
    fixture_ok(index_reader_open(&w->reader, w->snapshot, &e), &e);
    fixture_ok(kernel_new(&w->kernel, w->reader, &e), &e);
}

static void world_clear(struct world *w)
{
    kernel_free(w->kernel);
    index_reader_close(w->reader);
    snapshot_unref(w->snapshot);
    brute_clear(&w->brute);
    fixture_clear(&w->fixture);
    arena_clear(&w->arena);
}

/* The union of a word's stems in the languages of the articles. */
static void fill_word(struct world *w, struct query *q, struct query_word *out, uint32_t position)
{
    static const char *const langs[] = {"de", "en"};
    char made[8];
    const char *text = roll(&w->dice, 5) == 0 ? family_word(&w->dice, made) : words[roll(&w->dice, COUNT(words))];
    out->terms = arena_alloc(&q->arena, COUNT(langs) * sizeof *out->terms);
    out->position = position;
    for (size_t i = 0; i < COUNT(langs); i++) {
        struct brute_text analyzed = brute_analyze(&w->brute, langs[i], text);
        assert_int_equal(analyzed.n, 1);
        out->form = analyzed.tokens[0].form;
        if (out->n_terms == 0 || !slice_equal(out->terms[0], analyzed.tokens[0].term))
            out->terms[out->n_terms++] = analyzed.tokens[0].term;
        free(analyzed.tokens);
    }
    if (out->n_terms == 2 && slice_compare(out->terms[0], out->terms[1]) > 0) {
        struct slice first = out->terms[0];
        out->terms[0] = out->terms[1];
        out->terms[1] = first;
    }
}

static void fill_name(struct world *w, struct query *q, struct query_node *n)
{
    const char *text = n->field == FIELD_AUTHOR ? names[roll(&w->dice, 3)] : tags[roll(&w->dice, 3)];
    struct brute_text analyzed = brute_analyze(&w->brute, "en", text);
    n->kind = analyzed.n > 1 ? NODE_PHRASE : NODE_WORD;
    n->n_words = analyzed.n;
    n->words = arena_alloc(&q->arena, analyzed.n * sizeof *n->words);
    for (size_t i = 0; i < analyzed.n; i++) {
        n->words[i].terms = arena_alloc(&q->arena, sizeof *n->words[i].terms);
        n->words[i].terms[0] = analyzed.tokens[i].term;
        n->words[i].form = analyzed.tokens[i].form;
        n->words[i].n_terms = 1;
        n->words[i].position = (uint32_t)i + 1;
    }
    free(analyzed.tokens);
}

static void fill_leaf(struct world *w, struct query *q, struct query_node *n)
{
    uint32_t position = 1;
    n->n_words = n->kind == NODE_PHRASE || n->kind == NODE_NEAR ? 2 + roll(&w->dice, 2) : 1;
    n->words = arena_alloc(&q->arena, n->n_words * sizeof *n->words);
    for (size_t i = 0; i < n->n_words; i++) {
        fill_word(w, q, &n->words[i], position);
        position += roll(&w->dice, 5) == 0 ? 2 : 1;
    }
    if (n->kind == NODE_PREFIX) {
        size_t len = 2 + roll(&w->dice, 2);
        n->words[0].form.len = n->words[0].form.len < len ? n->words[0].form.len : len;
    }
    if (n->kind == NODE_NEAR)
        n->distance = 1 + roll(&w->dice, 8);
    if (n->kind == NODE_FUZZY)
        n->distance = 1 + roll(&w->dice, 2);
    if (query_node_is_expanded(n)) {
        n->words[0].n_terms = 0;
        n->words[0].terms = NULL;
    }
}

static struct query_node *random_node(struct world *w, struct query *q, enum node_role role, size_t depth);

static void fill_bracket(struct world *w, struct query *q, struct query_node *n, size_t depth)
{
    n->n_children = 1 + roll(&w->dice, 4);
    n->children = arena_alloc(&q->arena, n->n_children * sizeof(struct query_node *));
    for (size_t i = 0; i < n->n_children; i++) {
        enum node_role role = n->kind == NODE_OR ? ROLE_SHOULD : (enum node_role)roll(&w->dice, 4);
        /* The first of an AND is required, as the parser sees to it. */
        if (n->kind == NODE_AND && i == 0)
            role = roll(&w->dice, 2) == 0 ? ROLE_MUST : ROLE_FILTER;
        n->children[i] = random_node(w, q, role, depth + 1);
    }
}

static struct query_node *random_node(struct world *w, struct query *q, enum node_role role, size_t depth)
{
    static const enum node_kind kinds[] = {NODE_WORD,  NODE_WORD, NODE_PHRASE, NODE_PREFIX, NODE_NEAR, NODE_FUZZY,
                                           NODE_EXACT, NODE_LANG, NODE_SOURCE, NODE_URL,    NODE_DATE, NODE_NONE,
                                           NODE_AND,   NODE_AND,  NODE_AND,    NODE_OR,     NODE_OR,   NODE_OR};
    struct query_node *n = arena_alloc(&q->arena, sizeof *n);
    assert_non_null(n);
    n->kind = depth < 3 ? kinds[roll(&w->dice, COUNT(kinds))] : kinds[roll(&w->dice, 7)];
    if (depth == 0 && roll(&w->dice, 2) == 0)
        n->kind = roll(&w->dice, 2) == 0 ? NODE_AND : NODE_OR;
    n->role = role;
    n->boost = roll(&w->dice, 4) == 0 ? 0.5 + roll(&w->dice, 4) : 1;
    if (n->kind == NODE_AND || n->kind == NODE_OR) {
        fill_bracket(w, q, n, depth);
    } else if (n->kind == NODE_DATE) {
        n->date_from = roll(&w->dice, 3) == 0 ? 0 : date_first(dates[roll(&w->dice, 6)]);
        n->date_to = roll(&w->dice, 2) == 0 ? 0 : date_last(dates[roll(&w->dice, 6)]);
    } else if (n->kind == NODE_LANG) {
        n->value = roll(&w->dice, 2) == 0 ? SLICE("de") : SLICE("en");
    } else if (n->kind == NODE_SOURCE) {
        n->value = slice_cstr(values_of_source[roll(&w->dice, COUNT(values_of_source))]);
    } else if (n->kind == NODE_URL) {
        n->value = slice_cstr(values_of_url[roll(&w->dice, COUNT(values_of_url))]);
    } else if (n->kind != NODE_NONE) {
        n->qtf = n->kind == NODE_WORD ? 1 + roll(&w->dice, 3) : 0;
        n->field = role == ROLE_FILTER      ? (enum node_field)(FIELD_TITLE + roll(&w->dice, 3))
                   : roll(&w->dice, 6) == 0 ? FIELD_TITLE
                                            : FIELD_ANY;
        if (n->field == FIELD_AUTHOR || n->field == FIELD_TAG)
            fill_name(w, q, n);
        else
            fill_leaf(w, q, n);
    }
    return n;
}

/* The model needs the terms of prefixes and fuzzy words; the kernel finds them itself. */
static void expand_leaves(const struct brute *b, struct query *q, bool on)
{
    for (size_t i = 0; i < q->n_leaves; i++) {
        if (!query_node_is_expanded(q->leaves[i]))
            continue;
        q->leaves[i]->words[0].n_terms = 0;
        q->leaves[i]->words[0].terms = NULL;
        q->leaves[i]->words[0].factors = NULL;
        if (on)
            brute_expand(b, q->leaves[i], &q->arena);
    }
}

/* Passages of one article past the first `per` go; the order stays. */
static size_t limit_per_article(struct brute_hit *hits, size_t n, uint32_t per)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t before = 0;
        for (size_t k = 0; k < kept; k++)
            before += hits[k].article == hits[i].article;
        if (per == 0 || before < per)
            hits[kept++] = hits[i];
    }
    return kept;
}

static size_t count_articles(const struct brute_hit *hits, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first &= hits[k].article != hits[i].article;
        count += is_first;
    }
    return count;
}

static void fail_query(const struct query *q, const char *what, double got, double want)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    query_print(&text, q);
    fail_msg("%s: got %.17g, want %.17g in %.*s", what, got, want, SLICE_ARG(text));
}

static void compare_hit(const struct world *w, const struct query *q, const struct candidate *c,
                        const struct brute_hit *want)
{
    struct error e = {0};
    struct passage_view passage;
    struct article_view article;
    const struct segment *s = snapshot_segment(w->snapshot, c->segment);
    fixture_ok(segment_passage(s, c->passage, &passage, &e), &e);
    fixture_ok(segment_article(s, passage.article, &article, &e), &e);
    if (c->score != want->score)
        fail_query(q, "score", c->score, want->score);
    if (!slice_equal(article.id, slice_cstr(want->article->source->id)) || passage.ordinal != want->ordinal)
        fail_query(q, "order", passage.ordinal, want->ordinal);
}

static void compare_explanation(struct world *w, struct query *q, const struct candidate *c)
{
    struct error e = {0};
    struct arena arena;
    struct passage_score score;
    struct stop stop = {0};
    arena_init(&arena);
    fixture_ok(kernel_explain(&score, &arena, w->kernel, q, c->segment, c->passage, &stop, &e), &e);
    double sum = 0;
    for (size_t i = 0; i < score.n_words; i++) {
        assert_true(score.words[i].value == score.words[i].weight * score.words[i].impact / 127);
        sum += score.words[i].value;
    }
    assert_true(score.is_match);
    if (sum != c->score || score.sum != c->score)
        fail_query(q, "explanation", sum, c->score);
    arena_clear(&arena);
}

static bool has_author(const struct fixture_article *a, struct slice value)
{
    return slice_equal(slice_cstr(a->author), value);
}

static bool has_year(const struct fixture_article *a, struct slice value)
{
    char year[8];
    snprintf(year, sizeof year, "%04d", a->date / 10000);
    return a->date != 0 && slice_equal(slice_cstr(year), value);
}

static bool has_month(const struct fixture_article *a, struct slice value)
{
    char month[16];
    snprintf(month, sizeof month, "%04d-%02d", a->date / 10000, a->date / 100 % 100);
    return a->date / 100 % 100 != 0 && slice_equal(slice_cstr(month), value);
}

/* Tags of the fixtures are no parts of each other but for whole words. */
static bool has_tag(const struct fixture_article *a, struct slice value)
{
    struct slice all = slice_cstr(a->tags);
    for (size_t at = 0; at < all.len; at++) {
        struct slice rest = slice_from(all, at);
        bool is_start = at == 0 || all.data[at - 1] == '\n';
        if (is_start && slice_starts(rest, value) && (rest.len == value.len || rest.data[value.len] == '\n'))
            return true;
    }
    return false;
}

static bool has_lang(const struct fixture_article *a, struct slice value)
{
    return slice_equal(slice_cstr(a->lang), value);
}

static void compare_facets(const struct world *w, const struct query *q, const struct facets *facets,
                           const struct brute_hit *hits, size_t n_hits)
{
    static bool (*const has[])(const struct fixture_article *, struct slice) = {[FACET_AUTHOR] = has_author,
                                                                                [FACET_YEAR] = has_year,
                                                                                [FACET_MONTH] = has_month,
                                                                                [FACET_TAG] = has_tag,
                                                                                [FACET_LANG] = has_lang};
    struct error e = {0};
    struct arena arena;
    struct facet_line *lines;
    size_t n;
    arena_init(&arena);
    fixture_ok(facets_take(facets, &arena, &lines, &n, &e), &e);
    for (size_t i = 0; i < n; i++) {
        uint64_t want = brute_count_articles(&w->brute, hits, n_hits, has[lines[i].field], lines[i].value);
        if (lines[i].n_articles != want || want == 0)
            fail_query(q, "facet", (double)lines[i].n_articles, (double)want);
        bool is_same = i > 0 && lines[i].field == lines[i - 1].field;
        assert_true(
            !is_same || lines[i].n_articles < lines[i - 1].n_articles ||
            (lines[i].n_articles == lines[i - 1].n_articles && slice_compare(lines[i].value, lines[i - 1].value) > 0));
    }
    /* Every article has a language, so none is missing there. */
    uint64_t n_of_langs = 0, n_found = 0;
    for (size_t i = 0; i < n; i++)
        n_of_langs += lines[i].field == FACET_LANG ? lines[i].n_articles : 0;
    for (size_t i = 0; i < 2; i++)
        n_found += brute_count_articles(&w->brute, hits, n_hits, has_lang, i == 0 ? SLICE("de") : SLICE("en"));
    assert_int_equal(n_of_langs, n_found);
    arena_clear(&arena);
}

static void compare(struct world *w, struct query *q, struct brute_hit *want, size_t k, uint32_t per)
{
    static const struct facet_wanted wanted[] = {
        {FACET_TAG, 10}, {FACET_YEAR, 10}, {FACET_MONTH, 2}, {FACET_LANG, 10}, {FACET_AUTHOR, 1}};
    struct error e = {0};
    struct candidates got;
    struct kernel_options options = {.k = k, .per = per, .sort = (enum kernel_sort)roll(&w->dice, 3)};
    fixture_ok(facets_new(&options.facets, wanted, COUNT(wanted), &e), &e);
    struct buf cut;
    buf_init(&cut, 1 << 16);
    expand_leaves(&w->brute, q, true);
    size_t found = brute_search(&w->brute, q, want);
    if (options.sort != SORT_SCORE)
        brute_sort(want, found, options.sort == SORT_NEWEST);
    size_t n_articles = count_articles(want, found);
    expand_leaves(&w->brute, q, false);
    fixture_ok(kernel_run(&got, w->kernel, q, &options, &cut, &e), &e);
    compare_facets(w, q, options.facets, want, found);
    facets_free(options.facets);
    size_t n = limit_per_article(want, found, per);
    if (got.found != found)
        fail_query(q, "found", (double)got.found, (double)found);
    if (got.n_articles != n_articles)
        fail_query(q, "articles", (double)got.n_articles, (double)n_articles);
    assert_int_equal(got.n, n < k ? n : k);
    assert_int_equal(got.n_leaves, q->n_leaves);
    for (size_t i = 0; i < got.n; i++)
        compare_hit(w, q, &got.items[i], &want[i]);
    for (size_t i = 0; i < got.n && i < 3; i++)
        compare_explanation(w, q, &got.items[i]);
    w->n_matched += found > 0;
    w->n_cut += cut.len > 0;
    w->n_tied += got.n > 1 && got.items[0].score == got.items[1].score && got.items[0].score > 0;
    buf_clear(&cut);
    candidates_clear(&got);
}

static void test_kernel_run__as_brute_force(void **state)
{
    (void)state;
    static const size_t ks[] = {0, 1, 3, 10, HITS_MAX};
    static const uint32_t pers[] = {0, 0, 1, 2};
    struct brute_hit *hits = calloc(HITS_MAX, sizeof *hits);
    assert_non_null(hits);
    for (uint64_t round = 0; round < N_ROUNDS; round++) {
        struct world w;
        world_init(&w, round + 1);
        assert_true(snapshot_n_segments(w.snapshot) > 1);
        for (size_t i = 0; i < N_QUERIES; i++) {
            struct query q = {0};
            struct error e = {0};
            arena_init(&q.arena);
            q.root = random_node(&w, &q, ROLE_SHOULD, 0);
            fixture_ok(query_number_leaves(&q, &e), &e);
            compare(&w, &q, hits, ks[roll(&w.dice, COUNT(ks))], pers[roll(&w.dice, COUNT(pers))]);
            arena_clear(&q.arena);
        }
        assert_true(w.n_matched > N_QUERIES / 2);
        assert_true(w.n_cut > 0);
        assert_true(w.n_tied > 0);
        world_clear(&w);
    }
    free(hits);
}

/* A query of one word, as the tests below want it. */
static void one_word(struct query *q, struct query_node *node, struct query_word *word, struct slice *term)
{
    struct error e = {0};
    *q = (struct query){.root = node};
    arena_init(&q->arena);
    *word = (struct query_word){.form = *term, .terms = term, .n_terms = 1, .position = 1};
    *node = (struct query_node){.kind = NODE_WORD, .words = word, .n_words = 1, .boost = 1, .qtf = 1};
    fixture_ok(query_number_leaves(q, &e), &e);
}

static void test_kernel_run__stopped_midway_then_again(void **state)
{
    (void)state;
    struct world w;
    struct query q;
    struct query_node node;
    struct query_word word;
    struct slice term = SLICE("storm");
    struct candidates got, again;
    atomic_bool cancel = true;
    struct kernel_options options = {.k = 5}, cancelled = {.k = 5, .stop = {.cancel = &cancel}},
                          late = {.k = 5, .stop = {.deadline_us = 1}};
    world_init(&w, 99);
    one_word(&q, &node, &word, &term);
    assert_int_equal(kernel_run(&got, w.kernel, &q, &options, NULL, NULL), OK);
    assert_true(got.n == 5);
    assert_int_equal(kernel_run(&again, w.kernel, &q, &cancelled, NULL, NULL), ERR_CANCELLED);
    assert_true(again.n == 0 && again.items == NULL && again.found == 0);
    assert_int_equal(kernel_run(&again, w.kernel, &q, &late, NULL, NULL), ERR_DEADLINE);
    assert_int_equal(kernel_run(&again, w.kernel, &q, &options, NULL, NULL), OK);
    assert_int_equal(again.n, got.n);
    for (size_t i = 0; i < got.n; i++)
        assert_true(again.items[i].score == got.items[i].score && again.items[i].passage == got.items[i].passage &&
                    again.items[i].segment == got.items[i].segment);
    candidates_clear(&got);
    candidates_clear(&again);
    arena_clear(&q.arena);
    world_clear(&w);
}

static void test_kernel_run__nothing_to_search(void **state)
{
    (void)state;
    struct world w;
    struct query empty = {0};
    struct candidates got;
    struct kernel_options options = {.k = 5};
    world_init(&w, 7);
    assert_int_equal(kernel_run(&got, w.kernel, &empty, &options, NULL, NULL), OK);
    assert_true(got.n == 0 && got.found == 0 && got.n_articles == 0);
    candidates_clear(&got);
    world_clear(&w);
}

/* Of a passage that does not match, the parts say what each word would bring. */
static void test_kernel_explain__no_match(void **state)
{
    (void)state;
    static const struct fixture_article article = {.id = "a", .passages = {"north sea"}};
    const struct fixture_article *const added[] = {&article};
    struct fixture f;
    struct error e = {0};
    struct slice terms[] = {SLICE("sea"), SLICE("surg")};
    struct query q;
    struct query_node root, nodes[2], *children[] = {&nodes[0], &nodes[1]};
    struct query_word words_of[2];
    struct index_reader *reader;
    struct kernel *kernel;
    struct passage_score score;
    struct stop stop = {0};
    fixture_init(&f);
    fixture_update(&f, NULL, 0, added, 1);
    struct snapshot *s = fixture_open(&f);
    fixture_ok(index_reader_open(&reader, s, &e), &e);
    fixture_ok(kernel_new(&kernel, reader, &e), &e);
    for (size_t i = 0; i < 2; i++) {
        one_word(&q, &nodes[i], &words_of[i], &terms[i]);
        arena_clear(&q.arena);
        nodes[i].role = ROLE_MUST;
    }
    root = (struct query_node){.kind = NODE_AND, .children = children, .n_children = 2, .boost = 1};
    q = (struct query){.root = &root};
    arena_init(&q.arena);
    fixture_ok(query_number_leaves(&q, &e), &e);
    fixture_ok(kernel_explain(&score, &q.arena, kernel, &q, 0, 0, &stop, &e), &e);
    assert_false(score.is_match);
    assert_int_equal(score.n_words, 2);
    assert_true(score.words[0].impact > 0 && score.words[0].df == 1 && score.sum == score.words[0].value);
    assert_true(score.words[1].impact == 0 && score.words[1].df == 0 && score.words[1].value == 0);
    arena_clear(&q.arena);
    kernel_free(kernel);
    index_reader_close(reader);
    snapshot_unref(s);
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel_run__as_brute_force),
        cmocka_unit_test(test_kernel_run__stopped_midway_then_again),
        cmocka_unit_test(test_kernel_run__nothing_to_search),
        cmocka_unit_test(test_kernel_explain__no_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
