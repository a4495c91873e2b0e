/**
 * How often a randomised test goes round: its usual number, or what QUOTH_TEST_ROUNDS says, for a night's run.
 */
#ifndef QUOTH_ROUNDS_H
#define QUOTH_ROUNDS_H

#include <stdint.h>
#include <stdlib.h>

static inline uint64_t test_rounds(uint64_t usual)
{
    const char *wanted = getenv("QUOTH_TEST_ROUNDS");
    uint64_t n = wanted == NULL ? 0 : strtoull(wanted, NULL, 10);
    return n > 0 ? n : usual;
}

#endif
