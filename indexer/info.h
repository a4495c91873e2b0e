/**
 * Looking at an index without changing it.
 */
#ifndef QUOTH_INFO_H
#define QUOTH_INFO_H

#include "options.h"

/** --info: on stdout, as text or as one JSON object. */
enum status info_print(const struct indexer_options *o, struct error *e) CHECK_RESULT;

/** --check: what is looked at goes to stdout unless o->is_quiet. */
enum status info_check(const struct indexer_options *o, struct error *e) CHECK_RESULT;

#endif
