#include "analyzer.h"

#include "array.h"
#include "ascii_word.h"
#include "char_class.h"
#include "complex.h"
#include "fold.h"
#include "languages.h"
#include "stem.h"
#include "stopwords.h"
#include "words.h"

#include <stdlib.h>

struct analyzer {
    enum analyzer_profile profile;
    struct char_classes *classes;
    struct folder *folder;
    struct stemmers *stemmers;
    struct complex_cutter *cutter;
    struct word_cache *cache;
    size_t english, turkish;           /* languages that are read in ways of their own */
    size_t last;                       /* the language that was asked for last */
    struct spelling lower, form, term; /* of the word in hand, where it did not come from the cache */
};

enum status analyzer_new(struct analyzer **out, enum analyzer_profile profile, struct error *e)
{
    struct analyzer *a = *out = calloc(1, sizeof *a);
    if (a == NULL)
        return error_nomem(e);
    a->profile = profile;
    a->english = language_by_code("en");
    a->turkish = language_by_code("tr");
    enum status status = char_classes_new(&a->classes, e);
    if (status == OK)
        status = folder_new(&a->folder, e);
    if (status == OK)
        status = stemmers_new(&a->stemmers, profile == ANALYZER_PARITY ? "porter" : "english", e);
    if (status == OK)
        status = complex_new(&a->cutter, e);
    if (status == OK)
        status = word_cache_new(&a->cache, e);
    if (status != OK) {
        analyzer_free(a);
        *out = NULL;
    }
    return status;
}

void analyzer_free(struct analyzer *a)
{
    if (a == NULL)
        return;
    char_classes_free(a->classes);
    folder_free(a->folder);
    stemmers_free(a->stemmers);
    complex_free(a->cutter);
    word_cache_free(a->cache);
    free(a);
}

void analyzer_forget_numbers(struct analyzer *a)
{
    word_cache_forget_notes(a->cache);
}

const char *analyzer_language(struct slice lang)
{
    if (slice_trim(lang).len == 0)
        return "en";
    return language_get(language_by_name(lang))->code;
}

/* What a run needs for each of its words. */
struct run {
    struct analyzer *a;
    size_t language;
    bool is_english, is_turkish;
    struct slice text;
    uint32_t position; /* of the last word */
    token_fn *fn;
    struct word_numbers *numbers; /* instead of fn: number_fn is asked, a cached word's note is its number plus one */
    number_fn *number_fn;
    void *ctx;
};

static struct slice spelling_slice(const struct spelling *s)
{
    return slice_of(s->bytes, s->len);
}

/* Capitals at its beginning would make a term look like a filter of the index; none of ours has any. */
static void lower_ascii(struct spelling *s)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->bytes[i] >= 'A' && s->bytes[i] <= 'Z')
            s->bytes[i] = (char)(s->bytes[i] - 'A' + 'a');
}

/* English is folded before it is stemmed; elsewhere folding first would break the stemmers, which know ä from a. */
static enum status make_term(struct run *r, struct slice form, struct error *e)
{
    struct analyzer *a = r->a;
    struct slice lower = fold_cut(spelling_slice(&a->lower), WORD_MAX_BYTES), stem;
    enum status status = stem_word(a->stemmers, r->language, r->is_english ? form : lower, &stem, e);
    if (status != OK)
        return status;
    stem = fold_cut(stem, WORD_MAX_BYTES);
    status = fold_marks(a->folder, stem, &a->term, e);
    if (status == OK && a->term.len == 0) {
        memcpy(a->term.bytes, form.data, form.len);
        a->term.len = form.len;
    }
    lower_ascii(&a->term);
    return status;
}

static enum status make_word(struct run *r, struct slice raw, struct made_word *out, struct error *e)
{
    struct analyzer *a = r->a;
    *out = (struct made_word){.is_stopword = false};
    enum status status = fold_lower(a->folder, fold_cut(raw, RAW_WORD_MAX_BYTES), r->is_turkish, &a->lower, e);
    if (status != OK)
        return status;
    struct slice written = spelling_slice(&a->lower);
    if (a->profile == ANALYZER_PARITY)
        out->is_stopword = stopword_is_lucene(slice_of(written.data, fold_possessive(written)));
    else
        out->is_stopword = r->is_english && stopword_is_english(written);
    fold_strip(&a->lower);
    status = fold_marks(a->folder, spelling_slice(&a->lower), &a->form, e);
    struct slice form = fold_cut(spelling_slice(&a->form), WORD_MAX_BYTES);
    if (status == OK && form.len > 0)
        status = make_term(r, form, e);
    if (status != OK || form.len == 0)
        return status;
    out->form = form;
    out->term = fold_cut(spelling_slice(&a->term), WORD_MAX_BYTES);
    return OK;
}

