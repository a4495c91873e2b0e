/**
 * Text as a terminal may safely show it: wrapped at words, counted in columns, marked runs highlighted, control
 * characters spelled out.
 */
#ifndef QUOTH_WRAP_H
#define QUOTH_WRAP_H

#include "buf.h"

#define COLUMNS_ENDLESS (UINT32_MAX / 2)

/** A highlighted run: bytes of the text, ascending. What overlaps or lies outside is passed over. */
struct mark {
    uint32_t start, len;
};

struct wrap {
    struct buf *out;
    uint32_t columns;   /* of a line; COLUMNS_ENDLESS: lines end only where the text says */
    uint32_t indent;    /* spaces before each line but the first */
    uint32_t column;    /* where the next character goes; moves on */
    bool is_colour;     /* off: no escape sequence is ever written */
    uint32_t block_gap; /* line feeds where the text has an empty line; 0: all white space is one space */
    bool is_extracted;  /* with a gap: a line feed of the text is a line, a TAB the border of a table's cells */
    const char *base;   /* SGR parameters of the text ("1": bold), "" for none */
    const char *marked; /* SGR parameters of the marked runs */
};

/**
 * Write text, wrapped; the last line is not ended. With a block_gap, list items begin a line even where the text wraps
 * at a margin of its own.
 */
void wrap_text(struct wrap *w, struct slice text, const struct mark *marks, size_t n_marks);

/** End the line and begin the next at column 0. */
void wrap_end(struct wrap *w);

/**
 * Append text with control characters (C0 but TAB and LF, DEL, C1), direction overrides and malformed bytes spelled
 * out as \x1b, \u202e, \xff: what a terminal would obey is seen instead.
 */
void put_harmless(struct buf *out, struct slice text);

/** Columns that put_harmless() of a text without TAB and LF takes. */
uint32_t text_width(struct slice text);

#endif
