#include "rank_query.h"

#include "array.h"
#include "score.h"

#include <stdlib.h>

#define SPOTS_MAX ((size_t)1 << 20) /* more than a query line has words */
#define TERMS_MAX (SPOTS_MAX * QUERY_TERMS_MAX)
#define FETCHED_MAX 1024 /* terms, of all segments together, whose forms are fetched ahead */

void rank_query_clear(struct rank_query *r)
{
    free(r->words);
    free(r->iw);
    free(r->links);
    free(r->terms);
    free(r->forms);
    free(r->spots);
    free(r->pairs);
    free(r->triples);
    *r = (struct rank_query){0};
}

struct rank_shape rank_query_shape(const struct rank_query *r)
{
    return (struct rank_shape){.iw = r->iw,
                               .links = r->links,
                               .n_words = r->n_words,
                               .pairs = r->pairs,
                               .n_pairs = r->n_pairs,
                               .triples = r->triples,
                               .n_triples = r->n_triples};
}

static bool is_same(const struct query_word *a, const struct query_word *b)
{
    if (a->n_terms != b->n_terms)
        return false;
    for (size_t i = 0; i < a->n_terms; i++)
        if (!slice_equal(a->terms[i], b->terms[i]))
            return false;
    return true;
}

/* Find a term in all segments, for which there is room. Its df, as snapshot_df(). */
static uint64_t find_term(struct rank_query *r, const struct snapshot *s, struct slice term)
{
    uint64_t df = 0;
    uint32_t hash = segment_term_hash(term);
    const struct term_view *known = term_memo_get(r->memo, term, hash, &df);
    for (size_t i = 0; i < r->n_segments; i++) {
        struct term_view view;
        if (known == NULL)
            df += segment_find_live(snapshot_segment(s, i), term, hash, &view);
        r->terms[r->n_terms++] = known != NULL ? known[i].id : view.id;
    }
    return df;
}

/* Find the word's terms in all segments. Its idf is the greatest of theirs, as it is scored by the greatest. */
static enum status find_terms(struct rank_query *r, const struct snapshot *s, struct rank_word *w, struct error *e)
{
    size_t need = w->word->n_terms * r->n_segments;
    w->first_term = r->n_terms;
    enum status st = array_reserve(&r->terms, &r->terms_cap, r->n_terms + need, sizeof *r->terms, TERMS_MAX, e);
    if (st != OK)
        return st;
    uint64_t rarest = 0;
    for (size_t i = 0; i < w->word->n_terms; i++) {
        uint64_t df = find_term(r, s, w->word->terms[i]);
        if (df > 0 && (rarest == 0 || df < rarest))
            rarest = df;
    }
    if (rarest > 0)
        w->idf = score_idf(snapshot_settings(s)->profile, snapshot_n_passages(s), rarest);
    return OK;
}

/* The number of a word, given one if it is new. */
static enum status number_word(struct rank_query *r, const struct snapshot *s, const struct query_word *w,
                               uint32_t *number, struct error *e)
{
    for (*number = 0; *number < r->n_words; ++*number)
        if (is_same(r->words[*number].word, w))
            return OK;
    enum status st = array_reserve(&r->words, &r->words_cap, r->n_words + 1, sizeof *r->words, SPOTS_MAX, e);
    if (st == OK)
        st = array_reserve(&r->iw, &r->iw_cap, r->n_words + 1, sizeof *r->iw, SPOTS_MAX, e);
    if (st != OK)
        return st;
    r->iw[r->n_words] = 0;
    struct rank_word *word = &r->words[r->n_words++];
    *word = (struct rank_word){.word = w, .first_form = RANK_NO_FORM};
    return find_terms(r, s, word, e);
}

bool rank_query_spells(const struct rank_query *r, const struct rank_word *w, struct slice form)
{
    for (uint32_t f = w->first_form; f != RANK_NO_FORM; f = r->forms[f].next)
        if (slice_equal(r->forms[f].text, form))
            return true;
    return false;
}

static enum status add_spot(struct rank_query *r, uint32_t number, const struct query_word *w, double boost,
                            struct error *e)
{
    struct rank_word *word = &r->words[number];
    enum status st = array_reserve(&r->spots, &r->spots_cap, r->n_spots + 1, sizeof *r->spots, SPOTS_MAX, e);
    if (st == OK)
        st = array_reserve(&r->forms, &r->forms_cap, r->n_forms + 1, sizeof *r->forms, SPOTS_MAX, e);
    if (st != OK)
        return st;
    r->spots[r->n_spots++] = (struct rank_spot){.word = w, .number = number};
    r->iw[number] += boost * word->idf;
    if (rank_query_spells(r, word, w->form))
        return OK;
    r->forms[r->n_forms] = (struct rank_form){.text = w->form, .next = word->first_form};
    word->first_form = (uint32_t)r->n_forms++;
    return OK;
}

