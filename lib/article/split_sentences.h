/**
 * The sentences of a text by Unicode's rules, in a language, in bounded pieces: the text is looked at through a window,
 * and a sentence longer than that is handed out in several. One thread at a time.
 */
#ifndef QUOTH_SPLIT_SENTENCES_H
#define QUOTH_SPLIT_SENTENCES_H

#include "slice.h"
#include "status.h"

#define SENTENCE_WINDOW_BYTES ((size_t)65536)

struct sentences;

/** @param lang  a language code, or empty */
enum status sentences_new(struct sentences **out, struct slice lang, struct error *e) CHECK_RESULT;
void sentences_free(struct sentences *s);

/** Begin with a well-formed text, which stays borrowed until the next begin or the end. */
enum status sentences_begin(struct sentences *s, struct slice text, struct error *e) CHECK_RESULT;

/** The next sentence with the white space after it; len 0 at the end. Together they are the whole text. */
enum status sentences_next(struct sentences *s, struct slice *out, struct error *e) CHECK_RESULT;

#endif
