#include "rank.h"

#include "array.h"
#include "impact.h"
#include "kernel_top.h"
#include "rank_table.h"
#include "score.h"

#include <stdlib.h>

#define PLACES_MAX ((size_t)1 << 40) /* tokens are counted in 32 bits, a place a word for each */

struct ranker {
    const struct snapshot *snapshot;
    struct rank_query query;
    struct rank_table table;
    uint32_t *tokens; /* of a title, then of a body */
    size_t tokens_cap;
    struct rank_place *places;
    size_t n_places, places_cap;
    uint32_t *starts, *seen, *positions; /* rank_room */
    size_t starts_cap, seen_cap, positions_cap;
};

const char *rank_feature_name(enum rank_feature f)
{
    static const char *const names[N_RANK_FEATURES] = {
        [RANK_UW] = "UW", [RANK_EXACT] = "EXACT", [RANK_EARLY] = "EARLY", [RANK_WIN] = "WIN", [RANK_TRI] = "TRI"};
    return names[f];
}

double rank_feature_weight(enum rank_feature f)
{
    static const double weights[N_RANK_FEATURES] = {[RANK_UW] = RANK_UW_WEIGHT,
                                                    [RANK_EXACT] = RANK_EXACT_WEIGHT,
                                                    [RANK_EARLY] = RANK_EARLY_WEIGHT,
                                                    [RANK_WIN] = RANK_WIN_WEIGHT,
                                                    [RANK_TRI] = RANK_TRI_WEIGHT};
    return weights[f];
}

enum status ranker_new(struct ranker **out, const struct snapshot *s, struct error *e)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return error_nomem(e);
    (*out)->snapshot = s;
    return OK;
}

void ranker_free(struct ranker *r)
{
    if (r == NULL)
        return;
    rank_query_clear(&r->query);
    rank_table_clear(&r->table);
    free(r->tokens);
    free(r->places);
    free(r->starts);
    free(r->seen);
    free(r->positions);
    free(r);
}

bool rank_applies(const struct ranker *r, const struct query *q)
{
    return q->root != NULL && !q->is_filter_only && snapshot_settings(r->snapshot)->profile != PROFILE_PARITY;
}

static enum status read_query(struct ranker *r, const struct query *q, struct error *e)
{
    enum status st = rank_query_read(&r->query, q, r->snapshot, e);
    size_t n = r->query.n_words + 1;
    if (st == OK)
        st = array_reserve(&r->starts, &r->starts_cap, n, sizeof *r->starts, UINT32_MAX, e);
    return st == OK ? array_reserve(&r->seen, &r->seen_cap, n, sizeof *r->seen, UINT32_MAX, e) : st;
}

/* The places of tokens[0, n), the first of which stands at position `from`. */
static enum status find_places(struct ranker *r, uint32_t n, uint32_t from, struct error *e)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t use = rank_table_find(&r->table, r->tokens[i]);
        for (; use != RANK_NO_FORM; use = r->table.uses[use].next) {
            enum status st =
                array_reserve(&r->places, &r->places_cap, r->n_places + 1, sizeof *r->places, PLACES_MAX, e);
            if (st != OK)
                return st;
            r->places[r->n_places++] = (struct rank_place){
                .position = from + i, .word = r->table.uses[use].word, .is_exact = r->table.uses[use].is_exact};
        }
    }
    return OK;
}

