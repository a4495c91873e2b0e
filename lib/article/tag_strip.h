/**
 * Raw HTML in Markdown: the text between tags, without comments and without what script and style elements hold. It
 * takes chunks as they come and remembers where it was between them. Plain state; set it to {0} to begin.
 */
#ifndef QUOTH_TAG_STRIP_H
#define QUOTH_TAG_STRIP_H

#include "slice.h"

#define TAG_NAME_BYTES 12 /* longer names are cut: none of them matters here */

struct tag_strip {
    enum { STRIP_TEXT, STRIP_TAG, STRIP_COMMENT } state;
    char quote;                  /* inside a quoted attribute value: the quote */
    bool is_closing, is_named;   /* </name; the name is complete */
    char name[TAG_NAME_BYTES];   /* of the tag being read, in lower case, ended by NUL */
    char hidden[TAG_NAME_BYTES]; /* inside such an element nothing is text; "" outside */
    size_t name_len;
    unsigned n_dashes; /* at the end of what was read of a comment */
};

/**
 * The next stretch of text in chunk from *at on, which moves behind it. False at the chunk's end.
 *
 * @param[out] breaks  a tag that ends a line (p, br, div, li …) stood before it
 */
bool tag_strip_next(struct tag_strip *s, struct slice chunk, size_t *at, struct slice *text, bool *breaks);

/** Is text that comes now, outside of raw HTML, inside an element that shows none? */
static inline bool tag_strip_is_hidden(const struct tag_strip *s)
{
    return s->hidden[0] != '\0';
}

#endif
