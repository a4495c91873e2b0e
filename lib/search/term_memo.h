/**
 * What the segments of a snapshot say of the terms that were asked for last. Queries use the same words again and
 * again, and to look one up anew is to wait for memory at four places of each segment; here it stands in one.
 */
#ifndef QUOTH_TERM_MEMO_H
#define QUOTH_TERM_MEMO_H

#include "snapshot.h"

#define TERM_MEMO_BYTES ((size_t)1 << 20) /* at most, but room for one term at least */
#define TERM_MEMO_TEXT 23                 /* bytes; longer terms are not remembered */

/** One thread at a time. */
struct term_memo;

enum status term_memo_new(struct term_memo **out, size_t n_segments, struct error *e) CHECK_RESULT;
void term_memo_free(struct term_memo *m);

/** Fetch into the processor's cache what term_memo_get() looks at; only a hint. */
void term_memo_expect(const struct term_memo *m, uint32_t hash);

/**
 * @param m        NULL: none is remembered
 * @param hash     segment_term_hash() of the term
 * @param[out] df  as it was put
 * @return a view of each segment, until the next term_memo_put(); NULL: the term is not remembered
 */
const struct term_view *term_memo_get(const struct term_memo *m, struct slice term, uint32_t hash, uint64_t *df);
/** In place of another one, perhaps. */
void term_memo_put(struct term_memo *m, struct slice term, uint32_t hash, uint64_t df, const struct term_view *in);

#endif
