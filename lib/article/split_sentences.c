#include "split_sentences.h"

#include "sentence_break.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#define ABBREVIATION_MAX_BYTES 12
#define WRAPPED_LINE_BYTES 45 /* the end of a line at least this long is taken for a space */

struct sentences {
    UBreakIterator *breaks; /* NULL: the default rules, which we know */
    UText *breaks_view;
    struct slice text;
    size_t window;                     /* the part of text that is looked at begins here */
    struct slice view;                 /* its bytes, in text or in `bytes` */
    size_t at;                         /* where the next sentence begins */
    size_t looked;                     /* the last break in the view */
    char bytes[SENTENCE_WINDOW_BYTES]; /* the view, where lines are wrapped; not set before that */
};

static enum status icu_error(UErrorCode code, struct error *e)
{
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return error_nomem(e);
    return error_set(e, ERR_INTERNAL, "sentence breaks: %s", u_errorName(code));
}

/* Greek alone has rules of its own: its question mark is a semicolon. */
static bool has_own_rules(struct slice lang)
{
    return slice_equal(lang, SLICE("el")) || slice_equal(lang, SLICE("ell")) || slice_equal(lang, SLICE("gre"));
}

enum status sentences_new(struct sentences **out, struct slice lang, struct error *e)
{
    *out = NULL;
    struct sentences *s = malloc(sizeof *s);
    if (s == NULL)
        return error_nomem(e);
    s->breaks = NULL;
    s->breaks_view = NULL;
    s->text = s->view = (struct slice){0};
    s->window = s->at = s->looked = 0;
    UErrorCode code = U_ZERO_ERROR;
    if (has_own_rules(lang))
        s->breaks = ubrk_open(UBRK_SENTENCE, "el", NULL, 0, &code);
    if (U_FAILURE(code)) {
        sentences_free(s);
        return icu_error(code, e);
    }
    *out = s;
    return OK;
}

void sentences_free(struct sentences *s)
{
    if (s == NULL)
        return;
    if (s->breaks != NULL)
        ubrk_close(s->breaks);
    utext_close(s->breaks_view);
    free(s);
}

/* ICU ends a sentence at every line end; in text that was wrapped at a column it mostly is none. */
static void copy_unwrapped(char *to, struct slice from)
{
    memcpy(to, from.data, from.len);
    size_t line = 0;
    for (char *p = to; (p = memchr(p, '\n', from.len - (size_t)(p - to))) != NULL; p++) {
        size_t at = (size_t)(p - to);
        bool is_blank = at + 1 < from.len && (from.data[at + 1] == '\n' || from.data[at + 1] == '\r');
        if (at - line >= WRAPPED_LINE_BYTES && !is_blank) {
            *p = ' ';
            if (p[-1] == '\r')
                p[-1] = ' ';
        }
        line = at + 1;
    }
}

static enum status open_window(struct sentences *s, size_t start, struct error *e)
{
    size_t end = utf8_floor(s->text, start + SENTENCE_WINDOW_BYTES);
    s->window = start;
    s->view = slice_of(s->text.data + start, end - start);
    s->looked = 0;
    if (s->view.len > 0 && memchr(s->view.data, '\n', s->view.len) != NULL) {
        copy_unwrapped(s->bytes, s->view);
        s->view.data = s->bytes;
    }
    if (s->breaks == NULL)
        return OK;
    UErrorCode code = U_ZERO_ERROR;
    s->breaks_view =
        utext_openUTF8(s->breaks_view, s->view.data == NULL ? "" : s->view.data, (int64_t)s->view.len, &code);
    ubrk_setUText(s->breaks, s->breaks_view, &code);
    if (U_FAILURE(code))
        return icu_error(code, e);
    ubrk_first(s->breaks);
    return OK;
}

