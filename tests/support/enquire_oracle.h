/**
 * libxapian's own search of a segment's database, as an oracle: the sum over the query's terms of weight times wdf.
 */
#ifndef QUOTH_ENQUIRE_ORACLE_H
#define QUOTH_ENQUIRE_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oracle_term {
    const char *text; /* of len bytes */
    size_t len;
    double weight; /* qtf * idf / 127 */
};

struct oracle_hit {
    uint32_t document; /* from 1 */
    double score;
};

/** All documents with any (is_and: with every) term, by score. Returns how many; at most max are written. */
size_t oracle_search(const char *folder, const struct oracle_term *terms, size_t n_terms, bool is_and,
                     struct oracle_hit *hits, size_t max);

#ifdef __cplusplus
}
#endif

#endif
