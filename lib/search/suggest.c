#include "suggest.h"

#include "array.h"
#include "lexicon.h"
#include "search_words.h"
#include "stopwords.h"
#include "suggest_follow.h"
#include "utf8.h"

#include <math.h>
#include <stdlib.h>

#define CANDIDATES 64  /* commonest completions that are ranked by the words before them */
#define FOUND_MAX 16   /* completions that only the sample knows */
#define LEADS 6        /* completions whose best passages are looked at for phrases, where nothing stands before */
#define LEAD_LETTERS 3 /* a shorter word leads nowhere */
#define PHRASE_MIN 2   /* passages that a phrase of a text is seen in; one of a title is good by itself */
#define NEXT_FACTOR                                                                                                    \
    4.0                  /* standing right behind the words before counts so many times more than in the same passage  \
                          */
#define TITLE_FACTOR 2.0 /* and a title so many times more than a text */
#define TEXT_MAX_BYTES ((size_t)2 * QUERY_LINE_MAX_BYTES)

/* A completion or a phrase: what is put at `at` of the text. */
struct proposal {
    struct slice text;
    uint64_t n_passages;
    double weight;
};

struct proposals {
    struct proposal *items;
    size_t n, cap;
};

struct suggesting {
    struct searcher *searcher;
    const struct stop *stop;
    struct slice text;
    size_t cut; /* bytes of the text that stay; the word being typed comes behind them */
    struct suggestions *out;
    struct query_words words;
    struct typed typed;
    struct slice main_terms[FOLLOW_WORDS_MAX]; /* of typed.before */
    uint64_t df[FOLLOW_WORDS_MAX];
    struct lexicon_list commonest;
    struct sample sample;
    struct follow follow;
    struct proposals completions, phrases;
};

/* Which word is being typed, and which stand before it. */
static enum status read_typed(struct suggesting *x, struct error *e)
{
    enum status st = searcher_read_words(x->searcher, x->text, &x->out->arena, &x->words, e);
    if (st != OK || x->words.n == 0)
        return st;
    struct typed *t = &x->typed;
    size_t n = x->words.n;
    const struct query_word *last = &x->words.items[n - 1].word;
    bool is_open = x->text.data[x->text.len - 1] != ' ';
    x->cut = x->text.len;
    if (is_open && last->start + last->len == x->text.len) {
        t->has_partial = true;
        t->prefix = last->form;
        x->cut = last->start;
        n--;
    } else if (is_open) {
        return OK; /* a sign: nothing can stand behind it yet */
    }
    size_t from = n > FOLLOW_WORDS_MAX ? n - FOLLOW_WORDS_MAX : 0;
    for (size_t i = from; i < n; i++) {
        const struct found_word *w = &x->words.items[i];
        t->before[t->n_before] = &w->word;
        x->main_terms[t->n_before] = searcher_main_term(x->searcher, &w->word, &x->df[t->n_before]);
        if (!w->is_stopword && x->df[t->n_before] > 0)
            t->wanted |= 1u << t->n_before;
        t->n_before++;
    }
    return OK;
}

/* The forms that complete the word being typed, but for stopwords. */
static enum status find_completions(struct suggesting *x, struct error *e)
{
    enum status st = lexicon_init(&x->commonest, e);
    if (st != OK || !x->typed.has_partial)
        return st;
    st = lexicon_starting(&x->commonest, x->searcher, x->typed.prefix, CANDIDATES, x->stop, e);
    size_t n = 0;
    for (size_t i = 0; i < x->commonest.n; i++)
        if (!stopword_is_english(x->commonest.items[i].text))
            x->commonest.items[n++] = x->commonest.items[i];
    x->commonest.n = n;
    return st;
}

/* The passages of the rarest of the words before; where all are common, passages of the whole index. */
static enum status sample_before(struct suggesting *x, struct error *e)
{
    size_t rarest = FOLLOW_WORDS_MAX;
    for (size_t i = 0; i < x->typed.n_before; i++)
        if (x->df[i] > 0 && (rarest == FOLLOW_WORDS_MAX || x->df[i] < x->df[rarest]))
            rarest = i;
    if (rarest == FOLLOW_WORDS_MAX)
        return OK;
    if (x->df[rarest] <= SAMPLE_DECODED_MAX)
        return sample_add_best(&x->sample, x->searcher, x->main_terms[rarest], SAMPLE_BEST, x->stop, e);
    return sample_add_spread(&x->sample, x->searcher, x->stop, e);
}