/* The next break in the view, or its end. */
static size_t next_break(struct sentences *s)
{
    if (s->breaks != NULL) {
        int32_t next = ubrk_next(s->breaks);
        s->looked = next == UBRK_DONE ? s->view.len : (size_t)next;
    } else if (s->looked < s->view.len) {
        s->looked = sentence_break_next(s->view, s->looked);
    }
    return s->looked;
}

enum status sentences_begin(struct sentences *s, struct slice text, struct error *e)
{
    s->text = text;
    s->at = 0;
    return open_window(s, 0, e);
}

/* The last word before the full stop that ends s, or empty. */
static struct slice last_word(struct slice s)
{
    s = slice_trim(s);
    if (s.len == 0 || s.data[s.len - 1] != '.')
        return (struct slice){0};
    size_t start = --s.len;
    while (start > 0 && s.len - start < ABBREVIATION_MAX_BYTES &&
           (s.data[start - 1] == '.' || ((unsigned char)s.data[start - 1] & 0x80) != 0 ||
            ((s.data[start - 1] | 0x20) >= 'a' && (s.data[start - 1] | 0x20) <= 'z')))
        start--;
    return slice_from(s, start);
}

/* "Gen. Kurilla", "J. Smith", "U.S. Army": a full stop after these mostly ends no sentence. ICU's own exceptions take
 * longer to set up than an article takes to cut. */
static bool ends_in_abbreviation(struct slice s)
{
    static const struct slice abbreviations[] = {
        {"Mr", 2},   {"Mrs", 3},  {"Ms", 2},  {"Dr", 2},   {"Prof", 4}, {"St", 2},   {"Gen", 3}, {"Col", 3},
        {"Maj", 3},  {"Capt", 4}, {"Lt", 2},  {"Sgt", 3},  {"Adm", 3},  {"Cmdr", 4}, {"Sen", 3}, {"Rep", 3},
        {"Gov", 3},  {"Rev", 3},  {"Hon", 3}, {"Pres", 4}, {"Jr", 2},   {"Sr", 2},   {"vs", 2},  {"No", 2},
        {"Nos", 3},  {"Vol", 3},  {"Fig", 3}, {"pp", 2},   {"cf", 2},   {"ca", 2},   {"al", 2},  {"approx", 6},
        {"U.S", 3},  {"U.K", 3},  {"U.N", 3}, {"Jan", 3},  {"Feb", 3},  {"Mar", 3},  {"Apr", 3}, {"Jun", 3},
        {"Jul", 3},  {"Aug", 3},  {"Sep", 3}, {"Sept", 4}, {"Oct", 3},  {"Nov", 3},  {"Dec", 3}, {"Mme", 3},
        {"Mlle", 4}, {"Hr", 2},   {"Fr", 2},  {"Nr", 2},   {"bzw", 3},  {"Abs", 3},  {"Sra", 3}, {"Dra", 3},
        {"Ltd", 3},  {"Bros", 4}, {"Mt", 2},  {"Ft", 2}};
    struct slice word = last_word(s);
    if (word.len == 1)
        return word.data[0] >= 'A' && word.data[0] <= 'Z';
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
        if (slice_equal(word, abbreviations[i]))
            return true;
    return false;
}

enum status sentences_next(struct sentences *s, struct slice *out, struct error *e)
{
    *out = (struct slice){0};
    if (s->at >= s->text.len)
        return OK;
    for (;;) {
        size_t end = s->window + next_break(s), window_end = s->window + s->view.len;
        bool is_cut = end == window_end && end < s->text.len;
        /* The window's end is a break only where the window holds nothing but the start of this sentence. */
        if (is_cut && s->at > s->window) {
            enum status status = open_window(s, s->at, e);
            if (status != OK)
                return status;
            continue;
        }
        *out = slice_of(s->text.data + s->at, end - s->at);
        if (!is_cut && end < s->text.len && end < window_end && ends_in_abbreviation(*out))
            continue;
        s->at = end;
        return is_cut ? open_window(s, end, e) : OK;
    }
}
