/**
 * Where the words of a text begin and end. Nothing is decided here about spelling.
 */
#ifndef QUOTH_WORDS_H
#define QUOTH_WORDS_H

#include "char_class.h"

enum word_kind {
    WORD_PLAIN,
    WORD_CJK,     /* a run of CJK characters; words_bigram() cuts it */
    WORD_COMPLEX, /* a run of a script without spaces; complex.h cuts it */
};

/** Bytes of the text: start..end is the token's range, start..raw_end what was written, with the 's that is left off.
 */
struct word {
    enum word_kind kind;
    size_t start, end, raw_end;
};

/**
 * The first word that begins at or after *at; *at moves behind it. False: there is none.
 *
 * @param fast  leave ASCII words to a tight loop (the result is the same; tests compare)
 */
bool words_next(struct char_classes *t, struct slice text, size_t *at, bool fast, struct word *out);

/** As words_ascii_ends, for a word that something else than a separator of ASCII follows. */
bool words_ends_before(struct char_classes *t, struct slice text, size_t start, size_t end);

/**
 * start..end are letters and digits of ASCII with neither before nor behind them: are they a word whatever else there
 * is? (False: words_next must tell.)
 */
static inline bool words_ascii_ends(struct char_classes *t, struct slice text, size_t start, size_t end)
{
    return end == text.len || t->ascii[(unsigned char)text.data[end]] == CHAR_OTHER ||
           words_ends_before(t, text, start, end);
}

/**
 * The next bigram of a CJK run: two characters, or the only one. *at is run->start at first and moves on.
 * False: there is none left.
 */
bool words_bigram(struct char_classes *t, struct slice text, const struct word *run, size_t *at, struct word *out);

#endif
