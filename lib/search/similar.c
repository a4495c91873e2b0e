#include "similar.h"

#include "array.h"
#include "impact.h"
#include "query_build.h"
#include "score.h"
#include "search_internal.h"
#include "stopwords.h"
#include "utf8.h"

#include <stdlib.h>

#define TOKENS_MAX ((size_t)1 << 24)
#define STOP_EVERY 256
#define STOP_EVERY_TOKENS 65536

/* A term of the passage. */
struct passage_term {
    uint32_t id;       /* in the segment */
    struct slice form; /* the first good one by spelling, for segments number them each in their own way; else empty */
    uint32_t tf_body, tf_title;
    struct slice text;
    uint8_t impact;
    double weight;
};

struct likeness {
    struct searcher *searcher;
    const struct search_options *options;
    const struct segment *segment;
    size_t segment_number;
    struct article_view article;
    uint32_t *tokens;
    size_t tokens_cap;
    struct passage_term *terms;
    size_t n_terms, terms_cap;
    uint32_t n_body;
};

static int by_id(const void *a, const void *b)
{
    const struct passage_term *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* A term is worth asking for where one of its forms in the passage is. */
static bool is_good_form(struct slice form)
{
    bool has_letter = false;
    for (size_t i = 0; i < form.len; i++)
        has_letter |= (form.data[i] < '0' || form.data[i] > '9') && form.data[i] != '.';
    return has_letter && utf8_length(form) > 1 && !stopword_is_english(form);
}

/* Add tokens as terms of their own, to be summed up later. */
static enum status add_tokens(struct likeness *l, uint32_t n, bool is_title, struct error *e)
{
    enum status st = array_reserve(&l->terms, &l->terms_cap, l->n_terms + n, sizeof *l->terms, TOKENS_MAX, e);
    for (uint32_t i = 0; st == OK && i < n; i++) {
        struct form_view form;
        if (i % STOP_EVERY_TOKENS == 0)
            st = stop_check(&l->options->stop, e);
        if (st != OK || l->tokens[i] == FORM_NONE)
            continue;
        st = segment_form(l->segment, l->tokens[i], &form, e);
        if (st == OK)
            l->terms[l->n_terms++] = (struct passage_term){.id = form.term,
                                                           .form = is_good_form(form.text) ? form.text : SLICE(""),
                                                           .tf_body = !is_title,
                                                           .tf_title = is_title};
    }
    return st;
}

static enum status read_body(struct likeness *l, uint32_t passage, uint32_t *n, struct error *e)
{
    struct passage_view view;
    enum status st = segment_passage(l->segment, passage, &view, e);
    if (st == OK)
        st = array_reserve(&l->tokens, &l->tokens_cap, view.n_tokens, sizeof *l->tokens, TOKENS_MAX, e);
    *n = view.n_tokens;
    return st == OK ? segment_tokens(l->segment, passage, l->tokens, view.n_tokens, e) : st;
}

static enum status read_title(struct likeness *l, struct error *e)
{
    uint32_t article = segment_passage_article(l->segment, l->article.first_passage);
    enum status st =
        array_reserve(&l->tokens, &l->tokens_cap, l->article.n_title_tokens, sizeof *l->tokens, TOKENS_MAX, e);
    return st == OK ? segment_title_tokens(l->segment, article, l->tokens, l->article.n_title_tokens, e) : st;
}

static struct slice earlier(struct slice a, struct slice b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? b : a;
    return slice_compare(a, b) <= 0 ? a : b;
}

/* The terms of passages [from, to) of the article and of its title, each once. */
static enum status read_terms(struct likeness *l, uint32_t from, uint32_t to, struct error *e)
{
    enum status st = read_title(l, e);
    if (st == OK)
        st = add_tokens(l, l->article.n_title_tokens, true, e);
    for (uint32_t p = from; st == OK && p < to; p++) {
        uint32_t n;
        st = read_body(l, l->article.first_passage + p, &n, e);
        if (st == OK)
            st = add_tokens(l, n, false, e);
        l->n_body += n;
    }
    if (st != OK || l->n_terms == 0)
        return st;
    qsort(l->terms, l->n_terms, sizeof *l->terms, by_id);
    size_t n = 0;
    for (size_t i = 0; i < l->n_terms; i++) {
        if (n > 0 && l->terms[n - 1].id == l->terms[i].id) {
            struct passage_term *t = &l->terms[n - 1];
            t->tf_body += l->terms[i].tf_body;
            t->tf_title += l->terms[i].tf_title;
            t->form = earlier(t->form, l->terms[i].form);
        } else {
            l->terms[n++] = l->terms[i];
        }
    }
    l->n_terms = n;
    return OK;
}

static enum status weigh(struct likeness *l, struct passage_term *t, struct error *e)
{
    const struct snapshot *s = l->searcher->snapshot;
    struct term_view view;
    if (t->form.len == 0)
        return OK;
    enum status st = segment_term(l->segment, t->id, &t->text, &view, e);
    if (st != OK)
        return st;
    uint64_t n = snapshot_n_passages(s), df = snapshot_df(s, t->text);
    uint64_t most = n / SIMILAR_DF_PART > SIMILAR_DF_ALWAYS ? n / SIMILAR_DF_PART : SIMILAR_DF_ALWAYS;
    if (df < SIMILAR_DF_MIN || df > most)
        return OK;
    const struct index_settings *settings = snapshot_settings(s);
    t->impact = impact_of(settings, t->tf_body, t->tf_title, l->n_body, l->article.n_title_tokens);
    t->weight = t->impact * score_idf(settings->profile, n, df);
    return OK;
}

static int by_weight(const void *a, const void *b)
{
    const struct passage_term *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return slice_compare(x->text, y->text);
}

/* Keep the best, best first. */
static enum status choose_terms(struct likeness *l, struct error *e)
{
    enum status st = stop_check(&l->options->stop, e);
    size_t n = 0;
    for (size_t i = 0; st == OK && i < l->n_terms; i++) {
        st = weigh(l, &l->terms[i], e);
        if (st == OK && l->terms[i].weight > 0)
            l->terms[n++] = l->terms[i];
    }
    if (n > 0)
        qsort(l->terms, n, sizeof *l->terms, by_weight);
    l->n_terms = n < SIMILAR_TERMS ? n : SIMILAR_TERMS;
    return st;
}

static enum status new_word(struct query_node **out, struct likeness *l, struct arena *arena, size_t i, struct error *e)
{
    struct query_node *node = arena_alloc(arena, sizeof *node);
    struct query_word *word = arena_alloc(arena, sizeof *word);
    struct slice *terms = arena_alloc(arena, sizeof *terms);
    if (node == NULL || word == NULL || terms == NULL)
        return error_nomem(e);
    terms[0] = arena_copy(arena, l->terms[i].text);
    *word = (struct query_word){
        .form = arena_copy(arena, l->terms[i].form), .terms = terms, .n_terms = 1, .position = (uint32_t)i + 1};
    if (terms[0].data == NULL || word->form.data == NULL)
        return error_nomem(e);
    *node = (struct query_node){.kind = NODE_WORD,
                                .role = ROLE_SHOULD,
                                .words = word,
                                .n_words = 1,
                                .qtf = 1,
                                .boost = (double)l->terms[i].impact / IMPACT_MAX};
    *out = node;
    return OK;
}

/* Any of the terms; without terms a query that finds nothing. */
static enum status build_query(struct query **out, struct likeness *l, struct error *e)
{
    enum status st = query_new(out, e);
    if (st != OK || l->n_terms == 0)
        return st;
    struct query *q = *out;
    q->root = arena_alloc(&q->arena, sizeof *q->root);
    if (q->root == NULL)
        return error_nomem(e);
    *q->root = (struct query_node){.kind = NODE_OR, .role = ROLE_SHOULD, .boost = 1};
    q->root->children = arena_alloc(&q->arena, l->n_terms * sizeof(struct query_node *));
    if (q->root->children == NULL)
        return error_nomem(e);
    for (size_t i = 0; st == OK && i < l->n_terms; i++) {
        st = new_word(&q->root->children[i], l, &q->arena, i, e);
        q->root->n_children += st == OK;
    }
    return st == OK ? query_number_leaves(q, e) : st;
}

static bool has_term(const struct likeness *l, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct form_view form;
        if (l->tokens[i] == FORM_NONE || segment_form(l->segment, l->tokens[i], &form, NULL) != OK)
            continue;
        for (size_t t = 0; t < l->n_terms; t++)
            if (l->terms[t].id == form.term)
                return true;
    }
    return false;
}

