/**
 * Filters of articles: date:, lang:, source: and url:, as predicates over the article table.
 */
#ifndef QUOTH_KERNEL_FILTER_H
#define QUOTH_KERNEL_FILTER_H

#include "query.h"
#include "segment.h"

/** NODE_DATE, NODE_LANG, NODE_SOURCE or NODE_URL? */
static inline bool filter_is(const struct query_node *n)
{
    return n->kind == NODE_DATE || n->kind == NODE_LANG || n->kind == NODE_SOURCE || n->kind == NODE_URL;
}

/** Does the article pass the filter? ERR_INDEX: it is not readable. */
enum status filter_passes(const struct query_node *n, const struct segment *s, uint32_t article, bool *passes,
                          struct error *e) CHECK_RESULT;

#endif