static enum status add_number(struct run *r, const struct made_word *made, struct error *e)
{
    struct word_numbers *n = r->numbers;
    enum status status =
        array_reserve(&n->items, &n->cap, r->position, sizeof *n->items, ANALYZER_TEXT_MAX_BYTES * 2, e);
    if (status != OK)
        return status;
    while (n->n + 1 < r->position)
        n->items[n->n++] = ANALYZER_GAP;
    uint32_t number = made->note == NULL ? 0 : *made->note;
    if (number == 0) {
        status = r->number_fn(r->ctx, made->form, made->term, &number, e);
        if (status != OK)
            return status;
        number++;
        if (made->note != NULL)
            *made->note = number;
    }
    n->items[n->n++] = number - 1;
    n->n_tokens++;
    return OK;
}

static enum status emit_made(struct run *r, const struct made_word *made, size_t start, size_t len, struct error *e)
{
    if (made->form.len == 0)
        return OK;
    r->position++;
    if (made->is_stopword && r->a->profile == ANALYZER_PARITY)
        return OK;
    if (r->numbers != NULL)
        return add_number(r, made, e);
    struct token token = {
        .form = made->form,
        .term = made->term,
        .position = r->position,
        .start = (uint32_t)start,
        .len = (uint32_t)len,
        .is_stopword = made->is_stopword,
    };
    return r->fn(r->ctx, &token, e);
}

static enum status emit(struct run *r, const struct word *w, struct error *e)
{
    struct slice raw = slice_of(r->text.data + w->start, w->raw_end - w->start);
    struct made_word made;
    if (!word_cache_find(r->a->cache, r->language, raw, &made)) {
        enum status status = make_word(r, raw, &made, e);
        if (status != OK)
            return status;
        made.note = word_cache_put(r->a->cache, r->language, raw, &made);
    }
    return emit_made(r, &made, w->start, w->end - w->start, e);
}

/* A word that is in the cache; nearly all are, and have their numbers. */
static inline enum status emit_slot(struct run *r, struct word_slot *slot, size_t start, struct error *e)
{
    struct word_numbers *n = r->numbers;
    if (n != NULL && slot->note != 0 && n->n == r->position && n->n < n->cap && r->a->profile == ANALYZER_DEFAULT) {
        n->items[n->n++] = slot->note - 1;
        n->n_tokens++;
        r->position++;
        return OK;
    }
    struct made_word made;
    word_slot_read(r->a->cache, slot, &made);
    return emit_made(r, &made, start, slot->raw_len, e);
}

static enum status emit_bigrams(struct run *r, const struct word *w, struct error *e)
{
    enum status status = OK;
    struct word bigram;
    for (size_t at = w->start; status == OK && words_bigram(r->a->classes, r->text, w, &at, &bigram);)
        status = emit(r, &bigram, e);
    return status;
}

static enum status emit_complex(struct run *r, const struct word *w, struct error *e)
{
    complex_begin(r->a->cutter, r->text, w);
    for (;;) {
        struct word piece;
        bool found;
        enum status status = complex_next(r->a->cutter, r->a->classes, &piece, &found, e);
        if (status == OK && found)
            status = emit(r, &piece, e);
        if (status != OK || !found)
            return status;
    }
}

static enum status emit_word(struct run *r, const struct word *w, struct error *e)
{
    switch (w->kind) {
    case WORD_CJK:
        return emit_bigrams(r, w, e);
    case WORD_COMPLEX:
        return emit_complex(r, w, e);
    default:
        return emit(r, w, e);
    }
}

/* May no word begin with a character of this class? */
static bool is_passed_over(unsigned char class)
{
    return class >= CHAR_APOSTROPHE && class <= CHAR_OTHER && class != CHAR_CJK && class != CHAR_COMPLEX;
}

/* Words of ASCII that follow each other: their slots are asked for together, for waiting for memory one by one takes
 * longer than all the rest. */
#define AHEAD_MAX 32
struct ahead {
    struct word_key key;
    uint64_t hash;
    size_t start, len;
};

/* The words at *at that are plain ASCII, up to AHEAD_MAX of them; *at moves behind them, to a word (or what may be one)
 * of another kind or to the end. */
