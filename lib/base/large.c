#include "large.h"

#include "cache_line.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_BYTES ((size_t)2 << 20)

void *large_alloc(size_t n)
{
    size_t unit = n >= HUGE_BYTES ? HUGE_BYTES : CACHE_LINE_BYTES;
    if (n > SIZE_MAX - unit)
        return NULL;
    size_t rounded = (n + unit - 1) / unit * unit;
    void *p = aligned_alloc(unit, rounded);
    if (p == NULL)
        return NULL;
    if (unit == HUGE_BYTES)
        (void)madvise(p, n / HUGE_BYTES * HUGE_BYTES, MADV_HUGEPAGE); /* advice; without it all works as well */
    memset(p, 0, n);
    return p;
}
