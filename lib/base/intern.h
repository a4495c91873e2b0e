/**
 * A set of byte strings that numbers them 0, 1, 2, … in order of arrival. It owns copies. One thread at a time.
 */
#ifndef QUOTH_INTERN_H
#define QUOTH_INTERN_H

#include "slice.h"
#include "status.h"

#define INTERN_NONE UINT32_MAX

struct intern;

enum status intern_new(struct intern **out, struct error *e) CHECK_RESULT;
void intern_free(struct intern *t);

/** The number of s, given one if it is new. ERR_LIMIT past 2^32 - 2 strings or 1 TiB of bytes. */
enum status intern_put(struct intern *t, struct slice s, uint32_t *id, struct error *e) CHECK_RESULT;

/** s will be asked for soon: the memory where it is looked for is to be brought near meanwhile. */
void intern_expect(const struct intern *t, struct slice s);

/** The number of s, or INTERN_NONE. */
uint32_t intern_find(const struct intern *t, struct slice s);

/** The string numbered id (below intern_count), until the next intern_put. */
struct slice intern_get(const struct intern *t, uint32_t id);

uint32_t intern_count(const struct intern *t);

/** Bytes of memory in use, for budgets. */
size_t intern_memory(const struct intern *t);

#endif
