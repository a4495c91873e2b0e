/**
 * How many columns of a terminal a character takes. The C library's wcwidth() knows only the locale's characters, and
 * quoth prints UTF-8 under LANG=C too; so it has the few ranges that matter, after Unicode's East Asian Width.
 */
#ifndef QUOTH_WIDTH_H
#define QUOTH_WIDTH_H

#include <stdint.h>

/** 0 (marks, joiners), 1 or 2 (East Asian wide and full-width, most emoji). */
uint32_t char_width(uint32_t c);

#endif
