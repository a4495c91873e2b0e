#include "feedback_terms.h"

#include "array.h"
#include "impact.h"
#include "intern.h"
#include "score.h"
#include "stopwords.h"
#include "utf8.h"

#include <stdlib.h>

#define STOP_EVERY 1024
#define TERM_CHARACTERS_MIN 2
#define MET_LOG 12 /* forms that were met lately: most tokens are some of few */
#define UNWANTED UINT32_MAX

/* A form of the segment at hand, and the number of its term; UNWANTED: it has none. */
struct met {
    uint32_t form, number;
};

struct feedback_terms {
    const struct snapshot *snapshot;
    size_t segment; /* of `met` */
    struct met met[1 << MET_LOG];
    struct intern *texts;
    struct feedback_term *terms; /* by number of the text */
    size_t terms_cap;
    uint32_t *tf; /* of each term in the passage at hand; zero between passages */
    size_t tf_cap;
    uint32_t *touched; /* the terms of the passage at hand */
    size_t n_touched, touched_cap;
    uint32_t *tokens;
    size_t tokens_cap;
};

void feedback_terms_free(struct feedback_terms *f)
{
    if (f == NULL)
        return;
    intern_free(f->texts);
    free(f->terms);
    free(f->tf);
    free(f->touched);
    free(f->tokens);
    free(f);
}

static bool is_number(struct slice form)
{
    for (size_t i = 0; i < form.len; i++)
        if ((form.data[i] < '0' || form.data[i] > '9') && form.data[i] != '.')
            return false;
    return true;
}

static bool is_wanted(struct slice form, struct slice term)
{
    return utf8_length(term) >= TERM_CHARACTERS_MIN && !is_number(form) && !stopword_is_english(form);
}

/* The number of a term, given one if it is new. */
static enum status number_term(struct feedback_terms *f, struct slice text, struct slice form, uint32_t *number,
                               struct error *e)
{
    uint32_t before = intern_count(f->texts);
    enum status st = intern_put(f->texts, text, number, e);
    if (st != OK || *number < before)
        return st;
    st = array_reserve(&f->terms, &f->terms_cap, (size_t)before + 1, sizeof *f->terms, UINT32_MAX, e);
    if (st == OK)
        st = array_reserve(&f->tf, &f->tf_cap, (size_t)before + 1, sizeof *f->tf, UINT32_MAX, e);
    if (st == OK)
        st = array_reserve(&f->touched, &f->touched_cap, (size_t)before + 1, sizeof *f->touched, UINT32_MAX, e);
    if (st != OK)
        return st;
    f->terms[before] = (struct feedback_term){.form = form}; /* points into the snapshot */
    f->tf[before] = 0;
    return OK;
}

static enum status read_form(struct feedback_terms *f, const struct segment *s, uint32_t id, uint32_t *number,
                             struct error *e)
{
    struct form_view form;
    struct term_view term;
    struct slice text;
    *number = UNWANTED;
    enum status st = segment_form(s, id, &form, e);
    if (st == OK)
        st = segment_term(s, form.term, &text, &term, e);
    return st != OK || !is_wanted(form.text, text) ? st : number_term(f, text, form.text, number, e);
}

/* The number of the term of a form, which was most likely met before. */
static enum status number_form(struct feedback_terms *f, const struct segment *s, uint32_t id, uint32_t *number,
                               struct error *e)
{
    struct met *met = &f->met[(id * UINT32_C(2654435761)) >> (32 - MET_LOG)];
    if (met->form == id) {
        *number = met->number;
        return OK;
    }
    enum status st = read_form(f, s, id, number, e);
    if (st == OK)
        *met = (struct met){.form = id, .number = *number};
    return st;
}

/* Each of the n tokens counts so many occurrences. */
static enum status count_tokens(struct feedback_terms *f, const struct segment *s, uint32_t n, uint32_t times,
                                struct error *e)
{
    enum status st = OK;
    for (uint32_t i = 0; st == OK && i < n; i++) {
        uint32_t number;
        if (f->tokens[i] == FORM_NONE)
            continue;
        st = number_form(f, s, f->tokens[i], &number, e);
        if (st != OK || number == UNWANTED)
            continue;
        if (f->tf[number] == 0)
            f->touched[f->n_touched++] = number;
        f->tf[number] += times;
    }
    return st;
}

/* What was met in one segment says nothing of another. */
static void come_to(struct feedback_terms *f, size_t segment)
{
    if (f->segment == segment)
        return;
    f->segment = segment;
    memset(f->met, 0xff, sizeof f->met); /* FORM_NONE */
}