/* How many passages of the article itself the query finds. */
static enum status count_own(struct likeness *l, uint64_t *n_own, struct error *e)
{
    enum status st = read_title(l, e);
    *n_own = 0;
    if (st != OK)
        return st;
    bool is_of_title = has_term(l, l->article.n_title_tokens);
    for (uint32_t p = 0; st == OK && p < l->article.n_passages; p++) {
        uint32_t n;
        if (p % STOP_EVERY == 0)
            st = stop_check(&l->options->stop, e);
        if (st == OK)
            st = read_body(l, l->article.first_passage + p, &n, e);
        if (st == OK)
            *n_own += is_of_title || has_term(l, n);
    }
    return st;
}

static void drop_own(const struct likeness *l, struct candidates *c)
{
    uint32_t first = l->article.first_passage, end = first + l->article.n_passages;
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct candidate *x = &c->items[i];
        if (x->segment != l->segment_number || x->passage < first || x->passage >= end)
            c->items[n++] = *x;
    }
    c->n = n;
}

static enum status fill(struct hits *h, struct likeness *l, struct error *e)
{
    const struct search_options *o = l->options;
    struct candidates found = {0};
    uint64_t n_own, end = (uint64_t)o->from + o->n;
    enum status st = build_query(&h->query, l, e);
    if (st == OK)
        st = count_own(l, &n_own, e);
    if (st != OK)
        return st;
    /* One more than is shown tells whether there is a next page. */
    struct kernel_options wanted = {
        .k = (size_t)end + 1 + (size_t)n_own, .per = o->per, .total = o->total, .stop = o->stop};
    st = kernel_run(&found, l->searcher->kernel, h->query, &wanted, NULL, e);
    if (st == OK) {
        drop_own(l, &found);
        h->found = found.found > n_own ? found.found - n_own : 0;
        h->bound = found.bound;
        h->next = found.n > end && end < SEARCH_DEPTH_MAX ? (uint32_t)end : 0;
        st = hits_fill(h, l->searcher, &found, o, e);
    }
    candidates_clear(&found);
    return st;
}

