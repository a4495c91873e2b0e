/* The term table and the form dictionary of a segment. Nothing they say is believed before it was checked. */
#include "segment_files.h"

static enum status damaged(const struct segment *s, const char *what, uint32_t number, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: %s %u is damaged; run quoth-index --check", s->id, what, number);
}

bool segment_words_fit(struct segment *s)
{
    const struct slice *terms = s->terms.sections, *forms = s->forms.sections;
    size_t n_terms = terms[TERMS_RECORDS].len / TERM_RECORD_BYTES;
    size_t n_forms = forms[FORMS_SORTED].len / 3;
    size_t n_wide = forms[FORMS_PASSAGES_WIDE].len / sizeof(uint32_t);
    if (n_terms > n_forms || n_forms > FORMS_MAX || terms[TERMS_BUCKETS].len < 2 * (size_t)TERM_BUCKET_BYTES ||
        terms[TERMS_BUCKETS].len / TERM_BUCKET_BYTES > FORMS_MAX ||
        forms[FORMS_BLOCKS].len != (n_forms + FORMS_A_BLOCK - 1) / FORMS_A_BLOCK * FORM_BLOCK_BYTES ||
        forms[FORMS_PREFIXES].len != (n_forms + FORMS_A_PREFIX - 1) / FORMS_A_PREFIX * FORM_PREFIX_BYTES ||
        n_wide > n_forms || forms[FORMS_PASSAGES].len > n_forms - n_wide)
        return false;
    s->n_terms = (uint32_t)n_terms;
    s->n_forms = (uint32_t)n_forms;
    return true;
}

/* A run of the bytes that terms and forms share. */
static bool text_at(const struct segment *s, uint64_t at, size_t len, struct slice *out)
{
    struct slice bytes = s->forms.sections[FORMS_BYTES];
    if (at > bytes.len || len > bytes.len - at)
        return false;
    *out = slice_of(bytes.data + at, len);
    return true;
}

/* The sum of the first n of a block's lengths, n below FORMS_A_BLOCK: four sums of two bytes side by side. */
static uint32_t sum_lengths(const char *lengths, unsigned n)
{
    const uint64_t even = UINT64_C(0x00FF00FF00FF00FF);
    uint64_t mask = (UINT64_C(1) << n % 8 * 8) - 1;
    uint64_t low = get_u64(lengths), high = get_u64(lengths + 8);
    low &= n < 8 ? mask : UINT64_MAX;
    high &= n < 8 ? 0 : mask;
    uint64_t sums = (low & even) + (low >> 8 & even) + (high & even) + (high >> 8 & even);
    return (uint32_t)(sums * UINT64_C(0x0001000100010001) >> 48);
}

static const char *form_block(const struct segment *s, uint32_t form)
{
    return s->forms.sections[FORMS_BLOCKS].data + (size_t)(form / FORMS_A_BLOCK) * FORM_BLOCK_BYTES;
}

/* A form's text and term; false where they are not there. */
static bool read_form(const struct segment *s, uint32_t form, struct slice *text, uint32_t *term)
{
    if (form >= s->n_forms)
        return false;
    const char *block = form_block(s, form);
    unsigned i = form % FORMS_A_BLOCK;
    uint64_t at = (uint64_t)get_u32(block) + sum_lengths(block + BLOCK_LENGTHS_AT, i);
    *term = get_u24(block + BLOCK_TERMS_AT + (size_t)i * 3);
    return text_at(s, at, (unsigned char)block[BLOCK_LENGTHS_AT + i], text);
}

static const char *term_record(const struct segment *s, uint32_t term)
{
    return s->terms.sections[TERMS_RECORDS].data + (size_t)term * TERM_RECORD_BYTES;
}

/* What a term's record has no room for; NULL where it is not there. */
static const char *more_of(const struct segment *s, const char *record)
{
    size_t number = get_u24(record);
    struct slice more = s->terms.sections[TERMS_MORE];
    return number < more.len / TERM_MORE_BYTES ? more.data + number * TERM_MORE_BYTES : NULL;
}

static bool read_record(const struct segment *s, const char *record, struct slice *text, struct term_view *view)
{
    size_t len = (unsigned char)record[TERM_LENGTH_AT];
    view->df = (unsigned char)record[TERM_DF_AT];
    view->greatest[0] = (uint8_t)record[TERM_GREATEST_AT];
    if (view->df > 0) {
        uint32_t of_form;
        bool is_there = read_form(s, get_u24(record), text, &of_form) && len <= text->len;
        text->len = is_there ? len : 0;
        return is_there;
    }
    const char *more = more_of(s, record);
    if (more == NULL)
        return false;
    view->df = get_u32(more + MORE_DF_AT);
    memcpy(view->greatest, more + MORE_GREATEST_AT, sizeof view->greatest);
    return text_at(s, get_u32(more), len, text);
}

static bool read_term(const struct segment *s, uint32_t term, struct slice *text, struct term_view *view)
{
    view->id = term;
    return read_record(s, term_record(s, term), text, view);
}

