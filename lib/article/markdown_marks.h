/**
 * Marks in Markdown that are no CommonMark: commands of templates, attribute lists, marks of footnotes, wiki links,
 * highlights.
 */
#ifndef QUOTH_MARKDOWN_MARKS_H
#define QUOTH_MARKDOWN_MARKS_H

#include "slice.h"

#define MARKS_MAX_BYTES 4096 /* a longer command or link is text */

/**
 * Overwrite them with SHORTCODE_FILLER, line by line; the words of links and highlights stay, and so does code (between
 * fences, between backticks).
 *
 *     {% include x %}  {{ page.title }}  {.external}  {: #top}  word[^1]  [[Page|words]]  ![[scan.png]]  ==words==
 */
void markdown_marks_blank(char *text, size_t len);

#endif
