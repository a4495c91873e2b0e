#include "merge.h"

#include "array.h"
#include "text_room.h"

#include <stdlib.h>

#define RELEASE_BYTES ((size_t)16 << 20) /* of text, between two times that the pages read are let go of */
#define WORDS_MAX ((size_t)1 << 31)

/* The analysed words of authors and tags stand in no file of ours: they are read from the postings. */
struct filter_posting {
    uint32_t passage;
    uint32_t term; /* number in `terms` */
};

struct filter_list {
    struct buf terms; /* letter and word, one after the other */
    uint64_t *starts; /* of each term, and the end */
    size_t n_terms, starts_cap;
    struct filter_posting *postings;
    size_t n, cap;
};

struct copier {
    struct index_writer *to;
    const struct merge_input *from;
    struct filter_list filters;
    uint32_t *words; /* by form id; valid in `epoch` */
    uint64_t epoch;
    uint32_t *sequence; /* scratch */
    size_t sequence_cap;
    uint32_t *title;
    size_t title_cap;
    size_t n_copied; /* bytes of text since then */
    struct text_room texts;
    struct slice *authors, *tags;
    size_t authors_cap, tags_cap;
};

struct filter_walk {
    struct filter_list *list;
    const struct segment *segment;
    struct postings scratch;
};

static enum status take_filter_postings(struct filter_list *list, const struct postings *p, struct error *e)
{
    enum status st = array_reserve(&list->postings, &list->cap, list->n + p->n, sizeof *list->postings, WORDS_MAX, e);
    for (size_t i = 0; i < p->n && st == OK; i++)
        list->postings[list->n++] = (struct filter_posting){p->passages[i], (uint32_t)list->n_terms};
    return st;
}

static enum status take_filter_term(void *ctx, struct slice term, struct error *e)
{
    struct filter_walk *walk = ctx;
    struct filter_list *list = walk->list;
    enum status st =
        array_reserve(&list->starts, &list->starts_cap, list->n_terms + 2, sizeof *list->starts, WORDS_MAX, e);
    if (st != OK)
        return st;
    list->starts[list->n_terms] = list->terms.len;
    buf_put(&list->terms, term);
    list->starts[list->n_terms + 1] = list->terms.len;
    st = buf_status(&list->terms, e);
    if (st == OK)
        st = segment_postings(walk->segment, term, NULL, &walk->scratch, e);
    if (st == OK)
        st = take_filter_postings(list, &walk->scratch, e);
    list->n_terms++;
    return st;
}

static int compare_filter_postings(const void *a, const void *b)
{
    const struct filter_posting *x = a, *y = b;
    if (x->passage != y->passage)
        return x->passage < y->passage ? -1 : 1;
    return x->term < y->term ? -1 : x->term > y->term;
}

static enum status read_filters(struct copier *c, struct error *e)
{
    static const char letters[] = {TERM_AUTHOR, TERM_TAG};
    struct filter_walk walk = {.list = &c->filters, .segment = c->from->segment};
    enum status st = OK;
    for (size_t i = 0; i < sizeof letters && st == OK; i++)
        st = segment_terms(c->from->segment, slice_of(&letters[i], 1), take_filter_term, &walk, e);
    postings_clear(&walk.scratch);
    if (c->filters.n > 0)
        qsort(c->filters.postings, c->filters.n, sizeof *c->filters.postings, compare_filter_postings);
    return st;
}

/* The filter words of a passage with this letter, without it, into *out. */
static enum status filter_words(const struct copier *c, uint32_t passage, char letter, struct slice **out, size_t *cap,
                                size_t *n, struct error *e)
{
    const struct filter_list *list = &c->filters;
    size_t low = 0, high = list->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->postings[middle].passage < passage)
            low = middle + 1;
        else
            high = middle;
    }
    enum status st = OK;
    for (*n = 0; low < list->n && list->postings[low].passage == passage && st == OK; low++) {
        uint32_t term = list->postings[low].term;
        struct slice text =
            slice_of(list->terms.data + list->starts[term], list->starts[term + 1] - list->starts[term]);
        if (text.data[0] != letter)
            continue;
        st = array_reserve(out, cap, *n + 1, sizeof **out, WORDS_MAX, e);
        if (st == OK)
            (*out)[(*n)++] = slice_from(text, 1);
    }
    return st;
}

/* A form of the old segment becomes a word of the new one. */
static enum status take_form(struct copier *c, uint32_t form, struct error *e)
{
    const struct segment *from = c->from->segment;
    struct form_view view;
    struct term_view term_view;
    struct slice term;
    enum status st = segment_form(from, form, &view, e);
    if (st == OK)
        st = segment_term(from, view.term, &term, &term_view, e);
    if (st != OK)
        return st;
    st = index_writer_word(c->to, view.text, term, &c->words[form], e);
    if (st != ERR_INTERNAL)
        return st;
    return error_set(e, ERR_INDEX, "segment %s: form %u is damaged; run quoth-index --check", segment_id(from), form);
}

