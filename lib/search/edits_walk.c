#include "edits_walk.h"

#include "utf8.h"

#include <assert.h>

#define STOP_EVERY 1024
#define DEPTH_MAX (EDITS_CHARS_MAX + EDITS_WALK_MAX + 1) /* past it every row is too far away */

struct walk {
    const struct segment *segment;
    const struct edits_word *word;
    uint32_t max;
    const struct stop *stop;
    uint32_t n_looks;
    struct slice at; /* the form that the rows belong to */
    size_t depth;    /* characters of it that have a row */
    size_t ends[DEPTH_MAX + 1];
    uint32_t chars[DEPTH_MAX + 1]; /* from 1 */
    uint8_t rows[DEPTH_MAX + 1]
                [EDITS_CHARS_MAX + 1]; /* rows[i][j]: edits of i characters of the form and j of the word */
    uint8_t least[DEPTH_MAX + 1];      /* of each row */
};

static uint8_t smaller(unsigned a, unsigned b)
{
    return (uint8_t)(a < b ? a : b);
}

/* Row i, of the i-th character of the form. */
static void fill_row(struct walk *w, size_t i)
{
    const uint32_t *word = w->word->chars;
    uint8_t *row = w->rows[i];
    const uint8_t *above = w->rows[i - 1];
    row[0] = w->least[i] = (uint8_t)i;
    for (size_t j = 1; j <= w->word->n; j++) {
        unsigned v = above[j - 1] + (w->chars[i] == word[j - 1] ? 0u : 1u);
        v = smaller(v, (unsigned)smaller(above[j], row[j - 1]) + 1);
        if (i > 1 && j > 1 && w->chars[i] == word[j - 2] && w->chars[i - 1] == word[j - 1])
            v = smaller(v, w->rows[i - 2][j - 2] + 1u);
        row[j] = (uint8_t)v;
        w->least[i] = smaller(w->least[i], v);
    }
}

/* Rows below take from this one or, by a swap, from the one above, which costs an edit more. */
static bool is_too_far(const struct walk *w, size_t i)
{
    return w->least[i] > w->max && w->least[i - 1] + 1u > w->max;
}

static enum status look(struct walk *w, uint32_t rank, uint32_t *id, struct form_view *form, struct error *e)
{
    *id = segment_form_at_rank(w->segment, rank);
    if (w->n_looks++ % STOP_EVERY == 0) {
        enum status st = stop_check(w->stop, e);
        if (st != OK)
            return st;
    }
    return segment_form(w->segment, *id, form, e);
}

/* The rank behind the forms from `rank` on that start with the prefix: steps that double, then halving. */
static enum status skip(struct walk *w, uint32_t rank, struct slice prefix, uint32_t *behind, struct error *e)
{
    uint32_t n = segment_n_forms(w->segment), low = rank, step = 1, high = n;
    struct form_view form;
    uint32_t id;
    while (low < n && step < n - low) {
        enum status st = look(w, low + step, &id, &form, e);
        if (st != OK)
            return st;
        if (!slice_starts(form.text, prefix)) {
            high = low + step;
            break;
        }
        low += step;
        step *= 2;
    }
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        enum status st = look(w, middle, &id, &form, e);
        if (st != OK)
            return st;
        if (slice_starts(form.text, prefix))
            low = middle;
        else
            high = middle;
    }
    *behind = low + 1;
    return OK;
}

/* Keep the rows of the characters that both spellings begin with. */
static void keep_common(struct walk *w, struct slice text)
{
    size_t common = 0;
    while (common < text.len && common < w->at.len && text.data[common] == w->at.data[common])
        common++;
    while (w->depth > 0 && w->ends[w->depth] > common)
        w->depth--;
    w->at = text;
}

/* Fill the rows of a form; false: a beginning of it, up to w->depth characters, is too far away. */
static bool fill_rows(struct walk *w)
{
    size_t at = w->ends[w->depth];
    if (w->depth > 0 && is_too_far(w, w->depth))
        return false;
    while (at < w->at.len) {
        size_t i = ++w->depth;
        assert(i <= DEPTH_MAX);
        w->chars[i] = utf8_next(w->at, &at, NULL);
        w->ends[i] = at;
        fill_row(w, i);
        if (is_too_far(w, i))
            return false;
    }
    return true;
}

enum status edits_walk(const struct segment *s, const struct edits_word *word, uint32_t max, const struct stop *stop,
                       edits_walk_fn *fn, void *ctx, struct error *e)
{
    if (max > EDITS_WALK_MAX)
        max = EDITS_WALK_MAX;
    struct walk w = {.segment = s, .word = word, .max = max, .stop = stop};
    for (size_t j = 0; j <= word->n; j++)
        w.rows[0][j] = (uint8_t)j;
    enum status st = OK;
    for (uint32_t rank = 0; st == OK && rank < segment_n_forms(s);) {
        struct form_view form;
        uint32_t id;
        st = look(&w, rank, &id, &form, e);
        if (st != OK)
            break;
        keep_common(&w, form.text);
        if (!fill_rows(&w)) {
            st = skip(&w, rank, slice_of(form.text.data, w.ends[w.depth]), &rank, e);
            continue;
        }
        uint32_t edits = w.rows[w.depth][word->n];
        if (edits <= max)
            st = fn(ctx, id, &form, edits, e);
        rank++;
    }
    return st;
}
