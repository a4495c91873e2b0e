#include "kernel_flat.h"

#include "array.h"
#include "kernel_set.h"

#include <stdlib.h>

#define BUCKETS 256       /* of candidates by bound */
#define VERIFY_STEP 16    /* candidates that are verified at a time */
#define VERIFY_COST 32    /* postings that are looked at in the time of one */
#define VERIFY_ALL_MAX 64 /* so few candidates are all verified, and counted */

/* The words of a query in the order they are looked up: the required ones, the rarest first, then the others. */
struct lookup {
    struct query_run *run;
    struct flat *f;
    struct flat_word *words[FLAT_TERMS_MAX];
    uint32_t n;
    float rest[FLAT_TERMS_MAX + 1]; /* rest[i]: what the words from i on can bring together */
    bool prunes;                    /* what cannot enter the best is not looked at any further */
    bool collects;                  /* candidates are verified later, best first */
    uint64_t n_led;                 /* passages of the leading word */
    uint64_t n_matched;             /* of those that were not dropped by their bound */
};

static int by_postings(const void *a, const void *b)
{
    const struct flat_word *x = *(struct flat_word *const *)a, *y = *(struct flat_word *const *)b;
    if (x->is_must != y->is_must)
        return x->is_must ? -1 : 1;
    if (x->n_postings != y->n_postings)
        return x->n_postings < y->n_postings ? -1 : 1;
    return (x > y) - (x < y);
}

static void begin(struct lookup *l)
{
    struct flat *f = l->f;
    for (uint32_t i = 0; i < f->n_words; i++)
        l->words[l->n++] = &f->words[i];
    qsort(l->words, l->n, sizeof l->words[0], by_postings);
    l->rest[l->n] = 0;
    for (uint32_t i = l->n; i-- > 1;)
        l->rest[i] = l->rest[i + 1] + l->words[i]->most;
}

static enum status verify(const struct lookup *l, uint32_t passage, bool *matches, struct error *e)
{
    *matches = true;
    enum status st = OK;
    for (size_t i = 0; st == OK && *matches && i < l->f->n_verified; i++)
        st = matcher_leaf(l->run->matcher, l->f->verified[i]->node, passage, matches, e);
    return st;
}

/* All required words are there; `sum` bounds the score from above. */
static enum status take(struct lookup *l, uint32_t passage, float sum, struct error *e)
{
    struct flat *f = l->f;
    bool matches;
    enum status st = verify(l, passage, &matches, e);
    l->n_matched += st == OK && matches;
    if (st == OK && f->n_verified > 0)
        st = flat_look(l->run, f, VERIFY_COST, e);
    return st == OK && matches && sum >= f->threshold ? flat_offer(l->run, f, passage) : st;
}

/* Drop most of those passages that a list, which is not empty, lacks, and have memory fetch what it has on the others.
 */
static void drop_unlikely(const struct posting_list *list, struct flat_batch *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n; i++)
        n += posting_list_hint(list, flat_put(b, n, i)->passages[n]);
    b->n = n;
    for (uint32_t i = 0; i < b->n; i++)
        posting_list_prefetch(list, b->passages[i]);
}

/* Keep the passages that have a word, and add what it brings them. */
static void add_word(const struct flat *f, const struct flat_word *w, struct flat_batch *b)
{
    uint32_t n = 0;
    if (w->n == 1)
        drop_unlikely(f->terms[w->first].list, b);
    for (uint32_t i = 0; i < b->n; i++) {
        float value = flat_word_bound(f, w, flat_put(b, n, i)->passages[n]);
        b->sums[n] += value;
        n += value > 0;
    }
    b->n = n;
}

/* Put the candidates into order by their bounds, roughly: those of a bucket, best bucket first. */
static enum status order_candidates(struct flat *f, struct error *e)
{
    size_t ends[BUCKETS] = {0};
    float most = 0;
    enum status st = array_reserve(&f->sorted, &f->sorted_cap, f->n_candidates, sizeof *f->sorted, UINT32_MAX, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i < f->n_candidates; i++)
        most = f->candidates[i].bound > most ? f->candidates[i].bound : most;
    float scale = most > 0 ? (BUCKETS - 1) / most : 0;
    for (size_t i = 0; i < f->n_candidates; i++)
        ends[BUCKETS - 1 - (size_t)(f->candidates[i].bound * scale)]++;
    for (size_t b = 1; b < BUCKETS; b++)
        ends[b] += ends[b - 1];
    for (size_t i = f->n_candidates; i-- > 0;)
        f->sorted[--ends[BUCKETS - 1 - (size_t)(f->candidates[i].bound * scale)]] = f->candidates[i];
    return OK;
}

