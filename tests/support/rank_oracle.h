/**
 * Re-ranking and feedback worked out the slow way: the formulas of docs/RANKING.md written down a second time, over the
 * analysed texts of brute_force.h. Nothing here reads an index.
 */
#ifndef QUOTH_RANK_ORACLE_H
#define QUOTH_RANK_ORACLE_H

#include "brute_force.h"
#include "stopwords.h"

#define ORACLE_WORDS_MAX 64
#define ORACLE_PLACES_MAX 4096

/* A kept query word, each of its places on its own. */
struct oracle_word {
    struct slice terms[2], form;
    size_t n_terms;
    uint32_t position;
    double iw;
};

struct oracle_query {
    struct oracle_word words[ORACLE_WORDS_MAX];
    size_t n;
};

struct oracle_place {
    long position;
    const struct token *token;
};

static inline bool oracle_has(const struct oracle_word *w, struct slice term)
{
    for (size_t i = 0; i < w->n_terms; i++)
        if (slice_equal(w->terms[i], term))
            return true;
    return false;
}

static inline bool oracle_is_same(const struct oracle_word *v, const struct oracle_word *w)
{
    return v->n_terms == w->n_terms && oracle_has(v, w->terms[0]) && oracle_has(v, w->terms[w->n_terms - 1]);
}

/* The words of a plain query over articles in English and German. */
static inline struct oracle_query oracle_query_of(struct brute *b, const char *line)
{
    struct oracle_query q = {.n = 0};
    struct brute_text en = brute_analyze(b, "en", line), de = brute_analyze(b, "de", line);
    bool has_others = false;
    assert_int_equal(en.n, de.n);
    for (size_t i = 0; i < en.n; i++)
        has_others |= !en.tokens[i].is_stopword;
    for (size_t i = 0; i < en.n; i++) {
        struct oracle_word w = {.terms = {en.tokens[i].term, de.tokens[i].term}, .n_terms = 2};
        w.n_terms = slice_equal(w.terms[0], w.terms[1]) ? 1 : 2;
        w.form = en.tokens[i].form;
        w.position = en.tokens[i].position;
        for (size_t t = 0; t < w.n_terms; t++) {
            double idf = brute_df(b, w.terms[t]) > 0 ? brute_idf(b, w.terms[t]) : 0;
            w.iw = idf > w.iw ? idf : w.iw;
        }
        if (w.iw > 0 && !(en.tokens[i].is_stopword && has_others))
            q.words[q.n++] = w;
    }
    double idf[ORACLE_WORDS_MAX];
    for (size_t i = 0; i < q.n; i++)
        idf[i] = q.words[i].iw;
    for (size_t i = 0; i < q.n; i++)
        for (size_t k = 0; k < q.n; k++)
            q.words[i].iw += k != i && oracle_is_same(&q.words[i], &q.words[k]) ? idf[i] : 0;
    free(en.tokens);
    free(de.tokens);
    return q;
}

static inline bool oracle_is_first(const struct oracle_query *q, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (oracle_is_same(&q->words[i], &q->words[k]))
            return false;
    return true;
}

static inline double oracle_k(const struct brute_article *a, size_t passage)
{
    return 0.45 + 0.0045 * ((double)a->passages[passage].n + 2.0 * (double)a->title.n);
}

static inline size_t oracle_places(const struct brute_article *a, size_t passage, struct oracle_place *out)
{
    size_t n = 0;
    for (size_t i = 0; i < a->title.n; i++)
        out[n++] = (struct oracle_place){(long)i + 1, &a->title.tokens[i]};
    for (size_t i = 0; i < a->passages[passage].n; i++)
        out[n++] = (struct oracle_place){(long)a->title.n + 20 + (long)i + 1, &a->passages[passage].tokens[i]};
    assert_true(n <= ORACLE_PLACES_MAX);
    return n;
}

static inline bool oracle_stands(const struct oracle_place *p, const struct oracle_word *w)
{
    return oracle_has(w, p->token->term);
}

