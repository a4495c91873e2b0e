/**
 * What search should find, worked out the slow way: every live passage is looked at, token by token, and scored by the
 * formulas of docs/RANKING.md written down a second time. Nothing here reads an index.
 */
#ifndef QUOTH_BRUTE_FORCE_H
#define QUOTH_BRUTE_FORCE_H

#include "date.h"
#include "index_fixture.h"
#include "query.h"

#include <math.h>
#include <xxhash.h>

#define BRUTE_ARTICLES_MAX 256
#define BRUTE_FORMS_MAX 1024

struct brute_text {
    struct token *tokens; /* form and term are the arena's */
    size_t n, cap;
    struct arena *arena;
};

struct brute_article {
    const struct fixture_article *source;
    struct brute_text title, author, tags, passages[FIXTURE_PASSAGES_MAX];
    size_t n_passages;
};

struct brute {
    struct arena arena;
    struct analyzer *analyzer;
    struct brute_article *articles[BRUTE_ARTICLES_MAX]; /* the live ones */
    size_t n_articles;
};

struct brute_hit {
    const struct brute_article *article;
    uint32_t ordinal;
    double score;
    int32_t first_key; /* before the score, the smaller first; see brute_sort() */
};

static inline enum status brute_on_token(void *ctx, const struct token *t, struct error *e)
{
    struct brute_text *text = ctx;
    enum status st = array_reserve(&text->tokens, &text->cap, text->n + 1, sizeof *t, 1 << 20, e);
    if (st != OK)
        return st;
    struct token copy = *t;
    copy.form = arena_copy(text->arena, t->form);
    copy.term = arena_copy(text->arena, t->term);
    text->tokens[text->n++] = copy;
    return OK;
}

static inline struct brute_text brute_analyze(struct brute *b, const char *lang, const char *text)
{
    struct brute_text out = {.arena = &b->arena};
    struct error e = {0};
    fixture_ok(analyzer_run(b->analyzer, lang, slice_cstr(text), brute_on_token, &out, &e), &e);
    return out;
}

static inline void brute_add(struct brute *b, const struct fixture_article *a)
{
    assert_true(b->n_articles < BRUTE_ARTICLES_MAX);
    struct brute_article *out = calloc(1, sizeof *out);
    assert_non_null(out);
    const char *lang = a->lang == NULL ? "en" : a->lang;
    out->source = a;
    out->title = brute_analyze(b, lang, a->title);
    out->author = brute_analyze(b, lang, a->author);
    out->tags = brute_analyze(b, lang, a->tags);
    while (out->n_passages < FIXTURE_PASSAGES_MAX && a->passages[out->n_passages] != NULL) {
        out->passages[out->n_passages] = brute_analyze(b, lang, a->passages[out->n_passages]);
        out->n_passages++;
    }
    b->articles[b->n_articles++] = out;
}

static inline void brute_free_article(struct brute_article *a)
{
    free(a->title.tokens);
    free(a->author.tokens);
    free(a->tags.tokens);
    for (size_t i = 0; i < a->n_passages; i++)
        free(a->passages[i].tokens);
    free(a);
}

static inline void brute_remove(struct brute *b, size_t i)
{
    brute_free_article(b->articles[i]);
    b->articles[i] = b->articles[--b->n_articles];
}

static inline void brute_clear(struct brute *b)
{
    while (b->n_articles > 0)
        brute_remove(b, b->n_articles - 1);
    arena_clear(&b->arena);
}

static inline uint32_t brute_tf(const struct brute_text *text, struct slice term)
{
    uint32_t n = 0;
    for (size_t i = 0; i < text->n; i++)
        n += slice_equal(text->tokens[i].term, term);
    return n;
}

static inline uint64_t brute_n(const struct brute *b)
{
    uint64_t n = 0;
    for (size_t i = 0; i < b->n_articles; i++)
        n += b->articles[i]->n_passages;
    return n;
}

static inline uint64_t brute_df(const struct brute *b, struct slice term)
{
    uint64_t n = 0;
    for (size_t i = 0; i < b->n_articles; i++)
        for (size_t p = 0; p < b->articles[i]->n_passages; p++)
            n += brute_tf(&b->articles[i]->title, term) + brute_tf(&b->articles[i]->passages[p], term) > 0;
    return n;
}

static inline double brute_idf(const struct brute *b, struct slice term)
{
    double n = (double)brute_n(b), df = (double)brute_df(b, term);
    double x = (n - df + 0.5) / (df + 0.5);
    return x < 2 ? log(1 + x / 2) : log(x);
}

