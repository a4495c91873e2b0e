/**
 * The entries of one chunk of a glass posting list, decoded in a tight loop.
 */
#ifndef QUOTH_GLASS_CHUNK_H
#define QUOTH_GLASS_CHUNK_H

#include "slice.h"

/** LEB128 of at most 32 bits from *at, which moves behind it. False: it does not end within bytes, or is larger. */
bool glass_unpack(struct slice bytes, size_t *at, uint32_t *out);

/**
 * Decode a chunk's entries: the first document's wdf, then (gap - 1, wdf) each.
 *
 * Nothing is read outside of entries and nothing written past `room`, whatever the bytes are.
 *
 * @param first,last  the documents with which the chunk says that it begins and ends; 0 < first <= last
 * @param passages    documents less 1, ascending, from first - 1 to last - 1
 * @param impacts     their wdfs, all below 128
 * @return how many they are; 0: damaged, or more than `room`
 */
size_t glass_chunk_decode(struct slice entries, uint32_t first, uint32_t last, uint32_t *passages, uint8_t *impacts,
                          size_t room);

#endif
