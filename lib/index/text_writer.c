#include "text_writer.h"

#include "places.h"
#include "segment_files.h"

#include <stdlib.h>
#include <zstd.h>

#define RECORDS_MAX_BYTES ((size_t)1 << 40)
#define FULL_BYTES ((uint64_t)1 << 31)  /* of text behind one base */
#define FULL_TOKENS ((uint64_t)1 << 30) /* behind one base: they are twice as many units at most */
#define KEEP_BYTES ((size_t)1 << 20)    /* a larger group's memory is freed when it is written */

/* Compresses group after group. */
struct grouper {
    ZSTD_CCtx *context; /* NULL: texts stand as they are */
    struct buf texts;   /* of the group at hand */
    struct buf frame;
    struct buf groups; /* records */
    uint64_t frames_len;
};

struct text_writer {
    struct segfile_writer *file; /* NULL once it is finished */
    uint64_t len, len_at_base;   /* of all texts, and of those before the last base */
    uint64_t n_tokens_behind_base;
    uint32_t n;
    struct buf records, bases, wide;
    struct grouper grouper;
};

static enum status grouper_init(struct grouper *g, struct error *e)
{
    g->context = ZSTD_createCCtx();
    if (g->context == NULL)
        return error_nomem(e);
    size_t result = ZSTD_CCtx_setParameter(g->context, ZSTD_c_compressionLevel, TEXT_GROUP_LEVEL);
    return ZSTD_isError(result) ? error_set(e, ERR_INTERNAL, "zstd: %s", ZSTD_getErrorName(result)) : OK;
}

enum status text_writer_new(struct text_writer **out, const char *folder, bool compresses, struct error *e)
{
    *out = NULL;
    struct text_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    buf_init(&w->records, RECORDS_MAX_BYTES);
    buf_init(&w->bases, RECORDS_MAX_BYTES);
    buf_init(&w->wide, RECORDS_MAX_BYTES);
    buf_init(&w->grouper.texts, TEXT_MAX_BYTES);
    buf_init(&w->grouper.frame, ZSTD_COMPRESSBOUND(TEXT_MAX_BYTES));
    buf_init(&w->grouper.groups, RECORDS_MAX_BYTES);
    enum status st = compresses ? grouper_init(&w->grouper, e) : OK;
    if (st == OK)
        st = segfile_create(&w->file, folder, "text", TEXT_MAGIC, N_TEXT_SECTIONS, e);
    if (st != OK)
        text_writer_free(w);
    else
        *out = w;
    return st;
}

void text_writer_free(struct text_writer *w)
{
    if (w == NULL)
        return;
    segfile_abandon(w->file);
    ZSTD_freeCCtx(w->grouper.context);
    buf_clear(&w->grouper.texts);
    buf_clear(&w->grouper.frame);
    buf_clear(&w->grouper.groups);
    buf_clear(&w->records);
    buf_clear(&w->bases);
    buf_clear(&w->wide);
    free(w);
}

/* A large text's memory is not kept for the small ones that follow. */
static void empty(struct buf *b)
{
    if (b->cap > KEEP_BYTES)
        buf_clear(b);
    else
        buf_reset(b);
}

/* The group at hand becomes a frame; `end` is where its texts end among all. */
static enum status write_group(struct text_writer *w, uint64_t end, struct error *e)
{
    struct grouper *g = &w->grouper;
    if (g->texts.len == 0)
        return OK;
    size_t most = ZSTD_compressBound(g->texts.len);
    put_u64(&g->groups, g->frames_len);
    put_u64(&g->groups, end - g->texts.len);
    buf_reset(&g->frame);
    if (!buf_reserve(&g->frame, most))
        return buf_status(&g->frame, e);
    size_t n = ZSTD_compress2(g->context, g->frame.data, most, g->texts.data, g->texts.len);
    if (ZSTD_isError(n))
        return error_set(e, ERR_INTERNAL, "zstd: %s", ZSTD_getErrorName(n));
    segfile_write(w->file, slice_of(g->frame.data, n));
    g->frames_len += n;
    empty(&g->texts);
    empty(&g->frame);
    return buf_status(&g->groups, e);
}

