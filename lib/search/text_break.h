/**
 * Where a text may be cut, and what begins there: for snippets. Rules of thumb that need a few characters either side
 * and no tables; a passage's own borders are the splitter's work, not this.
 */
#ifndef QUOTH_TEXT_BREAK_H
#define QUOTH_TEXT_BREAK_H

#include "slice.h"

enum text_boundary {
    BOUNDARY_NONE, /* white space, or within a word */
    BOUNDARY_WORD,
    BOUNDARY_CLAUSE,
    BOUNDARY_SENTENCE,
};

/** May text be cut before byte `at` (a character's first byte, or the end)? Not within a word, nor before a mark. */
bool text_is_break(struct slice text, size_t at);

/** Is the character at byte `at` a mark or joiner that belongs to the one before it? */
bool text_is_mark(struct slice text, size_t at);

static inline bool text_is_ascii_word(char c)
{
    unsigned char letter = (unsigned char)((c | 0x20) - 'a'), digit = (unsigned char)(c - '0');
    return letter < 26 || digit < 10;
}

/** Does byte `at` (below text.len) stand behind an ASCII letter or digit and is it one? Then nothing begins there. */
static inline bool text_is_within_word(struct slice text, size_t at)
{
    return at > 0 && text_is_ascii_word(text.data[at]) && text_is_ascii_word(text.data[at - 1]);
}

/** What begins at byte `at` (a character's first byte, below text.len). */
enum text_boundary text_boundary_at(struct slice text, size_t at);

#endif
