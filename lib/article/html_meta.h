/**
 * What an HTML page says of itself: meta elements, JSON-LD, <time>, rel=author, bylines, <h1> and <title>.
 */
#ifndef QUOTH_HTML_META_H
#define QUOTH_HTML_META_H

#include "article.h"
#include "html_tree.h"

/**
 * Set title, author, date, language, url and tags. Of several sources the most explicit wins.
 *
 * @param root  the html element, weighed
 * @param main  what holds the main text: its h1 and its <time> count
 */
enum status html_read_meta(struct article *a, const xmlNode *root, const xmlNode *main, struct error *e) CHECK_RESULT;

#endif