/* Nothing stands before: the best passages of what the word may become, its own among them. */
static enum status sample_leads(struct suggesting *x, struct error *e)
{
    struct slice *leads = arena_alloc(&x->out->arena, (LEADS + 1) * sizeof *leads);
    uint64_t budget = SAMPLE_DECODED_MAX;
    enum status st = leads == NULL ? error_nomem(e) : OK;
    size_t n = 0;
    for (size_t i = 0; st == OK && i <= x->commonest.n && n < LEADS; i++) {
        struct query_words words = {0};
        struct slice form = i == 0 ? x->typed.prefix : x->commonest.items[i - 1].text;
        uint64_t df = 0;
        struct slice term = SLICE("");
        form = arena_copy(&x->out->arena, form);
        st = form.data == NULL ? error_nomem(e) : searcher_read_words(x->searcher, form, &x->out->arena, &words, e);
        if (st == OK && words.n > 0 && !words.items[0].is_stopword && utf8_length(form) >= LEAD_LETTERS)
            term = searcher_main_term(x->searcher, &words.items[0].word, &df);
        if (df > 0 && df <= budget) {
            budget -= df;
            leads[n++] = form;
            st = sample_add_best(&x->sample, x->searcher, term, SAMPLE_BEST / LEADS, x->stop, e);
        }
    }
    x->typed.completions = leads;
    x->typed.n_completions = n;
    return st;
}

static enum status add_proposal(struct proposals *list, struct proposal p, struct error *e)
{
    enum status st =
        array_reserve(&list->items, &list->cap, list->n + 1, sizeof *list->items, FOLLOW_ENTRIES_MAX + CANDIDATES, e);
    if (st == OK)
        list->items[list->n++] = p;
    return st;
}

static int by_weight(const void *a, const void *b)
{
    const struct proposal *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->n_passages != y->n_passages)
        return x->n_passages > y->n_passages ? -1 : 1;
    return slice_compare(x->text, y->text);
}

static void sort(struct proposals *list)
{
    if (list->n > 0)
        qsort(list->items, list->n, sizeof *list->items, by_weight);
}

/* How much the words before speak for a form: what is common stands beside everything. */
static double weigh(const struct suggesting *x, struct slice form, uint64_t n_passages)
{
    uint32_t id = intern_find(x->follow.forms, form);
    if (id == INTERN_NONE || n_passages == 0)
        return 0;
    double together = (double)x->follow.form_counts[id].n_passages + NEXT_FACTOR * (double)x->follow.next_to[id];
    return together * log(1.0 + (double)snapshot_n_passages(x->searcher->snapshot) / (double)n_passages);
}

/* Completions of the sample that are not among the commonest: the FOUND_MAX that most passages of it have. */
static enum status add_found(struct suggesting *x, struct error *e)
{
    struct proposals found = {0};
    enum status st = OK;
    for (uint32_t id = 0; st == OK && id < intern_count(x->follow.forms); id++) {
        struct slice form = intern_get(x->follow.forms, id);
        bool is_known = slice_equal(form, x->typed.prefix) || stopword_is_english(form);
        if (!is_known && intern_find(x->commonest.table, form) == INTERN_NONE)
            st = add_proposal(
                &found,
                (struct proposal){.text = form,
                                  .weight = x->follow.form_counts[id].n_passages + NEXT_FACTOR * x->follow.next_to[id]},
                e);
    }
    sort(&found);
    for (size_t i = 0; st == OK && i < found.n && i < FOUND_MAX; i++) {
        struct proposal p = found.items[i];
        st = lexicon_count(x->searcher, p.text, x->stop, &p.n_passages, e);
        p.weight = weigh(x, p.text, p.n_passages);
        if (st == OK)
            st = add_proposal(&x->completions, p, e);
    }
    free(found.items);
    return st;
}

static enum status rank_completions(struct suggesting *x, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < x->commonest.n; i++) {
        struct proposal p = {.text = x->commonest.items[i].text, .n_passages = x->commonest.items[i].n_passages};
        p.weight = weigh(x, p.text, p.n_passages);
        st = add_proposal(&x->completions, p, e);
    }
    if (st == OK)
        st = add_found(x, e);
    sort(&x->completions);
    return st;
}

/* A phrase that hardly ever ends where it does: a longer one stands in as many passages. */
static bool is_cut_short(const struct proposals *list, size_t i)
{
    const struct proposal *p = &list->items[i];
    for (size_t k = 0; k < list->n; k++) {
        const struct proposal *q = &list->items[k];
        if (q->text.len > p->text.len && q->text.data[p->text.len] == ' ' && slice_starts(q->text, p->text) &&
            q->n_passages >= p->n_passages)
            return true;
    }
    return false;
}