static inline double brute_impact(const struct brute_article *a, size_t passage, struct slice term)
{
    const struct brute_text *body = &a->passages[passage];
    double tf = brute_tf(body, term) + 2.0 * brute_tf(&a->title, term);
    double len = (double)body->n + 2.0 * (double)a->title.n;
    double impact = round(127 * tf / (tf + 0.45 + 0.0045 * len));
    return tf == 0 ? 0 : impact < 1 ? 1 : impact;
}

/* A spelling that a prefix or a fuzzy word stands for. */
struct brute_form {
    struct slice text;
    uint64_t n;
};

static inline void brute_count_form(struct brute_form *forms, size_t *n, struct slice text)
{
    for (size_t i = 0; i < *n; i++) {
        if (slice_equal(forms[i].text, text)) {
            forms[i].n++;
            return;
        }
    }
    assert_true(*n < BRUTE_FORMS_MAX);
    forms[(*n)++] = (struct brute_form){.text = text, .n = 1};
}

static inline bool brute_stands_before(const struct brute_text *text, size_t end, struct slice form)
{
    for (size_t i = 0; i < end; i++)
        if (slice_equal(text->tokens[i].form, form))
            return true;
    return false;
}

static inline int brute_compare_forms(const void *x, const void *y)
{
    const struct brute_form *a = x, *b = y;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return slice_compare(a->text, b->text);
}

/* Edits between two words of ASCII, the whole table: insert, delete, replace, swap neighbours (each edited once). */
static inline uint32_t brute_edits(struct slice a, struct slice b)
{
    uint32_t d[WORD_MAX_BYTES + 1][WORD_MAX_BYTES + 1];
    assert_true(a.len <= WORD_MAX_BYTES && b.len <= WORD_MAX_BYTES);
    for (uint32_t i = 0; i <= a.len; i++) {
        for (uint32_t j = 0; j <= b.len; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            uint32_t best = d[i - 1][j - 1] + (a.data[i - 1] != b.data[j - 1]);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[a.len][b.len];
}

/* Is it one of the forms that the leaf describes, a prefix or a fuzzy word? */
static inline bool brute_fits(const struct query_node *leaf, struct slice form)
{
    if (leaf->kind == NODE_FUZZY)
        return brute_edits(leaf->words[0].form, form) <= leaf->distance;
    return slice_starts(form, leaf->words[0].form);
}

/* Each passage counts a form once, be it in its title or in its body. */
static inline size_t brute_forms(const struct brute *b, const struct query_node *leaf, struct brute_form *forms)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_articles; i++) {
        const struct brute_article *a = b->articles[i];
        for (size_t p = 0; p < a->n_passages; p++) {
            const struct brute_text *body = &a->passages[p];
            for (size_t t = 0; t < body->n; t++)
                if (brute_fits(leaf, body->tokens[t].form) && !brute_stands_before(body, t, body->tokens[t].form))
                    brute_count_form(forms, &n, body->tokens[t].form);
            for (size_t t = 0; t < a->title.n; t++)
                if (brute_fits(leaf, a->title.tokens[t].form) &&
                    !brute_stands_before(&a->title, t, a->title.tokens[t].form) &&
                    !brute_stands_before(body, body->n, a->title.tokens[t].form))
                    brute_count_form(forms, &n, a->title.tokens[t].form);
        }
    }
    qsort(forms, n, sizeof *forms, brute_compare_forms);
    return n;
}

#define BRUTE_TERMS_MAX 256

/* A term of a chosen form, with what the nearest of them leaves of its weight. */
static inline void brute_add_term(struct query_word *w, struct slice term, double factor)
{
    size_t i = 0;
    while (i < w->n_terms && !slice_equal(w->terms[i], term))
        i++;
    assert_true(i < BRUTE_TERMS_MAX);
    if (i == w->n_terms) {
        w->terms[w->n_terms++] = term;
        w->factors[i] = factor;
    }
    if (factor > w->factors[i])
        w->factors[i] = factor;
}

