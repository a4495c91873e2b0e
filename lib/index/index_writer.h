/**
 * What the files of this layer see of an index_writer (update.h): segment after segment in scratch folders.
 */
#ifndef QUOTH_INDEX_WRITER_H
#define QUOTH_INDEX_WRITER_H

#include "segment_writer.h"

struct finished_segment {
    char id[SEGMENT_ID_BYTES + 1];
};

/** @param scratch  folder for the segments' folders; borrowed, as are the settings */
enum status index_writer_new(struct index_writer **out, const char *scratch, const struct index_settings *settings,
                             enum posting_writer_kind kind, size_t memory, struct error *e) CHECK_RESULT;
void index_writer_free(struct index_writer *w);

/** Finish the segment at hand. The finished ones, in order, are borrowed until index_writer_free(). */
enum status index_writer_finish(struct index_writer *w, const struct finished_segment **segments, size_t *n,
                                struct error *e) CHECK_RESULT;

/** 16 random hexadecimal digits. */
enum status random_id(char out[SEGMENT_ID_BYTES + 1], struct error *e) CHECK_RESULT;

#endif
