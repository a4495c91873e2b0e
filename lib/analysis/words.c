#include "words.h"

/* The class of the character at `at`, CHAR_OTHER at the end of the text. */
static enum char_class peek(struct char_classes *t, struct slice text, size_t at)
{
    return at < text.len ? char_class_next(t, text, &at) : CHAR_OTHER;
}

static bool is_word_class(enum char_class k)
{
    return k == CHAR_LETTER || k == CHAR_DIGIT || k == CHAR_MARK || k == CHAR_IGNORED;
}

static bool is_s(struct slice text, size_t at)
{
    return at < text.len && (text.data[at] == 's' || text.data[at] == 'S');
}

/* Where an apostrophe and the s after it end, if they stand at `at` and end a word; else `at`. */
static size_t skip_possessive(struct char_classes *t, struct slice text, size_t at)
{
    size_t p = at;
    if (p >= text.len || char_class_next(t, text, &p) != CHAR_APOSTROPHE || !is_s(text, p))
        return at;
    return is_word_class(peek(t, text, p + 1)) ? at : p + 1;
}

/* State of a scan over one plain word. */
struct scan {
    struct char_classes *t;
    struct slice text;
    size_t p;             /* the next character */
    size_t end;           /* of the last letter, digit or mark */
    enum char_class last; /* the last letter's or digit's */
    size_t n_digits;      /* since the start or the last comma */
    bool is_grouped;      /* digits and commas only so far, so "1,000" may go on */
    bool has_comma;
    bool in_suffix;  /* behind an apostrophe */
    size_t n_suffix; /* characters since it */
    bool suffix_is_s;
    size_t trimmed; /* the word's end without its last 's, 's's, … */
};

static void take(struct scan *s, enum char_class k, size_t next)
{
    if (k == CHAR_IGNORED) {
        s->p = next;
        return;
    }
    s->suffix_is_s = s->n_suffix == 0 && next == s->p + 1 && is_s(s->text, s->p);
    s->n_suffix++;
    if (k != CHAR_MARK)
        s->last = k;
    if (k == CHAR_DIGIT)
        s->n_digits++;
    else
        s->is_grouped = false;
    s->p = s->end = next;
}

/* A comma goes on with a number only before exactly three digits, and only if digits alone came before it: one to
 * three, then threes. So "1,000" is a number and "1,2" or "in 1944,1945" are not. */
static bool joins_comma(struct scan *s, size_t next)
{
    if (!s->is_grouped || s->n_digits > 3 || (s->has_comma && s->n_digits != 3) || s->end != s->p)
        return false;
    for (int i = 0; i < 3; i++)
        if (next >= s->text.len || char_class_next(s->t, s->text, &next) != CHAR_DIGIT)
            return false;
    if (peek(s->t, s->text, next) == CHAR_DIGIT)
        return false;
    s->has_comma = true;
    s->n_digits = 0;
    return true;
}

static bool joins_apostrophe(struct scan *s, size_t next)
{
    bool joins = s->last == CHAR_LETTER ? peek(s->t, s->text, next) == CHAR_LETTER
                                        : skip_possessive(s->t, s->text, s->p) != s->p;
    if (!joins)
        return false;
    if (!(s->in_suffix && s->suffix_is_s))
        s->trimmed = s->end;
    s->in_suffix = true;
    s->n_suffix = 0;
    s->suffix_is_s = false;
    return true;
}

static bool joins_dot(struct scan *s, size_t next)
{
    if (s->last != CHAR_DIGIT || s->end != s->p || peek(s->t, s->text, next) != CHAR_DIGIT)
        return false;
    s->is_grouped = false;
    return true;
}

/* Is the character before next, of class k and not a letter, digit or mark, inside the word? */
static bool joins(struct scan *s, enum char_class k, size_t next)
{
    switch (k) {
    case CHAR_APOSTROPHE:
        return joins_apostrophe(s, next);
    case CHAR_DOT:
        return joins_dot(s, next);
    case CHAR_COMMA:
        return joins_comma(s, next);
    default:
        return false;
    }
}

static void scan_plain(struct char_classes *t, struct slice text, size_t start, struct word *out)
{
    struct scan s = {.t = t, .text = text, .p = start, .end = start, .is_grouped = true, .trimmed = start};
    while (s.p < text.len) {
        size_t next = s.p;
        enum char_class k = char_class_next(t, text, &next);
        if (is_word_class(k))
            take(&s, k, next);
        else if (joins(&s, k, next))
            s.p = next;
        else
            break;
    }
    *out = (struct word){WORD_PLAIN, start, s.in_suffix && s.suffix_is_s ? s.trimmed : s.end, s.end};
}

/* One letter with its marks at `at`: where it ends, marks and all (*end) and with what is ignored behind it (the
 * result); `at` if there is none. */