static enum status read_passage(struct feedback_terms *f, const struct candidate *c, double share, struct error *e)
{
    const struct segment *s = snapshot_segment(f->snapshot, c->segment);
    const struct index_settings *settings = snapshot_settings(f->snapshot);
    struct passage_view passage;
    struct article_view article = {0};
    come_to(f, c->segment);
    enum status st = segment_passage(s, c->passage, &passage, e);
    if (st == OK)
        st = segment_article(s, passage.article, &article, e);
    uint32_t n_body = passage.n_tokens, n_title = article.n_title_tokens;
    if (st == OK)
        st = array_reserve(&f->tokens, &f->tokens_cap, n_body > n_title ? n_body : n_title, sizeof *f->tokens,
                           UINT32_MAX, e);
    if (st == OK)
        st = segment_title_tokens(s, passage.article, f->tokens, n_title, e);
    if (st == OK)
        st = count_tokens(f, s, n_title, settings->profile == PROFILE_PARITY ? 1 : 2, e);
    if (st == OK)
        st = segment_tokens(s, c->passage, f->tokens, n_body, e);
    if (st == OK)
        st = count_tokens(f, s, n_body, 1, e);
    double k = impact_k(settings, n_body, n_title);
    for (; st == OK && f->n_touched > 0; f->n_touched--) {
        uint32_t number = f->touched[f->n_touched - 1];
        f->terms[number].sum += f->tf[number] / (f->tf[number] + k) * share;
        f->tf[number] = 0;
    }
    return st;
}

enum status feedback_terms_new(struct feedback_terms **out, const struct snapshot *s, const struct candidates *best,
                               const struct stop *stop, struct error *e)
{
    *out = NULL;
    struct feedback_terms *f = calloc(1, sizeof *f);
    if (f == NULL)
        return error_nomem(e);
    f->snapshot = s;
    f->segment = SIZE_MAX;
    enum status st = intern_new(&f->texts, e);
    for (size_t i = 0; st == OK && i < best->n && i < FEEDBACK_PASSAGES; i++) {
        double share = best->items[0].score > 0 ? best->items[i].score / best->items[0].score : 1;
        st = stop_check(stop, e);
        if (st == OK)
            st = read_passage(f, &best->items[i], share * share, e);
    }
    if (st != OK) {
        feedback_terms_free(f);
        return st;
    }
    *out = f;
    return OK;
}

static int by_sum(const void *a, const void *b)
{
    const struct feedback_term *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum > y->sum ? -1 : 1;
    return slice_compare(x->text, y->text);
}

static bool is_better(const struct feedback_term *a, const struct feedback_term *b)
{
    return a->weight != b->weight ? a->weight > b->weight : slice_compare(a->text, b->text) < 0;
}

/* Put the term at its place among the best, if it is one of them. */
static void keep_best(struct feedback_term *best, size_t *n, const struct feedback_term *term)
{
    struct feedback_term kept = *term;
    size_t at = *n < FEEDBACK_TERMS ? (*n)++ : FEEDBACK_TERMS;
    for (; at > 0 && is_better(&kept, &best[at - 1]); at--)
        if (at < FEEDBACK_TERMS)
            best[at] = best[at - 1];
    if (at < FEEDBACK_TERMS)
        best[at] = kept;
}

/*
 * Looking up how common a term is takes longest, so the terms are walked by falling sum, until even the rarest could
 * not make up for it.
 */
enum status feedback_terms_choose(struct feedback_terms *f, const struct feedback_term **out, size_t *n,
                                  const struct stop *stop, struct error *e)
{
    enum index_profile profile = snapshot_settings(f->snapshot)->profile;
    uint64_t n_passages = snapshot_n_passages(f->snapshot);
    double idf_max = score_idf(profile, n_passages, FEEDBACK_DF_MIN);
    uint32_t n_terms = intern_count(f->texts);
    struct feedback_term best[FEEDBACK_TERMS];
    *n = 0;
    for (uint32_t i = 0; i < n_terms; i++)
        f->terms[i].text = intern_get(f->texts, i);
    if (n_terms > 0)
        qsort(f->terms, n_terms, sizeof *f->terms, by_sum);
    for (uint32_t i = 0; i < n_terms; i++) {
        struct feedback_term *term = &f->terms[i];
        if (*n == FEEDBACK_TERMS && term->sum * idf_max < best[FEEDBACK_TERMS - 1].weight)
            break;
        enum status st = i % STOP_EVERY == 0 ? stop_check(stop, e) : OK;
        if (st != OK)
            return st;
        uint64_t df = snapshot_df(f->snapshot, term->text);
        if (df < FEEDBACK_DF_MIN || df > n_passages / FEEDBACK_DF_SHARE)
            continue;
        term->weight = score_idf(profile, n_passages, df) * term->sum;
        keep_best(best, n, term);
    }
    if (*n > 0)
        memcpy(f->terms, best, *n * sizeof *best);
    *out = f->terms;
    return OK;
}