/* The terms of a prefix's or a fuzzy word's commonest forms, into its word. */
static inline void brute_expand(const struct brute *b, struct query_node *leaf, struct arena *arena)
{
    static const double factors[] = {1, 0.7, 0.7 * 0.7};
    struct brute_form forms[BRUTE_FORMS_MAX];
    struct query_word *w = &leaf->words[0];
    size_t n = brute_forms(b, leaf, forms);
    n = n > QUERY_EXPANSION_MAX ? QUERY_EXPANSION_MAX : n;
    w->n_terms = 0;
    w->terms = arena_alloc(arena, BRUTE_TERMS_MAX * sizeof *w->terms);
    w->factors = arena_alloc(arena, BRUTE_TERMS_MAX * sizeof *w->factors);
    for (size_t i = 0; i < b->n_articles; i++) {
        const struct brute_article *a = b->articles[i];
        for (size_t p = 0; p <= a->n_passages && a->n_passages > 0; p++) {
            const struct brute_text *text = p == a->n_passages ? &a->title : &a->passages[p];
            for (size_t t = 0; t < text->n; t++)
                for (size_t f = 0; f < n; f++)
                    if (slice_equal(text->tokens[t].form, forms[f].text))
                        brute_add_term(w, text->tokens[t].term,
                                       leaf->kind == NODE_FUZZY ? factors[brute_edits(w->form, forms[f].text)] : 1);
        }
    }
}

static inline bool brute_token_is(const struct token *t, const struct query_word *w)
{
    for (size_t i = 0; i < w->n_terms; i++)
        if (slice_equal(t->term, w->terms[i]))
            return true;
    return false;
}

static inline bool brute_has_word(const struct brute_text *text, const struct query_word *w)
{
    for (size_t i = 0; i < text->n; i++)
        if (brute_token_is(&text->tokens[i], w))
            return true;
    return false;
}

static inline bool brute_has_phrase(const struct brute_text *text, const struct query_node *leaf)
{
    for (size_t i = 0; i < text->n; i++) {
        size_t found = 0;
        for (size_t w = 0; w < leaf->n_words; w++) {
            uint32_t wanted = text->tokens[i].position + leaf->words[w].position - leaf->words[0].position;
            for (size_t t = 0; t < text->n; t++) {
                if (text->tokens[t].position == wanted && brute_token_is(&text->tokens[t], &leaf->words[w])) {
                    found++;
                    break;
                }
            }
        }
        if (found == leaf->n_words)
            return true;
    }
    return false;
}

static inline bool brute_has_near(const struct brute_text *text, const struct query_node *leaf)
{
    for (size_t i = 0; i < text->n; i++) {
        uint32_t from = text->tokens[i].position;
        size_t found = 0;
        for (size_t w = 0; w < leaf->n_words; w++) {
            bool has = false;
            for (size_t t = i; t < text->n && text->tokens[t].position - from <= leaf->distance; t++)
                has |= brute_token_is(&text->tokens[t], &leaf->words[w]);
            found += has;
        }
        if (found == leaf->n_words)
            return true;
    }
    return false;
}

static inline bool brute_has_exact(const struct brute_text *text, const struct query_word *w)
{
    for (size_t i = 0; i < text->n; i++)
        if (slice_equal(text->tokens[i].form, w->form) && brute_token_is(&text->tokens[i], w))
            return true;
    return false;
}

/* The leaf's own condition in one text: a title or a body. */
static inline bool brute_leaf_in(const struct brute_text *text, const struct query_node *n)
{
    if (n->kind == NODE_PHRASE)
        return brute_has_phrase(text, n);
    if (n->kind == NODE_NEAR)
        return brute_has_near(text, n);
    if (n->kind == NODE_EXACT)
        return brute_has_exact(text, &n->words[0]);
    return brute_has_word(text, &n->words[0]);
}

static inline bool brute_leaf(const struct brute_article *a, size_t passage, const struct query_node *n)
{
    if (n->field == FIELD_AUTHOR || n->field == FIELD_TAG) {
        for (size_t i = 0; i < n->n_words; i++)
            if (!brute_has_word(n->field == FIELD_AUTHOR ? &a->author : &a->tags, &n->words[i]))
                return false;
        return true;
    }
    return brute_leaf_in(&a->title, n) || (n->field == FIELD_ANY && brute_leaf_in(&a->passages[passage], n));
}

/* Addresses of the fixtures are http://HOST/PATH; what is asked for is the whole, or begins with the host. */
static inline bool brute_url(const char *url, struct slice value)
{
    struct slice all = slice_cstr(url);
    if (slice_starts(all, value) || slice_starts(slice_from(all, strlen("http://")), value))
        return true;
    const char *slash = url == NULL ? NULL : strchr(url + strlen("http://"), '/');
    struct slice host = slash == NULL ? SLICE("") : slice_of(url, (size_t)(slash - url));
    return host.len > value.len && slice_ends(host, value) && host.data[host.len - value.len - 1] == '.';
}

