/**
 * Template commands of site generators in Markdown: {{< … >}} and {{% … %}}, and {{ … }} where a link's target begins.
 */
#ifndef QUOTH_SHORTCODE_H
#define QUOTH_SHORTCODE_H

#include "slice.h"

#define SHORTCODE_MAX_BYTES 4096 /* a longer one is text */
#define SHORTCODE_FILLER '\xFF'  /* stands for a shortcode amid text, to be left out of it; no byte of UTF-8 */

/** Overwrite shortcodes with as many fillers, or with spaces where they stand alone on a line. */
void shortcodes_blank(char *text, size_t len);

#endif
