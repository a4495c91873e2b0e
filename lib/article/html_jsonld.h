/**
 * JSON-LD in a page, as far as it tells of an article (schema.org).
 */
#ifndef QUOTH_HTML_JSONLD_H
#define QUOTH_HTML_JSONLD_H

#include "arena.h"
#include "html_author.h"

#define JSONLD_DEPTH_MAX 8 /* of lists and graphs around the article */

/** What the first that says it says; set to {0} to begin. Strings live in the arena. */
struct jsonld {
    struct slice headline, lang, url, keywords; /* keywords: joined by commas */
    struct name_list authors, organisations;
    int32_t published, modified; /* date.h */
    bool is_of_crowd; /* whoever comes by writes it: nobody is its author, and it is as old as its last change */
};

/** Add what a script holds. What is no JSON says nothing. */
enum status jsonld_read(struct jsonld *out, struct arena *arena, struct slice json, struct error *e) CHECK_RESULT;

#endif
