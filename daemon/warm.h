/**
 * A thread that fills the cache of posting lists with those of the commonest terms, after the start and after each new
 * generation, so that the first searches do not decode them. It gives way to the workers.
 */
#ifndef QUOTH_WARM_H
#define QUOTH_WARM_H

#include "generations.h"

struct warm;

/** @param g  with a cache; borrowed until warm_stop() */
enum status warm_start(struct warm **out, struct generations *g, struct error *e) CHECK_RESULT;

/** Generations changed: leave off, and begin with the new one. Any thread; NULL is allowed. */
void warm_refresh(struct warm *w);

/** Leave off and end. NULL is allowed. */
void warm_stop(struct warm *w);

#endif
