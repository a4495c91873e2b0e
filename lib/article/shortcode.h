/**
 * Template commands of site generators in Markdown: {{< … >}} and {{% … %}}, and {{ … }} where a link's target begins.
 */
#ifndef QUOTH_SHORTCODE_H
#define QUOTH_SHORTCODE_H

#include "slice.h"

#define SHORTCODE_MAX_BYTES 4096 /* a longer one is text */
#define SHORTCODE_FILLER '\1'    /* stands for a shortcode amid text; to be left out of it */

/** Overwrite shortcodes with as many fillers, or with spaces where they stand alone on a line or in a link's target. */
void shortcodes_blank(char *text, size_t len);

#endif
