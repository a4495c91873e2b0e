#include "postings.h"

#include "clock.h"

#include <stdlib.h>

enum status stop_check(const struct stop *stop, struct error *e)
{
    if (stop == NULL)
        return OK;
    if (stop->cancel != NULL && atomic_load_explicit(stop->cancel, memory_order_relaxed))
        return error_set(e, ERR_CANCELLED, "cancelled");
    if (stop->deadline_us != 0 && clock_us() >= stop->deadline_us)
        return error_set(e, ERR_DEADLINE, "the deadline passed");
    return OK;
}

void postings_clear(struct postings *p)
{
    free(p->passages);
    free(p->impacts);
    *p = (struct postings){0};
}

enum status postings_reserve(struct postings *p, size_t need, struct error *e)
{
    if (need <= p->cap)
        return OK;
    if (need > UINT32_MAX)
        return error_set(e, ERR_LIMIT, "more than %u postings", UINT32_MAX);
    uint8_t *impacts = realloc(p->impacts, need * sizeof *impacts);
    if (impacts == NULL)
        return error_nomem(e);
    p->impacts = impacts;
    uint32_t *passages = realloc(p->passages, need * sizeof *passages);
    if (passages == NULL)
        return error_nomem(e);
    p->passages = passages;
    p->cap = need;
    return OK;
}
