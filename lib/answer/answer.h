/**
 * A request against an index -> the bytes of its reply. The daemon's workers and the client's search without a daemon
 * call the same function, so both print the same bytes.
 *
 * Why a layer of its own: proto knows no index and search knows no wire; what joins them belongs to neither program.
 */
#ifndef QUOTH_ANSWER_H
#define QUOTH_ANSWER_H

#include "reply.h"
#include "search.h"

/**
 * Answer SEARCH, COUNT, GET and EXPLAIN (other verbs are ERR_INTERNAL): writes a whole reply, an ERR line included.
 *
 * @param reply       empty; it may have memory
 * @param started_us  clock_us() when the request arrived, for us= and the deadline
 * @param cancel      may be NULL
 * @return what the reply says (for counters); the reply is complete in any case
 */
enum status answer(struct buf *reply, struct searcher *s, const struct request *request, uint64_t started_us,
                   const atomic_bool *cancel);

/** ERR_GEN, with a line that says what to do about a gen= that is not served. */
enum status answer_other_generation(uint64_t wanted, uint64_t current, struct error *e) CHECK_RESULT;

#endif
