/**
 * Text out of HTML, as blocks of an article: white space squeezed, or kept in pre.
 */
#ifndef QUOTH_HTML_TEXT_H
#define QUOTH_HTML_TEXT_H

#include "article.h"
#include "buf.h"
#include "html_tree.h"

/** Append the text below an element, hidden text left out, white space squeezed; `between` stands between blocks. */
void html_inner_text(struct buf *out, const xmlNode *element, char between);

/** The text below `main` becomes a's text and blocks. A heading h1 that equals a's title is left out. */
enum status html_read_tree(struct article *a, xmlNode *main, size_t page_weight, struct error *e) CHECK_RESULT;

/** The same without a tree, for pages nested too deep: all that stands outside of tags. */
enum status html_read_flat(struct article *a, struct slice html, struct error *e) CHECK_RESULT;

#endif
