/**
 * How exactly the passages that match a query are counted: what a search asks for, and what it got.
 */
#ifndef QUOTH_FOUND_H
#define QUOTH_FOUND_H

enum search_total {
    TOTAL_ESTIMATE, /* about how many match: what is as quick as the search itself */
    TOTAL_EXACT,    /* every one is counted */
    TOTAL_NONE,     /* nobody asks; a lower bound will do */
};

enum found_bound {
    FOUND_EXACT,
    FOUND_ESTIMATE,
    FOUND_LOWER, /* at least so many */
};

#endif
