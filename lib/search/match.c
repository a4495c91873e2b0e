#include "match.h"

#include "match_units.h"
#include "word_forms.h"

#include <stdlib.h>

_Static_assert(NEAR_WORDS_MAX >= QUERY_PHRASE_MAX, "a near has as many words as a phrase");

#define BATCH 16 /* passages that are fetched together */

/* A leaf as this segment knows it; made when it is first asked for. */
struct leaf_forms {
    bool is_possible; /* every word has a form in the segment */
    struct unit_scan scan;
    struct id_set sets[QUERY_PHRASE_MAX];
    uint32_t offsets[QUERY_PHRASE_MAX];
    uint32_t article; /* whose title was looked at last; NO_ARTICLE: none */
    bool title_matches;
    uint32_t ids[]; /* of all sets */
};

#define NO_ARTICLE UINT32_MAX

struct matcher {
    const struct query *q;
    const struct segment *segment;
    const struct term_memo *memo;
    size_t number;       /* the segment's */
    struct form_ids ids; /* of the leaf that is being made */
    size_t n_leaves;
    struct leaf_forms *leaves[]; /* NULL: not yet asked for */
};

enum status matcher_new(struct matcher **out, const struct query *q, const struct segment *s,
                        const struct term_memo *memo, size_t number, struct error *e)
{
    struct matcher *m = calloc(1, sizeof *m + q->n_leaves * sizeof(struct leaf_forms *));
    *out = m;
    if (m == NULL)
        return error_nomem(e);
    m->q = q;
    m->segment = s;
    m->memo = memo;
    m->number = number;
    m->n_leaves = q->n_leaves;
    return OK;
}

static void leaf_free(struct leaf_forms *f)
{
    if (f == NULL)
        return;
    unit_scan_clear(&f->scan);
    free(f);
}

void matcher_free(struct matcher *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->n_leaves; i++)
        leaf_free(m->leaves[i]);
    free(m->ids.items);
    free(m);
}

bool matcher_needs_tokens(const struct matcher *m)
{
    for (size_t i = 0; i < m->q->n_leaves; i++)
        if (query_node_needs_tokens(m->q->leaves[i]))
            return true;
    return false;
}

/* The leaf out of m->ids, where set i has counts[i] of them. */
static enum status make_leaf(struct leaf_forms **out, const struct matcher *m, const struct query_node *leaf,
                             const size_t *counts, struct error *e)
{
    struct leaf_forms *f = calloc(1, sizeof *f + m->ids.n * sizeof *f->ids);
    *out = f;
    if (f == NULL)
        return error_nomem(e);
    if (m->ids.n > 0)
        memcpy(f->ids, m->ids.items, m->ids.n * sizeof *f->ids);
    f->article = NO_ARTICLE;
    f->is_possible = true;
    for (size_t i = 0, at = 0; i < leaf->n_words; at += counts[i], i++) {
        f->sets[i] = (struct id_set){.ids = f->ids + at, .n = counts[i]};
        f->offsets[i] = leaf->words[i].position - leaf->words[0].position;
        f->is_possible &= counts[i] > 0;
    }
    if (!f->is_possible)
        return OK;
    struct phrase phrase = {.sets = f->sets, .offsets = f->offsets, .n = leaf->n_words};
    if (leaf->kind == NODE_NEAR)
        phrase.offsets = NULL;
    enum status st = unit_scan_init(&f->scan, &phrase, unit_scan_choose(&phrase), e);
    if (st != OK) {
        leaf_free(f);
        *out = NULL;
    }
    return st;
}

static enum status resolve(struct matcher *m, const struct query_node *leaf, struct error *e)
{
    size_t counts[QUERY_PHRASE_MAX];
    m->ids.n = 0;
    if (leaf->n_words == 0 || leaf->n_words > QUERY_PHRASE_MAX)
        return error_set(e, ERR_INTERNAL, "a query leaf of %zu words", leaf->n_words);
    for (size_t i = 0; i < leaf->n_words; i++) {
        size_t first = m->ids.n;
        enum status st =
            word_forms_add(&m->ids, m->segment, m->memo, m->number, &leaf->words[i], leaf->kind == NODE_EXACT, e);
        if (st != OK)
            return st;
        counts[i] = m->ids.n - first;
    }
    return make_leaf(&m->leaves[leaf->leaf], m, leaf, counts, e);
}