static enum status similar(struct hits *h, struct likeness *l, struct slice article_id, uint32_t ordinal,
                           struct error *e)
{
    struct passage_view passage;
    enum status st = search_find(l->searcher, article_id, ordinal, &l->article, &passage, &l->segment_number, e);
    if (st != OK || l->article.n_passages == 0)
        return st;
    l->segment = snapshot_segment(l->searcher->snapshot, l->segment_number);
    uint32_t from = ordinal == 0 ? 0 : ordinal - 1;
    uint32_t to = ordinal == 0 ? SIMILAR_PASSAGES : ordinal;
    st = read_terms(l, from, to < l->article.n_passages ? to : l->article.n_passages, e);
    if (st == OK)
        st = choose_terms(l, e);
    return st == OK ? fill(h, l, e) : st;
}

enum status search_similar(struct hits **out, struct searcher *s, struct slice article_id, uint32_t ordinal,
                           const struct search_options *options, struct error *e)
{
    *out = NULL;
    struct hits *h;
    enum status st = hits_new(&h, options, e);
    if (st != OK)
        return st;
    struct likeness l = {.searcher = s, .options = options};
    st = similar(h, &l, article_id, ordinal, e);
    free(l.tokens);
    free(l.terms);
    if (st != OK) {
        hits_free(h);
        return st;
    }
    *out = h;
    return OK;
}
