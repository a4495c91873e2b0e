/**
 * What a character is to the words of a text. Tables are filled from ICU a page at a time, when first touched.
 * One thread at a time.
 */
#ifndef QUOTH_CHAR_CLASS_H
#define QUOTH_CHAR_CLASS_H

#include "slice.h"
#include "status.h"

enum char_class {
    CHAR_LETTER,
    CHAR_DIGIT,   /* decimal digits, and other numbers that NFKC makes digits of */
    CHAR_MARK,    /* combining; belongs to the character before it */
    CHAR_IGNORED, /* soft hyphen, zero-width and bidi marks, variation selectors, tatweel: no part of the spelling */
    CHAR_APOSTROPHE,
    CHAR_DOT,
    CHAR_COMMA,
    CHAR_CJK,       /* Han, Hiragana, Katakana, Hangul */
    CHAR_COMPLEX,   /* letters of Thai, Lao, Khmer, Burmese: written without spaces, words are in ICU's dictionaries */
    CHAR_OTHER,     /* separates words */
    CHAR_NOT_ASCII, /* only in ascii[]: decode it */
};

#define CHAR_PAGES 0x1100u

struct char_classes {
    unsigned char ascii[256]; /* of a first byte of UTF-8 */
    unsigned char *pages[CHAR_PAGES];
    enum status state; /* ERR_NOMEM once a page could not be had; its characters are CHAR_OTHER then */
};

enum status char_classes_new(struct char_classes **out, struct error *e) CHECK_RESULT;
void char_classes_free(struct char_classes *t);

/** The class of a code point (at most 0x10FFFF). */
enum char_class char_class_of(struct char_classes *t, uint32_t c);

/** As char_class_next, for a character that is not ASCII. */
enum char_class char_class_decode(struct char_classes *t, struct slice text, size_t *at);

/** The class of the character at *at (below text.len), which moves behind it. */
static inline enum char_class char_class_next(struct char_classes *t, struct slice text, size_t *at)
{
    enum char_class k = (enum char_class)t->ascii[(unsigned char)text.data[*at]];
    if (k == CHAR_NOT_ASCII)
        return char_class_decode(t, text, at);
    ++*at;
    return k;
}

/** Is this character one that is no part of a spelling (CHAR_IGNORED)? */
bool char_is_ignored(uint32_t c);

/** Is this one of the characters that stand for an apostrophe? */
bool char_is_apostrophe(uint32_t c);

#endif
