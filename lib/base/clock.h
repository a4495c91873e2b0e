/**
 * Monotonic time.
 */
#ifndef QUOTH_CLOCK_H
#define QUOTH_CLOCK_H

#include <stdint.h>

/** Microseconds of a clock that never goes back. */
uint64_t clock_us(void);

#endif
