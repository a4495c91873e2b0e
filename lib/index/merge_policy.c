#include "merge.h"

#include <stdlib.h>

#define SEGMENTS_USUAL 10                              /* no more are left standing beside the large ones */
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

static void pick_mostly_dead(struct merge_candidate *candidates, size_t n)
{
    for (size_t i = 0; i < n; i++)
        candidates[i].is_picked = candidates[i].n_dead > candidates[i].n_live;
}

/* Where the result would not fit into one segment nothing is won, and the next update would merge the same again. */
static void pick_usual(struct merge_candidate *candidates, size_t n, uint64_t fits)
{
    uint64_t large = fits / 2 < MERGE_USUAL_MAX ? fits / 2 : MERGE_USUAL_MAX, sum = 0;
    size_t n_small = 0;
    pick_mostly_dead(candidates, n);
    for (size_t i = 0; i < n; i++) {
        n_small += !candidates[i].is_picked && candidates[i].n_live <= large;
        sum += candidates[i].is_picked ? candidates[i].n_live : 0;
    }
    if (n_small <= SEGMENTS_USUAL && n <= SEGMENTS_MANY)
        return;
    size_t n_wanted = n > SEGMENTS_MANY ? n - SEGMENTS_MANY + MERGE_WIDTH : MERGE_WIDTH;
    for (size_t i = 0; i < n_wanted; i++) {
        struct merge_candidate *c = smallest_unpicked(candidates, n);
        if (c == NULL || (n <= SEGMENTS_MANY && (c->n_live > large || sum + c->n_live > fits)))
            break;
        c->is_picked = true;
        sum += c->n_live;
    }
    /* One alone has nobody to be merged with. */
    if (count_picked(candidates, n) == 1)
        pick_mostly_dead(candidates, n);
}

bool merge_pick(struct merge_candidate *candidates, size_t n, enum merge_policy policy, uint64_t fits)
{
    size_t n_dead = 0;
    for (size_t i = 0; i < n; i++)
        n_dead += candidates[i].n_dead > 0;
    if (policy == MERGE_USUAL)
        pick_usual(candidates, n, fits);
    for (size_t i = 0; i < n && policy != MERGE_USUAL; i++)
        candidates[i].is_picked = policy == MERGE_ALL ? n > 1 || n_dead > 0 : candidates[i].n_dead > 0;
    return count_picked(candidates, n) > 0;
}
