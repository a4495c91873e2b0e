#include "kernel_run.h"

#include "array.h"
#include "kernel_set.h"
#include "score.h"

#include <stdlib.h>

#define STOP_EVERY 8192
#define SCRATCH_SETS 4 /* one passage to explain, target, narrow, narrower */
#define NO_ARTICLE UINT32_MAX

enum status kernel_new(struct kernel **out, struct index_reader *r, struct error *e)
{
    *out = NULL;
    struct kernel *k = calloc(1, sizeof *k);
    if (k == NULL)
        return error_nomem(e);
    k->reader = r;
    k->snapshot = index_reader_snapshot(r);
    k->living = calloc(snapshot_n_segments(k->snapshot) + 1, sizeof(uint64_t *));
    enum status st = k->living == NULL ? error_nomem(e) : kernel_forms_new(&k->forms, k->snapshot, e);
    if (st != OK) {
        kernel_free(k);
        return st;
    }
    *out = k;
    return OK;
}

void kernel_free(struct kernel *k)
{
    if (k == NULL)
        return;
    kernel_forms_free(k->forms);
    for (size_t i = 0; k->living != NULL && i < snapshot_n_segments(k->snapshot); i++)
        free(k->living[i]);
    free(k->living);
    free(k->bits);
    free(k->scores);
    free(k->bests);
    free(k);
}

void candidates_clear(struct candidates *c)
{
    free(c->items);
    free(c->leaf_weights);
    *c = (struct candidates){0};
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

/* Make the sets and the matcher of a segment ready; what to look at is for the caller to say. */
enum status run_begin_segment(struct query_run *run, size_t segment, struct error *e)
{
    struct kernel *k = run->kernel;
    const struct segment *s = snapshot_segment(k->snapshot, segment);
    uint32_t n = segment_n_passages(s);
    size_t n_words = set_words(n);
    size_t n_sets = run->plan->n_slots + SCRATCH_SETS;
    enum status st = array_reserve(&k->bits, &k->bits_cap, n_sets * n_words, sizeof *k->bits, SIZE_MAX / 64, e);
    if (st == OK)
        st = reserve_dense(k, n, e);
    matcher_free(run->matcher);
    run->matcher = NULL;
    if (st == OK && run->plan->needs_tokens)
        st = matcher_new(&run->matcher, run->query, s, e);
    if (st != OK)
        return st;
    set_zero(k->bits, n_sets * n_words);
    lists_segment(&run->lists, segment);
    run->segment = segment;
    run->at = (struct segment_run){.plan = run->plan,
                                   .segment = s,
                                   .lists = &run->lists,
                                   .matcher = run->matcher,
                                   .stop = &run->options->stop,
                                   .n_words = n_words,
                                   .target = k->bits + n_words,
                                   .narrow = k->bits + 2 * n_words,
                                   .narrower = k->bits + 3 * n_words,
                                   .slots = k->bits + SCRATCH_SETS * n_words,
                                   .wants_scores = run->options->k > 0};
    return OK;
}

/* Search among the live passages; which they are never changes, so it is found out once. */
static enum status look_at_living(struct query_run *run, struct error *e)
{
    const struct segment *s = run->at.segment;
    uint32_t n = segment_n_passages(s);
    uint64_t **living = &run->kernel->living[run->segment];
    if (*living == NULL) {
        *living = calloc(set_words(n), sizeof **living);
        if (*living == NULL)
            return error_nomem(e);
        for (uint32_t p = 0; p < n; p++)
            if (!segment_passage_is_dead(s, p))
                set_add(*living, p);
    }
    run->at.within = *living;
    return OK;
}

/* A word of one term: what each posting brings is added where the gate lets it. */
static enum status score_single(struct query_run *run, double weight, uint32_t term, const uint64_t *gate,
                                struct error *e)
{
    const struct postings *p;
    enum status st = lists_get(&run->lists, term, &p, e);
    for (size_t i = 0; st == OK && i < p->n; i++) {
        if (i % STOP_EVERY == 0)
            st = stop_check(run->at.stop, e);
        if (set_has(gate, p->passages[i]))
            run->kernel->scores[p->passages[i]] += score_term(weight, p->impacts[i]);
    }
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
    for (size_t t = 0; st == OK && t < w->n_terms; t++) {
        double weight = plan_weight(run->plan, leaf, w, t);
        const struct postings *p;
        st = lists_get(&run->lists, w->terms[t], &p, e);
        for (size_t i = 0; st == OK && i < p->n; i++) {
            uint32_t passage = p->passages[i];
            double value = score_term(weight, p->impacts[i]);
            if (i % STOP_EVERY == 0)
                st = stop_check(run->at.stop, e);
            if (!set_has(gate, passage))
                continue;
            set_add(touched, passage);
            bests[passage] = value > bests[passage] ? value : bests[passage];
        }
    }
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
                st = score_single(run, plan_weight(run->plan, leaf, word, 0), word->terms[0], gate, e);
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
        top_offer(&run->top, r->score, run->segment, r->passage, r->article);
    }
    run->group_n = 0;
}

