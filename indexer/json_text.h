/**
 * Strings in JSON.
 */
#ifndef QUOTH_JSON_TEXT_H
#define QUOTH_JSON_TEXT_H

#include "buf.h"

/** Append s in quotes, escaped; malformed UTF-8 becomes U+FFFD. */
void json_put_string(struct buf *b, struct slice s);

#endif
