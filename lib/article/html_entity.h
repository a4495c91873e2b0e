/**
 * Character references: "&amp;", "&#8217;", "&#x2019;".
 */
#ifndef QUOTH_HTML_ENTITY_H
#define QUOTH_HTML_ENTITY_H

#include "slice.h"

#define ENTITY_MAX_BYTES 4 /* of the character */

/** The UTF-8 bytes of a reference with its '&' and ';'; 0 where it names no character (then it is text). */
size_t entity_decode(char out[ENTITY_MAX_BYTES], struct slice reference);

#endif
