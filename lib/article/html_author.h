/**
 * Which of a page's many accounts of its authors is to be believed, and whose names stand in a byline.
 */
#ifndef QUOTH_HTML_AUTHOR_H
#define QUOTH_HTML_AUTHOR_H

#include "article.h"

#define NAMES_MAX 32

/** Names as they are written in one place: a meta element, JSON-LD, a byline. Borrowed. */
struct name_list {
    struct slice items[NAMES_MAX];
    size_t n;
};

/** Add a name; an empty one, one that is there, or one past NAMES_MAX is dropped. */
void name_list_add(struct name_list *list, struct slice name);

/** Add the names of "By Jane Doe and John Roe"; what cannot be read so is added as it is. */
void name_list_add_written(struct name_list *list, struct slice written);

/**
 * Add the names of a byline: of its first line that is a credit or names alone, for dates and callings stand there too.
 * Without such a line a short text without digits is one name.
 */
void name_list_add_byline(struct name_list *list, struct slice lines);

/**
 * Set a's authors from the first list that is not empty, or from a later one that holds all its names and more.
 *
 * @param lists  the most explicit first
 */
enum status html_choose_author(struct article *a, const struct name_list *const *lists, size_t n,
                               struct error *e) CHECK_RESULT;

#endif
