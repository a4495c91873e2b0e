#include "dictionary.h"

#include "array.h"
#include "intern.h"
#include "pack.h"

#include <stdlib.h>

#define PAIR_MAX_BYTES 512
#define NOT_YET UINT32_MAX
/* What numbering and sorting will need; qsort_r() takes as much again as it sorts. */
#define FINISH_BYTES_A_WORD (4 * sizeof(uint32_t)) /* form_of, by_form, its sorting; term_sort.forms */
#define FINISH_BYTES_A_TERM (4 * sizeof(uint32_t)) /* term_sort's order, its sorting, rank, starts */

struct word {
    uint32_t term;
    uint32_t form_len; /* the pair's key is form, NUL, term */
    uint32_t n_passages, n_occurrences;
    uint32_t last_passage;
};

struct dictionary {
    struct intern *pairs, *terms;
    struct word *words;
    size_t words_cap;
    uint32_t *df; /* by term */
    size_t df_cap;
    uint32_t *form_of; /* by word */
    uint32_t *by_form; /* words in order of form id */
    uint32_t n_forms;
};

enum status dictionary_new(struct dictionary **out, struct error *e)
{
    *out = NULL;
    struct dictionary *d = calloc(1, sizeof *d);
    if (d == NULL)
        return error_nomem(e);
    enum status st = intern_new(&d->pairs, e);
    if (st == OK)
        st = intern_new(&d->terms, e);
    if (st != OK)
        dictionary_free(d);
    else
        *out = d;
    return st;
}

void dictionary_free(struct dictionary *d)
{
    if (d == NULL)
        return;
    intern_free(d->pairs);
    intern_free(d->terms);
    free(d->words);
    free(d->df);
    free(d->form_of);
    free(d->by_form);
    free(d);
}

static enum status new_word(struct dictionary *d, uint32_t word, size_t form_len, struct slice term, struct error *e)
{
    enum status st = array_reserve(&d->words, &d->words_cap, (size_t)word + 1, sizeof *d->words, FORMS_MAX, e);
    if (st != OK)
        return st;
    uint32_t n_before = intern_count(d->terms), number;
    st = intern_put(d->terms, term, &number, e);
    if (st == OK)
        st = array_reserve(&d->df, &d->df_cap, (size_t)number + 1, sizeof *d->df, FORMS_MAX, e);
    if (st != OK)
        return st;
    if (number == n_before)
        d->df[number] = 0;
    d->words[word] = (struct word){.term = number, .form_len = (uint32_t)form_len, .last_passage = NOT_YET};
    return OK;
}

enum status dictionary_word(struct dictionary *d, struct slice form, struct slice term, uint32_t *word, struct error *e)
{
    char key[PAIR_MAX_BYTES];
    *word = 0;
    if (form.len == 0 || term.len == 0 || form.len > UINT8_MAX || term.len > XAPIAN_TERM_MAX_BYTES)
        return error_set(e, ERR_INTERNAL, "a form of %zu bytes with a term of %zu", form.len, term.len);
    memcpy(key, form.data, form.len);
    key[form.len] = '\0';
    memcpy(key + form.len + 1, term.data, term.len);
    uint32_t n_before = intern_count(d->pairs);
    enum status st = intern_put(d->pairs, slice_of(key, form.len + 1 + term.len), word, e);
    if (st == OK && *word == n_before)
        st = new_word(d, *word, form.len, term, e);
    return st;
}

uint32_t dictionary_n_words(const struct dictionary *d)
{
    return intern_count(d->pairs);
}

uint32_t dictionary_n_terms(const struct dictionary *d)
{
    return intern_count(d->terms);
}

uint32_t dictionary_term_of(const struct dictionary *d, uint32_t word)
{
    return d->words[word].term;
}

struct slice dictionary_term_text(const struct dictionary *d, uint32_t term)
{
    return intern_get(d->terms, term);
}

void dictionary_count(struct dictionary *d, uint32_t word, uint32_t passage)
{
    struct word *w = &d->words[word];
    if (w->n_occurrences < UINT32_MAX)
        w->n_occurrences++;
    if (w->last_passage != passage)
        w->n_passages++;
    w->last_passage = passage;
}