static size_t look_ahead(struct run *r, size_t *at, struct ahead words[AHEAD_MAX])
{
    struct char_classes *t = r->a->classes;
    struct slice text = r->text;
    size_t n = 0, p = *at;
    while (n < AHEAD_MAX) {
        while (p < text.len && is_passed_over(t->ascii[(unsigned char)text.data[p]]))
            p++;
        if (p == text.len)
            break;
        struct ascii_word w = ascii_word_at(text, p);
        if (w.len == 0 || w.len == WORD_KEY_BYTES || !words_ascii_ends(t, text, p, p + w.len))
            break;
        uint64_t hash = word_cache_hash(r->language, w.key);
        word_cache_expect(r->a->cache, hash);
        words[n++] = (struct ahead){w.key, hash, p, w.len};
        p += w.len;
    }
    *at = p;
    return n;
}

static enum status emit_ahead(struct run *r, const struct ahead *words, size_t n, struct error *e)
{
    enum status status = OK;
    for (size_t i = 0; i < n && status == OK; i++) {
        const struct ahead *w = &words[i];
        struct slice raw = slice_of(r->text.data + w->start, w->len);
        struct word_slot *slot = word_cache_slot(r->a->cache, r->language, w->key, w->hash, raw);
        size_t end = w->start + w->len;
        status =
            slot != NULL ? emit_slot(r, slot, w->start, e) : emit(r, &(struct word){WORD_PLAIN, w->start, end, end}, e);
    }
    return status;
}

static enum status run_words(struct run *r, struct error *e)
{
    struct ahead words[AHEAD_MAX];
    enum status status = OK;
    for (size_t at = 0; status == OK && at < r->text.len;) {
        size_t n = look_ahead(r, &at, words);
        status = emit_ahead(r, words, n, e);
        if (n == AHEAD_MAX || status != OK)
            continue;
        struct word w;
        if (!words_next(r->a->classes, r->text, &at, true, &w))
            break;
        status = emit_word(r, &w, e);
    }
    return status;
}

/* Mostly the one that was asked for last. */
static enum status find_language(struct analyzer *a, const char *lang, struct error *e)
{
    if (lang != NULL && strcmp(language_get(a->last)->code, lang) == 0)
        return OK;
    size_t language = language_by_code(lang);
    if (language == LANGUAGE_UNKNOWN)
        return error_set(e, ERR_OPTION, "no stemmer goes by the code %.16s", lang == NULL ? "(null)" : lang);
    a->last = language;
    return OK;
}

static enum status begin_run(struct run *r, struct analyzer *a, const char *lang, struct slice text, struct error *e)
{
    enum status status = find_language(a, lang, e);
    if (status != OK)
        return status;
    r->a = a;
    r->language = a->profile == ANALYZER_PARITY ? a->english : a->last;
    r->is_english = r->language == a->english;
    r->is_turkish = r->language == a->turkish;
    r->text = text;
    return OK;
}

void analyzer_expect(struct analyzer *a, const char *lang, struct slice text)
{
    struct run r = {0};
    struct ahead words[AHEAD_MAX];
    size_t at = 0;
    if (begin_run(&r, a, lang, text, NULL) == OK)
        (void)look_ahead(&r, &at, words);
}

/* What analyzer_run and analyzer_number have in common; r says what is done with the words. */
static enum status run_text(struct run *r, struct analyzer *a, const char *lang, struct slice text, struct error *e)
{
    enum status status = begin_run(r, a, lang, text, e);
    if (status != OK)
        return status;
    if (text.len > ANALYZER_TEXT_MAX_BYTES)
        return error_set(e, ERR_LIMIT, "a text of %zu bytes is longer than %zu", text.len, ANALYZER_TEXT_MAX_BYTES);
    status = run_words(r, e);
    if (status == OK && a->classes->state != OK)
        return error_nomem(e);
    return status;
}

enum status analyzer_run(struct analyzer *a, const char *lang, struct slice text, token_fn *fn, void *ctx,
                         struct error *e)
{
    struct run r = {.fn = fn, .ctx = ctx};
    return run_text(&r, a, lang, text, e);
}

enum status analyzer_number(struct analyzer *a, const char *lang, struct slice text, struct word_numbers *out,
                            number_fn *fn, void *ctx, struct error *e)
{
    struct run r = {.numbers = out, .number_fn = fn, .ctx = ctx};
    out->n = 0;
    out->n_tokens = 0;
    return run_text(&r, a, lang, text, e);
}
