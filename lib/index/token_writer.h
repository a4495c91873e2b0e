/**
 * The `tokens` file: word numbers become form ids, in units of 16 bits.
 */
#ifndef QUOTH_TOKEN_WRITER_H
#define QUOTH_TOKEN_WRITER_H

#include "buf.h"
#include "word_spool.h"

/** Sequences one after the other, their lengths a u32 at `field_at` of each record. */
struct token_sequences {
    struct word_spool *words; /* is read to its end */
    const struct buf *records;
    size_t record_bytes, field_at;
};

/** @param form_of  form id of each word number */
enum status tokens_write(const char *folder, const struct token_sequences *bodies, const struct token_sequences *titles,
                         const uint32_t *form_of, struct error *e) CHECK_RESULT;

#endif
