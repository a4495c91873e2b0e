#include "merge.h"

#include <stdlib.h>

#define SEGMENTS_USUAL 10                              /* no more are left standing, unless they are large */
#define MERGE_WIDTH 8                                  /* so many of the smallest are merged at once */
#define MERGE_USUAL_MAX ((uint64_t)1000000)            /* passages: larger ones are merged only on demand, */
#define SEGMENTS_MANY (SEGMENTS_MAX - 2 * MERGE_WIDTH) /* or when their number nears the bound */

static size_t count_picked(const struct merge_candidate *candidates, size_t n)
{
    size_t n_picked = 0;
    for (size_t i = 0; i < n; i++)
        n_picked += candidates[i].is_picked;
    return n_picked;
}

static struct merge_candidate *smallest_unpicked(struct merge_candidate *candidates, size_t n)
{
    struct merge_candidate *smallest = NULL;
    for (size_t i = 0; i < n; i++)
        if (!candidates[i].is_picked && (smallest == NULL || candidates[i].n_live < smallest->n_live))
            smallest = &candidates[i];
    return smallest;
}

static void pick_usual(struct merge_candidate *candidates, size_t n)
{
    for (size_t i = 0; i < n; i++)
        candidates[i].is_picked = candidates[i].n_dead > candidates[i].n_live;
    if (n - count_picked(candidates, n) <= SEGMENTS_USUAL)
        return;
    size_t n_wanted = n > SEGMENTS_MANY ? n - SEGMENTS_MANY + MERGE_WIDTH : MERGE_WIDTH;
    for (size_t i = 0; i < n_wanted; i++) {
        struct merge_candidate *c = smallest_unpicked(candidates, n);
        if (c == NULL || (c->n_live > MERGE_USUAL_MAX && n <= SEGMENTS_MANY))
            break;
        c->is_picked = true;
    }
    /* One alone has nobody to be merged with. */
    if (count_picked(candidates, n) == 1)
        for (size_t i = 0; i < n; i++)
            candidates[i].is_picked = candidates[i].n_dead > candidates[i].n_live;
}

bool merge_pick(struct merge_candidate *candidates, size_t n, enum merge_policy policy)
{
    size_t n_dead = 0;
    for (size_t i = 0; i < n; i++)
        n_dead += candidates[i].n_dead > 0;
    if (policy == MERGE_USUAL)
        pick_usual(candidates, n);
    for (size_t i = 0; i < n && policy != MERGE_USUAL; i++)
        candidates[i].is_picked = policy == MERGE_ALL ? n > 1 || n_dead > 0 : candidates[i].n_dead > 0;
    return count_picked(candidates, n) > 0;
}