static bool find_leaf(const struct query_node *leaf, const struct leaf_forms *f, const struct token_units *units)
{
    if (leaf->kind == NODE_NEAR) {
        struct near near = {.sets = f->sets, .n = leaf->n_words, .distance = leaf->distance};
        return near_in_units(&near, &f->scan, units);
    }
    struct phrase phrase = {.sets = f->sets, .offsets = f->offsets, .n = leaf->n_words};
    return phrase_in_units(&phrase, &f->scan, units);
}

/* The leaf made ready, or NULL in *out where it cannot match. */
static enum status leaf_of(struct matcher *m, const struct query_node *leaf, struct leaf_forms **out, struct error *e)
{
    *out = NULL;
    if (leaf->leaf >= m->n_leaves || m->q->leaves[leaf->leaf] != leaf)
        return error_set(e, ERR_INTERNAL, "a leaf of another query");
    enum status st = m->leaves[leaf->leaf] == NULL ? resolve(m, leaf, e) : OK;
    if (st == OK && m->leaves[leaf->leaf]->is_possible)
        *out = m->leaves[leaf->leaf];
    return st;
}

static enum status article_of(const struct segment *s, uint32_t passage, uint32_t *article, struct error *e)
{
    *article = segment_passage_article(s, passage);
    if (*article == UINT32_MAX)
        return error_set(e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(s), passage);
    return OK;
}

/* Passages of one article often come one after the other: its title is looked at once. */
static enum status find_in_title(struct matcher *m, const struct query_node *leaf, struct leaf_forms *f,
                                 uint32_t passage, bool *matches, struct error *e)
{
    struct token_units units;
    uint32_t article;
    enum status st = article_of(m->segment, passage, &article, e);
    if (st == OK && article != f->article) {
        st = segment_title_token_units(m->segment, article, &units, e);
        if (st != OK)
            return st;
        f->article = article;
        f->title_matches = find_leaf(leaf, f, &units);
    }
    *matches = st == OK && f->title_matches;
    return st;
}

enum status matcher_leaf(struct matcher *m, const struct query_node *leaf, uint32_t passage, bool *matches,
                         struct error *e)
{
    struct leaf_forms *f;
    *matches = false;
    enum status st = leaf_of(m, leaf, &f, e);
    if (st != OK || f == NULL)
        return st;
    if (leaf->field != FIELD_TITLE) {
        struct token_units units;
        st = segment_token_units(m->segment, passage, &units, e);
        if (st == OK)
            *matches = find_leaf(leaf, f, &units);
    }
    return st == OK && !*matches ? find_in_title(m, leaf, f, passage, matches, e) : st;
}

/* The sequences of n passages, of which each step fetches what the next one looks at. */
static enum status match_batch(struct matcher *m, const struct query_node *leaf, const struct leaf_forms *f,
                               const uint32_t *passages, size_t n, bool *matches, struct error *e)
{
    const struct segment *s = m->segment;
    struct token_units bodies[BATCH], titles[BATCH];
    uint32_t articles[BATCH];
    enum status st = OK;
    for (size_t i = 0; i < n; i++)
        segment_prefetch_tokens(s, passages[i], PREFETCH_PLACES);
    for (size_t i = 0; st == OK && i < n; i++) {
        bodies[i] = (struct token_units){.data = ""};
        if (leaf->field != FIELD_TITLE)
            st = segment_token_units(s, passages[i], &bodies[i], e);
        if (st == OK)
            st = article_of(s, passages[i], &articles[i], e);
        if (st != OK)
            break;
        token_units_prefetch(&bodies[i]);
        segment_prefetch_title(s, articles[i]);
    }
    for (size_t i = 0; st == OK && i < n; i++) {
        st = segment_title_token_units(s, articles[i], &titles[i], e);
        token_units_prefetch(&titles[i]);
    }
    for (size_t i = 0; st == OK && i < n; i++)
        matches[i] = find_leaf(leaf, f, &bodies[i]) || find_leaf(leaf, f, &titles[i]);
    return st;
}

enum status matcher_leaf_all(struct matcher *m, const struct query_node *leaf, const uint32_t *passages, size_t n,
                             bool *matches, struct error *e)
{
    struct leaf_forms *f;
    enum status st = leaf_of(m, leaf, &f, e);
    memset(matches, 0, n * sizeof *matches);
    for (size_t i = 0; st == OK && f != NULL && i < n; i += BATCH)
        st = match_batch(m, leaf, f, passages + i, n - i < BATCH ? n - i : BATCH, matches + i, e);
    return st;
}
