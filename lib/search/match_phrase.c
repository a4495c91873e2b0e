#include "match_phrase.h"

/* A stem has a handful of forms: a walk beats halving there. */
#define WALK_MAX 8

bool id_set_has(const struct id_set *set, uint32_t id)
{
    if (set->n == 0 || id < set->ids[0] || id > set->ids[set->n - 1])
        return false;
    size_t low = 0, n = set->n;
    while (n > WALK_MAX) {
        size_t half = n / 2;
        if (set->ids[low + half] <= id)
            low += half;
        n -= half;
    }
    for (size_t i = low; i < low + n; i++)
        if (set->ids[i] == id)
            return true;
    return false;
}

static bool stands_at(const struct phrase *p, const uint32_t *tokens, size_t at)
{
    for (size_t i = 1; i < p->n; i++)
        if (!id_set_has(&p->sets[i], tokens[at + p->offsets[i]]))
            return false;
    return true;
}

size_t phrase_find(const struct phrase *p, const uint32_t *tokens, size_t n, size_t from)
{
    size_t reach = p->offsets[p->n - 1];
    for (size_t at = from; at < n && n - at > reach; at++)
        if (id_set_has(&p->sets[0], tokens[at]) && stands_at(p, tokens, at))
            return at;
    return PHRASE_NONE;
}
