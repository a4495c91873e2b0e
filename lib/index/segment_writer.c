#include "segment_writer.h"

#include "array.h"
#include "date.h"
#include "dictionary.h"
#include "pack.h"
#include "tally.h"
#include "text_writer.h"
#include "token_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define COUNT_MAX ((size_t)UINT32_MAX - 1)
#define RECORDS_MAX_BYTES ((size_t)1 << 40)
#define ID_TERM_MAX_BYTES 240

struct title {
    uint32_t *words; /* a copy */
    size_t n, cap;
    bool is_written;
};

struct segment_writer {
    const struct index_settings *settings;
    char *folder;
    struct dictionary *dictionary;
    struct posting_writer *writer;
    struct word_spool *spool;
    struct text_writer *text;
    struct buf articles, article_bytes; /* records, and what they point to */
    struct word_spool *titles;          /* title sequences one after the other */
    uint32_t n_passages, n_articles;
    struct title title;
    struct tally tally;
    struct pool_posting *postings; /* of the passage's terms */
    size_t postings_cap;
    struct pool_posting *filters; /* of the article at hand, distinct */
    size_t n_filters, filters_cap;
};

enum status segment_writer_new(struct segment_writer **out, const char *folder, const struct index_settings *settings,
                               enum posting_writer_kind kind, size_t memory, struct error *e)
{
    *out = NULL;
    struct segment_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    w->settings = settings;
    buf_init(&w->articles, RECORDS_MAX_BYTES);
    buf_init(&w->article_bytes, RECORDS_MAX_BYTES);
    w->folder = strdup(folder);
    enum status st = w->folder == NULL ? error_nomem(e) : dictionary_new(&w->dictionary, e);
    if (st == OK)
        st = posting_writer_new(&w->writer, kind, folder, w->dictionary, memory, e);
    if (st == OK)
        st = word_spool_new(&w->spool, folder, e);
    if (st == OK)
        st = word_spool_new(&w->titles, folder, e);
    if (st == OK)
        st = text_writer_new(&w->text, folder, settings->is_compressed ? w->dictionary : NULL, e);
    if (st != OK)
        segment_writer_free(w);
    else
        *out = w;
    return st;
}

void segment_writer_free(struct segment_writer *w)
{
    if (w == NULL)
        return;
    posting_writer_free(w->writer);
    dictionary_free(w->dictionary);
    word_spool_free(w->spool);
    word_spool_free(w->titles);
    text_writer_free(w->text);
    buf_clear(&w->articles);
    buf_clear(&w->article_bytes);
    free(w->title.words);
    tally_clear(&w->tally);
    free(w->postings);
    free(w->filters);
    free(w->folder);
    free(w);
}

enum status segment_writer_word(struct segment_writer *w, struct slice form, struct slice term, uint32_t *word,
                                struct error *e)
{
    return dictionary_word(w->dictionary, form, term, word, e);
}

uint32_t segment_writer_n_articles(const struct segment_writer *w)
{
    return w->n_articles;
}

size_t segment_writer_memory(const struct segment_writer *w)
{
    /* At the end: where each sequence begins (a buffer that doubles), the order of the ids and its sorting. */
    size_t finish = ((size_t)w->n_passages + w->n_articles) * 2 * sizeof(uint64_t);
    return finish + dictionary_memory(w->dictionary) + text_writer_memory(w->text) + w->articles.cap +
           w->article_bytes.cap + posting_writer_memory(w->writer) + tally_memory(&w->tally);
}

bool segment_writer_is_full(const struct segment_writer *w)
{
    return dictionary_n_words(w->dictionary) > FORMS_MAX / 2 || w->n_passages > UINT32_MAX / 2 ||
           text_writer_is_full(w->text);
}

static enum status add_filter(struct segment_writer *w, char letter, struct slice value, struct error *e)
{
    char term[XAPIAN_TERM_MAX_BYTES];
    uint32_t number;
    if (value.len == 0 || value.len + 1 > sizeof term)
        return OK;
    term[0] = letter;
    memcpy(term + 1, value.data, value.len);
    enum status st = posting_writer_filter(w->writer, slice_of(term, value.len + 1), &number, e);
    for (size_t i = 0; i < w->n_filters; i++)
        if (w->filters[i].list == number)
            return st;
    if (st == OK)
        st = array_reserve(&w->filters, &w->filters_cap, w->n_filters + 1, sizeof *w->filters, COUNT_MAX, e);
    if (st == OK)
        w->filters[w->n_filters++] = (struct pool_posting){.list = number, .wdf = 0};
    return st;
}