/* Offer those of n candidates whose tokens satisfy every leaf. */
static enum status take_verified(struct lookup *l, uint32_t *passages, size_t n, struct error *e)
{
    struct flat *f = l->f;
    enum status st = OK;
    for (size_t leaf = 0; st == OK && leaf < f->n_verified; leaf++) {
        bool matches[VERIFY_STEP];
        size_t n_kept = 0;
        st = matcher_leaf_all(l->run->matcher, f->verified[leaf]->node, passages, n, matches, e);
        for (size_t i = 0; st == OK && i < n; i++)
            if (matches[i])
                passages[n_kept++] = passages[i];
        n = n_kept;
    }
    for (size_t i = 0; st == OK && i < n; i++)
        st = flat_offer(l->run, f, passages[i]);
    l->n_matched += n;
    return st;
}

/* How many of n match, if as many of them do as of those so far. */
static uint64_t as_so_far(const struct flat_share *s, uint64_t n)
{
    return s->n_looked == 0 ? 0 : (uint64_t)((double)n * (double)s->n_matched / (double)s->n_looked);
}

/* How many candidates match, n_matched of those n_looked that were looked at: what was passed over matches as often;
 * where all was passed over, as often as in the segments before. */
static uint64_t expect_verified(const struct lookup *l, uint64_t n_looked)
{
    struct flat *f = l->f;
    struct flat_share here = {n_looked, l->n_matched};
    f->verifies.n_looked += n_looked;
    f->verifies.n_matched += l->n_matched;
    if (n_looked == f->n_candidates)
        return l->n_matched;
    l->run->is_estimated = true;
    return as_so_far(n_looked == 0 ? &f->verifies : &here, f->n_candidates);
}

/* How many passages of the leading word match. Of those that were dropped before a word was looked up, as many have it
 * as of the others that came so far; where all were, as many match as in the segments before. */
static uint64_t expect_led(const struct lookup *l)
{
    struct flat_share *leads = &l->f->leads;
    double n = (double)l->n_matched;
    for (uint32_t i = 1; i < l->f->n_musts; i++) {
        const struct flat_word *w = l->words[i];
        if (w->n_passed == 0)
            continue;
        l->run->is_estimated = true;
        if (w->n_looked == 0)
            return as_so_far(leads, l->n_led);
        n *= 1 + (double)w->n_passed / (double)w->n_looked;
    }
    leads->n_looked += l->n_led;
    leads->n_matched += (uint64_t)n;
    return (uint64_t)n;
}

/* Verify the best first, until the others cannot come among the best. */
static enum status verify_candidates(struct lookup *l, struct error *e)
{
    struct flat *f = l->f;
    size_t n_verified = 0;
    bool is_small = f->n_candidates <= VERIFY_ALL_MAX;
    enum status st = is_small ? OK : order_candidates(f, e);
    const struct flat_candidate *order = is_small ? f->candidates : f->sorted;
    for (size_t i = 0; st == OK && i < f->n_candidates;) {
        uint32_t passages[VERIFY_STEP];
        size_t n = 0;
        for (; i < f->n_candidates && n < VERIFY_STEP; i++)
            if (is_small || order[i].bound >= f->threshold)
                passages[n++] = order[i].passage;
        n_verified += n;
        st = take_verified(l, passages, n, e);
        if (st == OK)
            st = flat_look(l->run, f, n * VERIFY_COST, e);
    }
    l->n_matched = expect_verified(l, n_verified);
    return st;
}

/* Candidates for later. */
static enum status keep(struct lookup *l, const struct flat_batch *b, float rest, struct error *e)
{
    struct flat *f = l->f;
    enum status st =
        array_reserve(&f->candidates, &f->candidates_cap, f->n_candidates + b->n, sizeof *f->candidates, UINT32_MAX, e);
    for (uint32_t i = 0; st == OK && i < b->n; i++)
        f->candidates[f->n_candidates++] =
            (struct flat_candidate){.bound = b->sums[i] + rest, .passage = b->passages[i]};
    return st;
}

/* Passages of the leading word, and what it brings them. */
static enum status look_up(struct lookup *l, struct error *e)
{
    struct flat *f = l->f;
    struct flat_batch *b = &l->f->batch;
    enum status st = flat_look(l->run, f, b->n, e);
    if (f->allowed != NULL)
        flat_drop_filtered(f, b);
    uint32_t i = 1;
    for (; i < f->n_musts && b->n > 0; i++) {
        struct flat_word *w = l->words[i];
        if (l->prunes && f->threshold > l->rest[i])
            w->n_passed += flat_drop_hopeless(f, b, l->rest[i]);
        w->n_looked += b->n;
        add_word(f, w, b);
    }
    if (l->collects && st == OK)
        st = keep(l, b, l->rest[i], e);
    for (uint32_t p = 0; !l->collects && st == OK && p < b->n; p++)
        st = take(l, b->passages[p], b->sums[p] + l->rest[i], e);
    b->n = 0;
    return st;
}

