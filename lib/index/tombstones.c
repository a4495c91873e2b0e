#include "tombstones.h"

#include "array.h"
#include "pack.h"
#include "segment_files.h"

#include <stdlib.h>

#define DEAD_MAGIC "quothDEL"
/* u32 dead articles, ascending | per term with dead passages: u32 term, u32 how many, ascending */
enum { DEAD_ARTICLES, DEAD_TERMS, N_DEAD_SECTIONS };

struct tombstones {
    uint32_t n_all_passages, n_all_articles, n_all_terms;
    uint32_t n_passages, n_articles;
    uint64_t *articles, *passages; /* bits */
    uint32_t *df;                  /* by term */
    uint32_t *tokens;              /* scratch: one passage's forms, then its terms */
    size_t tokens_cap;
};

static size_t words_for(uint32_t bits)
{
    return (size_t)bits / 64 + 1;
}

static enum status new_empty(struct tombstones **out, const struct segment *s, struct error *e)
{
    *out = NULL;
    struct tombstones *t = calloc(1, sizeof *t);
    if (t == NULL)
        return error_nomem(e);
    t->n_all_passages = s->n_passages;
    t->n_all_articles = s->n_articles;
    t->n_all_terms = s->n_terms;
    t->articles = calloc(words_for(s->n_articles), sizeof *t->articles);
    t->passages = calloc(words_for(s->n_passages), sizeof *t->passages);
    t->df = calloc((size_t)s->n_terms + 1, sizeof *t->df);
    if (t->articles == NULL || t->passages == NULL || t->df == NULL) {
        tombstones_free(t);
        return error_nomem(e);
    }
    *out = t;
    return OK;
}

void tombstones_free(struct tombstones *t)
{
    if (t == NULL)
        return;
    free(t->articles);
    free(t->passages);
    free(t->df);
    free(t->tokens);
    free(t);
}

static void copy_bits(uint64_t *to, const uint64_t *from, uint32_t n)
{
    memcpy(to, from, words_for(n) * sizeof *to);
}

enum status tombstones_copy(struct tombstones **out, const struct segment *s, struct error *e)
{
    enum status st = new_empty(out, s, e);
    if (st != OK || s->dead == NULL)
        return st;
    struct tombstones *t = *out;
    t->n_passages = s->dead->n_passages;
    t->n_articles = s->dead->n_articles;
    copy_bits(t->articles, s->dead->articles, s->n_articles);
    copy_bits(t->passages, s->dead->passages, s->n_passages);
    memcpy(t->df, s->dead->df, (size_t)s->n_terms * sizeof *t->df);
    return OK;
}

