/**
 * What the files of the search share: a searcher, and a query made ready by it.
 */
#ifndef QUOTH_SEARCH_INTERNAL_H
#define QUOTH_SEARCH_INTERNAL_H

#include "kernel.h"
#include "rank.h"
#include "search.h"

struct searcher {
    struct snapshot *snapshot;
    struct index_reader *reader;
    struct kernel *kernel;
    struct ranker *ranker;
    struct analyzer *analyzer;
    const char *langs[LANGS_MAX];
    size_t n_langs;
    const char *only_lang; /* searcher_use_language(); NULL: all of langs */
};

/** Parse a line in the snapshot's languages; a long plain text keeps its rarest words. query_free() frees *out. */
enum status searcher_parse(struct searcher *s, struct slice line, enum query_mode mode, const struct stop *stop,
                           struct query **out, struct error *e) CHECK_RESULT;

/**
 * The best passages in their final order, at least from + n + 1 of them where there are so many: first stage,
 * re-ranking, per. candidates_clear() frees *out.
 */
enum status searcher_best(struct candidates *out, struct searcher *s, struct query *q,
                          const struct search_options *options, struct buf *cut, struct error *e) CHECK_RESULT;

/** The candidates from `from` on as hits: views, spans, what is shown. Fills out->items and out->n. */
enum status hits_fill(struct hits *out, struct searcher *s, const struct candidates *found,
                      const struct search_options *options, struct error *e) CHECK_RESULT;

#endif
