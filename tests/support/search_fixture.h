/**
 * A searcher over an index of given articles, in two segments.
 */
#ifndef QUOTH_SEARCH_FIXTURE_H
#define QUOTH_SEARCH_FIXTURE_H

#include "index_fixture.h"
#include "search.h"

#define SERVICE_ARTICLES_MAX 64

struct service {
    struct fixture fixture;
    struct snapshot *snapshot;
    struct searcher *searcher;
};

/** @param n_first  so many go into the first segment, the others into the second */
static inline void service_init(struct service *s, const struct fixture_article *articles, size_t n, size_t n_first)
{
    const struct fixture_article *added[SERVICE_ARTICLES_MAX];
    struct error e = {0};
    assert_true(n <= SERVICE_ARTICLES_MAX);
    for (size_t i = 0; i < n; i++)
        added[i] = &articles[i];
    fixture_init(&s->fixture);
    fixture_update(&s->fixture, NULL, 0, added, n_first);
    fixture_update(&s->fixture, NULL, 0, added + n_first, n - n_first);
    s->snapshot = fixture_open(&s->fixture);
    fixture_ok(searcher_new(&s->searcher, s->snapshot, NULL, &e), &e);
}

/** A cmocka teardown: *state is the service. */
static inline int service_teardown(void **state)
{
    struct service *s = *state;
    searcher_free(s->searcher);
    snapshot_unref(s->snapshot);
    fixture_clear(&s->fixture);
    return 0;
}

#endif
