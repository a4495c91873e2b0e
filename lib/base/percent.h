/**
 * Percent-encoding, for values in a status line and for article ids wherever they stand on the wire or in a text file.
 */
#ifndef QUOTH_PERCENT_H
#define QUOTH_PERCENT_H

#include "buf.h"

/** Append s with '%', space, control bytes, DEL and every byte in `also` (a C string without letters, may be "") as
 * %XX. */
void percent_encode(struct buf *b, struct slice s, const char *also);

/** Append s with %XX as the byte; a '%' not followed by two hex digits stays as it is. */
void percent_decode(struct buf *b, struct slice s);

/** Append s, bytes that are not well-formed UTF-8 as %XX and nothing else changed. */
void percent_encode_damage(struct buf *b, struct slice s);

#endif
