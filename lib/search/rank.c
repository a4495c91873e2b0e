#include "rank.h"

#include "array.h"
#include "impact.h"
#include "kernel_top.h"
#include "rank_table.h"
#include "score.h"

#include <stdlib.h>

#define PLACES_MAX ((size_t)1 << 40) /* tokens are counted in 32 bits, a place a word for each */

#define STOP_EVERY_CANDIDATES 8 /* between two looks at clock and cancel flag, which take longer than one may think */

struct ranker {
    const struct snapshot *snapshot;
    struct rank_query query;
    struct rank_table table;
    struct rank_place *places;
    size_t n_places, places_cap;
    struct rank_room room;
    size_t words_cap, pairs_cap, triples_cap, near_cap;
    double early[RANK_EARLY_KNOWN + 1];
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

enum status ranker_new(struct ranker **out, const struct snapshot *s, const struct term_memo *memo, struct error *e)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return error_nomem(e);
    (*out)->snapshot = s;
    (*out)->query.memo = memo;
    for (uint32_t i = 0; i < RANK_EARLY_KNOWN; i++)
        (*out)->early[i] = rank_early(i);
    return OK;
}

void ranker_free(struct ranker *r)
{
    if (r == NULL)
        return;
    rank_query_clear(&r->query);
    rank_table_clear(&r->table);
    free(r->places);
    free(r->room.words);
    free(r->room.pairs);
    free(r->room.triples);
    free(r->room.near);
    free(r);
}

bool rank_applies(const struct ranker *r, const struct query *q)
{
    return q->root != NULL && !q->is_filter_only && snapshot_settings(r->snapshot)->profile != PROFILE_PARITY;
}

static enum status read_query(struct ranker *r, const struct query *q, struct error *e)
{
    enum status st = rank_query_read(&r->query, q, r->snapshot, e);
    struct rank_room *room = &r->room;
    size_t n_words = r->query.n_words, n_pairs = r->query.n_pairs, n_triples = r->query.n_triples;
    if (st == OK)
        st = array_reserve(&room->words, &r->words_cap, n_words, sizeof *room->words, UINT32_MAX, e);
    if (st == OK)
        st = array_reserve(&room->pairs, &r->pairs_cap, n_pairs, sizeof *room->pairs, UINT32_MAX, e);
    if (st == OK)
        st = array_reserve(&room->triples, &r->triples_cap, n_triples, sizeof *room->triples, UINT32_MAX, e);
    return st;
}

/* Is the form that this use is of spelt as in the query? */
static enum status is_exact(bool *out, struct ranker *r, const struct segment *s, struct rank_use *use, uint32_t form,
                            struct error *e)
{
    if (use->spelling == RANK_SPELLING_UNKNOWN) {
        struct form_view view;
        enum status st = segment_form(s, form, &view, e);
        if (st != OK)
            return st;
        bool is_same = rank_query_spells(&r->query, &r->query.words[use->word], view.text);
        use->spelling = is_same ? RANK_SPELLING_EXACT : RANK_SPELLING_OTHER;
    }
    *out = use->spelling == RANK_SPELLING_EXACT;
    return OK;
}

/* The words that a form is, at its position. */
static enum status add_places(struct ranker *r, const struct segment *s, uint32_t form, uint32_t position,
                              struct error *e)
{
    enum status st = OK;
    uint32_t next = form == FORM_NONE ? RANK_NO_FORM : rank_table_find(&r->table, form);
    while (st == OK && next != RANK_NO_FORM) {
        struct rank_use *use = &r->table.uses[next];
        struct rank_place place = {.position = position, .word = use->word};
        st = is_exact(&place.is_exact, r, s, use, form, e);
        if (st == OK && r->n_places == r->places_cap)
            st = array_reserve(&r->places, &r->places_cap, r->n_places + 1, sizeof *r->places, PLACES_MAX, e);
        if (st == OK)
            r->places[r->n_places++] = place;
        next = use->next;
    }
    return st;
}

/* The places of a sequence that begins at position `from`, and its length. */
static enum status find_places(struct ranker *r, const struct segment *s, const struct token_units *units,
                               uint32_t from, uint32_t *n_tokens, struct error *e)
{
    uint32_t maybe[RANK_SCAN_UNITS];
    size_t behind = 0;   /* the unit behind the last token that was looked at */
    size_t n_second = 0; /* units before it that are the second of their token */
    for (size_t begin = 0; begin < units->n; begin += RANK_SCAN_UNITS) {
        size_t n = rank_table_scan(&r->table, units, begin, maybe);
        for (size_t i = 0; i < n; i++) {
            size_t at = begin + maybe[i];
            if (at < behind)
                continue;
            uint32_t position = from + (uint32_t)(at - n_second);
            behind = at;
            uint32_t form = token_next(units, &behind);
            n_second += behind - at - 1;
            enum status st = add_places(r, s, form, position, e);
            if (st != OK)
                return st;
        }
    }
    *n_tokens = (uint32_t)(units->n - n_second);
    return OK;
}