/* A group ends before the text that would make it too large: only one text alone can be larger. */
static enum status write_body(struct text_writer *w, struct slice text, struct error *e)
{
    struct grouper *g = &w->grouper;
    if (g->context == NULL) {
        segfile_write(w->file, text);
        return OK;
    }
    enum status st = g->texts.len + text.len > TEXT_GROUP_BYTES ? write_group(w, w->len, e) : OK;
    if (st != OK)
        return st;
    buf_put(&g->texts, text);
    return buf_status(&g->texts, e);
}

/* What the few bytes of a record cannot hold stands apart. */
static bool is_wide(const struct passage_entry *p)
{
    return p->at > UINT32_MAX || p->at_len >= PASSAGE_WIDE || p->n_tokens > UINT16_MAX;
}

static enum status put_record(struct text_writer *w, const struct passage_entry *p, struct error *e)
{
    char record[PASSAGE_RECORD_BYTES];
    uint32_t start;
    enum status st = places_add(&w->bases, w->n, w->len, &start, e);
    if (st != OK)
        return st;
    bool wide = is_wide(p);
    set_u32(record, start);
    set_u32(record + PASSAGE_ARTICLE_AT, p->article);
    set_u32(record + 8, wide ? (uint32_t)(w->wide.len / WIDE_RECORD_BYTES) : (uint32_t)p->at);
    set_u16(record + 12, wide ? PASSAGE_WIDE : (uint16_t)p->at_len);
    set_u16(record + 14, wide ? 0 : (uint16_t)p->n_tokens);
    buf_put(&w->records, slice_of(record, sizeof record));
    if (wide) {
        put_u64(&w->wide, p->at);
        put_u64(&w->wide, p->at_len);
        put_u32(&w->wide, p->n_tokens);
        put_u32(&w->wide, 0);
    }
    st = buf_status(&w->wide, e);
    return st == OK ? buf_status(&w->records, e) : st;
}

enum status text_writer_add(struct text_writer *w, const struct passage_entry *p, struct error *e)
{
    if (p->text.len > TEXT_MAX_BYTES)
        return error_set(e, ERR_LIMIT, "a passage of %zu bytes", p->text.len);
    if (w->n % PLACES_A_BASE == 0) {
        w->len_at_base = w->len;
        w->n_tokens_behind_base = 0;
    }
    enum status st = put_record(w, p, e);
    if (st == OK)
        st = write_body(w, p->text, e);
    if (st != OK)
        return st;
    w->len += p->text.len;
    w->n_tokens_behind_base += p->n_tokens;
    w->n++;
    return OK;
}

uint32_t text_writer_n_tokens(const void *ctx, uint32_t passage)
{
    const struct text_writer *w = ctx;
    const char *record = w->records.data + (size_t)passage * PASSAGE_RECORD_BYTES;
    if (get_u16(record + 12) != PASSAGE_WIDE)
        return get_u16(record + 14);
    return get_u32(w->wide.data + (size_t)get_u32(record + 8) * WIDE_RECORD_BYTES + 16);
}

size_t text_writer_memory(const struct text_writer *w)
{
    const struct grouper *g = &w->grouper;
    return w->records.cap + w->bases.cap + w->wide.cap + g->texts.cap + g->frame.cap + g->groups.cap +
           ZSTD_sizeof_CCtx(g->context);
}

bool text_writer_is_full(const struct text_writer *w)
{
    return w->n_tokens_behind_base > FULL_TOKENS || w->len - w->len_at_base > FULL_BYTES;
}

enum status text_writer_finish(struct text_writer *w, struct error *e)
{
    struct segfile_writer *file = w->file;
    enum status st = write_group(w, w->len, e);
    if (st != OK)
        return st;
    if (w->grouper.context != NULL) {
        put_u64(&w->grouper.groups, w->grouper.frames_len);
        put_u64(&w->grouper.groups, w->len);
    }
    st = buf_status(&w->grouper.groups, e);
    if (st != OK)
        return st;
    const struct buf *rest[] = {&w->records, &w->bases, &w->wide, &w->grouper.groups};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        segfile_next_section(file);
        segfile_write(file, buf_slice(rest[i]));
    }
    w->file = NULL;
    return segfile_finish_unsynced(file, e);
}
