#include "dictionary.h"

#include "array.h"
#include "intern.h"
#include "pack.h"
#include "radix.h"

#include <stdlib.h>

#define PAIR_MAX_BYTES 512
/* What sorting will need: form_of, by_spelling, by_form, term_forms; order, rank, starts. */
#define FINISH_BYTES_A_WORD (4 * sizeof(uint32_t) + RADIX_SORT_BYTES)
#define FINISH_BYTES_A_TERM (3 * sizeof(uint32_t))

struct dictionary {
    struct intern *pairs; /* form, NUL, term */
    struct intern *terms;
    struct dictionary_word *words;
    size_t words_cap;
    /* once sorted */
    uint32_t *form_of;     /* by word */
    uint32_t *by_spelling; /* words that occurred; spelling, then term */
    uint32_t *by_form;     /* words in order of form id */
    uint32_t n_forms;
    uint32_t *term_order; /* terms that occurred, in byte order */
    uint32_t *term_rank;  /* by term: the place in term_order */
    uint32_t n_terms;
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
    free(d->form_of);
    free(d->by_spelling);
    free(d->by_form);
    free(d->term_order);
    free(d->term_rank);
    free(d);
}

static enum status new_word(struct dictionary *d, uint32_t word, struct slice term, struct error *e)
{
    uint32_t number;
    enum status st = array_reserve(&d->words, &d->words_cap, (size_t)word + 1, sizeof *d->words, FORMS_MAX, e);
    if (st == OK)
        st = intern_put(d->terms, term, &number, e);
    if (st == OK)
        d->words[word] = (struct dictionary_word){.term = number, .last_passage = NOT_SEEN};
    return st;
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
    intern_expect(d->terms, term);
    uint32_t n_before = intern_count(d->pairs);
    enum status st = intern_put(d->pairs, slice_of(key, form.len + 1 + term.len), word, e);
    if (st == OK && *word == n_before)
        st = new_word(d, *word, term, e);
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

struct slice dictionary_term_text(const struct dictionary *d, uint32_t term)
{
    return intern_get(d->terms, term);
}

struct dictionary_word *dictionary_words(struct dictionary *d)
{
    return d->words;
}

size_t dictionary_memory(const struct dictionary *d)
{
    return intern_memory(d->pairs) + intern_memory(d->terms) + d->words_cap * sizeof *d->words +
           dictionary_n_words(d) * FINISH_BYTES_A_WORD + dictionary_n_terms(d) * FINISH_BYTES_A_TERM;
}

static struct slice form_text(const struct dictionary *d, uint32_t word)
{
    struct slice pair = intern_get(d->pairs, word);
    return slice_of(pair.data, pair.len - 1 - intern_get(d->terms, d->words[word].term).len);
}

static uint32_t *new_numbers(size_t n)
{
    return malloc((n + 1) * sizeof(uint32_t));
}

/* The pair's key sorts by spelling, then term: the NUL between them is below every byte of a word. */
static enum status sort_forms(struct dictionary *d, struct error *e)
{
    size_t n_words = dictionary_n_words(d);
    d->form_of = new_numbers(n_words);
    d->by_spelling = new_numbers(n_words);
    d->by_form = new_numbers(n_words);
    if (d->form_of == NULL || d->by_spelling == NULL || d->by_form == NULL)
        return error_nomem(e);
    for (uint32_t word = 0; word < n_words; word++) {
        d->form_of[word] = FORM_NONE;
        if (d->words[word].n_occurrences > 0)
            d->by_spelling[d->n_forms++] = word;
    }
    enum status st = radix_sort_interned(d->pairs, d->by_spelling, d->n_forms, e);
    struct radix_item *items = malloc((size_t)(d->n_forms + 1) * RADIX_SORT_BYTES);
    if (st != OK || items == NULL) {
        free(items);
        return st == OK ? error_nomem(e) : st;
    }
    for (uint32_t i = 0; i < d->n_forms; i++)
        items[i] = (struct radix_item){UINT32_MAX - d->words[d->by_spelling[i]].n_occurrences, d->by_spelling[i]};
    radix_sort(items, items + d->n_forms, d->n_forms);
    for (uint32_t form = 0; form < d->n_forms; form++) {
        d->by_form[form] = items[form].number;
        d->form_of[items[form].number] = form;
    }
    free(items);
    return OK;
}

static enum status sort_terms(struct dictionary *d, struct error *e)
{
    size_t n_all = dictionary_n_terms(d);
    d->term_order = new_numbers(n_all);
    d->term_rank = calloc(n_all + 1, sizeof *d->term_rank);
    if (d->term_order == NULL || d->term_rank == NULL)
        return error_nomem(e);
    for (uint32_t form = 0; form < d->n_forms; form++)
        d->term_rank[d->words[d->by_form[form]].term] = 1;
    for (uint32_t term = 0; term < n_all; term++)
        if (d->term_rank[term] > 0)
            d->term_order[d->n_terms++] = term;
    enum status st = radix_sort_interned(d->terms, d->term_order, d->n_terms, e);
    for (uint32_t rank = 0; rank < d->n_terms; rank++)
        d->term_rank[d->term_order[rank]] = rank;
    return st;
}

enum status dictionary_sort(struct dictionary *d, struct error *e)
{
    enum status st = sort_forms(d, e);
    return st == OK ? sort_terms(d, e) : st;
}

const uint32_t *dictionary_form_of(const struct dictionary *d)
{
    return d->form_of;
}

const uint32_t *dictionary_sorted_terms(const struct dictionary *d, uint32_t *n)
{
    *n = d->n_terms;
    return d->term_order;
}

static enum status write_forms(struct dictionary *d, const char *folder, struct error *e)
{
    struct segfile_writer *w;
    enum status st = segfile_create(&w, folder, "forms", FORMS_MAGIC, N_FORMS_SECTIONS, e);
    if (st != OK)
        return st;
    uint64_t at = 0;
    for (uint32_t form = 0; form < d->n_forms; form++) {
        const struct dictionary_word *word = &d->words[d->by_form[form]];
        size_t len = form_text(d, d->by_form[form]).len;
        char *record = segfile_room(w, FORM_RECORD_BYTES);
        set_u32(record, (uint32_t)at);
        set_u32(record + 4, d->term_rank[word->term]);
        set_u32(record + 8, word->n_passages);
        set_u32(record + 12, word->n_occurrences);
        set_u32(record + 16, (uint32_t)len);
        at += len;
    }
    segfile_next_section(w);
    for (uint32_t form = 0; form < d->n_forms; form++)
        segfile_write(w, form_text(d, d->by_form[form]));
    segfile_next_section(w);
    for (uint32_t rank = 0; rank < d->n_forms; rank++)
        set_u32(segfile_room(w, sizeof(uint32_t)), d->form_of[d->by_spelling[rank]]);
    st = segfile_finish_unsynced(w, e);
    return at > UINT32_MAX ? error_set(e, ERR_LIMIT, "forms of more than 4 GiB") : st;
}

/* Where the forms of each term begin, by rank, and the end; and the forms, term by term, ascending: a counting sort. */
static enum status group_forms(const struct dictionary *d, uint32_t **starts, uint32_t **forms, struct error *e)
{
    uint32_t *ends = calloc((size_t)d->n_terms + 2, sizeof *ends);
    *forms = new_numbers(d->n_forms);
    *starts = ends;
    if (ends == NULL || *forms == NULL)
        return error_nomem(e);
    ends++;
    for (uint32_t form = 0; form < d->n_forms; form++)
        ends[d->term_rank[d->words[d->by_form[form]].term] + 1]++;
    for (uint32_t rank = 0; rank < d->n_terms; rank++)
        ends[rank + 1] += ends[rank];
    /* ends[rank] is where the term's forms begin; each form that is placed moves it towards their end. */
    for (uint32_t form = 0; form < d->n_forms; form++)
        (*forms)[ends[d->term_rank[d->words[d->by_form[form]].term]]++] = form;
    return OK;
}

static void write_term_sections(const struct dictionary *d, struct segfile_writer *w, const struct term_facts *facts,
                                const uint32_t *starts, const uint32_t *forms, uint64_t *at)
{
    for (uint32_t rank = 0; rank < d->n_terms; rank++) {
        size_t len = intern_get(d->terms, d->term_order[rank]).len;
        char *record = segfile_room(w, TERM_RECORD_BYTES);
        set_u32(record, (uint32_t)*at);
        set_u32(record + 4, facts[rank].df);
        set_u32(record + 8, starts[rank]);
        set_u32(record + 12, (uint32_t)len);
        set_u32(record + 16, 0);
        memcpy(record + 13, facts[rank].greatest, sizeof facts[rank].greatest);
        *at += len;
    }
    segfile_next_section(w);
    for (uint32_t rank = 0; rank < d->n_terms; rank++)
        segfile_write(w, intern_get(d->terms, d->term_order[rank]));
    segfile_next_section(w);
    for (uint32_t i = 0; i < d->n_forms; i++)
        set_u32(segfile_room(w, sizeof(uint32_t)), forms[i]);
}

static enum status write_terms(const struct dictionary *d, const char *folder, const struct term_facts *facts,
                               struct error *e)
{
    struct segfile_writer *w = NULL;
    uint32_t *starts = NULL, *forms = NULL;
    uint64_t at = 0;
    enum status st = group_forms(d, &starts, &forms, e);
    if (st == OK)
        st = segfile_create(&w, folder, "terms", TERMS_MAGIC, N_TERMS_SECTIONS, e);
    if (st == OK) {
        write_term_sections(d, w, facts, starts, forms, &at);
        st = segfile_finish_unsynced(w, e);
    }
    free(starts);
    free(forms);
    return st == OK && at > UINT32_MAX ? error_set(e, ERR_LIMIT, "terms of more than 4 GiB") : st;
}

enum status dictionary_write(struct dictionary *d, const char *folder, const struct term_facts *facts, struct error *e)
{
    enum status st = write_terms(d, folder, facts, e);
    return st == OK ? write_forms(d, folder, e) : st;
}
