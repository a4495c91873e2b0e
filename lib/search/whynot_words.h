/**
 * The words of one passage and of its title, for saying which word of a query it lacks. Used by whynot.c.
 */
#ifndef QUOTH_WHYNOT_WORDS_H
#define QUOTH_WHYNOT_WORDS_H

#include "query.h"
#include "segment.h"

/** Distinct forms; texts point into the segment. */
struct passage_words {
    const struct segment *segment;
    uint32_t *forms;
    size_t n, cap;
};

enum status passage_words_read(struct passage_words *out, const struct segment *s, uint32_t passage,
                               struct error *e) CHECK_RESULT;
void passage_words_clear(struct passage_words *w);

/** Is a form of any of the word's terms there? */
bool passage_words_has(const struct passage_words *w, const struct query_word *word);

/** The form most like the word: few edits away, or with the same beginning. Empty: there is none. */
struct slice passage_words_near(const struct passage_words *w, struct slice form);

#endif
