/**
 * Lines of plain text, and what can be told of a line by its shape alone. Pure functions.
 */
#ifndef QUOTH_TEXT_LINE_H
#define QUOTH_TEXT_LINE_H

#include "slice.h"

/** A line without white space (no-break spaces too) at its ends and without its LF, CR LF or CR. */
struct text_line {
    struct slice s;  /* empty: a blank line */
    uint32_t start;  /* of s, in the text */
    uint32_t indent; /* bytes of white space before it */
};

/** The line at *at, and move *at behind it; false at the end of the text. */
bool text_line_next(struct slice text, size_t *at, struct text_line *line);

/** s without ASCII white space and no-break spaces at both ends. */
struct slice text_trim(struct slice s);

struct text_shape {
    size_t n_chars, n_words; /* words: what stands between spaces */
    uint32_t first, last;    /* characters; 0 in an empty line; last: behind it no quotes and brackets */
    bool has_letter, has_lower, has_upper;
    bool is_sentence; /* ends in . ! ? … or their like */
    bool is_stop;     /* ends in . or 。: titles hardly ever do */
    bool is_open;     /* ends in , ; : or a dash: something must follow */
};

struct text_shape text_shape(struct slice s);

/** Characters of well-formed UTF-8. */
size_t text_count_chars(struct slice s);

/** Words between ASCII white space; counting ends at max + 1. */
size_t text_count_words(struct slice s, size_t max);

/** Three or more of one of = - _ * ~ # and nothing else: an underline or a divider. */
bool text_is_rule(struct slice s);

/** Bytes of a list item's marker and the space behind it ("- ", "* ", "• ", "12. ", "3) "); 0: no item. */
size_t text_item_marker(struct slice s);

/** Does s begin with this ASCII prefix, whatever the case? */
bool text_starts(struct slice s, const char *prefix);

/** Where needle (ASCII, lower case) first stands in s, whatever the case; s.len if nowhere. */
size_t text_find(struct slice s, const char *needle);

/** The word at *at of a line, and move *at behind it; empty at the end. */
struct slice text_word(struct slice s, size_t *at);

#endif