/* Form ids of the old segment, in place, become word numbers of the new one. */
static enum status renumber(struct copier *c, uint32_t *sequence, size_t n, struct error *e)
{
    if (c->epoch != index_writer_epoch(c->to)) {
        c->epoch = index_writer_epoch(c->to);
        memset(c->words, 0xFF, segment_n_forms(c->from->segment) * sizeof *c->words);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t form = sequence[i];
        if (form == FORM_NONE) {
            sequence[i] = WORD_GAP;
            continue;
        }
        enum status st = c->words[form] == UINT32_MAX ? take_form(c, form, e) : OK;
        if (st != OK)
            return st;
        sequence[i] = c->words[form];
    }
    return OK;
}

static enum status copy_passage(struct copier *c, uint32_t passage, struct error *e)
{
    struct passage_view p;
    enum status st = segment_passage(c->from->segment, passage, &p, e);
    if (st == OK)
        st = text_room_fill(&c->texts, c->from->segment, passage, &p, e);
    if (st == OK)
        c->n_copied += p.text.len;
    if (st == OK)
        st = array_reserve(&c->sequence, &c->sequence_cap, (size_t)p.n_tokens + 1, sizeof *c->sequence, WORDS_MAX, e);
    if (st == OK)
        st = segment_tokens(c->from->segment, passage, c->sequence, p.n_tokens, e);
    if (st == OK)
        st = renumber(c, c->sequence, p.n_tokens, e);
    return st == OK ? index_writer_add_passage(c->to, p.text, p.at, p.at_len, c->sequence, p.n_tokens, e) : st;
}

static enum status copy_title(struct copier *c, uint32_t article, const struct article_view *a, struct error *e)
{
    enum status st =
        array_reserve(&c->title, &c->title_cap, (size_t)a->n_title_tokens + 1, sizeof *c->title, WORDS_MAX, e);
    if (st == OK)
        st = segment_title_tokens(c->from->segment, article, c->title, a->n_title_tokens, e);
    return st == OK ? renumber(c, c->title, a->n_title_tokens, e) : st;
}

static enum status copy_article(struct copier *c, uint32_t article, struct error *e)
{
    struct article_view a;
    enum status st = segment_article(c->from->segment, article, &a, e);
    if (st == OK)
        st = copy_title(c, article, &a, e);
    struct article_record record = {.id = a.id,
                                    .title = a.title,
                                    .author = a.author,
                                    .lang = a.lang,
                                    .url = a.url,
                                    .format = a.format,
                                    .path = a.path,
                                    .tags = a.tags,
                                    .date = a.date,
                                    .root = a.root,
                                    .title_words = c->title,
                                    .n_title_words = a.n_title_tokens};
    memcpy(record.raw_hash, a.raw_hash, sizeof record.raw_hash);
    if (st == OK && a.n_passages > 0)
        st = filter_words(c, a.first_passage, TERM_AUTHOR, &c->authors, &c->authors_cap, &record.n_author_terms, e);
    if (st == OK && a.n_passages > 0)
        st = filter_words(c, a.first_passage, TERM_TAG, &c->tags, &c->tags_cap, &record.n_tag_terms, e);
    record.author_terms = c->authors;
    record.tag_terms = c->tags;
    if (st == OK)
        st = index_writer_begin_article(c->to, &record, e);
    for (uint32_t i = 0; i < a.n_passages && st == OK; i++)
        st = copy_passage(c, a.first_passage + i, e);
    return st == OK ? index_writer_end_article(c->to, e) : st;
}

enum status merge_copy(struct index_writer *to, const struct merge_input *from, struct error *e)
{
    struct copier c = {.to = to, .from = from, .epoch = UINT64_MAX};
    buf_init(&c.filters.terms, WORDS_MAX);
    c.words = malloc(((size_t)segment_n_forms(from->segment) + 1) * sizeof *c.words);
    enum status st = c.words == NULL ? error_nomem(e) : read_filters(&c, e);
    for (uint32_t i = 0; i < segment_n_articles(from->segment) && st == OK; i++) {
        if (from->dead == NULL || !tombstones_has_article(from->dead, i))
            st = copy_article(&c, i, e);
        if (c.n_copied > RELEASE_BYTES) {
            segment_release(from->segment);
            c.n_copied = 0;
        }
    }
    segment_release(from->segment);
    text_room_clear(&c.texts);
    buf_clear(&c.filters.terms);
    free(c.filters.starts);
    free(c.filters.postings);
    free(c.words);
    free(c.sequence);
    free(c.title);
    free(c.authors);
    free(c.tags);
    return st;
}