static bool bit(const uint64_t *bits, uint32_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

static void set_bit(uint64_t *bits, uint32_t i)
{
    bits[i / 64] |= (uint64_t)1 << (i % 64);
}

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Count each distinct term of a dead passage: those of its body and of its article's title. */
static enum status count_terms(struct tombstones *t, const struct segment *s, const struct article_view *article,
                               uint32_t number, uint32_t passage, struct error *e)
{
    struct passage_view view;
    enum status st = segment_passage(s, passage, &view, e);
    size_t n = (size_t)view.n_tokens + article->n_title_tokens;
    if (st == OK)
        st = array_reserve(&t->tokens, &t->tokens_cap, n + 1, sizeof *t->tokens, SIZE_MAX / 8, e);
    if (st == OK)
        st = segment_tokens(s, passage, t->tokens, view.n_tokens, e);
    if (st == OK)
        st = segment_title_tokens(s, number, t->tokens + view.n_tokens, article->n_title_tokens, e);
    size_t n_terms = 0;
    for (size_t i = 0; i < n && st == OK; i++) {
        struct form_view form;
        if (t->tokens[i] == FORM_NONE)
            continue;
        st = segment_form(s, t->tokens[i], &form, e);
        t->tokens[n_terms++] = form.term;
    }
    if (st != OK)
        return st;
    if (n_terms > 0)
        qsort(t->tokens, n_terms, sizeof *t->tokens, compare_u32);
    for (size_t i = 0; i < n_terms; i++)
        if (i == 0 || t->tokens[i] != t->tokens[i - 1])
            t->df[t->tokens[i]]++;
    return OK;
}

/* The article and its passages; those that a damaged table gives to two articles are counted once. */
static void kill_article(struct tombstones *t, uint32_t number, const struct article_view *article)
{
    for (uint32_t i = 0; i < article->n_passages; i++) {
        t->n_passages += !bit(t->passages, article->first_passage + i);
        set_bit(t->passages, article->first_passage + i);
    }
    set_bit(t->articles, number);
    t->n_articles++;
}

enum status tombstones_add(struct tombstones *t, const struct segment *s, uint32_t article, struct error *e)
{
    struct article_view view;
    enum status st = segment_article(s, article, &view, e);
    if (st != OK || bit(t->articles, article))
        return st;
    for (uint32_t i = 0; i < view.n_passages && st == OK; i++)
        st = count_terms(t, s, &view, article, view.first_passage + i, e);
    if (st == OK)
        kill_article(t, article, &view);
    return st;
}

enum status tombstones_write(const struct tombstones *t, const char *folder, const char *name, struct error *e)
{
    struct segfile_writer *w;
    enum status st = segfile_create(&w, folder, name, DEAD_MAGIC, N_DEAD_SECTIONS, e);
    if (st != OK)
        return st;
    struct buf b;
    buf_init(&b, 8);
    for (uint32_t i = 0; i < t->n_all_articles; i++) {
        if (!bit(t->articles, i))
            continue;
        buf_reset(&b);
        put_u32(&b, i);
        segfile_write(w, buf_slice(&b));
    }
    segfile_next_section(w);
    for (uint32_t i = 0; i < t->n_all_terms; i++) {
        if (t->df[i] == 0)
            continue;
        buf_reset(&b);
        put_u32(&b, i);
        put_u32(&b, t->df[i]);
        segfile_write(w, buf_slice(&b));
    }
    buf_clear(&b);
    return segfile_finish(w, e);
}

static enum status misfit(const struct segment *s, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: its tombstones do not fit it; restore them from a copy", s->id);
}

static enum status load_articles(struct tombstones *t, const struct segment *s, struct slice numbers, struct error *e)
{
    for (size_t at = 0; at + 4 <= numbers.len; at += 4) {
        uint32_t article = get_u32(numbers.data + at);
        struct article_view view;
        enum status st = segment_article(s, article, &view, e);
        if (st != OK)
            return st;
        if (at > 0 && article <= get_u32(numbers.data + at - 4))
            return misfit(s, e);
        kill_article(t, article, &view);
    }
    return numbers.len % 4 == 0 ? OK : misfit(s, e);
}

static enum status load_terms(struct tombstones *t, const struct segment *s, struct slice counts, struct error *e)
{
    for (size_t at = 0; at + 8 <= counts.len; at += 8) {
        uint32_t term = get_u32(counts.data + at), n = get_u32(counts.data + at + 4);
        struct slice text;
        struct term_view view;
        enum status st = segment_term(s, term, &text, &view, e);
        if (st != OK)
            return st;
        if (n > view.df || n > t->n_passages || (at > 0 && term <= get_u32(counts.data + at - 8)))
            return misfit(s, e);
        t->df[term] = n;
    }
    return counts.len % 8 == 0 ? OK : misfit(s, e);
}

static enum status load(struct tombstones *t, const struct segment *s, const struct segfile *f, struct error *e)
{
    enum status st = load_articles(t, s, f->sections[DEAD_ARTICLES], e);
    return st == OK ? load_terms(t, s, f->sections[DEAD_TERMS], e) : st;
}

enum status tombstones_read(struct tombstones **out, const struct segment *s, const char *folder, const char *name,
                            struct error *e)
{
    *out = NULL;
    struct segfile f;
    enum status st = segfile_open(&f, folder, name, DEAD_MAGIC, N_DEAD_SECTIONS, e);
    if (st != OK)
        return st;
    st = segfile_check(&f, name, e);
    if (st == OK)
        st = new_empty(out, s, e);
    if (st == OK)
        st = load(*out, s, &f, e);
    segfile_close(&f);
    if (st != OK) {
        tombstones_free(*out);
        *out = NULL;
    }
    return st;
}

enum status tombstones_check(const struct tombstones *t, const struct segment *s, struct error *e)
{
    struct tombstones *again;
    enum status st = new_empty(&again, s, e);
    if (st != OK)
        return st;
    for (uint32_t i = 0; i < t->n_all_articles && st == OK; i++)
        if (bit(t->articles, i))
            st = tombstones_add(again, s, i, e);
    bool fits =
        again->n_passages == t->n_passages && memcmp(again->df, t->df, (size_t)t->n_all_terms * sizeof *t->df) == 0;
    tombstones_free(again);
    return st != OK || fits ? st : misfit(s, e);
}

bool tombstones_has_article(const struct tombstones *t, uint32_t article)
{
    return article < t->n_all_articles && bit(t->articles, article);
}

bool tombstones_has_passage(const struct tombstones *t, uint32_t passage)
{
    return passage < t->n_all_passages && bit(t->passages, passage);
}

uint32_t tombstones_n_articles(const struct tombstones *t)
{
    return t->n_articles;
}

uint32_t tombstones_n_passages(const struct tombstones *t)
{
    return t->n_passages;
}

uint32_t tombstones_df(const struct tombstones *t, uint32_t term)
{
    return term < t->n_all_terms ? t->df[term] : 0;
}
