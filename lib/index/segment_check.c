#include "segment_text.h"

#include "array.h"
#include "text_room.h"

#include <stdlib.h>

static enum status damaged(const struct segment *s, const char *what, uint64_t number, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: %s %llu does not fit the rest", s->id, what,
                     (unsigned long long)number);
}

static enum status check_sums(const struct segment *s, struct error *e)
{
    enum status st = segfile_check(&s->terms, "terms", e);
    if (st == OK)
        st = segfile_check(&s->forms, "forms", e);
    if (st == OK)
        st = segfile_check(&s->tokens, "tokens", e);
    if (st == OK)
        st = segfile_check(&s->text, "text", e);
    if (st == OK)
        st = segfile_check(&s->articles, "articles", e);
    return st == OK ? OK : error_context(e, st, "segment %s", s->id);
}

static enum status check_articles(const struct segment *s, struct error *e)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < s->n_articles; i++) {
        struct article_view view;
        enum status st = segment_article(s, i, &view, e);
        if (st != OK)
            return st;
        if (view.first_passage != next || segment_find_article(s, view.id) != i)
            return damaged(s, "article", i, e);
        next += view.n_passages;
    }
    return next == s->n_passages ? OK : damaged(s, "the number of passages", next, e);
}

/* What the token sequences say of each term, to be compared with tables and postings. */
struct counts {
    uint32_t *df;          /* by term */
    uint32_t *last;        /* by term: the last passage that had it, + 1 */
    uint64_t *passages;    /* by term: the sum of passage_mark() of those that have it */
    uint32_t *occurrences; /* by form: in bodies and titles, once a passage */
    uint32_t *held;        /* by form: passages with it */
    uint32_t *form_last;   /* by form: the last passage that had it, + 1 */
    uint32_t *sequence;
    size_t cap;
    struct text_room texts;
    uint64_t text_len; /* of all passages */
};

