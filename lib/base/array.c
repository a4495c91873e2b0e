#include "array.h"

#include <stdlib.h>
#include <string.h>

enum status array_reserve(void *items, size_t *cap, size_t need, size_t size, size_t max, struct error *e)
{
    if (need <= *cap)
        return OK;
    if (need > max)
        return error_set(e, ERR_LIMIT, "more than %zu elements", max);
    size_t grown = *cap < 16 ? 16 : *cap;
    while (grown < need)
        grown = grown > max / 2 ? max : grown * 2;
    if (grown > max)
        grown = max;
    if (grown > SIZE_MAX / size)
        return error_nomem(e);
    void *old, *bigger;
    memcpy(&old, items, sizeof old);
    bigger = realloc(old, grown * size);
    if (bigger == NULL)
        return error_nomem(e);
    memcpy(items, &bigger, sizeof bigger);
    *cap = grown;
    return OK;
}