/* Is there a place of w at a distance of from..to from the place? */
static inline bool oracle_near(const struct oracle_place *p, size_t n, long position, const struct oracle_word *w,
                               long from, long to)
{
    for (size_t i = 0; i < n; i++)
        if (p[i].position - position >= from && p[i].position - position <= to && oracle_stands(&p[i], w))
            return true;
    return false;
}

static inline double oracle_uw(const struct oracle_query *q, const struct oracle_place *p, size_t n, double k)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < q->n; i++) {
        const struct oracle_word *a = &q->words[i], *b = &q->words[i + 1];
        double c = 0;
        for (size_t t = 0; t < n && !oracle_is_same(a, b); t++)
            c += oracle_stands(&p[t], a) &&
                 (oracle_near(p, n, p[t].position, b, -7, -1) || oracle_near(p, n, p[t].position, b, 1, 7));
        sum += (a->iw + b->iw) / 2 * c / (c + k);
    }
    return sum;
}

static inline long oracle_gap(const struct oracle_word *a, const struct oracle_word *b)
{
    long gap = (long)b->position - (long)a->position;
    return gap > 4 ? 4 : gap;
}

static inline double oracle_tri(const struct oracle_query *q, const struct oracle_place *p, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i + 2 < q->n; i++) {
        const struct oracle_word *a = &q->words[i], *b = a + 1, *c = a + 2;
        bool is_there = false;
        if (oracle_is_same(a, b) || oracle_is_same(b, c) || oracle_is_same(a, c))
            continue;
        for (size_t t = 0; t < n; t++)
            is_there |= oracle_stands(&p[t], b) && oracle_near(p, n, p[t].position, a, -oracle_gap(a, b), -1) &&
                        oracle_near(p, n, p[t].position, c, 1, oracle_gap(b, c));
        sum += is_there ? (a->iw + b->iw + c->iw) / 3 : 0;
    }
    return sum;
}

static inline double oracle_win(const struct oracle_query *q, const struct oracle_place *p, size_t n)
{
    double best = 0;
    for (size_t t = 0; t < n; t++) {
        double sum = 0;
        for (size_t i = 0; i < q->n; i++)
            if (oracle_is_first(q, i) && oracle_near(p, n, p[t].position, &q->words[i], 0, 11))
                sum += q->words[i].iw;
        best = sum > best ? sum : best;
    }
    return best;
}

/* Of one word: e, and its first offset; -1: it is not there. */
static inline double oracle_exact(const struct oracle_query *q, size_t word, const struct oracle_place *p, size_t n)
{
    double e = 0;
    for (size_t t = 0; t < n; t++) {
        bool is_spelt_so = false;
        for (size_t i = 0; i < q->n; i++)
            is_spelt_so |=
                oracle_is_same(&q->words[i], &q->words[word]) && slice_equal(q->words[i].form, p[t].token->form);
        e += is_spelt_so && oracle_stands(&p[t], &q->words[word]);
    }
    return e;
}

static inline double oracle_first(const struct oracle_word *w, const struct oracle_place *p, size_t n, size_t n_title)
{
    for (size_t t = 0; t < n; t++)
        if (oracle_stands(&p[t], w))
            return t < n_title ? 0 : (double)(t - n_title);
    return -1;
}

/** UW, EXACT, EARLY, WIN, TRI. */
static inline void oracle_features(double out[5], const struct oracle_query *q, const struct brute_article *a,
                                   size_t passage)
{
    struct oracle_place p[ORACLE_PLACES_MAX];
    size_t n = oracle_places(a, passage, p);
    double k = oracle_k(a, passage);
    out[0] = oracle_uw(q, p, n, k);
    out[1] = out[2] = 0;
    out[3] = oracle_win(q, p, n);
    out[4] = oracle_tri(q, p, n);
    for (size_t i = 0; i < q->n; i++) {
        double e = oracle_exact(q, i, p, n), first = oracle_first(&q->words[i], p, n, a->title.n);
        if (!oracle_is_first(q, i))
            continue;
        out[1] += q->words[i].iw * e / (e + k);
        out[2] += first < 0 ? 0 : q->words[i].iw * exp(-first / 50);
    }
}

