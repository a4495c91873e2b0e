/* Passages: their records, and their texts as they stand in the map. */
#include "segment_text.h"

#include "cache_line.h"
#include "places.h"

#define PREFETCH_TEXT_BYTES 512 /* the processor itself fetches what follows */

static enum status damaged(const struct segment *s, uint32_t passage, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: passage %u is damaged; run quoth-index --check", s->id, passage);
}

bool segment_text_fits(const struct segment *s)
{
    const struct slice *sections = s->text.sections;
    size_t n = sections[TEXT_RECORDS].len / PASSAGE_RECORD_BYTES, n_spelled = sections[TEXT_SPELLED].len;
    return n < UINT32_MAX && sections[TEXT_RECORDS].len % PASSAGE_RECORD_BYTES == 0 &&
           sections[TEXT_BASES].len == places_bases_bytes(n) && (n_spelled == 0 || n_spelled == TEXT_SPELLED_BYTES);
}

static const char *passage_record(const struct segment *s, uint32_t passage)
{
    return s->text.sections[TEXT_RECORDS].data + (size_t)passage * PASSAGE_RECORD_BYTES;
}

static uint64_t text_start(const struct segment *s, uint32_t passage)
{
    return places_base(s->text.sections[TEXT_BASES], passage) + get_u32(passage_record(s, passage));
}

bool segment_text_body(const struct segment *s, uint32_t passage, struct slice *body)
{
    struct slice all = s->text.sections[TEXT_BYTES];
    uint64_t start = text_start(s, passage), end = passage + 1 < s->n_passages ? text_start(s, passage + 1) : all.len;
    if (start > end || end > all.len)
        return false;
    *body = slice_of(all.data + start, (size_t)(end - start));
    return true;
}

/* A bound for whoever allocates by n_tokens. */
static bool may_have_tokens(const struct segment *s, uint32_t passage, struct slice body, uint32_t n)
{
    struct token_units units;
    if (!segment_text_is_spelled(s))
        return body.len <= TEXT_MAX_BYTES && n / TOKENS_PER_BYTE_MAX <= body.len;
    return segment_token_units(s, passage, &units, NULL) == OK && n <= units.n;
}

/* The fields that a record holds, or else the wide record that it names. */
static bool read_record(const struct segment *s, const char *record, struct passage_view *view)
{
    struct slice wide = s->text.sections[TEXT_WIDE];
    uint32_t at = get_u32(record + 8);
    view->at = at;
    view->at_len = get_u16(record + 12);
    view->n_tokens = get_u16(record + 14);
    if (view->at_len != PASSAGE_WIDE)
        return true;
    if (at >= wide.len / WIDE_RECORD_BYTES)
        return false;
    const char *apart = wide.data + (size_t)at * WIDE_RECORD_BYTES;
    view->at = get_u64(apart);
    view->at_len = get_u64(apart + 8);
    view->n_tokens = get_u32(apart + 16);
    return true;
}

enum status segment_passage(const struct segment *s, uint32_t passage, struct passage_view *view, struct error *e)
{
    *view = (struct passage_view){0};
    if (passage >= s->n_passages)
        return damaged(s, passage, e);
    const char *record = passage_record(s, passage);
    struct slice body;
    view->article = get_u32(record + PASSAGE_ARTICLE_AT);
    bool fits = read_record(s, record, view) && segment_text_body(s, passage, &body) && view->article < s->n_articles &&
                may_have_tokens(s, passage, body, view->n_tokens);
    if (!fits)
        return damaged(s, passage, e);
    uint32_t first = segment_first_passage(s, view->article);
    if (first > passage)
        return damaged(s, passage, e);
    view->ordinal = passage - first + 1;
    if (!segment_text_is_spelled(s))
        view->text = body;
    return OK;
}

/* Records of a line at most, which may lie across two. */
static void prefetch(const char *record, size_t n)
{
    __builtin_prefetch(record);
    __builtin_prefetch(record + n - 1);
}

void segment_prefetch_passage(const struct segment *s, uint32_t passage, enum prefetch_passage step)
{
    if (passage >= s->n_passages)
        return;
    const char *record = passage_record(s, passage);
    if (step == PREFETCH_RECORD)
        prefetch(record, 2 * PASSAGE_RECORD_BYTES); /* the text ends where the next begins */
    uint32_t article = step == PREFETCH_ARTICLE ? get_u32(record + PASSAGE_ARTICLE_AT) : UINT32_MAX;
    if (article < s->n_articles)
        prefetch(s->articles.sections[ARTICLES_RECORDS].data + (size_t)article * ARTICLE_RECORD_BYTES,
                 ARTICLE_RECORD_BYTES);
    struct slice body = {0};
    if (step == PREFETCH_TEXT && !segment_text_body(s, passage, &body))
        return;
    cache_fetch(body.data, body.len < PREFETCH_TEXT_BYTES ? body.len : PREFETCH_TEXT_BYTES);
    /* A spelled text is made of its words. */
    if (step != PREFETCH_ARTICLE && segment_text_is_spelled(s))
        segment_prefetch_tokens(s, passage, step == PREFETCH_RECORD ? PREFETCH_PLACES : PREFETCH_BODY);
}

uint32_t segment_passage_article(const struct segment *s, uint32_t passage)
{
    if (passage >= s->n_passages)
        return UINT32_MAX;
    uint32_t article = get_u32(passage_record(s, passage) + PASSAGE_ARTICLE_AT);
    return article < s->n_articles ? article : UINT32_MAX;
}
