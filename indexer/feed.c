#include "feed.h"

#include <assert.h>
#include <stdlib.h>

#define KEEP_WORDS ((size_t)1 << 18) /* a longer list is freed when its article is done */

enum status feed_init(struct feed *f, enum analyzer_profile profile, struct index_writer *writer, struct error *e)
{
    *f = (struct feed){.writer = writer, .epoch = writer == NULL ? 0 : index_writer_epoch(writer)};
    buf_init(&f->author.bytes, ARTICLE_MAX_BYTES);
    buf_init(&f->tags.bytes, ARTICLE_MAX_BYTES);
    return analyzer_new(&f->analyzer, profile, e);
}

static void term_list_clear(struct term_list *t)
{
    buf_clear(&t->bytes);
    free(t->items);
    free(t->ends);
}

void feed_clear(struct feed *f)
{
    analyzer_free(f->analyzer);
    free(f->title.items);
    free(f->body.items);
    term_list_clear(&f->author);
    term_list_clear(&f->tags);
}

static_assert(ANALYZER_GAP == WORD_GAP, "a position without a token is the same to both");

static enum status number_word(void *ctx, struct slice form, struct slice term, uint32_t *number, struct error *e)
{
    struct feed *f = ctx;
    *number = 0;
    return f->writer == NULL ? OK : index_writer_word(f->writer, form, term, number, e);
}

/* The numbers hold for the writer's current segment. */
static void check_numbers(struct feed *f)
{
    if (f->writer == NULL || f->epoch == index_writer_epoch(f->writer))
        return;
    analyzer_forget_numbers(f->analyzer);
    f->epoch = index_writer_epoch(f->writer);
}

static enum status analyse(struct feed *f, struct word_numbers *list, struct slice text, struct error *e)
{
    list->n = 0;
    list->n_tokens = 0;
    if (f->writer == NULL && !f->counts_tokens)
        return OK;
    return analyzer_number(f->analyzer, f->lang, text, list, number_word, f, e);
}

static enum status on_term(void *ctx, const struct token *token, struct error *e)
{
    struct term_list *t = ctx;
    enum status st = array_reserve(&t->ends, &t->ends_cap, t->n + 1, sizeof *t->ends, FEED_WORDS_MAX, e);
    if (st != OK)
        return st;
    buf_put(&t->bytes, token->term);
    t->ends[t->n++] = t->bytes.len;
    return buf_status(&t->bytes, e);
}

static int compare_terms(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static enum status collect_terms(struct feed *f, struct term_list *t, struct slice text, struct error *e)
{
    buf_reset(&t->bytes);
    t->n = 0;
    enum status st = f->writer == NULL ? OK : analyzer_run(f->analyzer, f->lang, text, on_term, t, e);
    if (st == OK)
        st = array_reserve(&t->items, &t->cap, t->n + 1, sizeof *t->items, FEED_WORDS_MAX, e);
    if (st != OK || t->n == 0)
        return st;
    size_t start = 0, n_kept = 0;
    for (size_t i = 0; i < t->n; i++) {
        t->items[i] = slice_of(t->bytes.data + start, t->ends[i] - start);
        start = t->ends[i];
    }
    qsort(t->items, t->n, sizeof *t->items, compare_terms);
    for (size_t i = 0; i < t->n; i++)
        if (n_kept == 0 || !slice_equal(t->items[n_kept - 1], t->items[i]))
            t->items[n_kept++] = t->items[i];
    t->n = n_kept;
    return OK;
}

enum status feed_begin(struct feed *f, struct article_record *record, struct error *e)
{
    f->lang = analyzer_language(record->lang);
    check_numbers(f);
    enum status st = analyse(f, &f->title, record->title, e);
    if (st == OK)
        st = collect_terms(f, &f->author, record->author, e);
    if (st == OK)
        st = collect_terms(f, &f->tags, record->tags, e);
    if (st != OK || f->writer == NULL)
        return st;
    record->lang = slice_cstr(f->lang);
    record->title_words = f->title.items;
    record->n_title_words = f->title.n;
    record->author_terms = f->author.items;
    record->n_author_terms = f->author.n;
    record->tag_terms = f->tags.items;
    record->n_tag_terms = f->tags.n;
    return index_writer_begin_article(f->writer, record, e);
}

enum status feed_passage(struct feed *f, struct slice text, uint64_t at, uint64_t at_len, struct error *e)
{
    enum status st = analyse(f, &f->body, text, e);
    f->n_passages++;
    f->n_tokens += f->body.n_tokens + f->title.n_tokens;
    if (st != OK || f->writer == NULL)
        return st;
    return index_writer_add_passage(f->writer, text, at, at_len, f->body.items, f->body.n, e);
}

static void shrink(struct word_numbers *list)
{
    if (list->cap <= KEEP_WORDS)
        return;
    free(list->items);
    *list = (struct word_numbers){0};
}

enum status feed_end(struct feed *f, struct error *e)
{
    shrink(&f->body);
    shrink(&f->title);
    return f->writer == NULL ? OK : index_writer_end_article(f->writer, e);
}
