/**
 * Random articles, the same in an index of several segments with deletions and in the model of brute_force.h, and
 * random query trees over them.
 */
#ifndef QUOTH_RANDOM_WORLD_H
#define QUOTH_RANDOM_WORLD_H

#include "brute_force.h"
#include "kernel_run.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

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

/* A generator of our own, so that every machine sees the same cases. */
struct dice {
    uint64_t state;
};

static inline uint32_t roll(struct dice *d, size_t n)
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

static inline struct fixture_article *random_article(struct dice *d, struct arena *arena, unsigned number)
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
    struct kernel *kernel;
    unsigned next_number;
    size_t n_matched, n_cut, n_tied, n_estimated; /* queries that showed something of interest */
};

static inline void world_update(struct world *w, size_t n_removed, size_t n_added)
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

static inline void world_init(struct world *w, uint64_t seed)
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
    fixture_ok(kernel_new(&w->kernel, w->snapshot, NULL, &e), &e);
}

/* Everything into one segment, the dead left out; the snapshot is opened again. */
static inline void world_compact(struct world *w)
{
    struct error e = {0};
    struct update *u;
    struct publish_result result;
    fixture_ok(update_begin(&u, w->fixture.folder, &w->fixture.settings, &e), &e);
    update_request_compact(u, false);
    fixture_ok(update_publish(u, &result, &e), &e);
    update_free(u);
    kernel_free(w->kernel);
    snapshot_unref(w->snapshot);
    w->snapshot = fixture_open(&w->fixture);
    fixture_ok(kernel_new(&w->kernel, w->snapshot, NULL, &e), &e);
}

static inline void world_clear(struct world *w)
{
    kernel_free(w->kernel);
    snapshot_unref(w->snapshot);
    brute_clear(&w->brute);
    fixture_clear(&w->fixture);
    arena_clear(&w->arena);
}

/* The union of a word's stems in the languages of the articles. */
static inline void fill_word(struct world *w, struct query *q, struct query_word *out, uint32_t position)
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

static inline void fill_name(struct world *w, struct query *q, struct query_node *n)
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

static inline void fill_leaf(struct world *w, struct query *q, struct query_node *n)
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

static inline struct query_node *random_node(struct world *w, struct query *q, enum node_role role, size_t depth);

static inline void fill_bracket(struct world *w, struct query *q, struct query_node *n, size_t depth)
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

static inline struct query_node *random_node(struct world *w, struct query *q, enum node_role role, size_t depth)
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

#endif
