/**
 * Matches found in a text -> its spans: ascending, without overlaps. Of matches that overlap the longer wins; of
 * equally long ones the earlier, then the one whose leaf stands earlier in the query.
 */
#ifndef QUOTH_SPAN_SETTLE_H
#define QUOTH_SPAN_SETTLE_H

#include "match.h"

/** A match before overlaps are settled. */
struct found_span {
    struct span span;
    bool is_token; /* one token: where tokens overlap (bigrams), what is left of it still counts */
};

/** Memory that is used again from text to text; zero at first. One thread at a time. */
struct span_settler {
    struct found_span *found;
    size_t n, cap;
    unsigned char *taken; /* a byte for each of the text's */
    size_t taken_cap;
};

void span_settler_clear(struct span_settler *s);

enum status span_settler_add(struct span_settler *s, const struct found_span *found, struct error *e) CHECK_RESULT;

/** Settle what was added since the last time into *out, which is emptied first; the matches lie in text_len bytes. */
enum status span_settler_take(struct span_settler *s, size_t text_len, struct spans *out, struct error *e) CHECK_RESULT;

#endif
