#include "dictionary.h"

#include "array.h"
#include "intern.h"
#include "pack.h"
#include "radix.h"

#include <stdlib.h>

#define PAIR_MAX_BYTES 512
#define ROOM_FORMS (SEGFILE_ROOM_MAX / 3) /* ids that are written at once */
/* What sorting and writing will need: form_of, by_spelling, by_form, the forms by term, where they stand; term_order,
   term_ids, by_id, where they stand, the order by length, the buckets, where the forms of each begin. */
#define FINISH_BYTES_A_WORD (4 * sizeof(uint32_t) + sizeof(uint8_t) + RADIX_SORT_BYTES)
#define FINISH_BYTES_A_TERM (6 * sizeof(uint32_t) + sizeof(struct text_place))

/* Where the text of a term or form stands in the file. */
struct text_place {
    uint32_t at;
    uint8_t len;
    bool is_of_form; /* a term that a form of it begins with */
    bool is_short;   /* a term whose record says all there is */
};

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
    uint32_t *term_ids;   /* by term: its id in the segment */
    uint32_t *by_id;      /* by term id: the place in term_order */
    uint32_t n_terms, n_buckets;
    uint32_t *bucket_ends;          /* terms of each bucket and those before it */
    struct text_place *term_places; /* by term id; until texts are written, only lengths are known */
    uint8_t *form_lengths;          /* by form id */
    uint64_t n_text;                /* bytes */
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
    free(d->term_ids);
    free(d->by_id);
    free(d->bucket_ends);
    free(d->term_places);
    free(d->form_lengths);
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
    if (form.len == 0 || term.len == 0 || form.len > UINT8_MAX || term.len > XAPIAN_TERM_MAX_BYTES ||
        memchr(form.data, '\0', form.len) != NULL)
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

struct slice dictionary_form_text(const struct dictionary *d, uint32_t word)
{
    struct slice pair = intern_get(d->pairs, word);
    const char *nul = memchr(pair.data, '\0', pair.len);
    return slice_of(pair.data, nul == NULL ? 0 : (size_t)(nul - pair.data));
}

