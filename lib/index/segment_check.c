#include "segment_files.h"

#include "array.h"

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
        if (view.first_passage != next || segment_find_article(s, view.id) == UINT32_MAX)
            return damaged(s, "article", i, e);
        next += view.n_passages;
    }
    return next == s->n_passages ? OK : damaged(s, "the number of passages", next, e);
}

/* What the token sequences say of each term, to be compared with tables and postings. */
struct counts {
    uint32_t *df;          /* by term */
    uint32_t *last;        /* by term: the last passage that had it, + 1 */
    uint32_t *occurrences; /* by form: in bodies and titles, once a passage */
    uint32_t *sequence;
    size_t cap;
};

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
        c->occurrences[c->sequence[i]]++;
        if (c->last[form.term] != passage + 1)
            c->df[form.term]++;
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
        st = segment_article(s, p.article, &a, e);
    if (st != OK)
        return st;
    if (passage < a.first_passage || passage - a.first_passage >= a.n_passages ||
        p.ordinal != passage - a.first_passage + 1)
        return damaged(s, "passage", passage, e);
    size_t most = p.n_tokens > a.n_title_tokens ? p.n_tokens : a.n_title_tokens;
    st = array_reserve(&c->sequence, &c->cap, most + 1, sizeof *c->sequence, SIZE_MAX / 8, e);
    if (st == OK)
        st = segment_tokens(s, passage, c->sequence, p.n_tokens, e);
    if (st == OK)
        st = count_sequence(s, c, p.n_tokens, passage, e);
    if (st == OK)
        st = segment_title_tokens(s, p.article, c->sequence, a.n_title_tokens, e);
    return st == OK ? count_sequence(s, c, a.n_title_tokens, passage, e) : st;
}

static enum status compare_counts(const struct segment *s, const struct counts *c, struct error *e)
{
    struct slice before = {0};
    for (uint32_t i = 0; i < s->n_terms; i++) {
        struct term_view view;
        struct slice text;
        enum status st = segment_term(s, i, &text, &view, e);
        if (st != OK)
            return st;
        if (view.df != c->df[i] || (i > 0 && slice_compare(before, text) >= 0))
            return damaged(s, "term", i, e);
        before = text;
    }
    for (uint32_t i = 0; i < s->n_forms; i++) {
        struct form_view view;
        enum status st = segment_form(s, i, &view, e);
        if (st != OK)
            return st;
        if (view.n_occurrences != c->occurrences[i])
            return damaged(s, "form", i, e);
    }
    return OK;
}

static enum status check_sequences(const struct segment *s, struct error *e)
{
    struct counts c = {0};
    c.df = calloc((size_t)s->n_terms + 1, sizeof *c.df);
    c.last = calloc((size_t)s->n_terms + 1, sizeof *c.last);
    c.occurrences = calloc((size_t)s->n_forms + 1, sizeof *c.occurrences);
    enum status st = c.df == NULL || c.last == NULL || c.occurrences == NULL ? error_nomem(e) : OK;
    for (uint32_t i = 0; i < s->n_passages && st == OK; i++)
        st = count_passage(s, &c, i, e);
    if (st == OK)
        st = compare_counts(s, &c, e);
    free(c.df);
    free(c.last);
    free(c.occurrences);
    free(c.sequence);
    return st;
}

struct comparison {
    const struct segment *segment;
    uint32_t next; /* term number that must come next */
};

static enum status compare_term(void *ctx, struct slice term, uint32_t termfreq, struct error *e)
{
    struct comparison *c = ctx;
    bool is_filter = term.len > 0 && term.data[0] >= 'A' && term.data[0] <= 'Z';
    struct term_view view;
    struct slice text;
    if (is_filter)
        return OK;
    enum status st = segment_term(c->segment, c->next, &text, &view, e);
    if (st != OK || !slice_equal(text, term) || view.df != termfreq)
        return damaged(c->segment, "the Xapian database's term", c->next, e);
    c->next++;
    return OK;
}

enum status segment_compare_postings(const struct segment *s, const char *folder, struct error *e)
{
    if (s->n_passages == 0)
        return OK;
    struct xapiandb *db;
    uint32_t n_documents = 0;
    struct comparison c = {s, 0};
    enum status st = xapiandb_open(&db, folder, e);
    if (st == OK)
        st = xapiandb_doccount(db, &n_documents, e);
    if (st == OK && n_documents != s->n_passages)
        st = damaged(s, "the Xapian database's document count", n_documents, e);
    if (st == OK)
        st = xapiandb_terms(db, (struct slice){0}, compare_term, &c, e);
    if (st == OK && c.next != s->n_terms)
        st = damaged(s, "the Xapian database's number of terms", c.next, e);
    xapiandb_close(db);
    return st;
}

enum status segment_check(const struct segment *s, const char *folder, struct error *e)
{
    enum status st = check_sums(s, e);
    if (st == OK)
        st = check_articles(s, e);
    if (st == OK)
        st = check_sequences(s, e);
    if (st == OK)
        st = segment_compare_postings(s, folder, e);
    if (st == OK && s->n_passages > 0)
        st = xapiandb_check(folder, e);
    return st;
}