static size_t skip_letter(struct char_classes *t, struct slice text, size_t at, size_t *end)
{
    size_t p = at;
    if (p >= text.len || char_class_next(t, text, &p) != CHAR_LETTER)
        return at;
    *end = p;
    for (size_t next = p; next < text.len; p = next) {
        enum char_class k = char_class_next(t, text, &next);
        if (k == CHAR_MARK)
            *end = next;
        else if (k != CHAR_IGNORED)
            break;
    }
    return p;
}

/* "U.S.", "U.S", "e.g.": at least two single letters with dots between them. */
static bool scan_acronym(struct char_classes *t, struct slice text, size_t start, struct word *out)
{
    size_t p = start, end = start, letter_end = start;
    int n = 0;
    for (size_t next; (next = skip_letter(t, text, p, &letter_end)) != p;) {
        enum char_class k = peek(t, text, next);
        if (k == CHAR_DOT) {
            n = n < 2 ? n + 1 : n;
            p = end = next + 1;
            continue;
        }
        bool ends = !is_word_class(k) && (k != CHAR_APOSTROPHE || skip_possessive(t, text, next) != next);
        if (!ends && k == CHAR_APOSTROPHE) {
            size_t behind = next;
            char_class_next(t, text, &behind);
            ends = peek(t, text, behind) != CHAR_LETTER;
        }
        if (ends) {
            n = n < 2 ? n + 1 : n;
            end = letter_end;
        }
        break;
    }
    if (n < 2)
        return false;
    *out = (struct word){WORD_PLAIN, start, end, skip_possessive(t, text, end)};
    return true;
}

bool words_ends_before(struct char_classes *t, struct slice text, size_t start, size_t end)
{
    enum char_class after = (enum char_class)t->ascii[(unsigned char)text.data[end]];
    if (after == CHAR_NOT_ASCII)
        return char_class_decode(t, text, &end) == CHAR_OTHER;
    if (after != CHAR_COMMA && after != CHAR_DOT)
        return after == CHAR_OTHER;
    if (t->ascii[(unsigned char)text.data[end - 1]] == CHAR_LETTER)
        return after == CHAR_COMMA || end - start > 1; /* a letter and a dot may begin "U.S." */
    enum char_class next =
        end + 1 < text.len ? (enum char_class)t->ascii[(unsigned char)text.data[end + 1]] : CHAR_OTHER;
    return next != CHAR_DIGIT && next != CHAR_NOT_ASCII;
}

/* The common case: ASCII letters and digits, then something that cannot go on with the word. */
static bool scan_ascii(struct char_classes *t, struct slice text, size_t start, struct word *out)
{
    size_t p = start;
    while (p < text.len && t->ascii[(unsigned char)text.data[p]] <= CHAR_DIGIT)
        p++;
    if (p == start || !words_ascii_ends(t, text, start, p))
        return false;
    *out = (struct word){WORD_PLAIN, start, p, p};
    return true;
}

/* A run of one class with the marks and ignored characters inside it. */
static void scan_run(struct char_classes *t, struct slice text, size_t start, enum char_class of, struct word *out)
{
    size_t end = start;
    for (size_t p = start; p < text.len;) {
        enum char_class k = char_class_next(t, text, &p);
        if (k == of || k == CHAR_MARK)
            end = p;
        else if (k != CHAR_IGNORED)
            break;
    }
    *out = (struct word){of == CHAR_CJK ? WORD_CJK : WORD_COMPLEX, start, end, end};
}

bool words_next(struct char_classes *t, struct slice text, size_t *at, bool fast, struct word *out)
{
    for (size_t p = *at; p < text.len;) {
        size_t start = p;
        enum char_class k = char_class_next(t, text, &p);
        if (k == CHAR_CJK || k == CHAR_COMPLEX)
            scan_run(t, text, start, k, out);
        else if (k != CHAR_LETTER && k != CHAR_DIGIT)
            continue;
        else if (!(fast && scan_ascii(t, text, start, out)) && !scan_acronym(t, text, start, out))
            scan_plain(t, text, start, out);
        *at = out->raw_end;
        return true;
    }
    *at = text.len;
    return false;
}

/* The CJK character at *at with its marks; *at moves behind it and what is ignored. */
static void next_unit(struct char_classes *t, struct slice text, const struct word *run, size_t *at, size_t *end)
{
    char_class_next(t, text, at);
    *end = *at;
    for (size_t next = *at; next < run->end; *at = next) {
        enum char_class k = char_class_next(t, text, &next);
        if (k == CHAR_MARK)
            *end = next;
        else if (k != CHAR_IGNORED)
            break;
    }
}

bool words_bigram(struct char_classes *t, struct slice text, const struct word *run, size_t *at, struct word *out)
{
    size_t start = *at, end;
    if (start >= run->end)
        return false;
    next_unit(t, text, run, at, &end);
    if (*at < run->end) {
        size_t behind = *at;
        next_unit(t, text, run, &behind, &end);
        if (behind >= run->end)
            *at = run->end; /* the last character has had its bigram */
    }
    *out = (struct word){WORD_CJK, start, end, end};
    return true;
}
