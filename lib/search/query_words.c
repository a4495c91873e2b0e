#include "query_words.h"

/* A character may fold to several words (ligatures of Arabic phrases), to 18 characters at most. */
#define WORDS_MAX ((size_t)18 * QUERY_LINE_MAX_BYTES)

struct run {
    struct query_words *out;
    const struct word_reader *reader;
    struct slice text;
    size_t start;
    uint32_t position;
    size_t cursor; /* of the languages after the first: the word that tokens are compared with */
};

/* Add a term to the word's, which are kept distinct and ascending; room was made for one of each language. */
static enum status add_term(struct arena *arena, struct query_word *w, struct slice term, struct error *e)
{
    size_t at = 0;
    int order = -1;
    while (at < w->n_terms && (order = slice_compare(w->terms[at], term)) < 0)
        at++;
    if (at < w->n_terms && order == 0)
        return OK;
    struct slice copy = arena_copy(arena, term);
    if (copy.data == NULL)
        return error_nomem(e);
    memmove(w->terms + at + 1, w->terms + at, (w->n_terms - at) * sizeof *w->terms);
    w->terms[at] = copy;
    w->n_terms++;
    return OK;
}

/* A token of the first language is a word. */
static enum status add_word(void *ctx, const struct token *t, struct error *e)
{
    struct run *run = ctx;
    struct query_words *out = run->out;
    struct arena *arena = run->reader->arena;
    enum status st = arena_reserve(arena, &out->items, &out->cap, out->n + 1, sizeof *out->items, WORDS_MAX, e);
    if (st != OK)
        return st;
    struct query_word w = {.position = run->position + t->position, .start = run->start + t->start, .len = t->len};
    w.form = arena_copy(arena, t->form);
    w.terms = arena_take(arena, run->reader->n_langs * sizeof *w.terms);
    if (w.form.data == NULL || w.terms == NULL)
        return error_nomem(e);
    st = add_term(arena, &w, t->term, e);
    out->items[out->n++] = (struct found_word){.word = w, .is_stopword = t->is_stopword};
    if (t->position > out->n_positions)
        out->n_positions = t->position;
    return st;
}

/* A token of a further language adds its stem to the word that lies at the same bytes. */
static enum status add_stem(void *ctx, const struct token *t, struct error *e)
{
    struct run *run = ctx;
    struct query_words *out = run->out;
    size_t start = run->start + t->start;
    while (run->cursor < out->n && out->items[run->cursor].word.start < start)
        run->cursor++;
    for (size_t i = run->cursor; i < out->n && out->items[i].word.start == start; i++) {
        if (out->items[i].word.len != t->len)
            continue;
        out->items[i].is_stopword |= t->is_stopword;
        run->cursor = i + 1;
        return add_term(run->reader->arena, &out->items[i].word, t->term, e);
    }
    return OK;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The s of "O'Brien's", which is part of no token. */
static bool is_possessive(struct slice text, size_t at, size_t len)
{
    struct slice head = slice_of(text.data, at);
    if (len != 1 || (text.data[at] | 0x20) != 's')
        return false;
    return slice_ends(head, SLICE("'")) || slice_ends(head, SLICE("’"));
}

/*
 * Words of ASCII letters in text[from, to) that became no token. Only the parity profile drops words, and it knows
 * English only.
 */
static enum status add_dropped(struct run *run, size_t from, size_t to, struct error *e)
{
    struct query_words *out = run->out;
    for (size_t at = from, end; at < to; at = end + 1) {
        for (end = at; end < to && is_letter(run->text.data[end]); end++)
            ;
        if (end == at || is_possessive(run->text, at, end - at))
            continue;
        enum status st = arena_reserve(run->reader->arena, &out->dropped, &out->dropped_cap, out->n_dropped + 1,
                                       sizeof *out->dropped, QUERY_LINE_MAX_BYTES, e);
        if (st != OK)
            return st;
        out->dropped[out->n_dropped++] = slice_of(run->text.data + at, end - at);
    }
    return OK;
}

static enum status find_dropped(struct run *run, struct error *e)
{
    const struct query_words *out = run->out;
    size_t at = 0;
    for (size_t i = 0; i < out->n; i++) {
        size_t start = out->items[i].word.start - run->start, end = start + out->items[i].word.len;
        enum status st = start > at ? add_dropped(run, at, start, e) : OK;
        if (st != OK)
            return st;
        if (end > at)
            at = end;
    }
    return add_dropped(run, at, run->text.len, e);
}

enum status query_words_read(struct query_words *out, const struct word_reader *r, struct slice text, size_t start,
                             uint32_t position, struct error *e)
{
    out->n = out->n_dropped = 0;
    out->n_positions = 0;
    struct run run = {.out = out, .reader = r, .text = text, .start = start, .position = position};
    enum status st = analyzer_run(r->analyzer, r->langs[0], text, add_word, &run, e);
    for (size_t i = 1; st == OK && i < r->n_langs; i++) {
        run.cursor = 0;
        st = analyzer_run(r->analyzer, r->langs[i], text, add_stem, &run, e);
    }
    if (st == OK)
        st = find_dropped(&run, e);
    if (st != OK)
        return st;
    if (out->n + out->n_dropped > out->n_positions)
        out->n_positions = (uint32_t)(out->n + out->n_dropped);
    return OK;
}
