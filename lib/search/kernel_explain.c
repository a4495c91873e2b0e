#include "kernel_run.h"

#include "kernel_set.h"
#include "score.h"

/* The word's term that brings most to the passage; `holds` is false where the leaf brings nothing. */
static enum status explain_word(struct query_run *run, const struct plan_leaf *leaf, const struct plan_word *w,
                                uint32_t passage, bool holds, struct word_score *out, struct error *e)
{
    *out = (struct word_score){.term = SLICE(""), .qtf = leaf->qtf};
    for (size_t t = 0; t < w->n_terms; t++) {
        const struct posting_list *list;
        enum status st = lists_get(&run->lists, w->terms[t], &list, e);
        if (st != OK)
            return st;
        const struct plan_term *term = &run->plan->terms[w->terms[t]];
        double weight = plan_weight(run->plan, leaf, w, t);
        uint8_t impact = holds ? posting_list_impact(list, passage) : 0;
        double value = score_term(weight, impact);
        if (t > 0 && value <= out->value)
            continue;
        out->term = term->text;
        out->df = term->df;
        out->idf = term->idf;
        out->weight = weight;
        out->impact = impact;
        out->value = value;
    }
    return OK;
}

/* Does the leaf bring its words to the passage? */
static enum status leaf_holds(struct query_run *run, const struct plan_leaf *leaf, uint32_t passage, bool is_match,
                              bool *holds, struct error *e)
{
    *holds = true;
    if (is_match)
        *holds = set_has(run_slot(&run->at, leaf->gate), passage);
    else if (leaf->is_verified)
        return matcher_leaf(run->matcher, leaf->node, passage, holds, e);
    return OK;
}

static enum status explain_leaves(struct query_run *run, struct passage_score *out, struct arena *arena,
                                  uint32_t passage, struct error *e)
{
    size_t n = 0;
    for (size_t i = 0; i < run->plan->n_leaves; i++)
        n += run->plan->leaves[i]->is_scoring ? run->plan->leaves[i]->n_words : 0;
    out->words = arena_alloc(arena, (n + 1) * sizeof *out->words);
    if (out->words == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < run->plan->n_leaves; i++) {
        const struct plan_leaf *leaf = run->plan->leaves[i];
        bool holds;
        if (!leaf->is_scoring)
            continue;
        enum status st = leaf_holds(run, leaf, passage, out->is_match, &holds, e);
        for (size_t w = 0; st == OK && w < leaf->n_words; w++) {
            struct word_score *row = &out->words[out->n_words];
            st = explain_word(run, leaf, &leaf->words[w], passage, holds, row, e);
            if (st != OK)
                break;
            row->term = arena_copy(arena, row->term);
            if (row->term.data == NULL)
                return error_nomem(e);
            out->sum += row->value;
            out->n_words++;
        }
        if (st != OK)
            return st;
    }
    return OK;
}

enum status kernel_explain(struct passage_score *out, struct arena *arena, struct kernel *k, struct query *q,
                           size_t segment, uint32_t passage, const struct stop *stop, struct error *e)
{
    *out = (struct passage_score){0};
    if (q->root == NULL)
        return OK;
    struct kernel_options options = {.k = 1, .stop = *stop};
    struct query_run run = {.kernel = k, .query = q, .options = &options};
    enum status st = run_begin(&run, NULL, e);
    if (st == OK) {
        lists_segment(&run.lists, segment);
        st = run_begin_segment(&run, segment, true, e);
    }
    if (st == OK) {
        set_add(k->bits, passage);
        run.at.within = k->bits;
        st = match_segment(&run.at, e);
    }
    if (st == OK) {
        out->is_match = set_has(run_slot(&run.at, run.plan->root->slot), passage);
        if (out->is_match)
            match_gate(&run.at);
        st = explain_leaves(&run, out, arena, passage, e);
    }
    run_end(&run);
    if (st != OK)
        *out = (struct passage_score){0};
    return st;
}