void dictionary_expect_form(const struct dictionary *d, uint32_t word)
{
    __builtin_prefetch(intern_get(d->pairs, word).data);
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

/* Terms are numbered by bucket, then length, then bytes: two counting sorts of what is in byte order. */
static enum status number_terms(struct dictionary *d, struct error *e)
{
    uint32_t *buckets = new_numbers(d->n_terms), *by_length = new_numbers(d->n_terms), starts[UINT8_MAX + 2] = {0};
    d->n_buckets = d->n_terms / TERMS_A_BUCKET + 1;
    d->bucket_ends = calloc((size_t)d->n_buckets + 1, sizeof *d->bucket_ends);
    d->by_id = new_numbers(d->n_terms);
    d->term_places = calloc((size_t)d->n_terms + 1, sizeof *d->term_places);
    if (buckets == NULL || by_length == NULL || d->bucket_ends == NULL || d->by_id == NULL || d->term_places == NULL) {
        free(buckets);
        free(by_length);
        return error_nomem(e);
    }
    for (uint32_t rank = 0; rank < d->n_terms; rank++) {
        struct slice text = intern_get(d->terms, d->term_order[rank]);
        buckets[rank] = term_bucket(segment_term_hash(text), d->n_buckets);
        d->bucket_ends[buckets[rank] + 1]++;
        d->term_places[rank].len = (uint8_t)text.len; /* in byte order as yet */
        starts[text.len + 1]++;
    }
    for (size_t i = 1; i < sizeof starts / sizeof *starts; i++)
        starts[i] += starts[i - 1];
    for (uint32_t rank = 0; rank < d->n_terms; rank++)
        by_length[starts[d->term_places[rank].len]++] = rank;
    for (uint32_t bucket = 0; bucket < d->n_buckets; bucket++)
        d->bucket_ends[bucket + 1] += d->bucket_ends[bucket];
    /* bucket_ends[bucket] is where the bucket begins; each term that is placed moves it towards its end. */
    for (uint32_t i = 0; i < d->n_terms; i++) {
        uint32_t id = d->bucket_ends[buckets[by_length[i]]]++;
        d->by_id[id] = by_length[i];
        d->term_ids[d->term_order[by_length[i]]] = id;
    }
    free(buckets);
    free(by_length);
    for (uint32_t id = 0; id < d->n_terms; id++)
        d->term_places[id].len = (uint8_t)intern_get(d->terms, d->term_order[d->by_id[id]]).len;
    return OK;
}

static enum status sort_terms(struct dictionary *d, struct error *e)
{
    size_t n_all = dictionary_n_terms(d);
    d->term_order = new_numbers(n_all);
    d->term_ids = calloc(n_all + 1, sizeof *d->term_ids);
    if (d->term_order == NULL || d->term_ids == NULL)
        return error_nomem(e);
    for (uint32_t form = 0; form < d->n_forms; form++)
        d->term_ids[d->words[d->by_form[form]].term] = 1;
    for (uint32_t term = 0; term < n_all; term++)
        if (d->term_ids[term] > 0)
            d->term_order[d->n_terms++] = term;
    enum status st = radix_sort_interned(d->terms, d->term_order, d->n_terms, e);
    return st == OK ? number_terms(d, e) : st;
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

/* The texts by form id. A term that a form of it begins with needs no other; the rest follow behind. */
static void write_texts(struct dictionary *d, struct segfile_writer *w)
{
    for (uint32_t form = 0; form < d->n_forms; form++) {
        uint32_t word = d->by_form[form];
        struct text_place *term = &d->term_places[d->term_ids[d->words[word].term]];
        struct slice pair = intern_get(d->pairs, word), text = slice_of(pair.data, pair.len - 1 - term->len);
        segfile_write(w, text);
        d->form_lengths[form] = (uint8_t)text.len;
        if (!term->is_of_form && slice_starts(text, slice_of(pair.data + text.len + 1, term->len)))
            *term = (struct text_place){.at = (uint32_t)d->n_text, .len = term->len, .is_of_form = true};
        d->n_text += text.len;
    }
    for (uint32_t id = 0; id < d->n_terms; id++) {
        struct text_place *term = &d->term_places[id];
        if (term->is_of_form)
            continue;
        term->at = (uint32_t)d->n_text;
        d->n_text += term->len;
        segfile_write(w, intern_get(d->terms, d->term_order[d->by_id[id]]));
    }
}

static void write_form_orders(const struct dictionary *d, struct segfile_writer *w)
{
    uint32_t at = 0;
    for (uint32_t form = 0; form < d->n_forms; form += FORMS_A_BLOCK) {
        char *block = segfile_room(w, FORM_BLOCK_BYTES);
        uint32_t n = d->n_forms - form < FORMS_A_BLOCK ? d->n_forms - form : FORMS_A_BLOCK;
        memset(block, 0, FORM_BLOCK_BYTES);
        set_u32(block, at);
        for (uint32_t i = 0; i < n; i++) {
            block[BLOCK_LENGTHS_AT + i] = (char)d->form_lengths[form + i];
            set_u24(block + BLOCK_TERMS_AT + (size_t)i * 3, d->term_ids[d->words[d->by_form[form + i]].term]);
            at += d->form_lengths[form + i];
        }
    }
    segfile_next_section(w);
    for (uint32_t rank = 0, n; rank < d->n_forms; rank += n) {
        n = d->n_forms - rank < ROOM_FORMS ? d->n_forms - rank : ROOM_FORMS;
        char *out = segfile_room(w, (size_t)n * 3);
        for (uint32_t i = 0; i < n; i++)
            set_u24(out + (size_t)i * 3, d->form_of[d->by_spelling[rank + i]]);
    }
    segfile_next_section(w);
    for (uint64_t rank = 0; rank < d->n_forms; rank += FORMS_A_PREFIX)
        set_u64(segfile_room(w, FORM_PREFIX_BYTES), form_first_bytes(dictionary_form_text(d, d->by_spelling[rank]), 0));
}

/* Forms are numbered by falling occurrences, and are in no more passages. */
static void write_form_counts(const struct dictionary *d, struct segfile_writer *w)
{
    uint32_t form = 0, before = 0;
    for (; form < d->n_forms && d->words[d->by_form[form]].n_occurrences > UINT8_MAX; form++)
        set_u32(segfile_room(w, sizeof(uint32_t)), d->words[d->by_form[form]].n_passages);
    segfile_next_section(w);
    for (; form < d->n_forms && d->words[d->by_form[form]].n_occurrences > 1; form++)
        *segfile_room(w, 1) = (char)d->words[d->by_form[form]].n_passages;
    segfile_next_section(w);
    for (form = 0; form < d->n_forms; form++) {
        uint32_t n = d->words[d->by_form[form]].n_occurrences;
        if (n == before)
            continue;
        char *step = segfile_room(w, FORM_STEP_BYTES);
        set_u32(step, form);
        set_u32(step + 4, n);
        before = n;
        if (n == 1) /* so do the rest */
            break;
    }
}

static enum status write_forms(struct dictionary *d, const char *folder, struct error *e)
{
    struct segfile_writer *w;
    d->form_lengths = malloc((size_t)d->n_forms + 1);
    if (d->form_lengths == NULL)
        return error_nomem(e);
    enum status st = segfile_create(&w, folder, "forms", FORMS_MAGIC, N_FORMS_SECTIONS, e);
    if (st != OK)
        return st;
    write_texts(d, w);
    segfile_next_section(w);
    write_form_orders(d, w);
    segfile_next_section(w);
    write_form_counts(d, w);
    st = segfile_finish_unsynced(w, e);
    return st == OK && d->n_text > UINT32_MAX ? error_set(e, ERR_LIMIT, "terms and forms of more than 4 GiB") : st;
}

/* Where the forms of each term begin, by id, and the end; and the forms, term by term, ascending: a counting sort. */
static enum status group_forms(const struct dictionary *d, uint32_t **starts, uint32_t **forms, struct error *e)
{
    uint32_t *ends = calloc((size_t)d->n_terms + 2, sizeof *ends);
    *forms = new_numbers(d->n_forms);
    *starts = ends;
    if (ends == NULL || *forms == NULL)
        return error_nomem(e);
    ends++;
    for (uint32_t form = 0; form < d->n_forms; form++)
        ends[d->term_ids[d->words[d->by_form[form]].term] + 1]++;
    for (uint32_t id = 0; id < d->n_terms; id++)
        ends[id + 1] += ends[id];
    /* ends[id] is where the term's forms begin; each form that is placed moves it towards their end. */
    for (uint32_t form = 0; form < d->n_forms; form++)
        (*forms)[ends[d->term_ids[d->words[d->by_form[form]].term]]++] = form;
    return OK;
}

static void write_term_records(struct dictionary *d, struct segfile_writer *w, const struct term_facts *facts,
                               const uint32_t *starts, const uint32_t *forms)
{
    uint32_t n_more = 0;
    for (uint32_t id = 0; id < d->n_terms; id++) {
        const struct term_facts *f = &facts[d->by_id[id]];
        struct text_place *place = &d->term_places[id];
        bool fits = starts[id + 1] - starts[id] == 1 && place->is_of_form && f->df > 0 && f->df < TERM_SHORT_DF;
        char *record = segfile_room(w, TERM_RECORD_BYTES);
        set_u24(record, fits ? forms[starts[id]] : n_more++);
        record[TERM_LENGTH_AT] = (char)place->len;
        record[TERM_DF_AT] = (char)(fits ? f->df : 0);
        record[TERM_GREATEST_AT] = (char)(fits ? f->greatest[0] : 0);
        place->is_short = fits;
    }
    segfile_next_section(w);
    set_u24(segfile_room(w, TERM_BUCKET_BYTES), 0);
    for (uint32_t bucket = 0; bucket < d->n_buckets; bucket++)
        set_u24(segfile_room(w, TERM_BUCKET_BYTES), d->bucket_ends[bucket]);
}

/* What the records have no room for. */
static void write_more(const struct dictionary *d, struct segfile_writer *w, const struct term_facts *facts,
                       const uint32_t *starts, const uint32_t *forms)
{
    uint32_t n_listed = 0;
    for (uint32_t id = 0; id < d->n_terms; id++) {
        if (d->term_places[id].is_short)
            continue;
        const struct term_facts *f = &facts[d->by_id[id]];
        char *more = segfile_room(w, TERM_MORE_BYTES);
        set_u32(more, d->term_places[id].at);
        set_u32(more + MORE_FIRST_AT, n_listed);
        set_u32(more + MORE_DF_AT, f->df);
        memcpy(more + MORE_GREATEST_AT, f->greatest, sizeof f->greatest);
        n_listed += starts[id + 1] - starts[id];
    }
    segfile_next_section(w);
    for (uint32_t id = 0; id < d->n_terms; id++)
        for (uint32_t i = starts[id]; i < starts[id + 1] && !d->term_places[id].is_short; i++)
            set_u24(segfile_room(w, 3), forms[i]);
}

static enum status write_terms(struct dictionary *d, const char *folder, const struct term_facts *facts,
                               struct error *e)
{
    struct segfile_writer *w = NULL;
    uint32_t *starts = NULL, *forms = NULL;
    enum status st = group_forms(d, &starts, &forms, e);
    if (st == OK)
        st = segfile_create(&w, folder, "terms", TERMS_MAGIC, N_TERMS_SECTIONS, e);
    if (st == OK) {
        write_term_records(d, w, facts, starts, forms);
        segfile_next_section(w);
        write_more(d, w, facts, starts, forms);
        st = segfile_finish_unsynced(w, e);
    }
    free(starts);
    free(forms);
    return st;
}

enum status dictionary_write(struct dictionary *d, const char *folder, const struct term_facts *facts, struct error *e)
{
    enum status st = write_forms(d, folder, e);
    return st == OK ? write_terms(d, folder, facts, e) : st;
}
