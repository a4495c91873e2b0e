/**
 * The end of a page, where sites list other articles and their own sections.
 */
#ifndef QUOTH_TEXT_TAIL_H
#define QUOTH_TEXT_TAIL_H

#include "article.h"

/** Short lines without a sentence, such as surround the end of a pasted page. */
bool text_is_fragment(struct slice s);

/** Headings at the end, of nothing: the page's sections, or, where they are few, the text's last words. */
void text_settle_tail(struct article *a);

#endif
