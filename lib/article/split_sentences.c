#include "split_sentences.h"

#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#define ABBREVIATION_MAX_BYTES 12
#define WRAPPED_LINE_BYTES 45 /* the end of a line at least this long is taken for a space */

struct sentences {
    char bytes[SENTENCE_WINDOW_BYTES]; /* what ICU sees of the window */
    UBreakIterator *breaks;
    UText *view;
    struct slice text;
    size_t window, window_len; /* the part of text in bytes */
    size_t at;                 /* where the next sentence begins */
};

static enum status icu_error(UErrorCode code, struct error *e)
{
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return error_nomem(e);
    return error_set(e, ERR_INTERNAL, "sentence breaks: %s", u_errorName(code));
}

enum status sentences_new(struct sentences **out, struct slice lang, struct error *e)
{
    *out = NULL;
    struct sentences *s = calloc(1, sizeof *s);
    if (s == NULL)
        return error_nomem(e);
    char locale[16];
    snprintf(locale, sizeof locale, "%.*s", lang.len > 8 ? 0 : (int)lang.len, lang.len == 0 ? "" : lang.data);
    UErrorCode code = U_ZERO_ERROR;
    s->breaks = ubrk_open(UBRK_SENTENCE, locale, NULL, 0, &code);
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
    utext_close(s->view);
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
    s->window_len = end - start;
    if (s->window_len > 0)
        copy_unwrapped(s->bytes, slice_of(s->text.data + start, s->window_len));
    UErrorCode code = U_ZERO_ERROR;
    s->view = utext_openUTF8(s->view, s->bytes, (int64_t)s->window_len, &code);
    ubrk_setUText(s->breaks, s->view, &code);
    if (U_FAILURE(code))
        return icu_error(code, e);
    ubrk_first(s->breaks);
    return OK;
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
    static const char *const abbreviations[] = {
        "Mr",  "Mrs",    "Ms",  "Dr",   "Prof", "St",  "Gen", "Col", "Maj", "Capt", "Lt",  "Sgt", "Adm",  "Cmdr", "Sen",
        "Rep", "Gov",    "Rev", "Hon",  "Pres", "Jr",  "Sr",  "vs",  "No",  "Nos",  "Vol", "Fig", "pp",   "cf",   "ca",
        "al",  "approx", "U.S", "U.K",  "U.N",  "Jan", "Feb", "Mar", "Apr", "Jun",  "Jul", "Aug", "Sep",  "Sept", "Oct",
        "Nov", "Dec",    "Mme", "Mlle", "Hr",   "Fr",  "Nr",  "bzw", "Abs", "Sra",  "Dra", "Ltd", "Bros", "Mt",   "Ft",
    };
    struct slice word = last_word(s);
    if (word.len == 1)
        return word.data[0] >= 'A' && word.data[0] <= 'Z';
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
        if (slice_equal(word, slice_cstr(abbreviations[i])))
            return true;
    return false;
}

enum status sentences_next(struct sentences *s, struct slice *out, struct error *e)
{
    *out = (struct slice){0};
    if (s->at >= s->text.len)
        return OK;
    for (;;) {
        int32_t next = ubrk_next(s->breaks);
        size_t end = next == UBRK_DONE ? s->window + s->window_len : s->window + (size_t)next;
        bool is_cut = end == s->window + s->window_len && end < s->text.len;
        /* The window's end is a break only where the window holds nothing but the start of this sentence. */
        if (is_cut && s->at > s->window) {
            enum status status = open_window(s, s->at, e);
            if (status != OK)
                return status;
            continue;
        }
        *out = slice_of(s->text.data + s->at, end - s->at);
        if (!is_cut && end < s->text.len && end < s->window + s->window_len && ends_in_abbreviation(*out))
            continue;
        s->at = end;
        return is_cut ? open_window(s, end, e) : OK;
    }
}
