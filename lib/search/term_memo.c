#include "term_memo.h"

#include "cache_line.h"

#include <stdlib.h>

struct entry {
    uint8_t len; /* 0: empty */
    char text[TERM_MEMO_TEXT];
    uint64_t df;
    struct term_view in[];
};

struct term_memo {
    size_t n_segments, entry_bytes;
    size_t n_entries; /* a power of two */
    char *entries;
};

enum status term_memo_new(struct term_memo **out, size_t n_segments, struct error *e)
{
    *out = NULL;
    struct term_memo *m = calloc(1, sizeof *m);
    if (m == NULL)
        return error_nomem(e);
    size_t bytes = sizeof(struct entry) + n_segments * sizeof(struct term_view);
    m->n_segments = n_segments;
    m->entry_bytes = (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t) * sizeof(uint64_t);
    m->n_entries = 1;
    while (m->n_entries * 2 * m->entry_bytes <= TERM_MEMO_BYTES)
        m->n_entries *= 2;
    m->entries = calloc(m->n_entries, m->entry_bytes);
    if (m->entries == NULL) {
        free(m);
        return error_nomem(e);
    }
    *out = m;
    return OK;
}

void term_memo_free(struct term_memo *m)
{
    if (m == NULL)
        return;
    free(m->entries);
    free(m);
}

/* A term has one place; the last that was put there has it. */
static struct entry *entry_of(const struct term_memo *m, uint32_t hash)
{
    return (struct entry *)(void *)(m->entries + (hash & (m->n_entries - 1)) * m->entry_bytes);
}

void term_memo_expect(const struct term_memo *m, uint32_t hash)
{
    cache_fetch(entry_of(m, hash), m->entry_bytes);
}

const struct term_view *term_memo_get(const struct term_memo *m, struct slice term, uint32_t hash, uint64_t *df)
{
    if (m == NULL)
        return NULL;
    const struct entry *entry = entry_of(m, hash);
    if (entry->len == 0 || !slice_equal(slice_of(entry->text, entry->len), term))
        return NULL;
    *df = entry->df;
    return entry->in;
}

void term_memo_put(struct term_memo *m, struct slice term, uint32_t hash, uint64_t df, const struct term_view *in)
{
    if (term.len == 0 || term.len > TERM_MEMO_TEXT)
        return;
    struct entry *entry = entry_of(m, hash);
    entry->len = (uint8_t)term.len;
    memcpy(entry->text, term.data, term.len);
    entry->df = df;
    memcpy(entry->in, in, m->n_segments * sizeof *in);
}
