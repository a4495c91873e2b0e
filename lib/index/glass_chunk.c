#include "glass_chunk.h"

#include "pack.h"

#define UINT32_MAX_BYTES 5 /* of LEB128 */
#define WORD_BYTES 8
#define HIGH_BITS UINT64_C(0x8080808080808080)
#define ODD_BYTES UINT64_C(0x00FF00FF00FF00FF) /* from 1 */
#define LANES_OF_ONE UINT64_C(0x0001000100010001)
#define GAP_STOP_MAX 0x800000u /* the high bit of a gap's last byte: three at most */

/* Where the loop stands. Passages are counted in 64 bits: a chunk's gaps cannot overflow them, so that it is enough to
 * look at the end whether all were in their bounds. */
struct decoding {
    const char *at, *end;
    uint32_t *passages;
    uint8_t *impacts;
    size_t n, room;
    uint64_t passage; /* the last one */
};

bool glass_unpack(struct slice bytes, size_t *at, uint32_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < UINT32_MAX_BYTES && *at < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.data[(*at)++];
        value |= (uint64_t)(byte & 0x7F) << 7 * i;
        if (byte < 0x80) {
            *out = (uint32_t)value;
            return value <= UINT32_MAX;
        }
    }
    return false;
}

/* One posting, whatever its gap. */
static bool take_one(struct decoding *d)
{
    struct slice rest = slice_of(d->at, (size_t)(d->end - d->at));
    size_t at = 0;
    uint32_t gap;
    if (d->n == d->room || !glass_unpack(rest, &at, &gap) || at == rest.len || (unsigned char)rest.data[at] >= 0x80)
        return false;
    d->passage += (uint64_t)gap + 1;
    d->passages[d->n] = (uint32_t)d->passage;
    d->impacts[d->n++] = (uint8_t)rest.data[at];
    d->at += at + 1;
    return true;
}

/* Four postings whose gaps take one byte each: their sums from four 16-bit lanes at once. */
static inline void take_four(struct decoding *d, uint64_t word)
{
    uint64_t sums = ((word & ODD_BYTES) + LANES_OF_ONE) * LANES_OF_ONE;
    for (size_t i = 0; i < 4; i++) {
        d->passages[d->n + i] = (uint32_t)(d->passage + (sums >> 16 * i & 0xFFFF));
        d->impacts[d->n + i] = (uint8_t)(word >> (16 * i + 8));
    }
    d->passage += sums >> 48;
    d->n += 4;
    d->at += WORD_BYTES;
}

/* A gap of up to three bytes; `stop` is the high bit of the last. */
static inline uint64_t gap_of(uint64_t word, uint64_t stop)
{
    uint64_t bits = word & (stop - 1);
    return (bits & 0x7F) | (bits >> 1 & 0x3F80) | (bits >> 2 & 0x1FC000);
}

/* Two postings with gaps of up to three bytes each, without a branch that hangs on their lengths: how long the next gap
 * is, no processor can foretell. False: they are others. */
static inline bool take_two(struct decoding *d, uint64_t word)
{
    uint64_t ends = ~word & HIGH_BITS; /* of the bytes that end a number */
    uint64_t ends2 = ends & (ends - 1);
    ends2 &= ends2 - 1;
    uint64_t stop = ends & (0 - ends), stop2 = ends2 & (0 - ends2);
    if ((ends & stop << 8) == 0 || (ends & stop2 << 8) == 0 || stop > GAP_STOP_MAX)
        return false;
    unsigned len = (unsigned)__builtin_ctzll(stop) + 1;
    uint64_t word2 = word >> len >> 8;
    stop2 = stop2 >> len >> 8;
    if (stop2 > GAP_STOP_MAX)
        return false;
    unsigned len2 = (unsigned)__builtin_ctzll(stop2) + 1;
    uint64_t passage = d->passage + gap_of(word, stop) + 1;
    d->passage = passage + gap_of(word2, stop2) + 1;
    d->passages[d->n] = (uint32_t)passage;
    d->passages[d->n + 1] = (uint32_t)d->passage;
    d->impacts[d->n] = (uint8_t)(word >> len);
    d->impacts[d->n + 1] = (uint8_t)(word2 >> len2);
    d->n += 2;
    d->at += (size_t)(__builtin_ctzll(ends2) >> 3) + 2;
    return true;
}

static bool decode(struct decoding *d)
{
    /* A copy whose address goes nowhere: it stays in registers whatever is written through `impacts`. */
    struct decoding x = *d;
    while (x.end - x.at >= WORD_BYTES && x.room - x.n >= 4) {
        uint64_t word = get_u64(x.at);
        if ((word & HIGH_BITS) == 0) {
            take_four(&x, word);
        } else if (!take_two(&x, word)) {
            struct decoding slow = x;
            if (!take_one(&slow))
                return false;
            x = slow;
        }
    }
    *d = x;
    while (d->at < d->end)
        if (!take_one(d))
            return false;
    return true;
}

size_t glass_chunk_decode(struct slice entries, uint32_t first, uint32_t last, uint32_t *passages, uint8_t *impacts,
                          size_t room)
{
    if (entries.len == 0 || room == 0 || (unsigned char)entries.data[0] >= 0x80)
        return 0;
    struct decoding d = {entries.data + 1, entries.data + entries.len, passages, impacts, 1, room, first - 1};
    passages[0] = first - 1;
    impacts[0] = (uint8_t)entries.data[0];
    return decode(&d) && d.passage == last - 1 ? d.n : 0;
}
