/**
 * Memory for tables that are read here and there.
 */
#ifndef QUOTH_LARGE_H
#define QUOTH_LARGE_H

#include <stddef.h>

/**
 * n bytes, zeroed, at the beginning of a line of the processor's cache; free() frees them. From 2 MiB on the system is
 * asked for huge pages, where it has them: else looking up the page takes longer than looking up the entry.
 * NULL when memory ends.
 */
void *large_alloc(size_t n);

#endif