/** The first 50 in the order of S. */
static inline void oracle_rank(const struct oracle_query *q, struct brute_hit *hits, size_t n)
{
    n = n > 50 ? 50 : n;
    for (size_t i = 0; i < n; i++) {
        double f[5];
        oracle_features(f, q, hits[i].article, hits[i].ordinal - 1);
        hits[i].score += 0.2 * f[0] + 0.2 * f[1] + 0.2 * f[2] + 0.2 * f[3] + 0.1 * f[4];
    }
    qsort(hits, n, sizeof *hits, brute_compare_hits);
}

/** At most `per` of each article; returns how many are left. */
static inline size_t oracle_limit(struct brute_hit *hits, size_t n, uint32_t per)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t before = 0;
        for (size_t k = 0; k < n_kept; k++)
            before += hits[k].article == hits[i].article;
        if (per == 0 || before < per)
            hits[n_kept++] = hits[i];
    }
    return n_kept;
}

struct oracle_term {
    struct slice text;
    double w, share; /* w, and w / idf */
};

static inline bool oracle_is_term(const struct token *t)
{
    bool is_number = true;
    for (size_t i = 0; i < t->form.len; i++)
        is_number &= t->form.data[i] == '.' || (t->form.data[i] >= '0' && t->form.data[i] <= '9');
    return t->term.len >= 2 && !is_number && !stopword_is_english(t->form);
}

static inline double oracle_w(const struct brute *b, const struct brute_hit *hits, size_t n, struct slice term,
                              double *share)
{
    *share = 0;
    for (size_t d = 0; d < n && d < 10; d++) {
        const struct brute_article *a = hits[d].article;
        double tf = brute_tf(&a->passages[hits[d].ordinal - 1], term) + 2.0 * brute_tf(&a->title, term);
        double of_first = hits[d].score / hits[0].score;
        *share += tf / (tf + oracle_k(a, hits[d].ordinal - 1)) * of_first * of_first;
    }
    return brute_idf(b, term) * *share;
}

static inline int oracle_compare_terms(const void *x, const void *y)
{
    const struct oracle_term *a = x, *b = y;
    if (a->w != b->w)
        return a->w > b->w ? -1 : 1;
    return slice_compare(a->text, b->text);
}

/** The terms that feedback adds, with `share` as their weight beside a query word of qtf 1. */
static inline size_t oracle_feedback(const struct brute *b, const struct brute_hit *hits, size_t n,
                                     struct oracle_term *out, size_t max)
{
    size_t n_terms = 0;
    for (size_t d = 0; d < n && d < 10; d++) {
        struct oracle_place p[ORACLE_PLACES_MAX];
        size_t n_places = oracle_places(hits[d].article, hits[d].ordinal - 1, p);
        for (size_t t = 0; t < n_places; t++) {
            struct slice term = p[t].token->term;
            uint64_t df = brute_df(b, term);
            bool is_new = oracle_is_term(p[t].token) && df >= 2 && df <= brute_n(b) / 10;
            for (size_t i = 0; i < n_terms && is_new; i++)
                is_new = !slice_equal(out[i].text, term);
            assert_true(n_terms < max);
            if (!is_new)
                continue;
            out[n_terms].text = term;
            out[n_terms].w = oracle_w(b, hits, n, term, &out[n_terms].share);
            n_terms++;
        }
    }
    qsort(out, n_terms, sizeof *out, oracle_compare_terms);
    n_terms = n_terms > 20 ? 20 : n_terms;
    double greatest = 0;
    for (size_t i = 0; i < n_terms; i++)
        greatest = out[i].share > greatest ? out[i].share : greatest;
    for (size_t i = 0; i < n_terms; i++)
        out[i].share *= 0.5 / greatest;
    return n_terms;
}

#endif
