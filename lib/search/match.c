#include "match.h"

#include "match_units.h"
#include "word_forms.h"

#include <stdlib.h>

_Static_assert(NEAR_WORDS_MAX >= QUERY_PHRASE_MAX, "a near has as many words as a phrase");

#define AHEAD 4 /* passages from one step of fetching to the next */

/* A leaf as this segment knows it; made when it is first asked for. */
struct leaf_forms {
    bool is_possible; /* every word has a form in the segment */
    size_t anchor;    /* the word that is looked for first */
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
    struct form_ids ids; /* of the leaf that is being made */
    size_t n_leaves;
    struct leaf_forms *leaves[]; /* NULL: not yet asked for */
};

enum status matcher_new(struct matcher **out, const struct query *q, const struct segment *s, struct error *e)
{
    struct matcher *m = calloc(1, sizeof *m + q->n_leaves * sizeof(struct leaf_forms *));
    *out = m;
    if (m == NULL)
        return error_nomem(e);
    m->q = q;
    m->segment = s;
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
    f->anchor = unit_scan_choose(f->sets, leaf->n_words);
    enum status st = unit_scan_init(&f->scan, f->sets[f->anchor], e);
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
        enum status st = word_forms_add(&m->ids, m->segment, &leaf->words[i], leaf->kind == NODE_EXACT, e);
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
    return phrase_in_units(&phrase, f->anchor, &f->scan, units);
}

/* Passages of one article often come one after the other: its title is looked at once. */
static enum status find_in_title(struct matcher *m, const struct query_node *leaf, struct leaf_forms *f,
                                 uint32_t passage, bool *matches, struct error *e)
{
    struct token_units units;
    uint32_t article = segment_passage_article(m->segment, passage);
    if (article == UINT32_MAX)
        return error_set(e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(m->segment), passage);
    if (article != f->article) {
        enum status st = segment_title_token_units(m->segment, article, &units, e);
        if (st != OK)
            return st;
        f->article = article;
        f->title_matches = find_leaf(leaf, f, &units);
    }
    *matches = f->title_matches;
    return OK;
}

enum status matcher_leaf(struct matcher *m, const struct query_node *leaf, uint32_t passage, bool *matches,
                         struct error *e)
{
    *matches = false;
    if (leaf->leaf >= m->n_leaves || m->q->leaves[leaf->leaf] != leaf)
        return error_set(e, ERR_INTERNAL, "a leaf of another query");
    enum status st = m->leaves[leaf->leaf] == NULL ? resolve(m, leaf, e) : OK;
    struct leaf_forms *f = m->leaves[leaf->leaf];
    if (st != OK || !f->is_possible)
        return st;
    if (leaf->field != FIELD_TITLE) {
        struct token_units units;
        st = segment_token_units(m->segment, passage, &units, e);
        if (st == OK)
            *matches = find_leaf(leaf, f, &units);
    }
    return st == OK && !*matches ? find_in_title(m, leaf, f, passage, matches, e) : st;
}

enum status matcher_leaf_all(struct matcher *m, const struct query_node *leaf, const uint32_t *passages, size_t n,
                             bool *matches, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < n + 3 * AHEAD; i++) {
        if (i < n)
            segment_prefetch_tokens(m->segment, passages[i], PREFETCH_PLACES);
        if (i >= AHEAD && i - AHEAD < n)
            segment_prefetch_tokens(m->segment, passages[i - AHEAD], PREFETCH_BODY);
        if (i >= 2 * AHEAD && i - 2 * AHEAD < n)
            segment_prefetch_tokens(m->segment, passages[i - 2 * AHEAD], PREFETCH_TITLE);
        if (i >= 3 * AHEAD)
            st = matcher_leaf(m, leaf, passages[i - 3 * AHEAD], &matches[i - 3 * AHEAD], e);
    }
    return st;
}
