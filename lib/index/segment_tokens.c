/* Token sequences: where they stand, and what they say. */
#include "segment_files.h"

#include "places.h"
#include "token_units.h"

#define LINE_UNITS 32          /* of a processor's cache, mostly */
#define PREFETCH_UNITS_MAX 512 /* the rest follows by itself */

static enum status damaged(const struct segment *s, uint32_t number, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: token sequence %u is damaged; run quoth-index --check", s->id, number);
}

/* Number i of the sequences whose three sections begin at `sections`; there are n. */
static enum status units_of(const struct segment *s, const struct slice sections[3], uint32_t i, uint32_t n,
                            struct token_units *out, struct error *e)
{
    struct slice units = sections[0];
    *out = (struct token_units){.data = ""};
    if (i >= n)
        return damaged(s, i, e);
    uint64_t from = places_get(sections[1], sections[2], i), to = places_get(sections[1], sections[2], i + 1);
    if (from > to || to > units.len / 2)
        return damaged(s, i, e);
    *out = (struct token_units){.data = units.data + from * 2, .n = (size_t)(to - from)};
    return OK;
}

enum status segment_token_units(const struct segment *s, uint32_t passage, struct token_units *out, struct error *e)
{
    return units_of(s, &s->tokens.sections[TOKENS_BODY], passage, s->n_passages, out, e);
}

enum status segment_title_token_units(const struct segment *s, uint32_t article, struct token_units *out,
                                      struct error *e)
{
    return units_of(s, &s->tokens.sections[TOKENS_TITLE], article, s->n_articles, out, e);
}

/* gcc takes a function that only prefetches for one that does nothing, and drops calls to it within a file: so the one
 * that does is called from other files. */
void segment_prefetch_tokens(const struct segment *s, uint32_t passage, enum prefetch_step step)
{
    struct token_units units = {0};
    if (passage >= s->n_passages)
        return;
    if (step == PREFETCH_PLACES) {
        __builtin_prefetch(s->tokens.sections[TOKENS_BODY_AT].data + (size_t)passage * 4);
        __builtin_prefetch(s->text.sections[TEXT_RECORDS].data + (size_t)passage * PASSAGE_RECORD_BYTES +
                           PASSAGE_ARTICLE_AT);
        return;
    }
    uint32_t article = segment_passage_article(s, passage);
    if (article == UINT32_MAX)
        return;
    enum status st;
    if (step == PREFETCH_BODY) {
        __builtin_prefetch(s->tokens.sections[TOKENS_TITLE_AT].data + (size_t)article * 4);
        st = segment_token_units(s, passage, &units, NULL);
    } else {
        st = segment_title_token_units(s, article, &units, NULL);
    }
    for (size_t at = 0; st == OK && at < units.n && at < PREFETCH_UNITS_MAX; at += LINE_UNITS)
        __builtin_prefetch(units.data + at * 2);
}

void segment_prefetch_title(const struct segment *s, uint32_t article)
{
    if (article < s->n_articles)
        __builtin_prefetch(s->tokens.sections[TOKENS_TITLE_AT].data + (size_t)article * 4);
}

/* Exactly n_tokens are in it, each of them a form's. */
static bool decode(const struct token_units *units, uint32_t n_forms, uint32_t *out, uint32_t n_tokens)
{
    const char *p = units->data, *end = p + units->n * 2;
    uint32_t n = 0;
    for (; n < n_tokens && p < end; n++) {
        uint32_t unit = get_u16(p);
        p += 2;
        if (unit < TOKEN_ESCAPE) {
            out[n] = unit;
        } else if (unit == TOKEN_GAP) {
            out[n] = FORM_NONE;
            continue;
        } else if (p < end) {
            out[n] = (unit - TOKEN_ESCAPE) << 16 | get_u16(p);
            p += 2;
        } else {
            return false;
        }
        if (out[n] >= n_forms)
            return false;
    }
    return n == n_tokens && p == end;
}

enum status segment_tokens(const struct segment *s, uint32_t passage, uint32_t *out, uint32_t n_tokens, struct error *e)
{
    struct token_units units;
    enum status st = segment_token_units(s, passage, &units, e);
    if (st == OK && !decode(&units, s->n_forms, out, n_tokens))
        return damaged(s, passage, e);
    return st;
}

enum status segment_title_tokens(const struct segment *s, uint32_t article, uint32_t *out, uint32_t n_tokens,
                                 struct error *e)
{
    struct token_units units;
    enum status st = segment_title_token_units(s, article, &units, e);
    if (st == OK && !decode(&units, s->n_forms, out, n_tokens))
        return damaged(s, article, e);
    return st;
}
