/**
 * Snowball's stemmers, one for each language, made when first needed. One thread at a time.
 */
#ifndef QUOTH_STEM_H
#define QUOTH_STEM_H

#include "slice.h"
#include "status.h"

struct stemmers;

/** @param english  libstemmer's name of what stands for English: "english" or "porter" */
enum status stemmers_new(struct stemmers **out, const char *english, struct error *e) CHECK_RESULT;
void stemmers_free(struct stemmers *s);

/**
 * @param[out] out  the stem of word; valid until the next call. Never empty: where a stemmer leaves nothing, word
 * itself.
 * @param language  a number of languages.h
 */
enum status stem_word(struct stemmers *s, size_t language, struct slice word, struct slice *out,
                      struct error *e) CHECK_RESULT;

#endif
