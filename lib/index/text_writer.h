/**
 * The `text` file of a segment that is being built: the passages' texts, as they are or as their spellings, and a
 * record of each passage. Texts are streamed to disk; in memory stay the records. One thread at a time.
 */
#ifndef QUOTH_TEXT_WRITER_H
#define QUOTH_TEXT_WRITER_H

#include "dictionary.h"

struct text_writer;

/** @param dictionary  of the words of the passages, for texts that are spelled; NULL: they stand as they are */
enum status text_writer_new(struct text_writer **out, const char *folder, const struct dictionary *dictionary,
                            struct error *e) CHECK_RESULT;
/** NULL is allowed. */
void text_writer_free(struct text_writer *w);

struct passage_entry {
    struct slice text;
    uint64_t at, at_len;
    uint32_t article, n_tokens;
    const uint32_t *words; /* n_tokens of them */
};

/** @retval ERR_LIMIT  a text over TEXT_MAX_BYTES */
enum status text_writer_add(struct text_writer *w, const struct passage_entry *p, struct error *e) CHECK_RESULT;

/** Tokens of a passage that was added, a text_writer as ctx: a length_fn of token_writer.h. */
uint32_t text_writer_n_tokens(const void *ctx, uint32_t passage);

/** Bytes held in memory. */
size_t text_writer_memory(const struct text_writer *w);

/** Should the segment end, since places within a group of passages are nearly used up? */
bool text_writer_is_full(const struct text_writer *w);

/** Write the file, not synced. Only text_writer_n_tokens() and text_writer_free() may follow. */
enum status text_writer_finish(struct text_writer *w, struct error *e) CHECK_RESULT;

#endif
