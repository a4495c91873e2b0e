#include "text_writer.h"

#include "places.h"
#include "segment_files.h"
#include "spelling.h"
#include "update.h"

#include <stdlib.h>

#define RECORDS_MAX_BYTES ((size_t)1 << 40)
#define FULL_BYTES ((uint64_t)1 << 31)  /* of text behind one base */
#define FULL_TOKENS ((uint64_t)1 << 30) /* behind one base: they are twice as many units at most */
#define KEEP_BYTES ((size_t)1 << 20)    /* a larger spelling's memory is freed when it is written */
#define AHEAD 8                         /* words whose forms are fetched before they are needed */
#define SPELLING_MAX_BYTES                                                                                             \
    (TEXT_MAX_BYTES * (TOKENS_PER_BYTE_MAX + 1) + 64) /* of a text that says nothing of its words */

struct text_writer {
    struct segfile_writer *file;         /* NULL once it is finished */
    const struct dictionary *dictionary; /* NULL: texts stand as they are */
    uint64_t len, len_at_base;           /* in the file: of all texts, and of those before the last base */
    uint64_t text_len;                   /* of all texts */
    uint64_t n_tokens_behind_base;
    uint32_t n;
    struct buf records, bases, wide;
    struct buf spelling; /* of the text at hand */
};

enum status text_writer_new(struct text_writer **out, const char *folder, const struct dictionary *dictionary,
                            struct error *e)
{
    *out = NULL;
    struct text_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    buf_init(&w->records, RECORDS_MAX_BYTES);
    buf_init(&w->bases, RECORDS_MAX_BYTES);
    buf_init(&w->wide, RECORDS_MAX_BYTES);
    buf_init(&w->spelling, SPELLING_MAX_BYTES);
    w->dictionary = dictionary;
    enum status st = segfile_create(&w->file, folder, "text", TEXT_MAGIC, N_TEXT_SECTIONS, e);
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
    buf_clear(&w->spelling);
    buf_clear(&w->records);
    buf_clear(&w->bases);
    buf_clear(&w->wide);
    free(w);
}

/* What stands in the file: the text, or its spelling. */
static enum status make_body(struct text_writer *w, const struct passage_entry *p, struct slice *body, struct error *e)
{
    *body = p->text;
    if (w->dictionary == NULL || p->text.len == 0)
        return OK;
    struct speller speller;
    buf_reset(&w->spelling);
    speller_begin(&speller, &w->spelling, p->text);
    for (uint32_t i = 0; i < p->n_tokens; i++) {
        if (i + AHEAD < p->n_tokens && p->words[i + AHEAD] != WORD_GAP)
            dictionary_expect_form(w->dictionary, p->words[i + AHEAD]);
        if (p->words[i] != WORD_GAP)
            speller_word(&speller, dictionary_form_text(w->dictionary, p->words[i]));
    }
    speller_end(&speller);
    *body = buf_slice(&w->spelling);
    return buf_status(&w->spelling, e);
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
    struct slice body;
    enum status st = make_body(w, p, &body, e);
    if (st == OK)
        st = put_record(w, p, e);
    if (st != OK)
        return st;
    segfile_write(w->file, body);
    w->len += body.len;
    w->text_len += p->text.len;
    w->n_tokens_behind_base += p->n_tokens;
    w->n++;
    /* A large text's memory is not kept for the small ones that follow. */
    if (w->spelling.cap > KEEP_BYTES)
        buf_clear(&w->spelling);
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
    return w->records.cap + w->bases.cap + w->wide.cap + w->spelling.cap;
}

bool text_writer_is_full(const struct text_writer *w)
{
    return w->n_tokens_behind_base > FULL_TOKENS || w->len - w->len_at_base > FULL_BYTES;
}

enum status text_writer_finish(struct text_writer *w, struct error *e)
{
    struct segfile_writer *file = w->file;
    const struct buf *rest[] = {&w->records, &w->bases, &w->wide};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        segfile_next_section(file);
        segfile_write(file, buf_slice(rest[i]));
    }
    segfile_next_section(file);
    if (w->dictionary != NULL)
        set_u64(segfile_room(file, TEXT_SPELLED_BYTES), w->text_len);
    w->file = NULL;
    return segfile_finish_unsynced(file, e);
}
