/**
 * What the files of the search share: a searcher, and a query made ready by it.
 */
#ifndef QUOTH_SEARCH_INTERNAL_H
#define QUOTH_SEARCH_INTERNAL_H

#include "kernel.h"
#include "marker.h"
#include "rank.h"
#include "search.h"
#include "text_room.h"

struct lexicon_letters; /* lexicon_near.c */
struct sample_spread;   /* suggest_sample.c */

struct searcher {
    struct snapshot *snapshot;
    struct kernel *kernel;
    struct ranker *ranker;
    struct analyzer *analyzer;
    struct marker *marker;
    struct text_room texts;
    const char *langs[LANGS_MAX];
    size_t n_langs;
    struct lexicon_letters *letters; /* NULL until a spelling is looked for */
    struct sample_spread *spread;    /* NULL until a suggestion needs it */
    const char *only_lang;           /* searcher_use_language(); NULL: all of langs */
};

/** Parse a line in the snapshot's languages; a long plain text keeps its rarest words. query_free() frees *out. */
enum status searcher_parse(struct searcher *s, struct slice line, enum query_mode mode, const struct stop *stop,
                           struct query **out, struct error *e) CHECK_RESULT;

/** What a search says of itself: prefixes that were cut, words that feedback added. Appended to. */
struct searcher_notes {
    struct buf *cut, *expanded;
};

/**
 * The best passages in their final order, at least from + n + 1 of them where there are so many: first stage,
 * re-ranking, feedback (which adds to the query), per. candidates_clear() frees *out.
 */
enum status searcher_best(struct candidates *out, struct searcher *s, struct query *q,
                          const struct search_options *options, struct searcher_notes *notes,
                          struct error *e) CHECK_RESULT;

/** Empty hits for the options; ERR_OPTION where these are out of range. */
enum status hits_new(struct hits **out, const struct search_options *options, struct error *e) CHECK_RESULT;

/**
 * The line with corrections for words that no passage has, where it consists of words without any operator; else, and
 * where there is nothing to correct, *out stays empty. search_spell.c.
 */
enum status searcher_correct(struct buf *out, struct searcher *s, const struct query *q, struct slice line,
                             const struct stop *stop, struct error *e) CHECK_RESULT;

/** The candidates from `from` on as hits: views, spans, what is shown. Fills out->items and out->n. */
enum status hits_fill(struct hits *out, struct searcher *s, const struct candidates *found,
                      const struct search_options *options, struct error *e) CHECK_RESULT;

#endif
