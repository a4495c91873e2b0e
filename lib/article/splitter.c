#include "splitter.h"

#include "array.h"
#include "split_sentences.h"
#include "split_words.h"

#include <stdlib.h>

#define WHOLE_MAX_WORDS 400    /* an article up to here stays whole */
#define FILL_WORDS 120         /* passages are filled up to about here */
#define UNIT_MAX_WORDS 180     /* a block over this is cut at sentence ends, a sentence over this at words */
#define TAIL_MIN_WORDS 40      /* a last passage under this joins the one before */
#define HEADINGS_KEEP_WORDS 40 /* headings longer than this, together, are not carried on to what follows */

/** Bytes of the text that go into a passage together: a block, a sentence, or a part of one. */
struct unit {
    uint32_t start, end;
    size_t words;
    bool is_heading;
};

/**
 * The passage being filled. It ends in headings where has_headings: these began at byte `headings`, what stands before
 * them ends at body_end, and words counted up to them are body_words, or headings_words with the boilerplate between.
 */
struct filler {
    const struct article *a;
    struct sentences *sentences; /* opened when first needed */
    struct passage_range *out;
    size_t n, cap;
    size_t last_words; /* of the passage out[n - 1] */
    bool is_open;
    uint32_t start, end;
    size_t words;
    size_t gap_words; /* of boilerplate after `end`: inside the passage if something follows */
    bool has_headings;
    uint32_t headings, body_end;
    size_t body_words, headings_words;
};

static struct slice text_range(const struct article *a, uint32_t start, uint32_t end)
{
    return slice_of(a->text.data + start, end - start);
}

static enum status emit(struct filler *f, uint32_t start, uint32_t end, size_t words, struct error *e)
{
    if (words == 0)
        return OK;
    enum status status = array_reserve(&f->out, &f->cap, f->n + 1, sizeof *f->out, PASSAGES_MAX, e);
    if (status != OK)
        return status;
    struct passage_range *p = &f->out[f->n++];
    *p = (struct passage_range){.start = start, .len = end - start};
    article_source_range(f->a, p->start, p->len, &p->at, &p->at_len);
    f->last_words = words;
    return OK;
}

/* End the passage; headings at its end begin the next one. */
static enum status cut(struct filler *f, struct error *e)
{
    bool carries = f->has_headings && f->headings > f->start && f->words - f->headings_words <= HEADINGS_KEEP_WORDS;
    enum status status =
        carries ? emit(f, f->start, f->body_end, f->body_words, e) : emit(f, f->start, f->end, f->words, e);
    f->is_open = carries;
    f->has_headings = carries;
    if (!carries)
        return status;
    f->start = f->body_end = f->headings;
    f->words -= f->headings_words;
    f->body_words = f->headings_words = 0;
    return status;
}

static bool fits(const struct filler *f, const struct unit *u)
{
    if (u->end - f->start > PASSAGE_MAX_BYTES)
        return false;
    bool is_only_headings = f->has_headings && f->headings == f->start && !u->is_heading;
    return f->words + f->gap_words + (is_only_headings ? 0 : u->words / 2) <= FILL_WORDS;
}

static enum status make_room(struct filler *f, const struct unit *u, struct error *e)
{
    enum status status = OK;
    while (status == OK && f->is_open && !fits(f, u))
        status = cut(f, e);
    return status;
}

/* Add to the passage, which has room. */
static void extend(struct filler *f, const struct unit *u)
{
    if (!f->is_open) {
        f->is_open = true;
        f->has_headings = false;
        f->start = f->end = u->start;
        f->words = f->gap_words = 0;
    }
    if (u->is_heading && !f->has_headings) {
        f->headings = u->start;
        f->body_end = f->end;
        f->body_words = f->words;
        f->headings_words = f->words + f->gap_words;
    }
    f->has_headings = u->is_heading;
    f->words += f->gap_words + u->words;
    f->gap_words = 0;
    f->end = u->end;
}

/* Add one sentence, in pieces where it is too long for a passage. */
static enum status add_sentence(struct filler *f, struct slice sentence, struct error *e)
{
    enum status status = OK;
    size_t words = words_count(sentence, UNIT_MAX_WORDS);
    bool is_long = sentence.len > PASSAGE_MAX_BYTES || words > UNIT_MAX_WORDS;
    while (sentence.len > 0 && status == OK) {
        size_t len = is_long ? words_cut(sentence, FILL_WORDS, PASSAGE_MAX_BYTES) : sentence.len;
        struct slice piece = slice_trim(slice_of(sentence.data, len));
        sentence = slice_from(sentence, len);
        if (piece.len == 0)
            continue;
        uint32_t start = (uint32_t)(piece.data - f->a->text.data);
        struct unit u = {start, start + (uint32_t)piece.len, words, false};
        if (is_long)
            u.words = words_count(piece, SIZE_MAX - 1);
        status = make_room(f, &u, e);
        if (status == OK)
            extend(f, &u);
    }
    return status;
}

static enum status begin_sentences(struct filler *f, struct slice text, struct error *e)
{
    enum status status = OK;
    if (f->sentences == NULL)
        status = sentences_new(&f->sentences, f->a->lang, e);
    return status == OK ? sentences_begin(f->sentences, text, e) : status;
}

