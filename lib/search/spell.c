#include "spell.h"

#include "array.h"
#include "lexicon.h"
#include "search_words.h"
#include "spell_company.h"
#include "stopwords.h"
#include "utf8.h"

#include <stdlib.h>

#define LETTER_ODDS 16.0 /* against another first letter */
#define EDIT_ODDS 32.0   /* against each further edit */
#define CJK_FIRST 0x2E80u
#define CJK_END 0xFB00u

/* A form near the word. */
struct candidate_form {
    struct slice text;
    uint64_t n_passages;
    unsigned n_edits;
    double weight;
};

/* The candidates of one word, being gathered. */
struct near_forms {
    struct lexicon_list list;
    unsigned *edits; /* by place in the list */
    size_t edits_cap;
};

struct spelling_run {
    struct searcher *searcher;
    const struct stop *stop;
    const struct query_words *words;
    struct spelled *out;
    struct company company;
    bool with_rare;
};

/* Letters of an alphabet only: numbers, and scripts that are cut into pairs of characters, are not corrected. */
static bool is_correctable(struct slice form, size_t *n_letters)
{
    *n_letters = 0;
    for (size_t at = 0; at < form.len; ++*n_letters) {
        uint32_t c = utf8_next(form, &at, NULL);
        if ((c >= '0' && c <= '9') || c == '.' || (c >= CJK_FIRST && c < CJK_END))
            return false;
    }
    return true;
}

static enum status on_near(void *ctx, struct slice form, uint32_t n_live, unsigned n_edits, struct error *e)
{
    struct near_forms *near = ctx;
    size_t at;
    if (n_edits == 0)
        return OK;
    enum status st = lexicon_place(&near->list, form, &at, e);
    if (st == OK)
        st = array_reserve(&near->edits, &near->edits_cap, at + 1, sizeof *near->edits, LEXICON_LIST_MAX, e);
    if (st != OK)
        return st;
    near->list.items[at].n_passages += n_live;
    near->edits[at] = n_edits;
    return OK;
}

static bool shares_first_letter(struct slice a, struct slice b)
{
    size_t at_a = 0, at_b = 0;
    return a.len > 0 && b.len > 0 && utf8_next(a, &at_a, NULL) == utf8_next(b, &at_b, NULL);
}

static double weight_of(struct slice word, const struct candidate_form *c)
{
    double weight = (double)c->n_passages;
    for (unsigned i = 1; i < c->n_edits; i++)
        weight /= EDIT_ODDS;
    return shares_first_letter(word, c->text) ? weight : weight / LETTER_ODDS;
}

static bool is_better(const struct candidate_form *a, const struct candidate_form *b)
{
    if (a->weight != b->weight)
        return a->weight > b->weight;
    if (a->n_edits != b->n_edits)
        return a->n_edits < b->n_edits;
    return slice_compare(a->text, b->text) < 0;
}

/* Keep the best in best[0, *n), best first. */
static void offer(struct candidate_form best[static SPELL_COMPANY_CANDIDATES], size_t *n, struct candidate_form c)
{
    size_t at = *n;
    while (at > 0 && is_better(&c, &best[at - 1]))
        at--;
    if (at == SPELL_COMPANY_CANDIDATES)
        return;
    size_t last = *n < SPELL_COMPANY_CANDIDATES ? *n : SPELL_COMPANY_CANDIDATES - 1;
    memmove(best + at + 1, best + at, (last - at) * sizeof *best);
    best[at] = c;
    *n = last + 1;
}

/* Of a rare word only a much commoner one that hardly differs. */
static bool is_allowed(const struct spelled_word *w, struct slice form, const struct candidate_form *c)
{
    if (w->n_passages == 0)
        return true;
    return c->n_edits == 1 && !stopword_is_english(c->text) && shares_first_letter(form, c->text) &&
           c->n_passages >= w->n_passages * SPELL_RARE_FACTOR;
}

