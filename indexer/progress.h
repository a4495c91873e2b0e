/**
 * A line on the terminal that says how far a run is. One thread at a time.
 */
#ifndef QUOTH_PROGRESS_H
#define QUOTH_PROGRESS_H

#include "report.h"

struct progress {
    const struct report *report;
    const char *what;    /* "reading" */
    uint64_t n_expected; /* bytes; 0: nobody knows */
    uint64_t drawn_us;
    bool is_on;
};

void progress_init(struct progress *p, const struct report *r);
/** Another stretch of work begins. */
void progress_begin(struct progress *p, const char *what, uint64_t n_expected);
/** Draw if it is time; ctx is the progress. */
void progress_tick(void *ctx);
void progress_end(struct progress *p);

#endif
