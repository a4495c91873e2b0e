/**
 * Lines that say who wrote an article and when: "By Jane Doe | March 27, 2024", "27 March 2024", "Jane Doe".
 * Pure functions on squeezed lines (single ASCII spaces).
 */
#ifndef QUOTH_TEXT_CREDIT_H
#define QUOTH_TEXT_CREDIT_H

#include "slice.h"

#define CREDIT_NAMES_MAX 16
#define CREDIT_MAX_WORDS 24 /* a longer line is no credit */

struct credit {
    int32_t date;                         /* DATE_NONE: none */
    bool is_update;                       /* "Updated …": the date counts only where there is no other */
    struct slice names[CREDIT_NAMES_MAX]; /* parts of the line */
    size_t n_names;
};

/** A line that marks itself: it has a date, or a name behind "By" or its like, and nothing else of weight. */
bool credit_parse(struct credit *out, struct slice line);

/** A line of names alone, each of 2 to 4 capitalised words; whether it is a byline its place must tell. */
bool credit_parse_names(struct credit *out, struct slice line);

/** A name and what somebody is, in one line: "Sandra Moss Environment correspondent". Its place must tell, too. */
bool credit_parse_called(struct credit *out, struct slice line);

/** Has it names, and does `author` hold them all? */
bool credit_is_of(const struct credit *credit, struct slice author);

/** What somebody is, below his name: "Science correspondent". */
bool credit_is_calling(struct slice line);

/** What stands behind "Author:" or "By": names, an affiliation behind them left out. */
bool credit_parse_authors(struct credit *out, struct slice value);

#endif