static inline bool brute_matches(const struct brute_article *a, size_t passage, const struct query_node *n)
{
    switch (n->kind) {
    case NODE_OR:
        for (size_t i = 0; i < n->n_children; i++)
            if (brute_matches(a, passage, n->children[i]))
                return true;
        return false;
    case NODE_AND:
        for (size_t i = 0; i < n->n_children; i++) {
            enum node_role role = n->children[i]->role;
            if (role != ROLE_SHOULD && brute_matches(a, passage, n->children[i]) == (role == ROLE_NOT))
                return false;
        }
        return true;
    case NODE_DATE: {
        int32_t date = a->source->date;
        return date != DATE_NONE && (n->date_from == 0 || date_last(date) >= n->date_from) &&
               (n->date_to == 0 || date_first(date) <= n->date_to);
    }
    case NODE_LANG:
        return slice_equal(n->value, slice_cstr(a->source->lang));
    case NODE_SOURCE:
        return slice_starts(slice_cstr(a->source->path == NULL ? a->source->id : a->source->path), n->value);
    case NODE_URL:
        return brute_url(a->source->url, n->value);
    case NODE_NONE:
        return false;
    case NODE_WORD:
    case NODE_PHRASE:
    case NODE_PREFIX:
    case NODE_NEAR:
    case NODE_FUZZY:
    case NODE_EXACT:
        break;
    }
    return brute_leaf(a, passage, n);
}

/* Add what n brings, leaf by leaf in tree order. */
static inline void brute_score(const struct brute *b, const struct brute_article *a, size_t passage,
                               const struct query_node *n, double *sum)
{
    if (n->role == ROLE_NOT || n->role == ROLE_FILTER || !brute_matches(a, passage, n))
        return;
    for (size_t i = 0; i < n->n_children; i++)
        brute_score(b, a, passage, n->children[i], sum);
    for (size_t w = 0; w < n->n_words && n->field == FIELD_ANY; w++) {
        double best = 0;
        for (size_t t = 0; t < n->words[w].n_terms; t++) {
            double qtf = n->qtf == 0 ? 1 : n->qtf;
            double weight = qtf * n->boost * brute_idf(b, n->words[w].terms[t]);
            weight *= n->words[w].factors == NULL ? 1 : n->words[w].factors[t];
            double value = weight * brute_impact(a, passage, n->words[w].terms[t]) / 127;
            best = value > best ? value : best;
        }
        *sum += best;
    }
}

static inline int brute_compare_hits(const void *x, const void *y)
{
    const struct brute_hit *a = x, *b = y;
    if (a->first_key != b->first_key)
        return a->first_key < b->first_key ? -1 : 1;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    const struct fixture_article *s = a->article->source, *t = b->article->source;
    if (s->date != t->date)
        return s->date > t->date ? -1 : 1;
    XXH64_hash_t g = XXH64(s->id, strlen(s->id), 0), h = XXH64(t->id, strlen(t->id), 0);
    if (g != h)
        return g < h ? -1 : 1;
    int order = strcmp(s->id, t->id);
    if (order != 0)
        return order;
    return a->ordinal < b->ordinal ? -1 : a->ordinal > b->ordinal;
}

/** All matches, best first; returns their number. `hits` has room for every passage. */
static inline size_t brute_search(const struct brute *b, const struct query *q, struct brute_hit *hits)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_articles; i++) {
        const struct brute_article *a = b->articles[i];
        for (size_t p = 0; p < a->n_passages; p++) {
            if (!brute_matches(a, p, q->root))
                continue;
            hits[n] = (struct brute_hit){.article = a, .ordinal = (uint32_t)p + 1};
            brute_score(b, a, p, q->root, &hits[n++].score);
        }
    }
    qsort(hits, n, sizeof *hits, brute_compare_hits);
    return n;
}

/** Sort what brute_search() found by date: newest first or oldest first, undated last. */
static inline void brute_sort(struct brute_hit *hits, size_t n, bool newest_first)
{
    for (size_t i = 0; i < n; i++) {
        int32_t date = hits[i].article->source->date;
        hits[i].first_key = date == 0 ? INT32_MAX : newest_first ? -date : date;
    }
    qsort(hits, n, sizeof *hits, brute_compare_hits);
}

/** Articles among the hits that `has` says yes to. */
static inline uint64_t brute_count_articles(const struct brute *b, const struct brute_hit *hits, size_t n,
                                            bool (*has)(const struct fixture_article *a, struct slice value),
                                            struct slice value)
{
    uint64_t count = 0;
    for (size_t i = 0; i < b->n_articles; i++) {
        bool is_hit = false;
        for (size_t k = 0; k < n; k++)
            is_hit |= hits[k].article == b->articles[i];
        count += is_hit && has(b->articles[i]->source, value);
    }
    return count;
}

#endif