enum status segment_term(const struct segment *s, uint32_t term, struct slice *text, struct term_view *view,
                         struct error *e)
{
    *view = (struct term_view){.id = TERM_NONE};
    if (term < s->n_terms && read_term(s, term, text, view))
        return OK;
    *view = (struct term_view){.id = TERM_NONE};
    return damaged(s, "term", term, e);
}

uint32_t segment_term_hash(struct slice term)
{
    return (uint32_t)(XXH3_64bits(term.data, term.len) >> 32);
}

static const char *bucket_of(const struct segment *s, uint32_t hash)
{
    struct slice buckets = s->terms.sections[TERMS_BUCKETS];
    uint32_t n_buckets = (uint32_t)(buckets.len / TERM_BUCKET_BYTES) - 1;
    return buckets.data + (size_t)term_bucket(hash, n_buckets) * TERM_BUCKET_BYTES;
}

/* The first term of a bucket that is as long; where there is none, any. */
static const char *likely_record(const struct segment *s, const char *bucket, size_t len)
{
    uint32_t low = get_u24(bucket), high = get_u24(bucket + TERM_BUCKET_BYTES);
    high = high > s->n_terms ? s->n_terms : high;
    if (low >= high)
        return NULL;
    for (uint32_t last = high - 1; low < last;) {
        uint32_t middle = low + (last - low) / 2;
        if ((unsigned char)term_record(s, middle)[TERM_LENGTH_AT] < len)
            low = middle + 1;
        else
            last = middle;
    }
    return term_record(s, low);
}

void segment_prefetch_term(const struct segment *s, struct slice term, uint32_t hash, enum prefetch_term step)
{
    const char *bucket = bucket_of(s, hash);
    if (step == PREFETCH_BUCKET) {
        __builtin_prefetch(bucket);
        return;
    }
    if (step == PREFETCH_TERM) {
        uint32_t first = get_u24(bucket);
        if (first < s->n_terms)
            __builtin_prefetch(term_record(s, first));
        return;
    }
    const char *record = likely_record(s, bucket, term.len);
    if (record == NULL)
        return;
    if (step == PREFETCH_SPELLING) {
        struct slice text;
        struct term_view view;
        if (read_record(s, record, &text, &view))
            __builtin_prefetch(text.data);
    } else if (record[TERM_DF_AT] == 0) {
        __builtin_prefetch(more_of(s, record));
    } else if (get_u24(record) < s->n_forms) {
        __builtin_prefetch(form_block(s, get_u24(record)));
    }
}

bool segment_find_term(const struct segment *s, struct slice term, struct term_view *view)
{
    return segment_find_hashed(s, term, segment_term_hash(term), view);
}