/* The words of a leaf, and of those that were merged into it: they are equal, so only the first is looked up. */
static enum status read_leaf(struct rank_query *r, const struct snapshot *s, const struct query_node *leaf,
                             struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < leaf->n_words; i++) {
        uint32_t number;
        if (leaf->words[i].n_terms == 0)
            continue;
        st = number_word(r, s, &leaf->words[i], &number, e);
        if (st != OK || r->words[number].idf <= 0)
            continue;
        for (const struct query_node *n = leaf; st == OK && n != NULL; n = n->same)
            st = add_spot(r, number, &n->words[i], leaf->boost, e);
    }
    return st;
}

/* Leaves that score; what a prefix or a fuzzy word stands for is no word. The recursion is as deep as the brackets. */
static enum status read_node(struct rank_query *r, const struct snapshot *s, const struct query_node *node,
                             struct error *e)
{
    if (node->role == ROLE_NOT || node->role == ROLE_FILTER || node->is_feedback || query_node_is_expanded(node))
        return OK;
    enum status st = node->field == FIELD_ANY ? read_leaf(r, s, node, e) : OK;
    for (size_t i = 0; st == OK && i < node->n_children; i++)
        st = read_node(r, s, node->children[i], e);
    return st;
}

static int by_place(const void *a, const void *b)
{
    const struct query_word *x = ((const struct rank_spot *)a)->word, *y = ((const struct rank_spot *)b)->word;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return (x->start > y->start) - (x->start < y->start);
}

static enum status add_links(struct rank_query *r, struct error *e)
{
    enum status st = array_reserve(&r->links, &r->links_cap, r->n_words, sizeof *r->links, SPOTS_MAX, e);
    for (size_t w = 0; st == OK && w < r->n_words; w++)
        r->links[w] = (struct rank_links){.pair = RANK_LAST, .triple = RANK_LAST};
    return st;
}

static enum status add_pairs(struct rank_query *r, struct error *e)
{
    enum status st = array_reserve(&r->pairs, &r->pairs_cap, r->n_spots, sizeof *r->pairs, SPOTS_MAX, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i + 1 < r->n_spots; i++) {
        const struct rank_spot *a = &r->spots[i], *b = a + 1;
        uint32_t *first = &r->links[a->number].pair;
        if (a->number == b->number)
            continue;
        r->pairs[r->n_pairs] = (struct rank_pair){.a = a->number, .b = b->number, .next = *first};
        *first = (uint32_t)r->n_pairs++;
    }
    return OK;
}

static uint32_t gap_between(const struct rank_spot *a, const struct rank_spot *b)
{
    uint32_t gap = b->word->position - a->word->position;
    return gap > RANK_TRI_GAP ? RANK_TRI_GAP : gap;
}

static enum status add_triples(struct rank_query *r, struct error *e)
{
    enum status st = array_reserve(&r->triples, &r->triples_cap, r->n_spots, sizeof *r->triples, SPOTS_MAX, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i + 2 < r->n_spots; i++) {
        const struct rank_spot *a = &r->spots[i], *b = a + 1, *c = a + 2;
        if (a->number == b->number || b->number == c->number || a->number == c->number)
            continue;
        uint32_t *first = &r->links[b->number].triple;
        r->triples[r->n_triples] = (struct rank_triple){.a = a->number,
                                                        .b = b->number,
                                                        .c = c->number,
                                                        .gap_ab = gap_between(a, b),
                                                        .gap_bc = gap_between(b, c),
                                                        .next = *first};
        *first = (uint32_t)r->n_triples++;
    }
    return OK;
}

/* The forms of the terms will be asked for, in most segments: fetched for all of them a step, then the next. */
static void fetch_forms(const struct rank_query *r, const struct snapshot *s)
{
    static const enum prefetch_forms steps[] = {PREFETCH_FORMS_TERM, PREFETCH_FORMS_MORE, PREFETCH_FORMS_LIST};
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++)
        for (size_t i = 0; i < r->n_terms && i < FETCHED_MAX; i++)
            segment_prefetch_forms(snapshot_segment(s, i % r->n_segments), r->terms[i], steps[step]);
}

enum status rank_query_read(struct rank_query *out, const struct query *q, const struct snapshot *s, struct error *e)
{
    out->n_words = out->n_terms = out->n_forms = out->n_spots = out->n_pairs = out->n_triples = 0;
    out->n_segments = snapshot_n_segments(s);
    enum status st = q->root == NULL ? OK : read_node(out, s, q->root, e);
    fetch_forms(out, s);
    if (st == OK && out->n_spots > 0)
        qsort(out->spots, out->n_spots, sizeof *out->spots, by_place);
    if (st == OK)
        st = add_links(out, e);
    if (st == OK)
        st = add_pairs(out, e);
    return st == OK ? add_triples(out, e) : st;
}
