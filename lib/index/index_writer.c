#include "index_writer.h"

#include "array.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

struct index_writer {
    const char *scratch;
    const struct index_settings *settings;
    enum posting_writer_kind kind;
    size_t memory;
    struct segment_writer *segment; /* NULL between two segments */
    char id[SEGMENT_ID_BYTES + 1];
    struct finished_segment *finished;
    size_t n_finished, finished_cap;
    uint64_t epoch;
};

enum status random_id(char out[SEGMENT_ID_BYTES + 1], struct error *e)
{
    uint64_t bits;
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        return error_errno(e, ERR_IO, "no random numbers");
    snprintf(out, SEGMENT_ID_BYTES + 1, "%016llx", (unsigned long long)bits);
    return OK;
}

enum status index_writer_new(struct index_writer **out, const char *scratch, const struct index_settings *settings,
                             enum posting_writer_kind kind, size_t memory, struct error *e)
{
    *out = NULL;
    struct index_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    w->scratch = scratch;
    w->settings = settings;
    w->kind = kind;
    w->memory = memory;
    *out = w;
    return OK;
}

void index_writer_free(struct index_writer *w)
{
    if (w == NULL)
        return;
    segment_writer_free(w->segment);
    free(w->finished);
    free(w);
}

static enum status open_segment(struct index_writer *w, struct error *e)
{
    if (w->segment != NULL)
        return OK;
    char folder[PATH_MAX];
    enum status st = random_id(w->id, e);
    if (st != OK)
        return st;
    if (snprintf(folder, sizeof folder, "%s/%s", w->scratch, w->id) >= (int)sizeof folder)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", w->scratch);
    if (mkdir(folder, 0777) != 0)
        return error_errno(e, ERR_IO, "%s", folder);
    return segment_writer_new(&w->segment, folder, w->settings, w->kind, w->memory, e);
}

static enum status cut(struct index_writer *w, struct error *e)
{
    if (w->segment == NULL)
        return OK;
    struct segment_writer *segment = w->segment;
    w->segment = NULL;
    w->epoch++;
    enum status st =
        array_reserve(&w->finished, &w->finished_cap, w->n_finished + 1, sizeof *w->finished, SEGMENTS_MAX, e);
    if (st != OK) {
        segment_writer_free(segment);
        return st;
    }
    st = segment_writer_finish(segment, e);
    if (st == OK)
        memcpy(w->finished[w->n_finished++].id, w->id, sizeof w->id);
    return st;
}

enum status index_writer_word(struct index_writer *w, struct slice form, struct slice term, uint32_t *word,
                              struct error *e)
{
    *word = 0;
    enum status st = open_segment(w, e);
    return st == OK ? segment_writer_word(w->segment, form, term, word, e) : st;
}

enum status index_writer_begin_article(struct index_writer *w, const struct article_record *a, struct error *e)
{
    enum status st = open_segment(w, e);
    return st == OK ? segment_writer_begin_article(w->segment, a, e) : st;
}

enum status index_writer_add_passage(struct index_writer *w, struct slice text, uint64_t at, uint64_t at_len,
                                     const uint32_t *words, size_t n_words, struct error *e)
{
    return segment_writer_add_passage(w->segment, text, at, at_len, words, n_words, e);
}

enum status index_writer_end_article(struct index_writer *w, struct error *e)
{
    if (segment_writer_memory(w->segment) > w->memory || segment_writer_is_full(w->segment))
        return cut(w, e);
    return OK;
}

enum status index_writer_make_room(struct index_writer *w, struct error *e)
{
    return w->segment != NULL && segment_writer_memory(w->segment) > w->memory / 2 ? cut(w, e) : OK;
}

enum status index_writer_seal(struct index_writer *w, struct error *e)
{
    return cut(w, e);
}

enum status index_writer_finish(struct index_writer *w, const struct finished_segment **segments, size_t *n,
                                struct error *e)
{
    enum status st = cut(w, e);
    *segments = w->finished;
    *n = w->n_finished;
    return st;
}

uint64_t index_writer_epoch(const struct index_writer *w)
{
    return w->epoch;
}
