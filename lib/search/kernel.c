#include "kernel_flat.h"

#include "array.h"
#include "kernel_set.h"

#include <stdlib.h>

#define SCRATCH_SETS 4 /* one passage to explain, target, narrow, narrower */

enum status kernel_new(struct kernel **out, struct snapshot *s, struct postings_cache *cache, struct error *e)
{
    *out = NULL;
    struct kernel *k = calloc(1, sizeof *k);
    if (k == NULL)
        return error_nomem(e);
    arena_init(&k->arena);
    k->count_max = FLAT_COUNT_MAX;
    k->lead_count_max = FLAT_LEAD_COUNT_MAX;
    k->lists_max = LISTS_MAX_BYTES;
    k->snapshot = s;
    k->living = calloc(snapshot_n_segments(k->snapshot) + 1, sizeof(uint64_t *));
    enum status st = k->living == NULL ? error_nomem(e) : kernel_forms_new(&k->forms, k->snapshot, e);
    if (st == OK)
        st = term_memo_new(&k->memo, snapshot_n_segments(s), e);
    if (st == OK)
        st = flat_new(&k->flat, e);
    if (st == OK)
        st = postings_reader_new(&k->reader, cache, s, e);
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
    term_memo_free(k->memo);
    arena_clear(&k->arena);
    for (size_t i = 0; k->living != NULL && i < snapshot_n_segments(k->snapshot); i++)
        free(k->living[i]);
    free(k->living);
    free(k->bits);
    free(k->scores);
    free(k->bests);
    flat_free(k->flat);
    postings_reader_free(k->reader);
    free(k);
}

const struct term_memo *kernel_memo(const struct kernel *k)
{
    return k->memo;
}

void candidates_clear(struct candidates *c)
{
    free(c->items);
    free(c->leaf_weights);
    *c = (struct candidates){0};
}

/* Make the sets and the matcher of a segment ready; what to look at is for the caller to say. */
enum status run_begin_segment(struct query_run *run, size_t segment, bool needs_sets, struct error *e)
{
    struct kernel *k = run->kernel;
    const struct segment *s = snapshot_segment(k->snapshot, segment);
    uint32_t n = segment_n_passages(s);
    size_t n_words = set_words(n);
    size_t n_sets = needs_sets ? run->plan->n_slots + SCRATCH_SETS : 0;
    enum status st = array_reserve(&k->bits, &k->bits_cap, n_sets * n_words, sizeof *k->bits, SIZE_MAX / 64, e);
    matcher_free(run->matcher);
    run->matcher = NULL;
    if (st == OK && run->plan->needs_tokens)
        st = matcher_new(&run->matcher, run->query, s, k->memo, segment, e);
    if (st != OK)
        return st;
    if (needs_sets)
        set_zero(k->bits, n_sets * n_words);
    run->segment = segment;
    run->at = (struct segment_run){.plan = run->plan,
                                   .segment = s,
                                   .lists = &run->lists,
                                   .matcher = run->matcher,
                                   .stop = &run->options->stop,
                                   .n_words = n_words,
                                   .wants_scores = run->options->k > 0};
    if (needs_sets) {
        run->at.target = k->bits + n_words;
        run->at.narrow = k->bits + 2 * n_words;
        run->at.narrower = k->bits + 3 * n_words;
        run->at.slots = k->bits + SCRATCH_SETS * n_words;
    }
    return OK;
}

/* Which are live never changes, so it is found out once. */
enum status run_living(struct query_run *run, const uint64_t **out, struct error *e)
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
    *out = *living;
    return OK;
}

enum status run_offer(struct query_run *run, uint32_t passage, double score)
{
    top_offer(&run->top, score, run->segment, passage);
    return run->top.state;
}

static enum status run_segment(struct query_run *run, size_t segment, bool is_flat, struct error *e)
{
    if (segment_n_passages(snapshot_segment(run->kernel->snapshot, segment)) == 0)
        return OK;
    bool is_done = false, is_possible = true;
    enum status st = OK;
    lists_segment(&run->lists, segment);
    /* Sets are long: none are made ready where nothing can match. Flat queries also ask what their filters let through.
     */
    if (!is_flat)
        st = match_is_possible(&run->lists, run->plan->root, &is_possible, e);
    if (st != OK || !is_possible)
        return st;
    st = run_begin_segment(run, segment, !is_flat || flat_needs_sets(run), e);
    if (st == OK && is_flat)
        st = flat_segment(run, &is_done, e);
    if (st != OK || is_done)
        return st;
    /* By way of sets a list is needed at a time. */
    if (is_flat) {
        lists_segment(&run->lists, segment);
        st = run_begin_segment(run, segment, true, e);
    }
    return st == OK ? any_segment(run, e) : st;
}

/*
 * How exactly found is known. Fewer than were wanted: nothing that matches was passed over, and all of it is listed.
 */
static void settle_found(const struct query_run *run, struct candidates *out)
{
    const struct kernel_options *o = run->options;
    bool is_all = o->k > 0 && o->per == 0 && run->top.n < o->k;
    out->found = run->found > run->top.n ? run->found : run->top.n;
    out->bound = FOUND_EXACT;
    if (!run->is_estimated)
        return;
    out->bound = is_all ? FOUND_EXACT : o->total == TOTAL_NONE ? FOUND_LOWER : FOUND_ESTIMATE;
    if (out->bound != FOUND_ESTIMATE)
        out->found = run->top.n;
}

static enum status take_weights(const struct query_run *run, struct candidates *out, struct error *e)
{
    const struct plan *p = run->plan;
    out->leaf_weights = malloc((p->n_leaves + 1) * sizeof *out->leaf_weights);
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
    enum status st =
        plan_new(&run->plan, &k->arena, run->query, k->snapshot, k->forms, k->memo, &run->options->stop, cut, e);
    return st == OK ? lists_init(&run->lists, k->reader, run->plan, k->lists_max, &run->options->stop, e) : st;
}

void run_end(struct query_run *run)
{
    lists_clear(&run->lists);
    matcher_free(run->matcher);
    arena_reset(&run->kernel->arena);
    top_clear(&run->top);
    flat_trim(run->kernel->flat);
    free(run->group);
}

/* A search that was broken off leaves sums behind. */
static void forget_sums(struct kernel *k)
{
    memset(k->flat->sums, 0, sizeof k->flat->sums);
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
    run.top.n_unordered = options->n_unordered;
    enum status st = run_begin(&run, cut, e);
    bool is_flat = false;
    if (st == OK)
        st = flat_read(&run, &is_flat, e);
    for (size_t i = 0, segment = 0; st == OK && i < snapshot_n_segments(k->snapshot); segment = ++i)
        if (!is_flat || flat_next(&run, i, &segment))
            st = run_segment(&run, segment, is_flat, e);
    if (st == OK && is_flat)
        flat_estimate(&run);
    settle_found(&run, out);
    if (st == OK)
        st = top_take(&run.top, out, e);
    if (st == OK)
        st = take_weights(&run, out, e);
    out->n_articles = run.n_articles;
    run_end(&run);
    if (st != OK) {
        candidates_clear(out);
        forget_sums(k);
    }
    return st;
}
