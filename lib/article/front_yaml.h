/**
 * A YAML mapping -> fields.
 */
#ifndef QUOTH_FRONT_YAML_H
#define QUOTH_FRONT_YAML_H

#include "article.h"

#define YAML_EVENTS_MAX 20000
#define YAML_DEPTH_MAX 32

/**
 * Values, lists of values, and of a mapping its `name`. Aliases are not followed.
 *
 * @param[out] is_mapping  false: not well-formed, past a bound, or no mapping; some fields may be set all the same
 * @retval ERR_NOMEM
 */
enum status front_yaml_read(struct article *a, struct slice yaml, bool *is_mapping, struct error *e) CHECK_RESULT;

#endif
