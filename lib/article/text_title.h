/**
 * Which of a plain text's first lines is its title. A byline or date line is the anchor: the title is the nearest line
 * above it that looks like one. Without an anchor, a short first line is the title where what follows is plainly
 * something else.
 */
#ifndef QUOTH_TEXT_TITLE_H
#define QUOTH_TEXT_TITLE_H

#include "text_head_lines.h"

/** The title's (first) line, or HEAD_NONE. */
size_t title_find(const struct head *h, size_t anchor);

/**
 * Make line h->title the article's title. Its lines and the short ones above it (its section) are in no block; what
 * stands between it and the anchor is no heading.
 */
enum status title_take(struct head *h, size_t anchor, struct error *e) CHECK_RESULT;

/** The name of a site's section for sure: one or two known words, or a path of sections. */
bool title_is_section(const struct head_line *l);

#endif