static enum status take_best(struct spelling_run *run, size_t i, const struct near_forms *near, struct error *e)
{
    struct spelled_word *w = &run->out->words[i];
    struct slice form = run->words->items[i].word.form;
    struct candidate_form best[SPELL_COMPANY_CANDIDATES];
    size_t n = 0;
    for (size_t k = 0; k < near->list.n; k++) {
        struct candidate_form c = {
            .text = near->list.items[k].text, .n_passages = near->list.items[k].n_passages, .n_edits = near->edits[k]};
        c.weight = weight_of(form, &c);
        if (is_allowed(w, form, &c))
            offer(best, &n, c);
    }
    enum status st = n > 1 ? company_neighbours(&run->company, i, e) : OK;
    const struct candidate_form *winner = n > 0 ? &best[0] : NULL;
    for (size_t k = 0; st == OK && n > 1 && k < n; k++) {
        double factor;
        st = company_factor(&run->company, best[k].text, &factor, e);
        if (st == OK)
            best[k].weight *= factor;
        if (st == OK && is_better(&best[k], winner))
            winner = &best[k];
    }
    if (st != OK || winner == NULL)
        return st;
    w->correction = arena_copy(&run->out->arena, winner->text);
    if (w->correction.data == NULL)
        return error_nomem(e);
    return company_passages(&run->company, w->correction, &w->n_correction, e);
}

static enum status correct(struct spelling_run *run, size_t i, size_t least_letters, struct error *e)
{
    struct slice form = run->words->items[i].word.form;
    struct edits_pattern pattern;
    size_t n_letters;
    if (!is_correctable(form, &n_letters) || n_letters < least_letters || !edits_pattern_set(&pattern, form))
        return OK;
    struct near_forms near = {0};
    enum status st = lexicon_init(&near.list, e);
    if (st == OK)
        st = lexicon_near(run->searcher, &pattern, n_letters < SPELL_TWO_EDITS_LETTERS ? 1 : 2, run->stop, on_near,
                          &near, e);
    lexicon_texts(&near.list);
    if (st == OK)
        st = take_best(run, i, &near, e);
    lexicon_clear(&near.list);
    free(near.edits);
    return st;
}

static enum status spell_words(struct spelling_run *run, struct slice text, struct error *e)
{
    const struct query_words *words = run->words;
    struct spelled *out = run->out;
    if (words->n > SPELL_WORDS_MAX)
        return error_query(e, (int64_t)words->items[SPELL_WORDS_MAX].word.start, "at most %d words at a time",
                           SPELL_WORDS_MAX);
    out->words = arena_alloc(&out->arena, (words->n + 1) * sizeof *out->words);
    if (out->words == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < words->n; i++) {
        const struct query_word *w = &words->items[i].word;
        out->words[i] = (struct spelled_word){.word = slice_of(text.data + w->start, w->len),
                                              .start = w->start,
                                              .n_passages = searcher_word_df(run->searcher, w)};
    }
    out->n_words = words->n;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < out->n_words; i++) {
        uint64_t n = out->words[i].n_passages;
        st = stop_check(run->stop, e);
        if (st == OK && (n == 0 || (run->with_rare && n <= SPELL_RARE_PASSAGES)))
            st = correct(run, i, n == 0 ? SPELL_LETTERS_MIN : SPELL_RARE_LETTERS, e);
    }
    return st;
}

enum status spell_run(struct spelled **out, struct searcher *s, struct slice text, bool with_rare,
                      const struct stop *stop, struct error *e)
{
    *out = NULL;
    struct spelled *x = calloc(1, sizeof *x);
    if (x == NULL)
        return error_nomem(e);
    arena_init(&x->arena);
    struct query_words words = {0};
    struct spelling_run run = {.searcher = s, .stop = stop, .words = &words, .out = x, .with_rare = with_rare};
    enum status st = searcher_read_words(s, text, &x->arena, &words, e);
    company_init(&run.company, s, stop, &words);
    if (st == OK)
        st = spell_words(&run, text, e);
    company_clear(&run.company);
    if (st != OK) {
        spelled_free(x);
        return st;
    }
    *out = x;
    return OK;
}

void spelled_free(struct spelled *x)
{
    if (x == NULL)
        return;
    arena_clear(&x->arena);
    free(x);
}

bool spelled_apply(const struct spelled *x, struct slice text, struct buf *out)
{
    size_t at = 0;
    bool is_changed = false;
    for (size_t i = 0; i < x->n_words; i++) {
        const struct spelled_word *w = &x->words[i];
        if (w->correction.len == 0 || w->start < at)
            continue;
        buf_put(out, slice_of(text.data + at, w->start - at));
        buf_put(out, w->correction);
        at = w->start + w->word.len;
        is_changed = true;
    }
    buf_put(out, slice_from(text, at));
    return is_changed;
}
