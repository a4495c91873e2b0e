/**
 * The charset that an HTML page declares.
 */
#ifndef QUOTH_HTML_CHARSET_H
#define QUOTH_HTML_CHARSET_H

#include "slice.h"

/** As the first 4,096 bytes name it in a meta element or an XML declaration; borrowed from html, or empty. */
struct slice html_declared_charset(struct slice html);

#endif
