/**
 * The `tokens` file: word numbers become form ids, in units of 16 bits.
 */
#ifndef QUOTH_TOKEN_WRITER_H
#define QUOTH_TOKEN_WRITER_H

#include "word_spool.h"

typedef uint32_t length_fn(const void *ctx, uint32_t i);

/** Sequences one after the other. */
struct token_sequences {
    struct word_spool *words; /* is read to its end */
    uint32_t n;
    length_fn *length; /* of sequence i */
    const void *ctx;
};

/** @param form_of  form id of each word number */
enum status tokens_write(const char *folder, const struct token_sequences *bodies, const struct token_sequences *titles,
                         const uint32_t *form_of, struct error *e) CHECK_RESULT;

#endif