/* A word of several terms is walked term by term; a passage counts with the first that it has. */
static bool is_first(const struct flat *f, const struct flat_word *w, uint32_t term, uint32_t passage)
{
    for (uint32_t t = w->first; t < term; t++)
        if (posting_list_impact(f->terms[t].list, passage) > 0)
            return false;
    return true;
}

/* A word of one term whose list is sparse, as that of nearly every leading word. */
static enum status walk_sparse(struct lookup *l, const struct flat_term *t, struct error *e)
{
    const struct posting_list *list = t->list;
    struct flat_batch *b = &l->f->batch;
    enum status st = OK;
    for (uint32_t at = 0; st == OK && at < list->n; at += FLAT_BATCH) {
        b->n = list->n - at < FLAT_BATCH ? list->n - at : FLAT_BATCH;
        l->n_led += b->n;
        for (uint32_t i = 0; i < b->n; i++) {
            b->passages[i] = list->passages[at + i];
            b->sums[i] = t->unit * (float)list->impacts[at + i];
        }
        st = look_up(l, e);
    }
    return st;
}

/* Of 64 passages, those that have the leading word and every other word whose list is dense. */
static uint64_t find_common(const struct lookup *l, const struct posting_list *lead, uint32_t at)
{
    const struct flat *f = l->f;
    uint64_t common = lead->hint[at];
    for (uint32_t w = 1; w < f->n_musts; w++) {
        const struct posting_list *other = f->terms[l->words[w]->first].list;
        if (l->words[w]->n == 1 && other->passages == NULL)
            common &= other->hint[at];
    }
    return common;
}

/* A word of one term whose list is dense. Then so are, mostly, those of the others, which are commoner. */
static enum status walk_dense(struct lookup *l, const struct flat_term *t, struct error *e)
{
    const struct posting_list *list = t->list;
    struct flat_batch *b = &l->f->batch;
    uint32_t n_hints = posting_ranges(list->n_passages) * POSTING_RANGE_HINTS;
    enum status st = OK;
    for (uint32_t at = 0; st == OK && at < n_hints; at++) {
        if (at % POSTING_RANGE_HINTS == 0)
            st = flat_look(l->run, l->f, POSTING_RANGE_HINTS, e);
        l->n_led += (uint64_t)__builtin_popcountll(list->hint[at]);
        for (uint64_t common = find_common(l, list, at); st == OK && common != 0; common &= common - 1) {
            uint32_t passage = at * 64 + (uint32_t)__builtin_ctzll(common);
            b->passages[b->n] = passage;
            b->sums[b->n++] = t->unit * (float)list->impacts[passage];
            if (b->n == FLAT_BATCH)
                st = look_up(l, e);
        }
    }
    return st == OK ? look_up(l, e) : st;
}

/* A word of several terms. */
static enum status walk_term(struct lookup *l, const struct flat_word *lead, uint32_t term, struct error *e)
{
    struct flat *f = l->f;
    const struct posting_list *list = f->terms[term].list;
    struct flat_batch *b = &f->batch;
    uint32_t at = 0;
    enum status st = OK;
    for (uint32_t p = posting_list_next(list, &at); st == OK && p != UINT32_MAX; p = posting_list_next(list, &at)) {
        st = flat_look(l->run, f, 1, e);
        if (st != OK || !is_first(f, lead, term, p))
            continue;
        l->n_led++;
        b->passages[b->n] = p;
        b->sums[b->n++] = flat_word_bound(f, lead, p);
        if (b->n == FLAT_BATCH)
            st = look_up(l, e);
    }
    return st == OK ? look_up(l, e) : st;
}

static enum status walk(struct lookup *l, struct error *e)
{
    const struct flat_word *lead = l->words[0];
    const struct flat_term *first = &l->f->terms[lead->first];
    enum status st = OK;
    l->f->batch.n = 0;
    if (lead->n == 1)
        return first->list->passages != NULL ? walk_sparse(l, first, e) : walk_dense(l, first, e);
    for (uint32_t t = lead->first; st == OK && t < lead->first + lead->n; t++)
        st = walk_term(l, lead, t, e);
    return st;
}

void flat_and_pass_over(struct query_run *run, struct flat *f, uint64_t n_led)
{
    run->found += as_so_far(&f->leads, n_led);
}

enum status flat_and(struct query_run *run, struct flat *f, struct error *e)
{
    struct lookup l = {.run = run, .f = f};
    begin(&l);
    l.prunes = !f->counts;
    l.collects = f->n_verified > 0 && run->options->total != TOTAL_EXACT;
    f->n_candidates = 0;
    for (uint32_t i = 0; i < f->n_musts; i++)
        if (l.words[i]->n_postings == 0)
            return OK;
    enum status st = walk(&l, e);
    if (st == OK && l.collects)
        st = verify_candidates(&l, e);
    run->found += expect_led(&l);
    return st;
}
