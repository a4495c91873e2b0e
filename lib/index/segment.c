#include "segment_text.h"

#include "date.h"
#include "places.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static enum status damaged(const struct segment *s, const char *what, uint64_t number, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: %s %llu is damaged; run quoth-index --check", s->id, what,
                     (unsigned long long)number);
}

/* A reader's lock: as long as it is held, the writer does not remove the segment. */
static enum status lock_shared(const struct segment *s, struct error *e)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    if (fcntl(s->articles.map.fd, F_OFD_SETLK, &lock) == 0)
        return OK;
    if (errno == EAGAIN || errno == EACCES)
        return error_set(e, ERR_NONE, "segment %s is being removed", s->id);
    return error_errno(e, ERR_IO, "segment %s: lock", s->id);
}

/* The tables' sizes must agree; what single records hold is checked where it is used. */
static enum status check_shape(struct segment *s, struct error *e)
{
    size_t n_passages = s->text.sections[TEXT_RECORDS].len / PASSAGE_RECORD_BYTES;
    size_t n_articles = s->articles.sections[ARTICLES_RECORDS].len / ARTICLE_RECORD_BYTES;
    bool fits =
        segment_words_fit(s) && segment_text_fits(s) && n_articles < UINT32_MAX &&
        places_fit(s->tokens.sections[TOKENS_BODY_AT], s->tokens.sections[TOKENS_BODY_BASES], n_passages + 1) &&
        places_fit(s->tokens.sections[TOKENS_TITLE_AT], s->tokens.sections[TOKENS_TITLE_BASES], n_articles + 1) &&
        s->articles.sections[ARTICLES_SORTED].len == n_articles * 4;
    if (!fits)
        return error_set(e, ERR_INDEX, "segment %s: its tables do not fit each other; run quoth-index --check", s->id);
    s->n_passages = (uint32_t)n_passages;
    s->n_articles = (uint32_t)n_articles;
    return OK;
}

static enum status open_files(struct segment *s, const char *folder, struct error *e)
{
    enum status st = segfile_open(&s->articles, folder, "articles", ARTICLES_MAGIC, N_ARTICLES_SECTIONS, e);
    if (st == OK)
        st = lock_shared(s, e);
    if (st == OK)
        st = segfile_open(&s->text, folder, "text", TEXT_MAGIC, N_TEXT_SECTIONS, e);
    if (st == OK)
        st = segfile_open(&s->tokens, folder, "tokens", TOKENS_MAGIC, N_TOKENS_SECTIONS, e);
    if (st == OK)
        st = segfile_open(&s->forms, folder, "forms", FORMS_MAGIC, N_FORMS_SECTIONS, e);
    if (st == OK)
        st = segfile_open(&s->terms, folder, "terms", TERMS_MAGIC, N_TERMS_SECTIONS, e);
    /* Only the one that carries the lock needs its descriptor: an index may have SEGMENTS_MAX segments. */
    file_map_close_fd(&s->text.map);
    file_map_close_fd(&s->tokens.map);
    file_map_close_fd(&s->forms.map);
    file_map_close_fd(&s->terms.map);
    return st == OK ? check_shape(s, e) : st;
}

static enum status open_postings(struct segment *s, struct error *e)
{
    if (s->n_passages == 0)
        return OK;
    enum status st = glass_reader_open(&s->glass, s->folder, e);
    if (st == ERR_SIGNATURE) /* laid out by another program: segment_postings() asks libxapian */
        return OK;
    return st == ERR_INDEX ? error_context(e, st, "segment %s", s->id) : st;
}

enum status segment_open(struct segment **out, const char *folder, const char *id, const char *del, struct error *e)
{
    *out = NULL;
    struct segment *s = calloc(1, sizeof *s);
    if (s == NULL)
        return error_nomem(e);
    snprintf(s->id, sizeof s->id, "%s", id);
    s->terms.map.fd = s->forms.map.fd = s->tokens.map.fd = s->text.map.fd = s->articles.map.fd = -1;
    s->folder = strdup(folder);
    enum status st = s->folder == NULL ? error_nomem(e) : open_files(s, folder, e);
    if (st == OK)
        st = open_postings(s, e);
    if (st == OK) {
        s->orders = calloc((size_t)s->n_articles + 1, sizeof *s->orders);
        st = s->orders == NULL ? error_nomem(e) : OK;
    }
    if (st == OK && del != NULL) {
        char beside[PATH_MAX];
        snprintf(beside, sizeof beside, "%s", folder);
        st = tombstones_read(&s->dead, s, dirname(beside), del, e);
    }
    if (st != OK)
        segment_close(s);
    else
        *out = s;
    return st;
}

void segment_close(struct segment *s)
{
    if (s == NULL)
        return;
    tombstones_free(s->dead);
    glass_reader_close(s->glass);
    segfile_close(&s->terms);
    segfile_close(&s->forms);
    segfile_close(&s->tokens);
    segfile_close(&s->text);
    segfile_close(&s->articles);
    free(s->orders);
    free(s->folder);
    free(s);
}

