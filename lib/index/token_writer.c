#include "token_writer.h"

#include "array.h"
#include "places.h"
#include "segment_files.h"
#include "update.h"

#include <stdlib.h>

#define UNIT_BYTES 2
#define STARTS_MAX_BYTES ((size_t)1 << 40)

/* One sequence at a time passes through. */
struct translator {
    uint32_t *words;
    size_t words_cap;
    struct buf units;
    const uint32_t *form_of;
};

static void put_units(struct translator *t, size_t n)
{
    buf_reset(&t->units);
    if (!buf_reserve(&t->units, n * 2 * UNIT_BYTES))
        return;
    char *p = t->units.data;
    for (size_t i = 0; i < n; i++) {
        uint32_t form = t->words[i] == WORD_GAP ? TOKEN_GAP : t->form_of[t->words[i]];
        if (form >= TOKEN_ESCAPE && t->words[i] != WORD_GAP) {
            set_u16(p, (uint16_t)(TOKEN_ESCAPE + (form >> 16)));
            p += UNIT_BYTES;
        }
        set_u16(p, (uint16_t)form);
        p += UNIT_BYTES;
    }
    t->units.len = (size_t)(p - t->units.data);
}

static enum status translate(struct translator *t, struct word_spool *from, size_t n, struct error *e)
{
    enum status st = array_reserve(&t->words, &t->words_cap, n + 1, sizeof *t->words, UINT32_MAX, e);
    if (st == OK)
        st = word_spool_take(from, t->words, n, e);
    if (st != OK)
        return st;
    put_units(t, n);
    return buf_status(&t->units, e);
}

/* The last two of a run's sections. */
struct starts {
    struct buf at, bases;
};

static enum status add_start(struct starts *s, uint64_t i, uint64_t at, struct error *e)
{
    uint32_t behind;
    enum status st = places_add(&s->bases, i, at, &behind, e);
    if (st == OK)
        put_u32(&s->at, behind);
    return st == OK ? buf_status(&s->at, e) : st;
}

/* Three sections: the units of all sequences, where each begins and the last ends, and the bases of that. */
static enum status write_sequences(struct segfile_writer *f, struct translator *t, const struct token_sequences *s,
                                   struct error *e)
{
    struct starts starts;
    buf_init(&starts.at, STARTS_MAX_BYTES);
    buf_init(&starts.bases, STARTS_MAX_BYTES);
    uint64_t at = 0;
    enum status st = word_spool_rewind(s->words, e);
    for (uint32_t i = 0; i < s->n && st == OK; i++) {
        st = add_start(&starts, i, at, e);
        if (st == OK)
            st = translate(t, s->words, s->length(s->ctx, i), e);
        segfile_write(f, buf_slice(&t->units));
        at += t->units.len / UNIT_BYTES;
    }
    if (st == OK)
        st = add_start(&starts, s->n, at, e);
    segfile_next_section(f);
    segfile_write(f, buf_slice(&starts.at));
    segfile_next_section(f);
    segfile_write(f, buf_slice(&starts.bases));
    buf_clear(&starts.at);
    buf_clear(&starts.bases);
    return st;
}

enum status tokens_write(const char *folder, const struct token_sequences *bodies, const struct token_sequences *titles,
                         const uint32_t *form_of, struct error *e)
{
    struct segfile_writer *f;
    struct translator t = {.form_of = form_of};
    buf_init(&t.units, STARTS_MAX_BYTES);
    enum status st = segfile_create(&f, folder, "tokens", TOKENS_MAGIC, N_TOKENS_SECTIONS, e);
    if (st != OK)
        return st;
    st = write_sequences(f, &t, bodies, e);
    segfile_next_section(f);
    if (st == OK)
        st = write_sequences(f, &t, titles, e);
    free(t.words);
    buf_clear(&t.units);
    if (st == OK)
        return segfile_finish_unsynced(f, e);
    segfile_abandon(f);
    return st;
}
