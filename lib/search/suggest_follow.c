#include "suggest_follow.h"

#include "array.h"
#include "buf.h"
#include "pack.h"
#include "search_internal.h"
#include "stopwords.h"

#include <stdlib.h>

#define PREFIX_BIT 0x80u /* of a mark; those below are of the words before */
#define PHRASE_MAX_BYTES ((size_t)FOLLOW_TITLE_WORDS * (WORD_MAX_BYTES + 1))
#define TOKENS_MAX ((size_t)1 << 24)
#define STOP_EVERY 256

/* The sample being looked through, segment by segment. */
struct look {
    struct follow *out;
    struct searcher *searcher;
    const struct typed *typed;
    const struct segment *segment;
    uint8_t *marks; /* of each form of the segment */
    uint32_t *tokens;
    size_t cap;
    uint32_t passage; /* number in the sample, from 1 */
    struct buf phrase;
    size_t n_matches; /* in the passage at hand */
    size_t matches_max;
};

void follow_clear(struct follow *f)
{
    intern_free(f->forms);
    intern_free(f->phrases);
    free(f->form_counts);
    free(f->phrase_counts);
    free(f->next_to);
    *f = (struct follow){0};
}

/* Mark the forms of a word's terms. */
static enum status mark_word(struct look *l, const struct query_word *w, uint8_t bit, struct error *e)
{
    enum status st = OK;
    for (size_t t = 0; st == OK && t < w->n_terms; t++) {
        struct term_view term;
        const char *ids;
        uint32_t n;
        if (!segment_find_term(l->segment, w->terms[t], &term))
            continue;
        st = segment_term_forms(l->segment, term.id, &ids, &n, e);
        for (uint32_t i = 0; st == OK && i < n; i++) {
            uint32_t form = segment_listed_form(ids, i);
            if (form < segment_n_forms(l->segment))
                l->marks[form] |= bit;
        }
    }
    return st;
}

/* Mark the forms that begin with prefix; or, `whole`, those that are it. */
static enum status mark_prefix(struct look *l, struct slice prefix, bool whole, struct error *e)
{
    uint32_t from, to;
    enum status st = OK;
    segment_form_prefix(l->segment, prefix, &from, &to);
    for (uint32_t rank = from; st == OK && rank < to; rank++) {
        uint32_t id = segment_form_at_rank(l->segment, rank);
        struct form_view form;
        if (whole) {
            st = segment_form(l->segment, id, &form, e);
            if (st != OK || !slice_equal(form.text, prefix))
                break;
        }
        if (id < segment_n_forms(l->segment))
            l->marks[id] |= PREFIX_BIT;
    }
    return st;
}

static enum status mark_segment(struct look *l, struct error *e)
{
    const struct typed *t = l->typed;
    free(l->marks);
    l->marks = calloc((size_t)segment_n_forms(l->segment) + 1, sizeof *l->marks);
    enum status st = l->marks == NULL ? error_nomem(e) : OK;
    for (size_t i = 0; st == OK && i < t->n_before; i++)
        st = mark_word(l, t->before[i], (uint8_t)(1u << i), e);
    if (st == OK && t->has_partial && t->n_completions == 0)
        st = mark_prefix(l, t->prefix, false, e);
    for (size_t i = 0; st == OK && i < t->n_completions; i++)
        st = mark_prefix(l, t->completions[i], true, e);
    return st;
}

static unsigned mark_of(const struct look *l, uint32_t form)
{
    return form < segment_n_forms(l->segment) ? l->marks[form] : 0;
}

/* Count an entry of a table once a passage; *id INTERN_NONE where the table is full. */
static enum status count_entry(struct intern *table, struct followed **counts, size_t *cap, struct slice text,
                               uint32_t passage, uint32_t *id, struct error *e)
{
    *id = intern_find(table, text);
    if (*id == INTERN_NONE) {
        uint32_t before = intern_count(table);
        if (before == FOLLOW_ENTRIES_MAX)
            return OK;
        enum status st = array_reserve(counts, cap, (size_t)before + 1, sizeof **counts, FOLLOW_ENTRIES_MAX, e);
        if (st == OK)
            st = intern_put(table, text, id, e);
        if (st != OK)
            return st;
        (*counts)[*id] = (struct followed){0};
    }
    struct followed *f = &(*counts)[*id];
    f->n_passages += f->last != passage;
    f->last = passage;
    return OK;
}

/* A form that completes the last word stands in a passage with the words before it. */
static enum status count_completion(struct look *l, uint32_t token, bool is_next, struct error *e)
{
    struct follow *f = l->out;
    struct form_view form;
    uint32_t id;
    enum status st = segment_form(l->segment, token, &form, e);
    if (st == OK)
        st = count_entry(f->forms, &f->form_counts, &f->forms_cap, form.text, l->passage, &id, e);
    if (st != OK || id == INTERN_NONE)
        return st;
    size_t had = f->next_cap;
    st = array_reserve(&f->next_to, &f->next_cap, (size_t)id + 1, sizeof *f->next_to, FOLLOW_ENTRIES_MAX, e);
    if (st != OK)
        return st;
    if (f->next_cap > had)
        memset(f->next_to + had, 0, (f->next_cap - had) * sizeof *f->next_to);
    f->next_to[id] += is_next;
    return OK;
}

