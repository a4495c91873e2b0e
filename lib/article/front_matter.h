/**
 * The fields that a Markdown file begins with: YAML between "---" lines (or up to "..."), TOML between "+++" lines.
 */
#ifndef QUOTH_FRONT_MATTER_H
#define QUOTH_FRONT_MATTER_H

#include "article.h"

#define FRONT_MATTER_MAX_BYTES ((size_t)65536) /* a longer one is text */

/**
 * Read title, author(s), date, tags, url (canonical) and language into a, where text begins with a front matter.
 *
 * What is not well-formed YAML is read line by line as `key: value` and counted in n_damaged. What opens like a front
 * matter and is never closed is read so too, but stays text.
 *
 * @param      text   UTF-8; nothing in a points into it afterwards
 * @param[out] after  where the text behind the front matter begins; 0 where there is none
 * @retval ERR_NOMEM
 */
enum status front_matter_read(struct article *a, struct slice text, size_t *after, struct error *e) CHECK_RESULT;

#endif