/* The features of a passage; the table is that of its segment. */
static enum status passage_features(double values[N_RANK_FEATURES], struct ranker *r, const struct segment *s,
                                    uint32_t passage, struct error *e)
{
    struct passage_view view;
    struct article_view article = {0};
    enum status st = segment_passage(s, passage, &view, e);
    if (st == OK)
        st = segment_article(s, view.article, &article, e);
    uint32_t n_body = view.n_tokens, n_title = article.n_title_tokens;
    uint32_t body_from = n_title + RANK_TITLE_GAP + 1;
    if (st == OK)
        st = array_reserve(&r->tokens, &r->tokens_cap, n_body > n_title ? n_body : n_title, sizeof *r->tokens,
                           UINT32_MAX, e);
    r->n_places = 0;
    if (st == OK)
        st = segment_title_tokens(s, view.article, r->tokens, n_title, e);
    if (st == OK)
        st = find_places(r, n_title, 1, e);
    if (st == OK)
        st = segment_tokens(s, passage, r->tokens, n_body, e);
    if (st == OK)
        st = find_places(r, n_body, body_from, e);
    if (st == OK)
        st = array_reserve(&r->positions, &r->positions_cap, r->n_places + 1, sizeof *r->positions, PLACES_MAX, e);
    if (st != OK)
        return st;
    struct rank_shape shape = rank_query_shape(&r->query);
    struct rank_room room = {.starts = r->starts, .positions = r->positions, .seen = r->seen};
    struct rank_passage p = {.places = r->places,
                             .n_places = r->n_places,
                             .body_from = body_from,
                             .k = impact_k(snapshot_settings(r->snapshot), n_body, n_title)};
    rank_features(values, &shape, &p, &room);
    return OK;
}

/* The score of each of the n candidates that are in the segment; *done counts them. */
static enum status score_segment(struct candidate *items, size_t n, size_t segment, struct ranker *r,
                                 const struct stop *stop, size_t *done, struct error *e)
{
    const struct segment *s = snapshot_segment(r->snapshot, segment);
    enum status st = rank_table_fill(&r->table, &r->query, s, e);
    for (size_t i = 0; st == OK && i < n; i++) {
        double values[N_RANK_FEATURES];
        if (items[i].segment != segment)
            continue;
        st = stop_check(stop, e);
        if (st == OK)
            st = passage_features(values, r, s, items[i].passage, e);
        for (int f = 0; st == OK && f < N_RANK_FEATURES; f++)
            items[i].score += rank_feature_weight((enum rank_feature)f) * values[f];
        ++*done;
    }
    return st;
}

static enum status sort(struct candidate *items, size_t n, const struct snapshot *s, struct error *e)
{
    struct top top;
    struct candidates sorted = {0};
    top_init(&top, s, n, e);
    for (size_t i = 0; i < n; i++) {
        const struct candidate *c = &items[i];
        top_offer(&top, c->score, c->segment, c->passage,
                  segment_passage_article(snapshot_segment(s, c->segment), c->passage));
    }
    enum status st = top_take(&top, &sorted, e);
    if (st == OK)
        memcpy(items, sorted.items, n * sizeof *items);
    top_clear(&top);
    candidates_clear(&sorted);
    return st;
}

enum status rank_candidates(struct candidates *c, struct ranker *r, const struct query *q, const struct stop *stop,
                            struct error *e)
{
    size_t n = c->n > RANK_DEPTH ? RANK_DEPTH : c->n, done = 0;
    if (n == 0 || !rank_applies(r, q))
        return OK;
    enum status st = read_query(r, q, e);
    for (size_t segment = 0; st == OK && done < n; segment++) {
        bool is_wanted = false;
        for (size_t i = 0; i < n && !is_wanted; i++)
            is_wanted = c->items[i].segment == segment;
        if (is_wanted)
            st = score_segment(c->items, n, segment, r, stop, &done, e);
    }
    return st == OK ? sort(c->items, n, r->snapshot, e) : st;
}

enum status rank_passage_features(double values[N_RANK_FEATURES], struct ranker *r, const struct query *q,
                                  size_t segment, uint32_t passage, struct error *e)
{
    const struct segment *s = snapshot_segment(r->snapshot, segment);
    enum status st = read_query(r, q, e);
    if (st == OK)
        st = rank_table_fill(&r->table, &r->query, s, e);
    return st == OK ? passage_features(values, r, s, passage, e) : st;
}