static enum status add_id_filter(struct segment_writer *w, struct slice id, struct error *e)
{
    size_t key_bytes = id.len;
    for (size_t i = 0; i < id.len; i++)
        key_bytes += id.data[i] == '\0'; /* takes two in a key */
    if (key_bytes <= ID_TERM_MAX_BYTES)
        return add_filter(w, TERM_ID, id, e);
    XXH128_hash_t hash = XXH3_128bits(id.data, id.len);
    char hex[33];
    snprintf(hex, sizeof hex, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    return add_filter(w, TERM_ID, slice_of(hex, 32), e);
}

static enum status collect_filters(struct segment_writer *w, const struct article_record *a, struct error *e)
{
    w->n_filters = 0;
    enum status st = add_id_filter(w, a->id, e);
    if (st == OK)
        st = add_filter(w, TERM_LANG, a->lang, e);
    for (size_t i = 0; i < a->n_author_terms && st == OK; i++)
        st = add_filter(w, TERM_AUTHOR, a->author_terms[i], e);
    for (size_t i = 0; i < a->n_tag_terms && st == OK; i++)
        st = add_filter(w, TERM_TAG, a->tag_terms[i], e);
    return st;
}

static enum status keep_title(struct segment_writer *w, const struct article_record *a, struct error *e)
{
    struct title *t = &w->title;
    enum status st = array_reserve(&t->words, &t->cap, a->n_title_words + 1, sizeof *t->words, COUNT_MAX, e);
    if (st != OK)
        return st;
    t->n = a->n_title_words;
    t->is_written = false;
    if (t->n > 0)
        memcpy(t->words, a->title_words, t->n * sizeof *t->words);
    return OK;
}

/* Before anything is written: a record that was begun could not be taken back. */
static enum status check_record(const struct article_record *a, const struct slice fields[ARTICLE_N_SHORT],
                                struct error *e)
{
    for (size_t i = 0; i < ARTICLE_N_SHORT; i++)
        if (fields[i].len > UINT16_MAX)
            return error_set(e, ERR_LIMIT, "an article with a field of %zu bytes", fields[i].len);
    if (a->tags.len > UINT32_MAX || a->n_title_words / TOKENS_PER_BYTE_MAX > a->title.len)
        return error_set(e, ERR_LIMIT, "an article with tags of %zu bytes, a title of %zu bytes and %zu tokens",
                         a->tags.len, a->title.len, a->n_title_words);
    return date_is_valid(a->date) ? OK : error_set(e, ERR_INTERNAL, "an article of the date %d", (int)a->date);
}

enum status segment_writer_begin_article(struct segment_writer *w, const struct article_record *a, struct error *e)
{
    const struct slice fields[ARTICLE_N_SHORT] = {a->id, a->title, a->author, a->lang, a->url, a->format, a->path};
    enum status st = check_record(a, fields, e);
    if (st == OK)
        st = keep_title(w, a, e);
    if (st == OK)
        st = collect_filters(w, a, e);
    if (st != OK)
        return st;
    uint64_t at = w->article_bytes.len;
    struct buf *r = &w->articles;
    put_u64(r, at);
    put_u32(r, w->n_passages);
    put_u32(r, 0);
    put_u32(r, (uint32_t)a->date);
    put_u32(r, a->root);
    put_u32(r, 0);
    put_u32(r, (uint32_t)a->tags.len);
    buf_put(r, slice_of(a->raw_hash, sizeof a->raw_hash));
    for (size_t i = 0; i < ARTICLE_N_SHORT; i++) {
        put_u16(r, (uint16_t)fields[i].len);
        buf_put(&w->article_bytes, fields[i]);
    }
    put_u16(r, 0);
    buf_put(&w->article_bytes, a->tags);
    w->n_articles++;
    st = buf_status(&w->article_bytes, e);
    return st != OK ? st : buf_status(r, e);
}

/* Change a u32 of the last article's record. */
static void patch_article(struct segment_writer *w, size_t field_at, uint32_t value)
{
    set_u32(w->articles.data + w->articles.len - ARTICLE_RECORD_BYTES + field_at, value);
}

/* The title's sequence is kept only for articles with passages: so every form is of a term of some passage. */
static enum status write_title(struct segment_writer *w, struct error *e)
{
    if (w->title.is_written)
        return OK;
    w->title.is_written = true;
    patch_article(w, ARTICLE_TITLE_TOKENS_AT, (uint32_t)w->title.n);
    return word_spool_add(w->titles, w->title.words, w->title.n, e);
}

/* The passage's words, counted, become postings. */
static enum status add_postings(struct segment_writer *w, const uint32_t *words, size_t n_words, struct error *e)
{
    struct tally *t = &w->tally;
    uint32_t n_body, n_title;
    enum status st = tally_body(t, w->dictionary, w->n_passages, words, n_words, &n_body, e);
    if (st == OK)
        st = tally_title(t, w->dictionary, w->n_passages, w->title.words, w->title.n, &n_title, e);
    if (st == OK)
        st = array_reserve(&w->postings, &w->postings_cap, t->n + 1, sizeof *w->postings, COUNT_MAX, e);
    if (st != OK)
        return st;
    size_t n = t->n;
    tally_take(t, w->settings, n_body, n_title, w->postings);
    return posting_writer_add(w->writer, w->postings, n, w->filters, w->n_filters, e);
}

enum status segment_writer_add_passage(struct segment_writer *w, struct slice text, uint64_t at, uint64_t at_len,
                                       const uint32_t *words, size_t n_words, struct error *e)
{
    if (text.len > TEXT_MAX_BYTES || n_words / TOKENS_PER_BYTE_MAX > text.len)
        return error_set(e, ERR_LIMIT, "a passage of %zu bytes and %zu tokens", text.len, n_words);
    enum status st = write_title(w, e);
    if (st == OK)
        st = add_postings(w, words, n_words, e);
    if (st == OK)
        st = word_spool_add(w->spool, words, n_words, e);
    if (st != OK)
        return st;
    struct passage_entry p = {text, at, at_len, w->n_articles - 1, (uint32_t)n_words, words};
    st = text_writer_add(w->text, &p, e);
    if (st != OK)
        return st;
    const char *article = w->articles.data + w->articles.len - ARTICLE_RECORD_BYTES;
    w->n_passages++;
    patch_article(w, 12, w->n_passages - get_u32(article + ARTICLE_FIRST_PASSAGE_AT));
    return OK;
}

static uint32_t n_title_tokens(const void *ctx, uint32_t article)
{
    const struct segment_writer *w = ctx;
    return get_u32(w->articles.data + (size_t)article * ARTICLE_RECORD_BYTES + ARTICLE_TITLE_TOKENS_AT);
}

static enum status write_tokens(struct segment_writer *w, struct error *e)
{
    const struct token_sequences bodies = {w->spool, w->n_passages, text_writer_n_tokens, w->text};
    const struct token_sequences titles = {w->titles, w->n_articles, n_title_tokens, w};
    return tokens_write(w->folder, &bodies, &titles, dictionary_form_of(w->dictionary), e);
}

static struct slice article_id(const struct segment_writer *w, uint32_t article)
{
    const char *record = w->articles.data + (size_t)article * ARTICLE_RECORD_BYTES;
    return slice_of(w->article_bytes.data + get_u64(record), get_u16(record + 48));
}

static int compare_ids(const void *a, const void *b, void *ctx)
{
    return slice_compare(article_id(ctx, *(const uint32_t *)a), article_id(ctx, *(const uint32_t *)b));
}

static enum status write_articles(struct segment_writer *w, struct error *e)
{
    struct segfile_writer *f;
    uint32_t *order = malloc(((size_t)w->n_articles + 1) * sizeof *order);
    if (order == NULL)
        return error_nomem(e);
    enum status st = segfile_create(&f, w->folder, "articles", ARTICLES_MAGIC, N_ARTICLES_SECTIONS, e);
    if (st != OK) {
        free(order);
        return st;
    }
    for (uint32_t i = 0; i < w->n_articles; i++)
        order[i] = i;
    qsort_r(order, w->n_articles, sizeof *order, compare_ids, w);
    segfile_write(f, buf_slice(&w->articles));
    segfile_next_section(f);
    segfile_write(f, buf_slice(&w->article_bytes));
    segfile_next_section(f);
    for (uint32_t i = 0; i < w->n_articles; i++)
        set_u32(segfile_room(f, sizeof(uint32_t)), order[i]);
    free(order);
    return segfile_finish_unsynced(f, e);
}

/* Equal articles in equal order give equal bytes: the uuid is a hash of all articles' hashes and ids. */
static void make_uuid(const struct segment_writer *w, char uuid[16])
{
    XXH128_hash_t a = XXH3_128bits(w->articles.data, w->articles.len);
    XXH128_hash_t b = XXH3_128bits(w->article_bytes.data, w->article_bytes.len);
    uint64_t parts[2] = {a.low64 ^ b.high64, a.high64 + b.low64};
    memcpy(uuid, parts, sizeof parts);
}

static enum status write_postings(struct segment_writer *w, struct error *e)
{
    char uuid[16];
    make_uuid(w, uuid);
    struct term_facts *facts = NULL;
    enum status st = posting_writer_finish(w->writer, uuid, &facts, e);
    if (st == OK)
        st = dictionary_write(w->dictionary, w->folder, facts, e);
    free(facts);
    return st;
}

enum status segment_writer_finish(struct segment_writer *w, struct error *e)
{
    /* The texts first: their last bytes go to disk while the rest is being made. */
    enum status st = text_writer_finish(w->text, e);
    if (st == OK)
        st = dictionary_sort(w->dictionary, e);
    if (st == OK)
        st = write_tokens(w, e);
    if (st == OK)
        st = write_postings(w, e);
    if (st == OK)
        st = write_articles(w, e);
    if (st == OK)
        st = file_sync_folder(w->folder, e);
    segment_writer_free(w);
    return st;
}
