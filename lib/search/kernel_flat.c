#include "kernel_flat.h"

#include "array.h"
#include "kernel_set.h"
#include "score.h"

#include <stdlib.h>

enum status flat_new(struct flat **out, struct error *e)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_nomem(e) : OK;
}

void flat_free(struct flat *f)
{
    if (f == NULL)
        return;
    free(f->bounds);
    free(f->maxima);
    free(f->candidates);
    free(f->sorted);
    free(f);
}

void flat_trim(struct flat *f)
{
    if (f->candidates_cap <= FLAT_KEPT_MAX && f->sorted_cap <= FLAT_KEPT_MAX)
        return;
    free(f->candidates);
    free(f->sorted);
    f->candidates = f->sorted = NULL;
    f->candidates_cap = f->sorted_cap = 0;
}

/* Which leaves a query has, by what they mean to it. */
struct flat_leaves {
    const struct plan_leaf *items[FLAT_TERMS_MAX];
    bool is_must[FLAT_TERMS_MAX];
    size_t n, n_terms;
};

static bool take_leaf(struct flat_leaves *out, const struct plan_node *n, bool is_must)
{
    const struct plan_leaf *leaf = n->leaf;
    if (leaf == NULL || leaf->n_words == 0 || !leaf->is_scoring || out->n == FLAT_TERMS_MAX ||
        (leaf->is_verified && !is_must))
        return false;
    for (size_t w = 0; w < leaf->n_words; w++)
        out->n_terms += leaf->words[w].n_terms;
    if (out->n_terms > FLAT_TERMS_MAX)
        return false;
    out->is_must[out->n] = is_must;
    out->items[out->n++] = leaf;
    return true;
}

static bool take_or(struct flat_leaves *out, const struct plan_node *n)
{
    for (size_t i = 0; i < n->n_children; i++)
        if (!take_leaf(out, &n->children[i], false))
            return false;
    return n->n_children > 0;
}

/* Of an AND: required words, words that may be there, filters; or one OR and filters. */
static bool take_and(struct flat_leaves *out, const struct plan_node *n, const struct plan_node **gate)
{
    const struct plan_node *any = NULL;
    size_t n_shoulds = 0, n_musts = 0;
    for (size_t i = 0; i < n->n_children; i++) {
        const struct plan_node *child = &n->children[i];
        enum node_role role = child->node->role;
        if (role == ROLE_FILTER || role == ROLE_NOT) {
            *gate = n;
        } else if (role == ROLE_MUST && child->node->kind == NODE_OR && any == NULL) {
            any = child;
        } else {
            n_shoulds += role == ROLE_SHOULD;
            n_musts += role == ROLE_MUST;
            if (!take_leaf(out, child, role == ROLE_MUST))
                return false;
        }
    }
    if (any != NULL)
        return n_shoulds + n_musts == 0 && take_or(out, any);
    return n_musts > 0;
}

static bool take_root(struct flat_leaves *out, const struct plan_node *root, const struct plan_node **gate)
{
    *gate = NULL;
    if (root->leaf != NULL)
        return take_leaf(out, root, true);
    if (root->node->kind == NODE_OR)
        return take_or(out, root);
    return root->node->kind == NODE_AND && take_and(out, root, gate);
}

static void read_word(struct flat *f, const struct plan *p, const struct plan_leaf *leaf, const struct plan_word *w,
                      bool is_must)
{
    f->words[f->n_words++] = (struct flat_word){.first = f->n_terms, .n = (uint32_t)w->n_terms, .is_must = is_must};
    f->n_musts += is_must;
    for (size_t t = 0; t < w->n_terms; t++) {
        double weight = plan_weight(p, leaf, w, t);
        f->terms[f->n_terms++] =
            (struct flat_term){.term = w->terms[t], .weight = weight, .unit = (float)(weight / IMPACT_MAX)};
    }
}

