#include "kernel_flat.h"

#include "array.h"
#include "kernel_set.h"

#include <stdlib.h>

#define RANGE_POSTINGS 256 /* of a range, at least; where lists are short, ranges are wider */
#define PROBE_COST 4       /* postings that are walked in the time of one probe */
#define SCAN_STEP 16       /* sums that are compared at a time */
#define LEAST_SUM 1e-30f   /* a passage with any term has more */

/* The lists of a segment that are not empty, those that bring least first. */
struct walk {
    struct flat_term *terms[FLAT_TERMS_MAX];
    uint32_t n;
    unsigned range_log; /* POSTING_RANGE_LOG, or more where there are few postings */
    uint32_t n_ranges;
    struct flat *f;
    struct query_run *run;
};

/* One range of passages, and which lists have to be walked in it. */
struct range {
    uint32_t number, from, to;       /* passages [from, to) */
    uint32_t width;                  /* up to a multiple of SCAN_STEP */
    float below[FLAT_TERMS_MAX + 1]; /* below[i]: what the first i lists can bring together */
    uint32_t n_weak;   /* the first so many lists cannot reach the threshold alone: the others are walked */
    uint32_t n_probed; /* of the weak ones, the first so many are probed; the rest was added where others are */
};

static int by_most(const void *a, const void *b)
{
    const struct flat_term *x = *(struct flat_term *const *)a, *y = *(struct flat_term *const *)b;
    if (x->most != y->most)
        return x->most < y->most ? -1 : 1;
    return (x > y) - (x < y);
}

/* How wide to make ranges: a look at each must not cost more than its postings. */
static unsigned choose_range(uint32_t n_passages, uint64_t n_postings)
{
    unsigned log = POSTING_RANGE_LOG;
    while (log < FLAT_RANGE_LOG_MAX && (n_postings << log) / n_passages < RANGE_POSTINGS)
        log++;
    return log;
}

/* Greatest impacts by range: those of the list, of wider ranges, or counted where the list is too short to have them.
 */
static const uint8_t *find_maxima(uint8_t *out, const struct posting_list *l, const struct walk *w)
{
    unsigned wider = w->range_log - POSTING_RANGE_LOG;
    if (l->maxima != NULL && wider == 0)
        return l->maxima;
    memset(out, 0, w->n_ranges);
    if (l->maxima != NULL) {
        uint32_t n = posting_ranges(l->n_passages);
        for (uint32_t r = 0; r < n; r++)
            out[r >> wider] = l->maxima[r] > out[r >> wider] ? l->maxima[r] : out[r >> wider];
        return out;
    }
    for (uint32_t i = 0; i < l->n; i++) {
        uint8_t *most = &out[l->passages[i] >> w->range_log];
        *most = l->impacts[i] > *most ? l->impacts[i] : *most;
    }
    return out;
}

static enum status begin(struct walk *w, struct error *e)
{
    struct flat *f = w->f;
    uint32_t n_passages = segment_n_passages(w->run->at.segment);
    uint64_t n_postings = 0;
    for (uint32_t i = 0; i < f->n_terms; i++) {
        if (f->terms[i].list->n == 0)
            continue;
        n_postings += f->terms[i].list->n;
        w->terms[w->n++] = &f->terms[i];
    }
    f->batch.n = 0;
    w->range_log = choose_range(n_passages, n_postings);
    w->n_ranges = ((n_passages - 1) >> w->range_log) + 1;
    enum status st = array_reserve(&f->maxima, &f->maxima_cap, (size_t)w->n * w->n_ranges, 1, SIZE_MAX / 2, e);
    if (st == OK)
        st = array_reserve(&f->bounds, &f->bounds_cap, w->n_ranges, sizeof *f->bounds, SIZE_MAX / 8, e);
    for (uint32_t i = 0; st == OK && i < w->n; i++)
        w->terms[i]->maxima = find_maxima(f->maxima + (size_t)i * w->n_ranges, w->terms[i]->list, w);
    qsort(w->terms, w->n, sizeof w->terms[0], by_most);
    return st;
}

/* What each range can bring at most. */
static void find_bounds(const struct walk *w)
{
    float *restrict bounds = w->f->bounds;
    for (uint32_t r = 0; r < w->n_ranges; r++)
        bounds[r] = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        const uint8_t *restrict maxima = w->terms[i]->maxima;
        float unit = w->terms[i]->unit;
        for (uint32_t r = 0; r < w->n_ranges; r++)
            bounds[r] += unit * (float)maxima[r];
    }
}