void dictionary_count_term(struct dictionary *d, uint32_t term)
{
    d->df[term]++;
}

size_t dictionary_memory(const struct dictionary *d)
{
    return intern_memory(d->pairs) + intern_memory(d->terms) + d->words_cap * (sizeof *d->words + FINISH_BYTES_A_WORD) +
           d->df_cap * (sizeof *d->df + FINISH_BYTES_A_TERM);
}

static struct slice form_text(const struct dictionary *d, uint32_t word)
{
    return slice_of(intern_get(d->pairs, word).data, d->words[word].form_len);
}

/* The pair's key sorts by spelling, then term: the NUL between them is below every byte of a word. */
static int compare_spelling(const void *a, const void *b, void *ctx)
{
    const struct dictionary *d = ctx;
    return slice_compare(intern_get(d->pairs, *(const uint32_t *)a), intern_get(d->pairs, *(const uint32_t *)b));
}

static int compare_frequency(const void *a, const void *b, void *ctx)
{
    const struct dictionary *d = ctx;
    uint32_t x = d->words[*(const uint32_t *)a].n_occurrences, y = d->words[*(const uint32_t *)b].n_occurrences;
    return x != y ? (x > y ? -1 : 1) : compare_spelling(a, b, ctx);
}

enum status dictionary_number_forms(struct dictionary *d, const uint32_t **form_of, struct error *e)
{
    size_t n_words = dictionary_n_words(d);
    d->form_of = malloc((n_words + 1) * sizeof *d->form_of);
    d->by_form = malloc((n_words + 1) * sizeof *d->by_form);
    *form_of = d->form_of;
    if (d->form_of == NULL || d->by_form == NULL)
        return error_nomem(e);
    for (uint32_t word = 0; word < n_words; word++) {
        d->form_of[word] = FORM_NONE;
        if (d->words[word].n_occurrences > 0)
            d->by_form[d->n_forms++] = word;
    }
    qsort_r(d->by_form, d->n_forms, sizeof *d->by_form, compare_frequency, d);
    for (uint32_t form = 0; form < d->n_forms; form++)
        d->form_of[d->by_form[form]] = form;
    return OK;
}

static void write_u32(struct segfile_writer *w, uint32_t value)
{
    char bytes[4];
    struct buf b = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    put_u32(&b, value);
    segfile_write(w, buf_slice(&b));
}

static void write_u8x4(struct segfile_writer *w, uint8_t first)
{
    char bytes[4] = {(char)first, 0, 0, 0};
    segfile_write(w, slice_of(bytes, sizeof bytes));
}

/* term_rank: the place of each term number in the terms file. */
static enum status write_forms(struct dictionary *d, const char *folder, const uint32_t *term_rank, struct error *e)
{
    struct segfile_writer *w;
    enum status st = segfile_create(&w, folder, "forms", FORMS_MAGIC, N_FORMS_SECTIONS, e);
    if (st != OK)
        return st;
    uint64_t at = 0;
    for (uint32_t form = 0; form < d->n_forms; form++) {
        const struct word *word = &d->words[d->by_form[form]];
        write_u32(w, (uint32_t)at);
        write_u32(w, term_rank[word->term]);
        write_u32(w, word->n_passages);
        write_u32(w, word->n_occurrences);
        write_u8x4(w, (uint8_t)word->form_len);
        at += word->form_len;
    }
    segfile_next_section(w);
    for (uint32_t form = 0; form < d->n_forms; form++)
        segfile_write(w, form_text(d, d->by_form[form]));
    segfile_next_section(w);
    /* by_form has served: its words, sorted by spelling, are the last section. */
    qsort_r(d->by_form, d->n_forms, sizeof *d->by_form, compare_spelling, d);
    for (uint32_t rank = 0; rank < d->n_forms; rank++)
        write_u32(w, d->form_of[d->by_form[rank]]);
    st = segfile_finish(w, e);
    return at > UINT32_MAX ? error_set(e, ERR_LIMIT, "forms of more than 4 GiB") : st;
}