void segment_release(const struct segment *s)
{
    segfile_release(&s->terms);
    segfile_release(&s->forms);
    segfile_release(&s->tokens);
    segfile_release(&s->text);
    segfile_release(&s->articles);
    if (s->glass != NULL)
        glass_reader_release(s->glass);
}

const char *segment_id(const struct segment *s)
{
    return s->id;
}

uint32_t segment_n_passages(const struct segment *s)
{
    return s->n_passages;
}

uint32_t segment_n_articles(const struct segment *s)
{
    return s->n_articles;
}

uint32_t segment_n_terms(const struct segment *s)
{
    return s->n_terms;
}

uint32_t segment_n_forms(const struct segment *s)
{
    return s->n_forms;
}

bool segment_passage_is_dead(const struct segment *s, uint32_t passage)
{
    return s->dead != NULL && tombstones_has_passage(s->dead, passage);
}

bool segment_article_is_dead(const struct segment *s, uint32_t article)
{
    return s->dead != NULL && tombstones_has_article(s->dead, article);
}

uint32_t segment_n_dead_passages(const struct segment *s)
{
    return s->dead == NULL ? 0 : tombstones_n_passages(s->dead);
}

uint32_t segment_n_dead_articles(const struct segment *s)
{
    return s->dead == NULL ? 0 : tombstones_n_articles(s->dead);
}

uint32_t segment_dead_df(const struct segment *s, uint32_t term)
{
    return s->dead == NULL ? 0 : tombstones_df(s->dead, term);
}

/* A run of a section, empty where it lies outside. */
static bool run_of(struct slice section, uint64_t start, uint64_t len, struct slice *out)
{
    if (start > section.len || len > section.len - start)
        return false;
    *out = slice_of(section.data + start, len);
    return true;
}

static const char *article_record_at(const struct segment *s, uint32_t article)
{
    return s->articles.sections[ARTICLES_RECORDS].data + (size_t)article * ARTICLE_RECORD_BYTES;
}

enum status segment_article(const struct segment *s, uint32_t article, struct article_view *view, struct error *e)
{
    *view = (struct article_view){0};
    if (article >= s->n_articles)
        return damaged(s, "article", article, e);
    const char *record = article_record_at(s, article);
    uint64_t at = get_u64(record);
    view->first_passage = get_u32(record + ARTICLE_FIRST_PASSAGE_AT);
    view->n_passages = get_u32(record + 12);
    view->date = (int32_t)get_u32(record + 16);
    view->root = get_u32(record + 20);
    view->n_title_tokens = get_u32(record + 24);
    memcpy(view->raw_hash, record + 32, sizeof view->raw_hash);
    struct slice *fields[ARTICLE_N_SHORT] = {&view->id,  &view->title,  &view->author, &view->lang,
                                             &view->url, &view->format, &view->path};
    bool fits = true;
    for (size_t i = 0; i < ARTICLE_N_SHORT && fits; i++) {
        fits = run_of(s->articles.sections[ARTICLES_BYTES], at, get_u16(record + 48 + i * 2), fields[i]);
        at += fields[i]->len;
    }
    fits = fits && run_of(s->articles.sections[ARTICLES_BYTES], at, get_u32(record + 28), &view->tags);
    if (!fits || !date_is_valid(view->date) || view->first_passage > s->n_passages ||
        view->n_passages > s->n_passages - view->first_passage ||
        view->n_title_tokens / TOKENS_PER_BYTE_MAX > view->title.len)
        return damaged(s, "article", article, e);
    return OK;
}

int32_t segment_article_date(const struct segment *s, uint32_t article)
{
    int32_t date = article >= s->n_articles ? DATE_NONE : (int32_t)get_u32(article_record_at(s, article) + 16);
    return date_is_valid(date) ? date : DATE_NONE;
}

uint64_t segment_article_order(const struct segment *s, uint32_t article)
{
    struct article_view view;
    if (article >= s->n_articles)
        return 0;
    uint64_t order = atomic_load_explicit(&s->orders[article], memory_order_relaxed);
    if (order != 0 || segment_article(s, article, &view, NULL) != OK)
        return order;
    /* Whoever comes first tells the others; two at a time say the same. */
    order = (uint64_t)(UINT32_MAX - (uint32_t)view.date) << 32 | slice_hash(view.id) >> 32;
    atomic_store_explicit(&s->orders[article], order, memory_order_relaxed);
    return order;
}

uint32_t segment_find_article(const struct segment *s, struct slice id)
{
    uint32_t low = 0, high = s->n_articles;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t article = get_u32(s->articles.sections[ARTICLES_SORTED].data + (size_t)middle * 4);
        struct article_view view;
        if (segment_article(s, article, &view, NULL) != OK)
            return UINT32_MAX;
        int order = slice_compare(view.id, id);
        if (order == 0)
            return article;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}