static void split(const struct walk *w, struct range *r)
{
    float threshold = w->f->counts ? 0 : w->f->threshold;
    r->n_weak = 0;
    r->below[0] = 0;
    for (uint32_t i = 0; i < w->n; i++)
        r->below[i + 1] = r->below[i] + w->terms[i]->unit * (float)w->terms[i]->maxima[r->number];
    while (r->n_weak < w->n && r->below[r->n_weak + 1] < threshold)
        r->n_weak++;
    r->n_probed = r->n_weak;
}

static void add_dense(float *restrict sums, const uint8_t *restrict impacts, uint32_t width, float unit)
{
    for (uint32_t i = 0; i < width; i++)
        sums[i] += unit * (float)impacts[i];
}

/* Go to the first posting of the range. */
static void move_to(struct flat_term *t, const struct range *r)
{
    if (t->at_range != r->number)
        t->at = posting_list_seek(t->list, r->from);
    t->at_range = r->number;
}

/* Add a sparse list's postings of the range; leaves t->at where it was. */
static uint32_t add_sparse(float *restrict sums, const struct flat_term *t, const struct range *r)
{
    const uint32_t *restrict passages = t->list->passages;
    const uint8_t *restrict impacts = t->list->impacts;
    float unit = t->unit;
    uint32_t i = t->at, n = t->list->n, from = r->from, to = r->to;
    for (; i < n && passages[i] < to; i++)
        sums[passages[i] - from] += unit * (float)impacts[i];
    return i - t->at;
}

/* The same where other lists have added something; to the others it is not enough. */
static uint32_t add_beside(float *restrict sums, const struct flat_term *t, const struct range *r)
{
    const uint32_t *restrict passages = t->list->passages;
    const uint8_t *restrict impacts = t->list->impacts;
    float unit = t->unit;
    uint32_t i = t->at, n = t->list->n, from = r->from, to = r->to;
    for (; i < n && passages[i] < to; i++) {
        float sum = sums[passages[i] - from];
        sums[passages[i] - from] = sum + (sum > 0 ? unit * (float)impacts[i] : 0);
    }
    return i - t->at;
}

/* Add weak lists that are quicker walked than probed for each passage of the strong ones. */
static uint32_t add_weak(const struct walk *w, struct range *r, uint32_t n_strong)
{
    uint32_t n_looked = 0;
    for (; r->n_probed > 0; r->n_probed--) {
        struct flat_term *t = w->terms[r->n_probed - 1];
        if (t->maxima[r->number] == 0)
            continue;
        uint64_t n_expected = ((uint64_t)t->list->n << w->range_log) / t->list->n_passages;
        if (t->list->passages == NULL || n_expected > (uint64_t)PROBE_COST * n_strong)
            break;
        move_to(t, r);
        n_looked += add_beside(w->f->sums, t, r);
    }
    return n_looked;
}

static bool is_allowed(const struct flat *f, uint32_t passage)
{
    return f->allowed == NULL || set_has(f->allowed, passage);
}

/*
 * Passages that the walked lists lift so high that the others could do the rest: these are probed, the weightiest
 * first, as long as it can be enough.
 */
static enum status consider(const struct walk *w, const struct range *r)
{
    struct flat *f = w->f;
    struct flat_batch *b = &f->batch;
    if (f->allowed != NULL)
        flat_drop_filtered(f, b);
    for (uint32_t l = r->n_probed; l-- > 0 && b->n > 0;) {
        const struct flat_term *t = w->terms[l];
        flat_drop_hopeless(f, b, r->below[l + 1]);
        for (uint32_t i = 0; i < b->n; i++)
            b->sums[i] += t->unit * (float)posting_list_impact(t->list, b->passages[i]);
    }
    enum status st = OK;
    for (uint32_t i = 0; st == OK && i < b->n; i++)
        if (b->sums[i] >= f->threshold)
            st = flat_offer(w->run, f, b->passages[i]);
    b->n = 0;
    return st;
}

/* One more to consider. */
static enum status note(const struct walk *w, const struct range *r, uint32_t passage, float sum)
{
    struct flat_batch *b = &w->f->batch;
    b->passages[b->n] = passage;
    b->sums[b->n++] = sum;
    for (uint32_t l = r->n_probed; l-- > 0;)
        posting_list_prefetch(w->terms[l]->list, passage);
    return b->n == FLAT_BATCH ? consider(w, r) : OK;
}

static float least_sum(const struct walk *w, const struct range *r)
{
    float least = w->f->threshold - r->below[r->n_probed];
    return least > LEAST_SUM ? least : LEAST_SUM;
}

