#include "kernel_run.h"

#include "array.h"
#include "kernel_set.h"
#include "score.h"

#include <stdlib.h>

/*
 * What each posting brings, where the gate lets it, is added to the passage's score; or, with `touched`, raises the
 * best of a word of several terms, and the passage is remembered there.
 */
static enum status score_term_postings(struct query_run *run, double weight, uint32_t term, const uint64_t *gate,
                                       uint64_t *touched, struct error *e)
{
    double *scores = run->kernel->scores, *bests = run->kernel->bests;
    const struct posting_list *list;
    enum status st = lists_get(&run->lists, term, &list, e);
    uint32_t at = 0;
    size_t n = 0;
    for (uint32_t p = st == OK ? posting_list_next(list, &at) : UINT32_MAX; st == OK && p != UINT32_MAX;
         p = posting_list_next(list, &at)) {
        if (n++ % STOP_EVERY_POSTINGS == 0)
            st = stop_check(run->at.stop, e);
        if (!set_has(gate, p))
            continue;
        double value = score_term(weight, posting_list_last_impact(list, at));
        if (touched == NULL) {
            scores[p] += value;
            continue;
        }
        set_add(touched, p);
        bests[p] = value > bests[p] ? value : bests[p];
    }
    lists_trim(&run->lists);
    return st;
}

/* A word of several terms: the greatest of what they bring counts, once. */
static enum status score_greatest(struct query_run *run, const struct plan_leaf *leaf, const struct plan_word *w,
                                  const uint64_t *gate, struct error *e)
{
    uint64_t *touched = run->at.target;
    double *bests = run->kernel->bests;
    enum status st = OK;
    set_zero(touched, run->at.n_words);
    for (size_t t = 0; st == OK && t < w->n_terms; t++)
        st = score_term_postings(run, plan_weight(run->plan, leaf, w, t), w->terms[t], gate, touched, e);
    for (uint32_t p = set_next(touched, run->at.n_words, 0); p != UINT32_MAX;
         p = set_next(touched, run->at.n_words, p + 1)) {
        run->kernel->scores[p] += bests[p];
        bests[p] = 0;
    }
    return st;
}

/* Sum the leaves in query-term order, so that a passage's sum is the same whatever its segment. */
static enum status score_segment(struct query_run *run, struct error *e)
{
    match_gate(&run->at);
    enum status st = OK;
    for (size_t i = 0; i < run->plan->n_leaves; i++) {
        const struct plan_leaf *leaf = run->plan->leaves[i];
        if (!leaf->is_scoring)
            continue;
        const uint64_t *gate = run_slot(&run->at, leaf->gate);
        for (size_t w = 0; st == OK && w < leaf->n_words; w++) {
            const struct plan_word *word = &leaf->words[w];
            if (word->n_terms == 1)
                st = score_term_postings(run, plan_weight(run->plan, leaf, word, 0), word->terms[0], gate, NULL, e);
            else
                st = score_greatest(run, leaf, word, gate, e);
        }
    }
    return st;
}

static int better_of_article(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->passage < y->passage ? -1 : x->passage > y->passage;
}

/* Offer the best `per` of the article at hand. */
static void end_group(struct query_run *run)
{
    if (run->group_n > run->options->per)
        qsort(run->group, run->group_n, sizeof *run->group, better_of_article);
    for (size_t i = 0; i < run->group_n && i < run->options->per; i++) {
        const struct ranked *r = &run->group[i];
        top_offer(&run->top, r->score, run->segment, r->passage);
    }
    run->group_n = 0;
}

static enum status collect_one(struct query_run *run, uint32_t passage, struct error *e)
{
    double score = run->kernel->scores[passage];
    run->kernel->scores[passage] = 0;
    if (run->options->k == 0)
        return OK;
    if (run->options->per == 0) {
        top_offer(&run->top, score, run->segment, passage);
        return run->top.state;
    }
    enum status st = array_reserve(&run->group, &run->group_cap, run->group_n + 1, sizeof *run->group, UINT32_MAX, e);
    if (st == OK)
        run->group[run->group_n++] = (struct ranked){.score = score, .passage = passage};
    return st;
}

/* Count what matched and offer it; passages of an article lie side by side. */
static enum status collect_segment(struct query_run *run, struct error *e)
{
    const uint64_t *matches = run_slot(&run->at, run->plan->root->slot);
    uint32_t last = NO_ARTICLE;
    enum status st = OK;
    size_t walked = 0;
    for (uint32_t p = set_next(matches, run->at.n_words, 0); st == OK && p != UINT32_MAX;
         p = set_next(matches, run->at.n_words, p + 1)) {
        uint32_t article = segment_passage_article(run->at.segment, p);
        if (article == NO_ARTICLE)
            return error_set(e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(run->at.segment), p);
        if (walked++ % STOP_EVERY_POSTINGS == 0)
            st = stop_check(run->at.stop, e);
        if (article != last) {
            run->n_articles++;
            end_group(run);
            if (st == OK && run->options->facets != NULL)
                st = facets_add(run->options->facets, run->at.segment, article, e);
        }
        last = article;
        run->found++;
        if (st == OK)
            st = collect_one(run, p, e);
    }
    end_group(run);
    return st == OK ? run->top.state : st;
}

/* Does nobody ask for the articles of what matched? Then only those of passages that may enter the best are read. */
static bool collects_passages_only(const struct query_run *run)
{
    const struct kernel_options *o = run->options;
    return o->k > 0 && o->per == 0 && o->facets == NULL && o->sort == SORT_SCORE;
}

static enum status collect_passages(struct query_run *run, struct error *e)
{
    const uint64_t *matches = run_slot(&run->at, run->plan->root->slot);
    double *scores = run->kernel->scores;
    enum status st = OK;
    for (uint32_t p = set_next(matches, run->at.n_words, 0); st == OK && p != UINT32_MAX;
         p = set_next(matches, run->at.n_words, p + 1)) {
        if (run->found++ % STOP_EVERY_POSTINGS == 0)
            st = stop_check(run->at.stop, e);
        double score = scores[p];
        scores[p] = 0;
        if (!top_may_take(&run->top, score))
            continue;
        if (st == OK)
            st = run_offer(run, p, score);
    }
    return st;
}

static enum status reserve_dense(struct kernel *k, uint32_t n, struct error *e)
{
    if (n <= k->dense)
        return OK;
    free(k->scores);
    free(k->bests);
    k->dense = 0;
    k->scores = calloc(n, sizeof *k->scores);
    k->bests = calloc(n, sizeof *k->bests);
    if (k->scores == NULL || k->bests == NULL)
        return error_nomem(e);
    k->dense = n;
    return OK;
}

enum status any_segment(struct query_run *run, struct error *e)
{
    enum status st = reserve_dense(run->kernel, segment_n_passages(run->at.segment), e);
    if (st == OK)
        st = run_living(run, &run->at.within, e);
    if (st == OK)
        st = match_segment(&run->at, e);
    if (st == OK && run->at.wants_scores)
        st = score_segment(run, e);
    if (st != OK)
        return st;
    return collects_passages_only(run) ? collect_passages(run, e) : collect_segment(run, e);
}