/* Sums of these are equal where the sets of passages are (splitmix64's finish). */
static uint64_t passage_mark(uint32_t passage)
{
    uint64_t x = ((uint64_t)passage + 1) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static enum status counts_new(struct counts *c, const struct segment *s, struct error *e)
{
    size_t n_terms = (size_t)s->n_terms + 1, n_forms = (size_t)s->n_forms + 1;
    *c = (struct counts){.df = calloc(n_terms, sizeof *c->df),
                         .last = calloc(n_terms, sizeof *c->last),
                         .passages = calloc(n_terms, sizeof *c->passages),
                         .occurrences = calloc(n_forms, sizeof *c->occurrences),
                         .held = calloc(n_forms, sizeof *c->held),
                         .form_last = calloc(n_forms, sizeof *c->form_last)};
    bool is_whole = c->df != NULL && c->last != NULL && c->passages != NULL && c->occurrences != NULL &&
                    c->held != NULL && c->form_last != NULL;
    return is_whole ? OK : error_nomem(e);
}

static void counts_clear(struct counts *c)
{
    free(c->df);
    free(c->last);
    free(c->passages);
    free(c->occurrences);
    free(c->held);
    free(c->form_last);
    free(c->sequence);
    text_room_clear(&c->texts);
}

static enum status count_sequence(const struct segment *s, struct counts *c, uint32_t n, uint32_t passage,
                                  struct error *e)
{
    for (uint32_t i = 0; i < n; i++) {
        struct form_view form;
        if (c->sequence[i] == FORM_NONE)
            continue;
        enum status st = segment_form(s, c->sequence[i], &form, e);
        if (st != OK)
            return st;
        uint32_t id = c->sequence[i];
        c->occurrences[id]++;
        c->held[id] += c->form_last[id] != passage + 1;
        c->form_last[id] = passage + 1;
        if (c->last[form.term] != passage + 1) {
            c->df[form.term]++;
            c->passages[form.term] += passage_mark(passage);
        }
        c->last[form.term] = passage + 1;
    }
    return OK;
}

static enum status count_passage(const struct segment *s, struct counts *c, uint32_t passage, struct error *e)
{
    struct passage_view p;
    struct article_view a;
    enum status st = segment_passage(s, passage, &p, e);
    if (st == OK)
        st = text_room_fill(&c->texts, s, passage, &p, e);
    if (st == OK)
        st = segment_article(s, p.article, &a, e);
    if (st != OK)
        return st;
    if (passage < a.first_passage || passage - a.first_passage >= a.n_passages ||
        p.ordinal != passage - a.first_passage + 1)
        return damaged(s, "passage", passage, e);
    size_t most = p.n_tokens > a.n_title_tokens ? p.n_tokens : a.n_title_tokens;
    c->text_len += p.text.len;
    st = array_reserve(&c->sequence, &c->cap, most + 1, sizeof *c->sequence, SIZE_MAX / 8, e);
    if (st == OK)
        st = segment_tokens(s, passage, c->sequence, p.n_tokens, e);
    if (st == OK)
        st = count_sequence(s, c, p.n_tokens, passage, e);
    if (st == OK)
        st = segment_title_tokens(s, p.article, c->sequence, a.n_title_tokens, e);
    return st == OK ? count_sequence(s, c, a.n_title_tokens, passage, e) : st;
}

/* The terms: how many passages have each, that it is found by its text, and so that there is no other like it. */
static enum status compare_terms(const struct segment *s, const struct counts *c, struct error *e)
{
    for (uint32_t i = 0; i < s->n_terms; i++) {
        struct term_view view, found;
        struct slice text;
        enum status st = segment_term(s, i, &text, &view, e);
        if (st != OK)
            return st;
        if (view.df != c->df[i] || !segment_find_term(s, text, &found) || found.id != i)
            return damaged(s, "term", i, e);
    }
    return OK;
}

/* Does this form stand behind that one in the order of spelling, then of the term? */
static enum status stands_behind(const struct segment *s, const struct form_view *form, const struct form_view *before,
                                 bool *out, struct error *e)
{
    struct slice term, term_before;
    struct term_view view;
    int order = slice_compare(before->text, form->text);
    enum status st = segment_term(s, form->term, &term, &view, e);
    if (st == OK)
        st = segment_term(s, before->term, &term_before, &view, e);
    *out = order < 0 || (st == OK && order == 0 && slice_compare(term_before, term) < 0);
    return st;
}

/* The forms: their counts, their order by spelling. */
static enum status compare_forms(const struct segment *s, const struct counts *c, struct error *e)
{
    struct form_view before = {0};
    for (uint32_t rank = 0; rank < s->n_forms; rank++) {
        uint32_t id = segment_form_at_rank(s, rank);
        struct form_view view;
        bool is_behind = true;
        enum status st = segment_form(s, id, &view, e);
        if (st == OK && rank > 0)
            st = stands_behind(s, &view, &before, &is_behind, e);
        if (st != OK)
            return st;
        const char *prefix =
            s->forms.sections[FORMS_PREFIXES].data + (size_t)(rank / FORMS_A_PREFIX) * FORM_PREFIX_BYTES;
        bool is_found = rank % FORMS_A_PREFIX != 0 || get_u64(prefix) == form_first_bytes(view.text, 0);
        if (!is_behind || !is_found || view.n_passages != c->held[id] ||
            segment_form_occurrences(s, id) != c->occurrences[id] ||
            (id > 0 && c->occurrences[id] > c->occurrences[id - 1]))
            return damaged(s, "form", id, e);
        before = view;
    }
    return OK;
}

/* Each form stands among those of its term, ascending, and nowhere else. */
static enum status compare_lists(const struct segment *s, struct error *e)
{
    uint64_t n_all = 0;
    for (uint32_t term = 0; term < s->n_terms; term++) {
        const char *ids;
        uint32_t n;
        enum status st = segment_term_forms(s, term, &ids, &n, e);
        for (uint32_t i = 0; i < n && st == OK; i++) {
            uint32_t id = segment_listed_form(ids, i);
            struct form_view view;
            st = segment_form(s, id, &view, e);
            if (st == OK && (view.term != term || (i > 0 && segment_listed_form(ids, i - 1) >= id)))
                st = damaged(s, "the forms of term", term, e);
        }
        if (st != OK)
            return st;
        n_all += n;
    }
    return n_all == s->n_forms ? OK : damaged(s, "the number of forms of terms", n_all, e);
}

static enum status check_sequences(const struct segment *s, struct counts *c, struct error *e)
{
    enum status st = OK;
    for (uint32_t i = 0; i < s->n_passages && st == OK; i++)
        st = count_passage(s, c, i, e);
    if (st == OK && segment_text_is_spelled(s) && get_u64(s->text.sections[TEXT_SPELLED].data) != c->text_len)
        st = damaged(s, "the length of all texts", c->text_len, e);
    if (st == OK)
        st = compare_terms(s, c, e);
    if (st == OK)
        st = compare_forms(s, c, e);
    return st == OK ? compare_lists(s, e) : st;
}

struct comparison {
    const struct segment *segment;
    const struct counts *counts;
    struct xapiandb *db;
    uint32_t n_terms; /* that were found in both */
};

/* A term's postings: which passages, and how often each impact. */
struct list_sum {
    uint64_t passages;
    uint32_t impacts[128], n;
};

static enum status sum_posting(void *ctx, uint32_t document, uint32_t wdf, struct error *e)
{
    struct list_sum *sum = ctx;
    if (document == 0 || wdf == 0 || wdf >= sizeof sum->impacts / sizeof *sum->impacts)
        return error_set(e, ERR_INDEX, "an impact of %u in document %u", wdf, document);
    sum->passages += passage_mark(document - 1);
    sum->impacts[wdf]++;
    sum->n++;
    return OK;
}

/* Are the term's greatest impacts, by rank, those of its postings? */
static bool greatest_fit(const struct list_sum *sum, const uint8_t greatest[N_TERM_RANKS])
{
    uint32_t seen = 0;
    size_t rank = 0;
    for (unsigned impact = 127; impact > 0; impact--)
        for (seen += sum->impacts[impact]; rank < N_TERM_RANKS && seen >= term_rank(rank); rank++)
            if (greatest[rank] != impact)
                return false;
    for (; rank < N_TERM_RANKS; rank++)
        if (greatest[rank] != 0)
            return false;
    return true;
}

static enum status compare_term(void *ctx, struct slice term, uint32_t termfreq, struct error *e)
{
    struct comparison *c = ctx;
    bool is_filter = term.len > 0 && term.data[0] >= 'A' && term.data[0] <= 'Z';
    struct term_view view;
    struct list_sum sum = {0};
    if (is_filter)
        return OK;
    enum status st = ERR_INDEX;
    if (segment_find_term(c->segment, term, &view) && view.df == termfreq)
        st = xapiandb_postings(c->db, term, sum_posting, &sum, e);
    if (st != OK || sum.n != view.df || sum.passages != c->counts->passages[view.id] ||
        !greatest_fit(&sum, view.greatest))
        return error_set(e, ERR_INDEX, "segment %s: the Xapian database's term %.*s does not fit the rest",
                         c->segment->id, SLICE_ARG(term));
    c->n_terms++;
    return OK;
}

/* The terms of the passages must be those of the Xapian database, in the same passages. */
static enum status compare_postings(const struct segment *s, const struct counts *counts, const char *folder,
                                    struct error *e)
{
    if (s->n_passages == 0)
        return OK;
    uint32_t n_documents = 0;
    struct comparison c = {.segment = s, .counts = counts};
    enum status st = xapiandb_open(&c.db, folder, e);
    if (st == OK)
        st = xapiandb_doccount(c.db, &n_documents, e);
    if (st == OK && n_documents != s->n_passages)
        st = damaged(s, "the Xapian database's document count", n_documents, e);
    if (st == OK)
        st = xapiandb_terms(c.db, (struct slice){0}, compare_term, &c, e);
    if (st == OK && c.n_terms != s->n_terms)
        st = damaged(s, "the Xapian database's number of terms", c.n_terms, e);
    xapiandb_close(c.db);
    return st;
}

enum status segment_check(const struct segment *s, const char *folder, struct error *e)
{
    struct counts counts;
    enum status st = check_sums(s, e);
    if (st == OK)
        st = check_articles(s, e);
    if (st == OK && s->dead != NULL)
        st = tombstones_check(s->dead, s, e);
    if (st != OK)
        return st;
    st = counts_new(&counts, s, e);
    if (st == OK)
        st = check_sequences(s, &counts, e);
    if (st == OK)
        st = compare_postings(s, &counts, folder, e);
    counts_clear(&counts);
    if (st == OK && s->n_passages > 0)
        st = xapiandb_check(folder, e);
    return st;
}
