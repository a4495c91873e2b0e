#include "sentence_break.h"

#include "utf8.h"

#include <unicode/uchar.h>

#define EACH_BYTE(b) ((uint64_t)(b)*0x0101010101010101u)

enum { OTHER = U_SB_OTHER, SP = U_SB_SP, CLOSE = U_SB_CLOSE, CONTINUE = U_SB_SCONTINUE };
enum { UPPER = U_SB_UPPER, LOWER = U_SB_LOWER, DIGIT = U_SB_NUMERIC };

/* The property Sentence_Break of ASCII; the others are ICU's to tell. */
static int class_of_ascii(unsigned char c)
{
    if (c >= 'a' && c <= 'z')
        return LOWER;
    if (c >= 'A' && c <= 'Z')
        return UPPER;
    if (c >= '0' && c <= '9')
        return DIGIT;
    switch (c) {
    case '\n':
        return U_SB_LF;
    case '\r':
        return U_SB_CR;
    case '\t':
    case '\v':
    case '\f':
    case ' ':
        return SP;
    case '.':
        return U_SB_ATERM;
    case '!':
    case '?':
        return U_SB_STERM;
    case '"':
    case '\'':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
        return CLOSE;
    case ',':
    case '-':
    case ':':
        return CONTINUE;
    default:
        return OTHER;
    }
}

static int class_next(struct slice text, size_t *at)
{
    unsigned char c = (unsigned char)text.data[*at];
    if (c < 0x80) {
        ++*at;
        return class_of_ascii(c);
    }
    return u_getIntPropertyValue((UChar32)utf8_next(text, at, NULL), UCHAR_SENTENCE_BREAK);
}

/* Characters that belong to the one before them. */
static bool is_extension(int class)
{
    return class == U_SB_EXTEND || class == U_SB_FORMAT;
}

static bool is_separator(int class)
{
    return class == U_SB_SEP || class == U_SB_CR || class == U_SB_LF;
}

static bool is_terminator(int class)
{
    return class == U_SB_ATERM || class == U_SB_STERM;
}

/* Behind extensions. */
static size_t skip_extensions(struct slice text, size_t at)
{
    for (size_t next = at; next < text.len && ((unsigned char)text.data[next] & 0x80) != 0; at = next)
        if (!is_extension(class_next(text, &next)))
            break;
    return at;
}

/* Behind all characters of a class, each with its extensions. */
static size_t skip_class(struct slice text, size_t at, int class)
{
    for (size_t next = at; next < text.len && class_next(text, &next) == class; at = next)
        next = skip_extensions(text, next);
    return at;
}

static int peek(struct slice text, size_t at)
{
    return at < text.len ? class_next(text, &at) : OTHER;
}

/* Behind a separator of the given class that ends at `at`: CR and LF are one. */
static size_t end_separator(struct slice text, size_t at, int class)
{
    return class == U_SB_CR && at < text.len && text.data[at] == '\n' ? at + 1 : at;
}

/* Rule SB8: is the first letter, separator or terminator from `at` on a small letter? */
static bool goes_on_small(struct slice text, size_t at)
{
    while (at < text.len) {
        int class = class_next(text, &at);
        if (class == LOWER)
            return true;
        if (class == UPPER || class == U_SB_OLETTER || is_separator(class) || is_terminator(class))
            return false;
    }
    return false;
}

/* The first character from `at` on that may matter: no ASCII but a terminator or a control character. */
static size_t skip_plain(struct slice text, size_t at)
{
    while (text.len - at >= 8) {
        uint64_t v;
        memcpy(&v, text.data + at, sizeof v);
        uint64_t dot = v ^ EACH_BYTE('.'), mark = v ^ EACH_BYTE('!'), question = v ^ EACH_BYTE('?');
        uint64_t found =
            ((v - EACH_BYTE(0x20)) | (dot - EACH_BYTE(1)) | (mark - EACH_BYTE(1)) | (question - EACH_BYTE(1)) | v) &
            EACH_BYTE(0x80);
        if (found != 0)
            break;
        at += 8;
    }
    return at;
}

/* Behind a terminator that ends at *at: does the sentence end? *at is moved to there, or to where it goes on. */
static bool ends_behind(struct slice text, size_t *at, int terminator, int before)
{
    *at = skip_extensions(text, *at);
    int next = peek(text, *at);
    if (terminator == U_SB_ATERM && (next == DIGIT || (next == UPPER && (before == UPPER || before == LOWER))))
        return false; /* SB6, SB7 */
    *at = skip_class(text, *at, CLOSE);
    *at = skip_class(text, *at, SP);
    if (terminator == U_SB_ATERM && goes_on_small(text, *at))
        return false; /* SB8 */
    next = peek(text, *at);
    if (next == CONTINUE || is_terminator(next))
        return false; /* SB8a */
    if (is_separator(next)) {
        class_next(text, at);
        *at = end_separator(text, *at, next);
    }
    return true; /* SB11 */
}

size_t sentence_break_next(struct slice text, size_t at)
{
    size_t start = at;
    int before = OTHER; /* the class of the last character that is no extension */
    while (at < text.len) {
        size_t plain = skip_plain(text, at);
        if (plain > at)
            before = class_of_ascii((unsigned char)text.data[plain - 1]);
        at = plain;
        if (at == text.len)
            break;
        int class = class_next(text, &at);
        if (is_separator(class))
            return end_separator(text, at, class);
        if (is_terminator(class)) {
            if (ends_behind(text, &at, class, before))
                return at;
            before = OTHER;
        } else if (!is_extension(class)) {
            before = class;
        }
    }
    return at > start ? at : text.len;
}
