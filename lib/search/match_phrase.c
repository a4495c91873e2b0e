#include "match_phrase.h"

/* A stem has a handful of forms: a walk beats halving there. */
#define WALK_MAX 8

bool id_set_holds(const struct id_set *set, uint32_t id)
{
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

bool near_step(struct near_walk *walk, const struct near *near, size_t i, uint32_t token)
{
    bool is_word = false;
    for (size_t w = 0; w < near->n; w++) {
        if (!id_set_has(&near->sets[w], token))
            continue;
        walk->last[w] = i + 1;
        is_word = true;
    }
    if (!is_word)
        return false;
    for (size_t w = 0; w < near->n; w++)
        if (walk->last[w] == 0 || i + 1 - walk->last[w] > near->distance)
            return false;
    return true;
}

bool near_has(const struct near *near, uint32_t token)
{
    for (size_t w = 0; w < near->n; w++)
        if (id_set_has(&near->sets[w], token))
            return true;
    return false;
}
