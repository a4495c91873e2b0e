/**
 * Bytes in any encoding -> UTF-8, with a map back to the bytes.
 *
 * By BOM (UTF-8, UTF-16, UTF-32), else the declared charset, else UTF-8 where the bytes are that, else, where hardly
 * any of it is ill formed, UTF-8 with damage, else Windows-1252. The BOM is not part of the text.
 */
#ifndef QUOTH_ENCODING_H
#define QUOTH_ENCODING_H

#include "article.h"

/**
 * @param[out] out  UTF-8 text in a's arena, or raw itself (borrowed) where it is clean UTF-8; CR and LF stay as they
 * are; NUL becomes U+FFFD
 * @param a         gets the offset runs (none where text bytes are source bytes) and n_damaged
 * @param declared  the charset's name as the document gives it ("windows-1252", "ISO-8859-1"), or empty
 */
enum status encoding_to_utf8(struct slice *out, struct article *a, struct slice raw, struct slice declared,
                             struct error *e) CHECK_RESULT;

/**
 * "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE" where a BOM or, for UTF-16, the pattern of NUL bytes tells so; else
 * NULL.
 *
 * @param      head      the first bytes, 4,096 are enough
 * @param[out] mark_len  bytes of the BOM
 */
const char *encoding_sniff_wide(struct slice head, size_t *mark_len);

#endif
