/**
 * Joining two offset maps: text that was cut from a text which itself was converted from raw bytes.
 */
#ifndef QUOTH_OFFSET_MAP_H
#define QUOTH_OFFSET_MAP_H

#include "article.h"

/** The inner map: converted text -> raw bytes. Asked in ascending order. */
struct offset_map {
    struct article inner; /* only its runs are used */
    size_t at;            /* the run that the last question met */
};

/** Take over the runs of an article that was just converted; the article has none afterwards. */
enum status offset_map_take(struct offset_map *m, struct article *a, struct error *e) CHECK_RESULT;

/** Add to a's runs one whose source is the converted text; its source must not lie before that of the run before. */
enum status offset_map_add(struct offset_map *m, struct article *a, struct offset_run run,
                           struct error *e) CHECK_RESULT;

#endif
