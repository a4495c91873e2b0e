/**
 * A parsed HTML tree: what its elements are, and which of them frame a page rather than belong to its text. libxml2's
 * nodes; their _private holds the weight. No function recurses, however deep the tree.
 */
#ifndef QUOTH_HTML_TREE_H
#define QUOTH_HTML_TREE_H

#include "slice.h"

#include <libxml/tree.h>

enum html_trait {
    HTML_HIDDEN = 1,    /* its text is never shown or no prose: script, style, button … */
    HTML_FRAME = 2,     /* belongs to the page, not to its text: nav, footer, aside, form */
    HTML_BLOCK = 4,     /* begins and ends a paragraph */
    HTML_CELL = 8,      /* of a table */
    HTML_CAPTION = 16,  /* of a figure or table */
    HTML_HEADING = 32,  /* h1 to h6 */
    HTML_PRE = 64,      /* white space counts */
    HTML_SECTION = 128, /* may hold the page's main text: article, main, section */
};

/** enum html_trait bits of a node; 0 for what is no element or one that says nothing. */
unsigned html_traits(const xmlNode *node);

bool html_is(const xmlNode *node, const char *name);

/** An attribute's value, as long as the tree; empty where it is absent. */
struct slice html_attr(const xmlNode *node, const char *name);

/** Is `word` (lower case) one of the words of the class or id attribute, cut at white space, '-' and '_'? */
bool html_has_word(const xmlNode *node, const char *const *words, size_t n_words);

/** The node after `node` in document order below root, into its children or past them; NULL at the end. */
xmlNode *html_next(const xmlNode *node, const xmlNode *root, bool descends);

/** Note in each element below root, and root, how many bytes of text it holds: white space and hidden text do not
 * count. */
void html_weigh(xmlNode *root);
size_t html_weight(const xmlNode *node);

/** Does this element, with all below it, not belong to the text of a page of this weight? */
bool html_is_dropped(const xmlNode *node, size_t page_weight);

/** A byline, date line or the like: part of the text, but no passage of its own. */
bool html_is_boilerplate(const xmlNode *node);

/** The element that holds the main text: main or article where that holds most of it, else root. Weigh before. */
xmlNode *html_main(xmlNode *root);

#endif
