/**
 * The languages that have a stemmer, and what the world calls them.
 */
#ifndef QUOTH_LANGUAGES_H
#define QUOTH_LANGUAGES_H

#include "slice.h"

#define LANGUAGE_NAMES_MAX 8
#define LANGUAGE_NONE 0u /* the index of "none": no stemmer */
#define LANGUAGE_UNKNOWN ((size_t)-1)

struct language {
    const char *code;                      /* two letters, or "none" */
    const char *stemmer;                   /* libstemmer's name; NULL: the term is the form */
    const char *names[LANGUAGE_NAMES_MAX]; /* further names, lower case: three-letter codes, English name; NULL ends */
};

/** How many there are, LANGUAGE_NONE included; below 255. */
size_t language_count(void);

/** The language numbered i (below language_count). */
const struct language *language_get(size_t i);

/** The number of the language with exactly this code ("en", "none"), or LANGUAGE_UNKNOWN. */
size_t language_by_code(const char *code);

/** The number of the language that goes by this name or code (any case, with or without a region: "en-GB"), or
 *  LANGUAGE_NONE. */
size_t language_by_name(struct slice name);

#endif