static enum status read_leaves(struct flat *f, struct plan *p, const struct flat_leaves *leaves, struct error *e)
{
    size_t n_words = 0;
    for (size_t i = 0; i < leaves->n; i++)
        n_words += leaves->items[i]->n_words;
    f->terms = arena_take(p->arena, (leaves->n_terms + 1) * sizeof *f->terms);
    f->words = arena_take(p->arena, (n_words + 1) * sizeof *f->words);
    f->verified = arena_take(p->arena, (leaves->n + 1) * sizeof(struct plan_leaf *));
    if (f->terms == NULL || f->words == NULL || f->verified == NULL)
        return error_nomem(e);
    f->n_terms = f->n_words = f->n_musts = 0;
    f->n_verified = 0;
    for (size_t i = 0; i < leaves->n; i++) {
        const struct plan_leaf *leaf = leaves->items[i];
        for (size_t w = 0; w < leaf->n_words; w++)
            read_word(f, p, leaf, &leaf->words[w], leaves->is_must[i]);
        if (leaf->is_verified)
            f->verified[f->n_verified++] = leaf;
    }
    f->is_and = f->n_verified > 0 || (f->n_musts > 0 && f->n_words > 1);
    f->n_allowed = 0;
    f->leads = f->verifies = (struct flat_share){0};
    return OK;
}

/* Few postings are all looked at. How many there are is asked of all segments, so that answers do not depend on them.
 */
static bool counts_all(const struct query_run *run, const struct flat *f)
{
    uint64_t all = 0, least = UINT64_MAX;
    for (uint32_t i = 0; i < f->n_words; i++) {
        uint64_t n = 0;
        for (uint32_t t = f->words[i].first; t < f->words[i].first + f->words[i].n; t++)
            n += run->plan->terms[f->terms[t].term].df;
        all += n;
        least = f->words[i].is_must && n < least ? n : least;
    }
    return run->options->total == TOTAL_EXACT ||
           (f->is_and ? least <= run->kernel->lead_count_max : all <= run->kernel->count_max);
}

/* The impact that k live passages have at least, by what the term tables hold of a term; 0: it does not say. */
static uint32_t sure_impact(const struct query_run *run, uint32_t term)
{
    const struct snapshot *s = run->kernel->snapshot;
    uint32_t n_with[IMPACT_MAX + 1] = {0}; /* live ones by impact, as far as is known */
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct term_view *view = &run->plan->terms[term].in[i];
        uint32_t n_known = segment_n_dead_passages(snapshot_segment(s, i));
        for (size_t r = 0; view->id != TERM_NONE && r < N_TERM_RANKS; r++) {
            if (term_rank(r) <= n_known || view->greatest[r] > IMPACT_MAX)
                continue;
            n_with[view->greatest[r]] += term_rank(r) - n_known;
            n_known = term_rank(r);
        }
    }
    size_t n = 0;
    uint32_t impact = IMPACT_MAX + 1;
    while (impact > 0 && n < run->options->k)
        n += n_with[--impact];
    return impact;
}

/* A score that k passages reach for certain, by any one of the words. */
static double find_floor(const struct query_run *run, const struct flat *f)
{
    double floor = 0;
    for (uint32_t i = 0; !f->is_and && f->gate == NULL && i < f->n_terms; i++) {
        double least = score_term(f->terms[i].weight, (uint8_t)sure_impact(run, f->terms[i].term));
        floor = least > floor ? least : floor;
    }
    return floor;
}

bool flat_needs_sets(const struct query_run *run)
{
    return run->kernel->flat->gate != NULL;
}

double flat_score(const struct flat *f, uint32_t passage)
{
    double sum = 0;
    for (uint32_t i = 0; i < f->n_words; i++) {
        const struct flat_word *w = &f->words[i];
        double best = 0;
        for (uint32_t t = w->first; t < w->first + w->n; t++) {
            double value = score_term(f->terms[t].weight, posting_list_impact(f->terms[t].list, passage));
            best = value > best ? value : best;
        }
        sum += best;
    }
    return sum;
}

/* The score that a passage must reach, as a bound. */
static void raise_threshold(const struct query_run *run, struct flat *f)
{
    const struct top *top = &run->top;
    double least = top->n == top->k && top->items[0].score > f->floor ? top->items[0].score : f->floor;
    f->threshold = (float)(least * (1 - FLAT_MARGIN));
}

