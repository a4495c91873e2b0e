/* Token sequences: where they stand, and what they say. */
#include "segment_files.h"

#include "pack.h"
#include "token_units.h"

static enum status damaged(const struct segment *s, uint32_t number, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: token sequence %u is damaged; run quoth-index --check", s->id, number);
}

/* Number i of the sequences whose offsets are `at`; there are n. */
static enum status units_of(const struct segment *s, struct slice units, struct slice at, uint32_t i, uint32_t n,
                            struct token_units *out, struct error *e)
{
    *out = (struct token_units){.data = ""};
    if (i >= n)
        return damaged(s, i, e);
    uint64_t from = get_u64(at.data + (size_t)i * 8), to = get_u64(at.data + (size_t)i * 8 + 8);
    if (from > to || to > units.len / 2)
        return damaged(s, i, e);
    *out = (struct token_units){.data = units.data + from * 2, .n = (size_t)(to - from)};
    return OK;
}

enum status segment_token_units(const struct segment *s, uint32_t passage, struct token_units *out, struct error *e)
{
    return units_of(s, s->tokens.sections[TOKENS_BODY], s->tokens.sections[TOKENS_BODY_AT], passage, s->n_passages, out,
                    e);
}

enum status segment_title_token_units(const struct segment *s, uint32_t article, struct token_units *out,
                                      struct error *e)
{
    return units_of(s, s->tokens.sections[TOKENS_TITLE], s->tokens.sections[TOKENS_TITLE_AT], article, s->n_articles,
                    out, e);
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
