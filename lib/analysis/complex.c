#include "complex.h"

#include "utf8.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/utf16.h>

struct complex_cutter {
    UBreakIterator *breaks; /* NULL until first needed: loading the dictionaries takes time */
    struct slice text;
    size_t p, run_end;   /* what of the run is not cut yet */
    int32_t n_units, at; /* the piece in hand, and how far it is handed out */
    bool is_last;        /* the piece reaches the end of the run */
    UChar units[COMPLEX_PIECE_MAX];
    size_t offsets[COMPLEX_PIECE_MAX + 1]; /* bytes of the text, of each unit and of the end */
};

enum status complex_new(struct complex_cutter **out, struct error *e)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_nomem(e) : OK;
}

void complex_free(struct complex_cutter *c)
{
    if (c == NULL)
        return;
    ubrk_close(c->breaks); /* takes NULL */
    free(c);
}

void complex_begin(struct complex_cutter *c, struct slice text, const struct word *run)
{
    c->text = slice_of(text.data, run->end);
    c->p = run->start;
    c->run_end = run->end;
    c->n_units = c->at = 0;
}

static enum status icu_error(UErrorCode code, struct error *e)
{
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return error_nomem(e);
    return error_set(e, ERR_INTERNAL, "ICU cannot break words: %s", u_errorName(code));
}

/* Hand the next piece of the run to ICU. */
static enum status load(struct complex_cutter *c, struct error *e)
{
    int32_t n = 0;
    size_t p = c->p;
    while (p < c->run_end && n + 2 <= COMPLEX_PIECE_MAX) {
        size_t from = p;
        uint32_t ch = utf8_next(c->text, &p, NULL);
        for (int32_t first = n; n < first + U16_LENGTH(ch); n++)
            c->offsets[n] = from;
        if (U16_LENGTH(ch) == 1) {
            c->units[n - 1] = (UChar)ch;
        } else {
            c->units[n - 2] = (UChar)U16_LEAD(ch);
            c->units[n - 1] = (UChar)U16_TRAIL(ch);
        }
    }
    c->offsets[n] = p;
    c->n_units = n;
    c->at = 0;
    c->is_last = p >= c->run_end;
    UErrorCode code = U_ZERO_ERROR;
    if (c->breaks == NULL)
        c->breaks = ubrk_open(UBRK_WORD, "th", NULL, 0, &code);
    if (U_SUCCESS(code))
        ubrk_setText(c->breaks, c->units, n, &code);
    return U_FAILURE(code) ? icu_error(code, e) : OK;
}

/* Trim what is no part of a word from both ends of start..end; false: nothing is left. */
static bool trim(struct char_classes *t, struct slice text, size_t start, size_t end, struct word *out)
{
    size_t first = end, last = end;
    for (size_t p = start; p < end;) {
        size_t from = p;
        enum char_class k = char_class_next(t, text, &p);
        if (first == end && k == CHAR_COMPLEX)
            first = from;
        if (first != end && k != CHAR_IGNORED)
            last = p;
    }
    *out = (struct word){WORD_PLAIN, first, last, last};
    return first < end;
}

enum status complex_next(struct complex_cutter *c, struct char_classes *t, struct word *out, bool *found,
                         struct error *e)
{
    *found = false;
    while (c->at < c->n_units || c->p < c->run_end) {
        if (c->at >= c->n_units) {
            enum status status = load(c, e);
            if (status != OK)
                return status;
        }
        int32_t next = ubrk_following(c->breaks, c->at);
        if (next == UBRK_DONE || next > c->n_units)
            next = c->n_units;
        /* The last word of a piece that the run goes on behind may be cut: it begins the next piece. */
        if (next == c->n_units && !c->is_last && c->at > 0) {
            c->n_units = c->at;
            continue;
        }
        size_t start = c->offsets[c->at], end = c->offsets[next];
        c->at = next;
        c->p = end;
        if (trim(t, slice_of(c->text.data, end), start, end, out)) {
            *found = true;
            return OK;
        }
    }
    return OK;
}
