#include "text_break.h"

#include "utf8.h"

/* The character before `at` and where it begins; 0 at the beginning of the text. */
static uint32_t before(struct slice text, size_t at, size_t *start)
{
    *start = at;
    if (at == 0)
        return 0;
    *start = utf8_floor(text, at - 1);
    size_t end = *start;
    return utf8_next(text, &end, NULL);
}

static uint32_t after(struct slice text, size_t at, size_t *end)
{
    *end = at;
    return at < text.len ? utf8_next(text, end, NULL) : 0;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Scripts written without spaces: a cut may fall between any two of their characters. */
static bool is_ideograph(uint32_t c)
{
    return (c >= 0x2E80 && c <= 0x2FFF) || (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

/* A mark or joiner that belongs to the character before it. */
static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || c == 0x200D || c == 0x3099 || c == 0x309A || (c >= 0xFE00 && c <= 0xFE0F) ||
           (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0x20D0 && c <= 0x20FF);
}

static bool is_word(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c < 0xC0)
        return c == 0xAA || c == 0xB5 || c == 0xBA;
    bool is_punctuation = (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF0F);
    return !is_punctuation && !is_ideograph(c);
}

/* What joins two halves of a word: ISIS-K, O'Brien, 3.14. */
static bool is_joiner(uint32_t c)
{
    return c == '\'' || c == 0x2019 || c == '-' || c == '.' || c == ',' || c == '_' || c == 0x2010 || c == 0x2011;
}

bool text_is_mark(struct slice text, size_t at)
{
    size_t end;
    return at > 0 && is_mark(after(text, at, &end));
}

bool text_is_break(struct slice text, size_t at)
{
    if (at == 0 || at >= text.len)
        return true;
    size_t start, end, beyond;
    uint32_t left = before(text, at, &start), right = after(text, at, &end);
    if (is_mark(right) || left == 0x200D)
        return false;
    if (is_word(left) && is_word(right))
        return false;
    if (is_joiner(left) && is_word(right) && is_word(before(text, start, &beyond)))
        return false;
    return !(is_word(left) && is_joiner(right) && is_word(after(text, end, &beyond)));
}

static bool ends_sentence(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 || c == 0xFF1F;
}

static bool ends_clause(uint32_t c)
{
    return c == ',' || c == ';' || c == ':' || c == 0x2013 || c == 0x2014 || c == 0x3001 || c == 0xFF0C || c == 0xFF1B;
}

/* A quote or bracket that may stand between a sentence's end and the space behind it. */
static bool is_closing(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0xBB || c == 0x2019 || c == 0x201D || c == 0x300D;
}

/* "J. Smith", "the U.S. army": a full stop behind a letter that stands alone. */
static bool is_initial(struct slice text, size_t stop)
{
    size_t letter, beyond;
    return is_word(before(text, stop, &letter)) && !is_word(before(text, letter, &beyond));
}

/* What the text before `end`, white space left out, brings to an end. */
static enum text_boundary boundary_behind(struct slice text, size_t end, uint32_t next)
{
    size_t start;
    uint32_t c = before(text, end, &start);
    while (is_closing(c)) {
        end = start;
        c = before(text, end, &start);
    }
    if (ends_clause(c))
        return BOUNDARY_CLAUSE;
    if (!ends_sentence(c))
        return BOUNDARY_WORD;
    bool is_abbreviation = (next >= 'a' && next <= 'z') || (c == '.' && is_initial(text, start));
    return is_abbreviation ? BOUNDARY_WORD : BOUNDARY_SENTENCE;
}

enum text_boundary text_boundary_at(struct slice text, size_t at)
{
    size_t start, end;
    /* The common cases at a glance: a space, a word's inside, a word behind a word and a space. */
    if (text.data[at] == ' ' || text_is_within_word(text, at))
        return BOUNDARY_NONE;
    if (at > 1 && text_is_ascii_word(text.data[at]) && text.data[at - 1] == ' ' &&
        text_is_ascii_word(text.data[at - 2]))
        return BOUNDARY_WORD;
    uint32_t next = after(text, at, &end);
    if (is_space(next) || !text_is_break(text, at))
        return BOUNDARY_NONE;
    uint32_t c = before(text, at, &start);
    if (at == 0)
        return BOUNDARY_SENTENCE;
    if (!is_space(c)) {
        if (!is_word(next) && !is_ideograph(next))
            return BOUNDARY_NONE;
        bool is_dense =
            c >= 0x2013; /* dashes and the punctuation of scripts without spaces need no space behind them */
        return is_dense && !is_closing(c) ? boundary_behind(text, at, next) : BOUNDARY_WORD;
    }
    int n_lines = 0;
    size_t from = at;
    for (; is_space(c); c = before(text, from, &start)) {
        n_lines += c == '\n';
        from = start;
    }
    return n_lines > 1 || from == 0 ? BOUNDARY_SENTENCE : boundary_behind(text, from, next);
}
