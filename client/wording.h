/**
 * The server's messages speak of the protocol; what a person can do about them is an option of quoth.
 */
#ifndef QUOTH_WORDING_H
#define QUOTH_WORDING_H

#include "buf.h"

/** Append a message with the protocol's terms in it replaced by the client's; others stay as they are. */
void put_client_words(struct buf *out, struct slice message);

#endif
