/**
 * Keys of a front matter, and what their values set.
 */
#ifndef QUOTH_FRONT_FIELD_H
#define QUOTH_FRONT_FIELD_H

#include "article.h"

enum front_field {
    FRONT_OTHER,
    FRONT_TITLE,
    FRONT_AUTHOR,
    FRONT_DATE,
    FRONT_TAGS,
    FRONT_URL,
    FRONT_LANG,
};

/** The field that a key names, in any case of letters. */
enum front_field front_field_of(struct slice key);

/** Set a field by one value; title, date, url and language only while they are empty. */
enum status front_field_set(struct article *a, enum front_field field, struct slice value,
                            struct error *e) CHECK_RESULT;

#endif
