/**
 * An article and its passages, analysed, on their way into a writer; without a writer, only counted. One thread at a
 * time.
 */
#ifndef QUOTH_FEED_H
#define QUOTH_FEED_H

#include "analyzer.h"
#include "array.h"
#include "article.h"
#include "buf.h"
#include "update.h"

#define FEED_WORDS_MAX ((size_t)1 << 30)

/* The terms of the author, or of the tags: sorted, each once. */
struct term_list {
    struct buf bytes;
    struct slice *items;
    size_t *ends; /* of each term in bytes, while they are collected */
    size_t n, cap, ends_cap;
};

struct feed {
    struct analyzer *analyzer;
    struct index_writer *writer; /* NULL: passages are only counted */
    uint64_t epoch;              /* of the writer, in which the analyzer was told the words' numbers */
    bool counts_tokens;          /* without a writer: analyse to count the tokens as well */
    const char *lang;            /* of the article at hand */
    struct word_numbers title, body;
    struct term_list author, tags;
    uint64_t n_passages, n_tokens; /* since the beginning; a title counts for each passage */
};

/** @param writer  borrowed, may be NULL */
enum status feed_init(struct feed *f, enum analyzer_profile profile, struct index_writer *writer,
                      struct error *e) CHECK_RESULT;
void feed_clear(struct feed *f);

/**
 * Begin an article.
 *
 * @param record  its fields but those that analysis gives; lang as analyzer_language() returns it
 */
enum status feed_begin(struct feed *f, struct article_record *record, struct error *e) CHECK_RESULT;
enum status feed_passage(struct feed *f, struct slice text, uint64_t at, uint64_t at_len, struct error *e) CHECK_RESULT;
enum status feed_end(struct feed *f, struct error *e) CHECK_RESULT;

#endif
