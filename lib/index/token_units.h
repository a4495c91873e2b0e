/**
 * A token sequence as it stands in the file, to be read in place: u16 units, little-endian, at any address. A form id
 * below TOKEN_ESCAPE is one unit; others are TOKEN_ESCAPE + (id >> 16), then the low 16 bits; a position without a
 * token is TOKEN_GAP.
 *
 * The units are as untrusted as the file: any of them are walked without leaving the sequence, and a token of a damaged
 * one is some number, maybe of no form.
 */
#ifndef QUOTH_TOKEN_UNITS_H
#define QUOTH_TOKEN_UNITS_H

#include "cache_line.h"
#include "pack.h"
#include "segment.h"

#define TOKEN_ESCAPE 0xFF00u
#define TOKEN_GAP 0xFFFFu

static inline uint32_t token_unit(const struct token_units *u, size_t at)
{
    return get_u16(u->data + at * 2);
}

#define UNITS_PREFETCH_MAX_BYTES 1024 /* what is behind the first lines follows by itself */

/** Fetch the sequence into the processor's cache; only a hint. */
static inline void token_units_prefetch(const struct token_units *u)
{
    size_t len = u->n * 2 < UNITS_PREFETCH_MAX_BYTES ? u->n * 2 : UNITS_PREFETCH_MAX_BYTES;
    cache_fetch(u->data, len);
    if (len > 0)
        __builtin_prefetch(u->data + len - 1);
}

/** The token that begins at unit *at, which then is that of the next; FORM_NONE at a position without one. */
static inline uint32_t token_next(const struct token_units *u, size_t *at)
{
    uint32_t unit = token_unit(u, (*at)++);
    if (unit < TOKEN_ESCAPE)
        return unit;
    if (unit == TOKEN_GAP || *at >= u->n)
        return FORM_NONE;
    return (unit - TOKEN_ESCAPE) << 16 | token_unit(u, (*at)++);
}

/**
 * Does a token begin at unit `at`? Any unit below TOKEN_ESCAPE ends one, so the walk back is short.
 *
 * @param floor  a unit at which one begins, at most `at`
 */
static inline bool token_begins(const struct token_units *u, size_t floor, size_t at)
{
    size_t from = at;
    while (from > floor && token_unit(u, from - 1) >= TOKEN_ESCAPE)
        from--;
    while (from < at)
        from += token_unit(u, from) == TOKEN_GAP ? 1 : 2;
    return from == at;
}

#endif