static enum status rank_phrases(struct suggesting *x, size_t wanted, struct error *e)
{
    struct proposals *list = &x->phrases;
    enum status st = OK;
    for (uint32_t id = 0; st == OK && id < intern_count(x->follow.phrases); id++) {
        const struct followed *f = &x->follow.phrase_counts[id];
        struct proposal p = {.text = intern_get(x->follow.phrases, id), .n_passages = f->n_passages};
        p.weight = f->n_passages * (f->is_of_title ? TITLE_FACTOR : 1.0) * sqrt(f->n_words);
        if (f->is_of_title || f->n_passages >= PHRASE_MIN)
            st = add_proposal(list, p, e);
    }
    sort(list);
    /* Only those that can still be shown are compared with each other. */
    list->n = list->n < 4 * wanted ? list->n : 4 * wanted;
    size_t n = 0;
    bool *is_out = calloc(list->n + 1, sizeof *is_out);
    if (is_out == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < list->n; i++)
        is_out[i] = is_cut_short(list, i);
    for (size_t i = 0; i < list->n; i++)
        if (!is_out[i])
            list->items[n++] = list->items[i];
    list->n = n;
    free(is_out);
    return st;
}

static enum status put(struct suggesting *x, const struct proposal *p, bool is_phrase, struct error *e)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    buf_put(&text, slice_of(x->text.data, x->cut));
    buf_put(&text, p->text);
    enum status st = buf_status(&text, e);
    struct suggestion *to = &x->out->items[x->out->n];
    *to = (struct suggestion){.n_passages = p->n_passages, .is_phrase = is_phrase};
    if (st == OK) {
        to->text = arena_copy(&x->out->arena, buf_slice(&text));
        st = to->text.data == NULL ? error_nomem(e) : OK;
    }
    x->out->n += st == OK;
    buf_clear(&text);
    return st;
}

/* Half of the places are for phrases, where there are as many. */
static enum status take(struct suggesting *x, size_t n, struct error *e)
{
    size_t n_phrases = x->phrases.n < n / 2 ? x->phrases.n : n / 2;
    size_t n_completions = x->completions.n < n - n_phrases ? x->completions.n : n - n_phrases;
    x->out->items = arena_alloc(&x->out->arena, (n + 1) * sizeof *x->out->items);
    if (x->out->items == NULL)
        return error_nomem(e);
    enum status st = OK;
    for (size_t i = 0; st == OK && i < n_completions; i++)
        st = put(x, &x->completions.items[i], false, e);
    for (size_t i = 0; st == OK && i < x->phrases.n && x->out->n < n; i++)
        st = put(x, &x->phrases.items[i], true, e);
    return st;
}

static enum status suggest(struct suggesting *x, size_t n, struct error *e)
{
    enum status st = read_typed(x, e);
    if (st != OK || (x->typed.n_before == 0 && !x->typed.has_partial))
        return st;
    st = find_completions(x, e);
    if (st == OK)
        st = x->typed.n_before > 0 ? sample_before(x, e) : sample_leads(x, e);
    sample_sort(&x->sample);
    if (st == OK)
        st = follow_run(&x->follow, x->searcher, &x->typed, &x->sample, x->stop, e);
    if (st == OK)
        st = rank_completions(x, e);
    if (st == OK)
        st = rank_phrases(x, n, e);
    return st == OK ? take(x, n, e) : st;
}

enum status suggest_run(struct suggestions **out, struct searcher *s, struct slice text, size_t n,
                        const struct stop *stop, struct error *e)
{
    *out = NULL;
    if (n < 1 || n > SUGGEST_N_MAX)
        return error_set(e, ERR_OPTION, "n is 1 to %d", SUGGEST_N_MAX);
    struct suggestions *all = calloc(1, sizeof *all);
    if (all == NULL)
        return error_nomem(e);
    arena_init(&all->arena);
    while (text.len > 0 && text.data[0] == ' ')
        text = slice_from(text, 1);
    struct suggesting x = {.searcher = s, .stop = stop, .text = text, .out = all};
    enum status st =
        text.len > QUERY_LINE_MAX_BYTES ? error_set(e, ERR_OPTION, "the text is too long") : suggest(&x, n, e);
    lexicon_clear(&x.commonest);
    sample_clear(&x.sample);
    follow_clear(&x.follow);
    free(x.completions.items);
    free(x.phrases.items);
    if (st != OK) {
        suggestions_free(all);
        return st;
    }
    *out = all;
    return OK;
}

void suggestions_free(struct suggestions *x)
{
    if (x == NULL)
        return;
    arena_clear(&x->arena);
    free(x);
}