/* The features of a passage; the table is that of its segment. */
static enum status passage_features(double values[N_RANK_FEATURES], struct ranker *r, const struct segment *s,
                                    uint32_t passage, struct error *e)
{
    struct token_units title, body;
    uint32_t article = segment_passage_article(s, passage), n_title = 0, n_body = 0;
    if (article == UINT32_MAX)
        return error_set(e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(s), passage);
    enum status st = segment_title_token_units(s, article, &title, e);
    if (st == OK)
        st = segment_token_units(s, passage, &body, e);
    r->n_places = 0;
    if (st == OK)
        st = find_places(r, s, &title, 1, &n_title, e);
    uint32_t body_from = n_title + RANK_TITLE_GAP + 1;
    if (st == OK)
        st = find_places(r, s, &body, body_from, &n_body, e);
    if (st == OK)
        st = array_reserve(&r->room.near, &r->near_cap, r->n_places + 1, sizeof *r->room.near, PLACES_MAX, e);
    if (st != OK)
        return st;
    struct rank_shape shape = rank_query_shape(&r->query);
    shape.early = r->early;
    struct rank_passage p = {.places = r->places,
                             .n_places = r->n_places,
                             .body_from = body_from,
                             .k = impact_k(snapshot_settings(r->snapshot), n_body, n_title)};
    rank_features(values, &shape, &p, &r->room);
    return OK;
}

/* Of all of them at once: to wait for one after the other would be most of the work. */
static void fetch(const struct ranker *r, const struct candidate *items, size_t n, enum prefetch_step step)
{
    for (size_t i = 0; i < n; i++)
        segment_prefetch_tokens(snapshot_segment(r->snapshot, items[i].segment), items[i].passage, step);
}

/* The score of each of the n candidates that are in the segment; *done counts them. */
static enum status score_segment(struct candidate *items, size_t n, size_t segment, struct ranker *r,
                                 const struct stop *stop, size_t *done, struct error *e)
{
    const struct segment *s = snapshot_segment(r->snapshot, segment);
    enum status st = rank_table_fill(&r->table, &r->query, s, segment, e);
    for (size_t i = 0; st == OK && i < n; i++) {
        double values[N_RANK_FEATURES];
        if (items[i].segment != segment)
            continue;
        st = *done % STOP_EVERY_CANDIDATES == 0 ? stop_check(stop, e) : OK;
        if (st == OK)
            st = passage_features(values, r, s, items[i].passage, e);
        for (int f = 0; st == OK && f < N_RANK_FEATURES; f++)
            items[i].score += rank_feature_weight((enum rank_feature)f) * values[f];
        ++*done;
    }
    return st;
}

/* Candidates of one score, by what the first stage orders them by. */
static enum status sort_equals(struct candidate *items, size_t n, const struct snapshot *s, struct error *e)
{
    struct top top;
    struct candidates sorted = {0};
    top_init(&top, s, n, e);
    for (size_t i = 0; i < n; i++) {
        const struct candidate *c = &items[i];
        top_offer(&top, c->score, c->segment, c->passage);
    }
    enum status st = top_take(&top, &sorted, e);
    if (st == OK)
        memcpy(items, sorted.items, n * sizeof *items);
    top_clear(&top);
    candidates_clear(&sorted);
    return st;
}

/* There are few, and they come nearly sorted. */
static enum status sort(struct candidate *items, size_t n, const struct snapshot *s, struct error *e)
{
    for (size_t i = 1; i < n; i++) {
        struct candidate c = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].score < c.score; at--)
            items[at] = items[at - 1];
        items[at] = c;
    }
    enum status st = OK;
    for (size_t from = 0, to = 1; st == OK && from < n; from = to++) {
        while (to < n && items[to].score == items[from].score)
            to++;
        if (to - from > 1)
            st = sort_equals(items + from, to - from, s, e);
    }
    return st;
}

enum status rank_candidates(struct candidates *c, struct ranker *r, const struct query *q, const struct stop *stop,
                            struct error *e)
{
    size_t n = c->n > RANK_DEPTH ? RANK_DEPTH : c->n, done = 0;
    if (n == 0 || !rank_applies(r, q))
        return OK;
    fetch(r, c->items, n, PREFETCH_PLACES);
    enum status st = read_query(r, q, e);
    fetch(r, c->items, n, PREFETCH_BODY);
    fetch(r, c->items, n, PREFETCH_TITLE);
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
        st = rank_table_fill(&r->table, &r->query, s, segment, e);
    return st == OK ? passage_features(values, r, s, passage, e) : st;
}