static enum status count_phrase(struct look *l, uint32_t n_words, bool is_of_title, struct error *e)
{
    struct follow *f = l->out;
    uint32_t id;
    enum status st = buf_status(&l->phrase, e);
    if (st == OK)
        st = count_entry(f->phrases, &f->phrase_counts, &f->phrases_cap, buf_slice(&l->phrase), l->passage, &id, e);
    if (st == OK && id != INTERN_NONE) {
        f->phrase_counts[id].n_words = n_words;
        f->phrase_counts[id].is_of_title |= is_of_title;
    }
    return st;
}

/* The words from tokens[at] on as phrases: of a text those of 1 to FOLLOW_NEXT words, of a title all that are left. */
static enum status take_phrases(struct look *l, uint32_t at, uint32_t n, bool is_title, struct error *e)
{
    uint32_t most = is_title ? FOLLOW_TITLE_WORDS : FOLLOW_NEXT;
    uint32_t least = l->typed->has_partial ? 2 : 1; /* one word alone would be a completion */
    enum status st = OK;
    buf_reset(&l->phrase);
    for (uint32_t k = 0; st == OK && k < most && at + k < n && l->tokens[at + k] != FORM_NONE; k++) {
        struct form_view form;
        st = segment_form(l->segment, l->tokens[at + k], &form, e);
        if (st != OK)
            break;
        if (k > 0)
            buf_put_byte(&l->phrase, ' ');
        buf_put(&l->phrase, form.text);
        bool is_end = is_title ? at + k + 1 == n : !stopword_is_english(form.text);
        if (k + 1 >= least && is_end)
            st = count_phrase(l, k + 1, is_title, e);
    }
    return st;
}

/* Do the words before the cursor end just before tokens[at]? */
static bool follows(const struct look *l, uint32_t at)
{
    size_t n = l->typed->n_before;
    if (at < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((mark_of(l, l->tokens[at - n + i]) & 1u << i) == 0)
            return false;
    return true;
}

static enum status look_at_tokens(struct look *l, uint32_t n, bool is_together, bool is_title, struct error *e)
{
    const struct typed *t = l->typed;
    enum status st = OK;
    for (uint32_t at = 0; st == OK && at < n; at++) {
        if (t->has_partial && (mark_of(l, l->tokens[at]) & PREFIX_BIT) == 0)
            continue;
        bool is_next = follows(l, at);
        if (t->has_partial && t->n_before > 0 && (is_next || is_together))
            st = count_completion(l, l->tokens[at], is_next, e);
        if (st == OK && is_next && l->n_matches++ < l->matches_max)
            st = take_phrases(l, at, n, is_title, e);
    }
    return st;
}

/* Bits of the words before the cursor that the tokens have. */
static unsigned bits_of(const struct look *l, uint32_t n)
{
    unsigned bits = 0;
    for (uint32_t i = 0; i < n; i++)
        bits |= mark_of(l, l->tokens[i]);
    return bits;
}

static enum status look_at_passage(struct look *l, uint32_t passage, struct error *e)
{
    struct passage_view view;
    struct article_view article;
    unsigned wanted = l->typed->wanted;
    enum status st = segment_passage(l->segment, passage, &view, e);
    if (st == OK)
        st = segment_article(l->segment, view.article, &article, e);
    if (st != OK)
        return st;
    size_t need = view.n_tokens > article.n_title_tokens ? view.n_tokens : article.n_title_tokens;
    st = array_reserve(&l->tokens, &l->cap, need + 1, sizeof *l->tokens, TOKENS_MAX, e);
    if (st == OK)
        st = segment_title_tokens(l->segment, view.article, l->tokens, article.n_title_tokens, e);
    if (st != OK)
        return st;
    unsigned title_bits = bits_of(l, article.n_title_tokens);
    st = look_at_tokens(l, article.n_title_tokens, wanted != 0 && (title_bits & wanted) == wanted, true, e);
    if (st == OK)
        st = segment_tokens(l->segment, passage, l->tokens, view.n_tokens, e);
    if (st != OK)
        return st;
    unsigned bits = title_bits | bits_of(l, view.n_tokens);
    return look_at_tokens(l, view.n_tokens, wanted != 0 && (bits & wanted) == wanted, false, e);
}

enum status follow_run(struct follow *out, struct searcher *s, const struct typed *typed, const struct sample *sample,
                       const struct stop *stop, struct error *e)
{
    struct look l = {.out = out, .searcher = s, .typed = typed};
    l.matches_max = sample->n == 0 ? 0 : (FOLLOW_MATCHES_MAX - 1) / sample->n + 1;
    buf_init(&l.phrase, PHRASE_MAX_BYTES);
    enum status st = intern_new(&out->forms, e);
    if (st == OK)
        st = intern_new(&out->phrases, e);
    for (size_t i = 0; st == OK && i < sample->n; i++) {
        const struct sampled *at = &sample->items[i];
        if (i % STOP_EVERY == 0)
            st = stop_check(stop, e);
        if (st == OK && (i == 0 || at->segment != sample->items[i - 1].segment)) {
            l.segment = snapshot_segment(s->snapshot, at->segment);
            st = mark_segment(&l, e);
        }
        l.passage++;
        l.n_matches = 0;
        if (st == OK)
            st = look_at_passage(&l, at->passage, e);
    }
    free(l.marks);
    free(l.tokens);
    buf_clear(&l.phrase);
    return st;
}