static enum status collect_one(struct query_run *run, uint32_t passage, uint32_t article, struct error *e)
{
    double score = run->kernel->scores[passage];
    run->kernel->scores[passage] = 0;
    if (run->options->k == 0)
        return OK;
    if (run->options->per == 0) {
        top_offer(&run->top, score, run->segment, passage, article);
        return run->top.state;
    }
    enum status st = array_reserve(&run->group, &run->group_cap, run->group_n + 1, sizeof *run->group, UINT32_MAX, e);
    if (st == OK)
        run->group[run->group_n++] = (struct ranked){.score = score, .passage = passage, .article = article};
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
        if (walked++ % STOP_EVERY == 0)
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
            st = collect_one(run, p, article, e);
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
        if (run->found++ % STOP_EVERY == 0)
            st = stop_check(run->at.stop, e);
        double score = scores[p];
        scores[p] = 0;
        if (!top_may_take(&run->top, score))
            continue;
        uint32_t article = segment_passage_article(run->at.segment, p);
        if (article == NO_ARTICLE)
            return error_set(e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(run->at.segment), p);
        top_offer(&run->top, score, run->segment, p, article);
    }
    return st == OK ? run->top.state : st;
}

static enum status run_segment(struct query_run *run, size_t segment, struct error *e)
{
    if (segment_n_passages(snapshot_segment(run->kernel->snapshot, segment)) == 0)
        return OK;
    enum status st = run_begin_segment(run, segment, e);
    if (st != OK)
        return st;
    st = look_at_living(run, e);
    if (st == OK)
        st = match_segment(&run->at, e);
    if (st == OK && run->at.wants_scores)
        st = score_segment(run, e);
    if (st != OK)
        return st;
    return collects_passages_only(run) ? collect_passages(run, e) : collect_segment(run, e);
}

static enum status take_weights(const struct query_run *run, struct candidates *out, struct error *e)
{
    const struct plan *p = run->plan;
    out->leaf_weights = calloc(p->n_leaves + 1, sizeof *out->leaf_weights);
    if (out->leaf_weights == NULL)
        return error_nomem(e);
    out->n_leaves = p->n_leaves;
    for (size_t i = 0; i < p->n_leaves; i++)
        out->leaf_weights[i] = plan_leaf_weight(p, p->leaves[i]);
    return OK;
}

enum status run_begin(struct query_run *run, struct buf *cut, struct error *e)
{
    struct kernel *k = run->kernel;
    enum status st = plan_new(&run->plan, run->query, k->snapshot, k->forms, &run->options->stop, cut, e);
    return st == OK ? lists_init(&run->lists, k->reader, run->plan, &run->options->stop, e) : st;
}

void run_end(struct query_run *run)
{
    lists_clear(&run->lists);
    matcher_free(run->matcher);
    plan_free(run->plan);
    top_clear(&run->top);
    free(run->group);
}

/* A search that was broken off leaves sums behind. */
static void forget_sums(struct kernel *k)
{
    if (k->dense == 0)
        return;
    memset(k->scores, 0, k->dense * sizeof *k->scores);
    memset(k->bests, 0, k->dense * sizeof *k->bests);
}

enum status kernel_run(struct candidates *out, struct kernel *k, struct query *q, const struct kernel_options *options,
                       struct buf *cut, struct error *e)
{
    *out = (struct candidates){0};
    if (q->root == NULL)
        return OK;
    struct query_run run = {.kernel = k, .query = q, .options = options};
    top_init(&run.top, k->snapshot, options->k, e);
    run.top.sort = options->sort;
    enum status st = run_begin(&run, cut, e);
    for (size_t i = 0; st == OK && i < snapshot_n_segments(k->snapshot); i++)
        st = run_segment(&run, i, e);
    if (st == OK)
        st = top_take(&run.top, out, e);
    if (st == OK)
        st = take_weights(&run, out, e);
    out->found = run.found;
    out->n_articles = run.n_articles;
    run_end(&run);
    if (st != OK) {
        candidates_clear(out);
        forget_sums(k);
    }
    return st;
}