static enum status add_sentences(struct filler *f, struct slice text, struct error *e)
{
    enum status status = begin_sentences(f, text, e);
    while (status == OK) {
        struct slice sentence;
        status = sentences_next(f->sentences, &sentence, e);
        if (status != OK || sentence.len == 0)
            break;
        status = add_sentence(f, sentence, e);
    }
    return status;
}

static bool ends_sentence(struct slice text)
{
    static const char *const ends[] = {".", "!", "?", "\u2026", "\"", "\u201D", "\u2019", ")"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (slice_ends(text, slice_cstr(ends[i])))
            return true;
    return false;
}

/* Does the open passage, the first, end in a standfirst, with the article's credits and captions between it and b? It
   stands alone then: else its passage would quote them all. A subtitle, which is no sentence, would be too little. */
static bool follows_standfirst(const struct filler *f, const struct block *b)
{
    return f->n == 0 && f->is_open && f->words < TAIL_MIN_WORDS &&
           words_count(text_range(f->a, f->end, b->start), 1) > 0 && ends_sentence(text_range(f->a, f->start, f->end));
}

static enum status add_block(struct filler *f, const struct block *b, struct error *e)
{
    if (b->len == 0)
        return OK;
    struct slice text = slice_of(f->a->text.data + b->start, b->len);
    if (b->kind == BLOCK_BOILERPLATE) {
        f->gap_words += words_count(text, SIZE_MAX - 1);
        return OK;
    }
    /* How many words a block has that is cut at its sentences does not matter. */
    struct unit u = {b->start, b->start + b->len, words_count(text, UNIT_MAX_WORDS), b->kind == BLOCK_HEADING};
    enum status status = follows_standfirst(f, b) ? cut(f, e) : OK;
    if (status == OK && (u.words > UNIT_MAX_WORDS || b->len > PASSAGE_MAX_BYTES))
        return add_sentences(f, text, e);
    if (status == OK)
        status = make_room(f, &u, e);
    if (status != OK)
        return status;
    if (f->is_open && f->words + f->gap_words + u.words > UNIT_MAX_WORDS)
        return add_sentences(f, text, e);
    extend(f, &u);
    return OK;
}

/* May the open passage join the one before, within the bound of UNIT_MAX_WORDS words and a sentence? */
static enum status tail_joins(struct filler *f, bool *joins, struct error *e)
{
    *joins = false;
    if (f->n == 0 || f->words >= TAIL_MIN_WORDS || f->end - f->out[f->n - 1].start > PASSAGE_MAX_BYTES)
        return OK;
    const struct passage_range *before = &f->out[f->n - 1];
    uint32_t before_end = before->start + before->len;
    size_t total = f->last_words + words_count(text_range(f->a, before_end, f->start), UNIT_MAX_WORDS) + f->words;
    *joins = total <= UNIT_MAX_WORDS;
    if (*joins)
        return OK;
    enum status status = begin_sentences(f, text_range(f->a, f->start, f->end), e);
    for (struct slice sentence = {.len = 1}; status == OK && sentence.len > 0;) {
        status = sentences_next(f->sentences, &sentence, e);
        if (sentence.len > 0)
            *joins = total - words_count(sentence, UNIT_MAX_WORDS) <= UNIT_MAX_WORDS;
    }
    return status;
}

static enum status finish(struct filler *f, struct error *e)
{
    if (!f->is_open)
        return OK;
    bool joins;
    enum status status = tail_joins(f, &joins, e);
    if (status != OK)
        return status;
    if (!joins)
        return emit(f, f->start, f->end, f->words, e);
    struct passage_range *last = &f->out[f->n - 1];
    last->len = f->end - last->start;
    article_source_range(f->a, last->start, last->len, &last->at, &last->at_len);
    return OK;
}

/* From the first to the last block that is text; words of all these, counted no further than `most`. */
static size_t whole_range(const struct article *a, size_t most, uint32_t *start, uint32_t *end)
{
    size_t words = 0;
    bool is_found = false;
    *start = *end = 0;
    for (size_t i = 0; i < a->n_blocks; i++) {
        const struct block *b = &a->blocks[i];
        if (b->kind == BLOCK_BOILERPLATE || b->len == 0)
            continue;
        if (words <= most)
            words += words_count(slice_of(a->text.data + b->start, b->len), most);
        if (!is_found)
            *start = b->start;
        is_found = true;
        *end = b->start + b->len;
    }
    return words;
}

enum status article_split(struct passage_range **out, size_t *n, const struct article *a, enum split_mode mode,
                          struct error *e)
{
    *out = NULL;
    *n = 0;
    struct filler f = {.a = a};
    uint32_t start, end;
    size_t words = whole_range(a, WHOLE_MAX_WORDS, &start, &end);
    bool is_whole = mode == SPLIT_WHOLE || (words <= WHOLE_MAX_WORDS && end - start <= PASSAGE_MAX_BYTES);
    enum status status = OK;
    if (is_whole) {
        status = emit(&f, start, end, words, e);
    } else {
        for (size_t i = 0; i < a->n_blocks && status == OK; i++)
            status = add_block(&f, &a->blocks[i], e);
        if (status == OK)
            status = finish(&f, e);
    }
    sentences_free(f.sentences);
    if (status != OK || f.n == 0) {
        free(f.out);
        return status;
    }
    *out = f.out;
    *n = f.n;
    return OK;
}
