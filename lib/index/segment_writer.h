/**
 * Builds one segment in a folder: articles and their analysed passages go in, the segment's files come out.
 *
 * Texts and token sequences are streamed to disk; in memory stay the dictionaries and a fixed record a passage. The
 * postings are gathered and written by a posting_writer. One thread at a time.
 */
#ifndef QUOTH_SEGMENT_WRITER_H
#define QUOTH_SEGMENT_WRITER_H

#include "posting_writer.h"
#include "segment_files.h"
#include "update.h"

struct segment_writer;

/**
 * @param folder    an existing empty folder
 * @param settings  borrowed for the writer's life
 * @param kind      how the postings are written
 * @param memory    bytes; what libxapian may hold back is bounded by a part of it
 */
enum status segment_writer_new(struct segment_writer **out, const char *folder, const struct index_settings *settings,
                               enum posting_writer_kind kind, size_t memory, struct error *e) CHECK_RESULT;
/** Give up; the folder's files are the caller's to remove. NULL is allowed. */
void segment_writer_free(struct segment_writer *w);

/** As the functions of update.h, whose index_writer cuts segments around this one. */
enum status segment_writer_word(struct segment_writer *w, struct slice form, struct slice term, uint32_t *word,
                                struct error *e) CHECK_RESULT;
enum status segment_writer_begin_article(struct segment_writer *w, const struct article_record *a,
                                         struct error *e) CHECK_RESULT;
enum status segment_writer_add_passage(struct segment_writer *w, struct slice text, uint64_t at, uint64_t at_len,
                                       const uint32_t *words, size_t n_words, struct error *e) CHECK_RESULT;

uint32_t segment_writer_n_articles(const struct segment_writer *w);
/** Bytes held in memory, estimated from above. */
size_t segment_writer_memory(const struct segment_writer *w);
/** Is a number space of the file format nearly used up? */
bool segment_writer_is_full(const struct segment_writer *w);

/** Write all files, sync them, check them against the database; w is used up and freed whatever happens. */
enum status segment_writer_finish(struct segment_writer *w, struct error *e) CHECK_RESULT;

#endif