enum status flat_offer(struct query_run *run, struct flat *f, uint32_t passage)
{
    double score = flat_score(f, passage);
    if (!top_may_take(&run->top, score))
        return OK;
    enum status st = run_offer(run, passage, score);
    raise_threshold(run, f);
    return st;
}

enum status flat_look(struct query_run *run, struct flat *f, size_t n_postings, struct error *e)
{
    f->n_looked += n_postings;
    if (f->n_looked < STOP_EVERY_POSTINGS)
        return OK;
    f->n_looked = 0;
    return stop_check(run->at.stop, e);
}

uint32_t flat_drop_hopeless(const struct flat *f, struct flat_batch *b, float rest)
{
    float least = f->threshold - rest;
    uint32_t n = 0, n_before = b->n;
    for (uint32_t i = 0; i < n_before; i++)
        n += flat_put(b, n, i)->sums[n] >= least;
    b->n = n;
    return n_before - n;
}

void flat_drop_filtered(const struct flat *f, struct flat_batch *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n; i++)
        n += set_has(f->allowed, flat_put(b, n, i)->passages[n]);
    b->n = n;
}

static enum status get_lists(struct query_run *run, struct flat *f, bool *fit, struct error *e)
{
    enum status st = OK;
    *fit = true;
    for (uint32_t i = 0; st == OK && i < f->n_terms; i++) {
        struct flat_term *t = &f->terms[i];
        st = lists_get(&run->lists, t->term, &t->list, e);
        *fit = run->lists.own_bytes <= run->lists.max_bytes;
        if (st != OK || !*fit)
            return st;
        t->most = t->unit * (float)t->list->greatest;
        t->at = t->at_range = 0;
    }
    for (uint32_t i = 0; st == OK && i < f->n_words; i++) {
        struct flat_word *w = &f->words[i];
        w->n_postings = w->n_looked = w->n_passed = 0;
        w->most = 0;
        for (uint32_t t = w->first; t < w->first + w->n; t++) {
            w->n_postings += f->terms[t].list->n;
            w->most = f->terms[t].most > w->most ? f->terms[t].most : w->most;
        }
    }
    return st;
}

static enum status find_allowed(struct query_run *run, struct flat *f, struct error *e)
{
    f->allowed = NULL;
    if (f->gate == NULL && segment_n_dead_passages(run->at.segment) == 0)
        return OK;
    enum status st = run_living(run, &f->allowed, e);
    if (st != OK || f->gate == NULL)
        return st;
    uint64_t *passing = run_slot(&run->at, run->plan->root->slot);
    run->at.within = f->allowed;
    st = match_filters(&run->at, f->gate, passing, e);
    f->n_allowed += set_count(passing, run->at.n_words);
    f->allowed = passing;
    return st;
}

/* What a word brings at most to a passage of a segment, and how many of these have it, by the term table. */
static float most_of_word(const struct query_run *run, const struct flat_word *w, size_t segment, uint64_t *n_passages)
{
    const struct flat_term *terms = run->kernel->flat->terms;
    float most = 0;
    *n_passages = 0;
    for (uint32_t t = w->first; t < w->first + w->n; t++) {
        const struct term_view *view = &run->plan->terms[terms[t].term].in[segment];
        float value = view->id == TERM_NONE ? 0 : terms[t].unit * (float)view->greatest[0];
        most = value > most ? value : most;
        *n_passages += view->id == TERM_NONE ? 0 : view->df;
    }
    return most;
}

/* What is known of a segment by the term table. */
static struct flat_segment expect_segment(const struct query_run *run, uint32_t number)
{
    const struct flat *f = run->kernel->flat;
    struct flat_segment s = {.number = number, .n_led = UINT64_MAX};
    uint64_t n_next = UINT64_MAX;
    for (uint32_t i = 0; i < f->n_words; i++) {
        uint64_t n;
        s.most += most_of_word(run, &f->words[i], number, &n);
        if (f->words[i].is_must && n < s.n_led) {
            s.next = s.lead;
            n_next = s.n_led;
            s.lead = i;
            s.n_led = n;
        } else if (f->words[i].is_must && n < n_next) {
            s.next = i;
            n_next = n;
        }
    }
    s.most = s.n_led > 0 ? s.most : 0;
    return s;
}