static int compare_terms(const void *a, const void *b, void *ctx)
{
    const struct dictionary *d = ctx;
    return slice_compare(intern_get(d->terms, *(const uint32_t *)a), intern_get(d->terms, *(const uint32_t *)b));
}

struct term_sort {
    uint32_t *order;  /* term numbers that occur, in byte order */
    uint32_t *rank;   /* by term number */
    uint32_t *starts; /* by rank: the first of its forms, and the end */
    uint32_t *forms;  /* form ids by rank */
    uint32_t n;
};

static void term_sort_clear(struct term_sort *t)
{
    free(t->order);
    free(t->rank);
    free(t->starts);
    free(t->forms);
}

static enum status sort_terms(struct term_sort *t, struct dictionary *d, struct error *e)
{
    size_t n_all = dictionary_n_terms(d);
    t->order = malloc((n_all + 1) * sizeof *t->order);
    t->rank = malloc((n_all + 1) * sizeof *t->rank);
    t->starts = calloc(n_all + 2, sizeof *t->starts);
    t->forms = malloc(((size_t)d->n_forms + 1) * sizeof *t->forms);
    if (t->order == NULL || t->rank == NULL || t->starts == NULL || t->forms == NULL)
        return error_nomem(e);
    for (uint32_t term = 0; term < n_all; term++)
        if (d->df[term] > 0)
            t->order[t->n++] = term;
    qsort_r(t->order, t->n, sizeof *t->order, compare_terms, d);
    for (uint32_t rank = 0; rank < t->n; rank++)
        t->rank[t->order[rank]] = rank;
    /* Counting sort of the forms by their term; ascending form ids within one. */
    for (uint32_t form = 0; form < d->n_forms; form++)
        t->starts[t->rank[d->words[d->by_form[form]].term] + 1]++;
    for (uint32_t rank = 0; rank < t->n; rank++)
        t->starts[rank + 1] += t->starts[rank];
    for (uint32_t form = 0; form < d->n_forms; form++)
        t->forms[t->starts[t->rank[d->words[d->by_form[form]].term]]++] = form;
    memmove(t->starts + 1, t->starts, ((size_t)t->n + 1) * sizeof *t->starts);
    t->starts[0] = 0;
    return OK;
}

static enum status write_terms(struct dictionary *d, const struct term_sort *t, const char *folder,
                               greatest_fn *greatest, void *ctx, struct error *e)
{
    struct segfile_writer *w;
    enum status st = segfile_create(&w, folder, "terms", TERMS_MAGIC, N_TERMS_SECTIONS, e);
    if (st != OK)
        return st;
    uint64_t at = 0;
    for (uint32_t rank = 0; rank < t->n && st == OK; rank++) {
        struct slice text = intern_get(d->terms, t->order[rank]);
        char tail[8] = {(char)text.len};
        uint8_t best[4];
        st = greatest(ctx, t->order[rank], d->df[t->order[rank]], best, e);
        memcpy(tail + 1, best, sizeof best);
        write_u32(w, (uint32_t)at);
        write_u32(w, d->df[t->order[rank]]);
        write_u32(w, t->starts[rank]);
        segfile_write(w, slice_of(tail, sizeof tail));
        at += text.len;
    }
    if (st == OK && at > UINT32_MAX)
        st = error_set(e, ERR_LIMIT, "terms of more than 4 GiB");
    if (st != OK) {
        segfile_abandon(w);
        return st;
    }
    segfile_next_section(w);
    for (uint32_t rank = 0; rank < t->n; rank++)
        segfile_write(w, intern_get(d->terms, t->order[rank]));
    segfile_next_section(w);
    for (uint32_t form = 0; form < d->n_forms; form++)
        write_u32(w, t->forms[form]);
    return segfile_finish(w, e);
}

enum status dictionary_write(struct dictionary *d, const char *folder, greatest_fn *greatest, void *ctx,
                             struct error *e)
{
    struct term_sort t = {0};
    enum status st = sort_terms(&t, d, e);
    if (st == OK)
        st = write_terms(d, &t, folder, greatest, ctx, e);
    if (st == OK)
        st = write_forms(d, folder, t.rank, e);
    term_sort_clear(&t);
    return st;
}