/* The passages of the walked lists, list by list: a passage's sum is taken where it is met first. */
static enum status take_sparse(const struct walk *w, const struct range *r)
{
    struct flat *f = w->f;
    float *sums = f->sums, least = least_sum(w, r);
    uint64_t n_found = 0;
    bool counts = f->counts;
    enum status st = OK;
    for (uint32_t l = r->n_weak; st == OK && l < w->n; l++) {
        struct flat_term *t = w->terms[l];
        const uint32_t *passages = t->list->passages;
        if (t->maxima[r->number] == 0)
            continue;
        uint32_t i = t->at, n = t->list->n, from = r->from, to = r->to;
        for (; i < n && passages[i] < to; i++) {
            float sum = sums[passages[i] - from];
            sums[passages[i] - from] = 0;
            if (counts)
                n_found += sum > 0 && is_allowed(f, passages[i]);
            if (sum < least || st != OK)
                continue;
            st = note(w, r, passages[i], sum);
            least = least_sum(w, r);
        }
        t->at = i;
        t->at_range = r->number + 1;
    }
    w->run->found += n_found;
    return st;
}

static uint64_t count_sums(const struct flat *f, const struct range *r)
{
    uint64_t n = 0;
    if (f->allowed == NULL) {
        for (uint32_t i = 0; i < r->width; i++)
            n += f->sums[i] > 0;
    } else {
        for (uint32_t i = 0; i < r->to - r->from; i++)
            n += f->sums[i] > 0 && set_has(f->allowed, r->from + i);
    }
    return n;
}

static bool any_reaches(const float *sums, float least)
{
    int any = 0;
    for (uint32_t i = 0; i < SCAN_STEP; i++)
        any |= sums[i] >= least;
    return any != 0;
}

/* All passages of the range. */
static enum status take_all(const struct walk *w, const struct range *r)
{
    struct flat *f = w->f;
    float least = least_sum(w, r);
    enum status st = OK;
    if (f->counts)
        w->run->found += count_sums(f, r);
    for (uint32_t i = 0; i < r->width; i += SCAN_STEP) {
        if (!any_reaches(f->sums + i, least))
            continue;
        for (uint32_t j = i; st == OK && j < i + SCAN_STEP; j++) {
            if (f->sums[j] < least)
                continue;
            st = note(w, r, r->from + j, f->sums[j]);
            least = least_sum(w, r);
        }
    }
    memset(f->sums, 0, r->width * sizeof f->sums[0]);
    return st;
}

static enum status walk_range(const struct walk *w, struct range *r, struct error *e)
{
    struct flat *f = w->f;
    size_t n_looked = w->n;
    bool is_dense = false;
    split(w, r);
    for (uint32_t l = r->n_weak; l < w->n; l++) {
        struct flat_term *t = w->terms[l];
        if (t->maxima[r->number] == 0)
            continue;
        if (t->list->passages == NULL) {
            add_dense(f->sums, t->list->impacts + r->from, r->width, t->unit);
            n_looked += r->width / SCAN_STEP;
            is_dense = true;
        } else {
            move_to(t, r);
            n_looked += add_sparse(f->sums, t, r);
        }
    }
    n_looked += add_weak(w, r, is_dense ? r->width : (uint32_t)n_looked);
    enum status st = is_dense ? take_all(w, r) : take_sparse(w, r);
    if (st == OK)
        st = consider(w, r);
    return st == OK ? flat_look(w->run, f, n_looked, e) : st;
}

/* A range whose bound is of no use is not walked. */
static bool is_worth(const struct flat *f, uint32_t range)
{
    return f->bounds[range] > 0 && (f->counts || f->bounds[range] >= f->threshold);
}

static enum status visit(const struct walk *w, uint32_t number, struct error *e)
{
    uint32_t n_passages = segment_n_passages(w->run->at.segment);
    struct range r; /* large: filled only as far as there are lists */
    r.number = number;
    r.from = number << w->range_log;
    r.to = n_passages - r.from < (uint32_t)1 << w->range_log ? n_passages : r.from + ((uint32_t)1 << w->range_log);
    r.width = (r.to - r.from + SCAN_STEP - 1) / SCAN_STEP * SCAN_STEP;
    return walk_range(w, &r, e);
}

enum status flat_or(struct query_run *run, struct flat *f, struct error *e)
{
    struct walk w = {.f = f, .run = run};
    enum status st = begin(&w, e);
    if (st != OK || w.n == 0)
        return st;
    find_bounds(&w);
    for (uint32_t i = 0; st == OK && i < w.n_ranges; i++)
        if (is_worth(f, i))
            st = visit(&w, i, e);
    return st;
}
