/**
 * Decoded postings, and why a long operation should stop.
 */
#ifndef QUOTH_POSTINGS_H
#define QUOTH_POSTINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "status.h"

#define IMPACT_MAX 127 /* impacts are 1 to this */

/** Postings of one term in one segment, ascending, dead passages included. */
struct postings {
    uint32_t *passages;
    uint8_t *impacts; /* 1..IMPACT_MAX; 0 for filter terms */
    size_t n, cap;
};

void postings_clear(struct postings *p);

/** Room for exactly `need` where there is less; what stands in it stays. */
enum status postings_reserve(struct postings *p, size_t need, struct error *e) CHECK_RESULT;

/** Why a long operation should stop; read every few thousand postings. Both may be unset (0, NULL). */
struct stop {
    uint64_t deadline_us;      /* clock_us() at which to give up; 0: never */
    const atomic_bool *cancel; /* may be NULL */
};

/** OK, ERR_DEADLINE or ERR_CANCELLED. */
enum status stop_check(const struct stop *stop, struct error *e) CHECK_RESULT;

#define POSTINGS_STOP_EVERY 4096 /* postings between two looks at the clock */

#endif