bool segment_find_hashed(const struct segment *s, struct slice term, uint32_t hash, struct term_view *view)
{
    const char *bucket = bucket_of(s, hash);
    uint32_t low = get_u24(bucket), high = get_u24(bucket + TERM_BUCKET_BYTES);
    high = high > s->n_terms ? s->n_terms : high;
    /* Few, and in the order of length, then bytes: the bytes of hardly any other are looked at. */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t len = (unsigned char)term_record(s, middle)[TERM_LENGTH_AT];
        int order = (len > term.len) - (len < term.len);
        struct slice text;
        if (order == 0) {
            *view = (struct term_view){.id = TERM_NONE};
            if (!read_term(s, middle, &text, view))
                break;
            order = slice_compare(text, term);
            if (order == 0)
                return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *view = (struct term_view){.id = TERM_NONE};
    return false;
}

uint32_t segment_find_live(const struct segment *s, struct slice term, uint32_t hash, struct term_view *view)
{
    return segment_find_hashed(s, term, hash, view) ? view->df - segment_dead_df(s, view->id) : 0;
}

enum status segment_term_forms(const struct segment *s, uint32_t term, const char **ids, uint32_t *n, struct error *e)
{
    *ids = "";
    *n = 0;
    if (term >= s->n_terms)
        return damaged(s, "term", term, e);
    const char *record = term_record(s, term);
    if (record[TERM_DF_AT] != 0) {
        *ids = record;
        *n = 1;
        return OK;
    }
    const char *more = more_of(s, record);
    if (more == NULL)
        return damaged(s, "term", term, e);
    struct slice all = s->terms.sections[TERMS_MORE], listed = s->terms.sections[TERMS_FORMS];
    bool is_last = (size_t)(all.data + all.len - more) < 2 * (size_t)TERM_MORE_BYTES;
    size_t first = get_u32(more + MORE_FIRST_AT);
    size_t end = is_last ? listed.len / 3 : get_u32(more + TERM_MORE_BYTES + MORE_FIRST_AT);
    if (first > end || end > listed.len / 3 || end - first > s->n_forms)
        return damaged(s, "term", term, e);
    *ids = listed.data + first * 3;
    *n = (uint32_t)(end - first);
    return OK;
}

void segment_prefetch_forms(const struct segment *s, uint32_t term, enum prefetch_forms step)
{
    if (term >= s->n_terms)
        return;
    const char *record = term_record(s, term);
    if (step == PREFETCH_FORMS_TERM) {
        __builtin_prefetch(record);
        return;
    }
    const char *more = record[TERM_DF_AT] == 0 ? more_of(s, record) : NULL;
    if (step == PREFETCH_FORMS_MORE || more == NULL) {
        __builtin_prefetch(more);
        return;
    }
    struct slice listed = s->terms.sections[TERMS_FORMS];
    size_t first = get_u32(more + MORE_FIRST_AT);
    if (first < listed.len / 3)
        __builtin_prefetch(listed.data + first * 3);
}

static uint32_t passages_of(const struct segment *s, uint32_t form)
{
    struct slice wide = s->forms.sections[FORMS_PASSAGES_WIDE], narrow = s->forms.sections[FORMS_PASSAGES];
    size_t n_wide = wide.len / sizeof(uint32_t);
    if (form < n_wide)
        return get_u32(wide.data + (size_t)form * sizeof(uint32_t));
    return form - n_wide < narrow.len ? (unsigned char)narrow.data[form - n_wide] : 1;
}

enum status segment_form(const struct segment *s, uint32_t form, struct form_view *view, struct error *e)
{
    *view = (struct form_view){.term = TERM_NONE};
    if (!read_form(s, form, &view->text, &view->term) || view->term >= s->n_terms)
        return damaged(s, "form", form, e);
    view->n_passages = passages_of(s, form);
    return OK;
}

bool segment_form_text(const struct segment *s, uint32_t form, struct slice *text)
{
    uint32_t term;
    return read_form(s, form, text, &term);
}

uint32_t segment_form_occurrences(const struct segment *s, uint32_t form)
{
    struct slice steps = s->forms.sections[FORMS_OCCURRENCES];
    size_t low = 0, high = steps.len / FORM_STEP_BYTES;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (get_u32(steps.data + middle * FORM_STEP_BYTES) <= form)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 || form >= s->n_forms ? 0 : get_u32(steps.data + (low - 1) * FORM_STEP_BYTES + 4);
}

uint32_t segment_form_at_rank(const struct segment *s, uint32_t rank)
{
    return rank >= s->n_forms ? FORM_NONE : get_u24(s->forms.sections[FORMS_SORTED].data + (size_t)rank * 3);
}

/* How many of the forms whose first bytes stand apart are below `key`, or at most it. */
static uint32_t prefixes_before(struct slice prefixes, uint64_t key, bool or_equal)
{
    uint32_t low = 0, high = (uint32_t)(prefixes.len / FORM_PREFIX_BYTES);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t at = get_u64(prefixes.data + (size_t)middle * FORM_PREFIX_BYTES);
        if (at < key || (or_equal && at == key))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * The ranks among which rank_of() has to look: *low is that of the first form that may not be before, *high that of one
 * that is not. First bytes below those of the prefix are of a form before it, and above of one behind. Where all of
 * the prefix is among them, so is the answer for equal ones; otherwise only the whole texts tell.
 */
static void narrow_down(const struct segment *s, struct slice prefix, bool after, uint32_t *low, uint32_t *high)
{
    struct slice prefixes = s->forms.sections[FORMS_PREFIXES];
    bool is_whole = prefix.len <= FORM_PREFIX_BYTES;
    uint64_t key = form_first_bytes(prefix, after && is_whole ? UINT8_MAX : 0);
    uint32_t n_before = prefixes_before(prefixes, key, after && is_whole);
    uint32_t n_maybe = is_whole ? n_before : prefixes_before(prefixes, key, true);
    *low = n_before == 0 ? 0 : (n_before - 1) * FORMS_A_PREFIX;
    if (n_maybe < prefixes.len / FORM_PREFIX_BYTES)
        *high = n_maybe * FORMS_A_PREFIX;
}

/* Is the form at a rank before prefix, or, with `after`, before it or one that starts with it? No where it is damaged.
 */
static bool is_before(const struct segment *s, uint32_t rank, struct slice prefix, bool after)
{
    struct slice text;
    uint32_t term;
    if (!read_form(s, segment_form_at_rank(s, rank), &text, &term))
        return false;
    return after && slice_starts(text, prefix) ? true : slice_compare(text, prefix) < 0;
}

static uint32_t rank_between(const struct segment *s, struct slice prefix, bool after, uint32_t low, uint32_t high)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (is_before(s, middle, prefix, after))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void segment_form_prefix(const struct segment *s, struct slice prefix, uint32_t *from, uint32_t *to)
{
    uint32_t low = 0, high = s->n_forms;
    narrow_down(s, prefix, false, &low, &high);
    *from = rank_between(s, prefix, false, low, high);
    /* Mostly few start with it. */
    uint32_t known = *from, probe = *from, step = 1;
    for (; step < FORMS_A_PREFIX && probe < s->n_forms && is_before(s, probe, prefix, true); step *= 2) {
        known = probe + 1;
        probe += step;
    }
    low = known;
    high = probe < s->n_forms ? probe : s->n_forms;
    if (step == FORMS_A_PREFIX) {
        high = s->n_forms;
        narrow_down(s, prefix, true, &low, &high);
        low = low > known ? low : known;
    }
    *to = rank_between(s, prefix, true, low, high);
    if (*to < *from)
        *to = *from;
}