static int by_most(const void *a, const void *b)
{
    const struct flat_segment *x = a, *y = b;
    if (x->most != y->most)
        return x->most > y->most ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static enum status order_segments(struct query_run *run, struct flat *f, struct error *e)
{
    size_t n = snapshot_n_segments(run->kernel->snapshot);
    f->segments = arena_alloc(run->plan->arena, (n + 1) * sizeof *f->segments);
    if (f->segments == NULL)
        return error_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        f->segments[i] = expect_segment(run, i);
    qsort(f->segments, n, sizeof *f->segments, by_most);
    return OK;
}

enum status flat_read(struct query_run *run, bool *is_flat, struct error *e)
{
    const struct kernel_options *o = run->options;
    struct flat *f = run->kernel->flat;
    struct flat_leaves leaves;
    leaves.n = leaves.n_terms = 0;
    *is_flat = o->k > 0 && o->per == 0 && o->facets == NULL && o->sort == SORT_SCORE &&
               take_root(&leaves, run->plan->root, &f->gate);
    enum status st = *is_flat ? read_leaves(f, run->plan, &leaves, e) : OK;
    if (!*is_flat || st != OK)
        return st;
    f->counts = counts_all(run, f);
    f->floor = find_floor(run, f);
    raise_threshold(run, f);
    st = order_segments(run, f, e);
    if (st == OK)
        flat_fetch_ahead(run, f, 0);
    return st;
}

bool flat_next(struct query_run *run, size_t i, size_t *segment)
{
    struct flat *f = run->kernel->flat;
    const struct flat_segment *s = &f->segments[i];
    *segment = s->number;
    raise_threshold(run, f);
    flat_fetch_ahead(run, f, i + 1);
    if (flat_is_worth(f, s) || (f->gate != NULL && !f->is_and))
        return true;
    if (s->most == 0)
        return false;
    run->is_estimated = true;
    if (f->is_and)
        flat_and_pass_over(run, f, s->n_led);
    return false;
}

enum status flat_segment(struct query_run *run, bool *is_done, struct error *e)
{
    struct flat *f = run->kernel->flat;
    *is_done = false;
    /* First the filters: they let go of lists when they are done with them. */
    enum status st = find_allowed(run, f, e);
    if (st == OK)
        st = get_lists(run, f, is_done, e);
    if (st != OK || !*is_done)
        return st;
    f->n_looked = 0;
    run->is_estimated |= !f->counts && !f->is_and;
    return f->is_and ? flat_and(run, f, e) : flat_or(run, f, e);
}

/* At most as many as have any of the words, at least as many as have the commonest; between them as if by chance. */
static double guess_any(const struct query_run *run, const struct flat *f, double n)
{
    double none = 1;
    for (uint32_t i = 0; i < f->n_terms; i++) {
        double share = (double)run->plan->terms[f->terms[i].term].df / n;
        none *= share < 1 ? 1 - share : 0; /* more than 1: a damaged table */
    }
    return n * (1 - none);
}

void flat_estimate(struct query_run *run)
{
    const struct flat *f = run->kernel->flat;
    double n = (double)snapshot_n_passages(run->kernel->snapshot);
    if (!run->is_estimated || f->is_and || n == 0)
        return;
    if (f->n_terms == 1 && f->gate == NULL) {
        run->found = run->plan->terms[f->terms[0].term].df;
        run->is_estimated = false;
        return;
    }
    double share = f->gate == NULL ? 1 : (double)f->n_allowed / n;
    uint64_t guess = (uint64_t)(guess_any(run, f, n) * share + 0.5);
    for (uint32_t i = 0; f->gate == NULL && i < f->n_terms; i++) {
        uint64_t df = run->plan->terms[f->terms[i].term].df;
        guess = df > guess ? df : guess;
    }
    run->found = guess > run->found ? guess : run->found;
}
