/**
 * Facets: how many distinct articles among a query's matches have each author, year, month, tag or language. Exact.
 */
#ifndef QUOTH_FACETS_H
#define QUOTH_FACETS_H

#include "arena.h"
#include "snapshot.h"

#define FACET_VALUES_MAX 1000000 /* distinct values of a field among the matches of one query */

enum facet_field {
    FACET_AUTHOR, /* each of several, as they are joined with ", " */
    FACET_YEAR,
    FACET_MONTH, /* "2024-03"; of a date that names a year alone: none */
    FACET_TAG,
    FACET_LANG,
    N_FACETS,
};

struct facet_wanted {
    enum facet_field field;
    uint32_t n; /* values listed at most, the commonest */
};

struct facet_line {
    enum facet_field field;
    struct slice value;
    uint64_t n_articles;
};

/** "author", … */
const char *facet_name(enum facet_field field);

/** Counts in the making. One thread at a time. */
struct facets;

/** @param wanted  n of them, each field once */
enum status facets_new(struct facets **out, const struct facet_wanted *wanted, size_t n, struct error *e) CHECK_RESULT;
void facets_free(struct facets *f);

/**
 * Count an article, once.
 *
 * @retval ERR_OPTION  more than FACET_VALUES_MAX values of a field
 * @retval ERR_INDEX   the article is not readable
 */
enum status facets_add(struct facets *f, const struct segment *s, uint32_t article, struct error *e) CHECK_RESULT;

/** The lines, field by field as they were wanted, the commonest values first, ties by their bytes; the arena's. */
enum status facets_take(const struct facets *f, struct arena *arena, struct facet_line **lines, size_t *n,
                        struct error *e) CHECK_RESULT;

#endif
