/**
 * One matcher: a query tree against the tokens of one passage. It verifies phrases, words near each other, =words and
 * title: for the kernel. match_spans() marks a text by analysing it, which needs no segment; hits are marked the
 * quicker way, by marker.h, and the tests compare the two.
 *
 * One thread at a time.
 */
#ifndef QUOTH_MATCH_H
#define QUOTH_MATCH_H

#include "query.h"
#include "segment.h"
#include "term_memo.h"

struct span {
    uint32_t start, len; /* bytes */
    uint32_t leaf;       /* number of the query's leaf (query.leaves) that it matched */
};

struct spans {
    struct span *items;
    size_t n, cap;
};

void spans_clear(struct spans *s);

/** A query made ready for one segment: each leaf as a set of form ids. Query and segment are borrowed until
 * matcher_free(). */
struct matcher;

/** @param memo  where terms are asked for first, those of the segment's number; NULL: there is none */
enum status matcher_new(struct matcher **out, const struct query *q, const struct segment *s,
                        const struct term_memo *memo, size_t number, struct error *e) CHECK_RESULT;
void matcher_free(struct matcher *m);

/** Does any leaf need its tokens looked at? See query_node_needs_tokens(). Else a passage that has the terms matches.
 */
bool matcher_needs_tokens(const struct matcher *m);

/**
 * Does the passage satisfy the leaf's own condition (the phrase stands there, the word is in the title)? Decides leaves
 * with any field but author and tag. A prefix or a fuzzy word stands for all forms of the stems that it was expanded
 * to, as in the postings; one that was not expanded matches nothing.
 *
 * @param leaf  a node of the query that the matcher was made from
 */
enum status matcher_leaf(struct matcher *m, const struct query_node *leaf, uint32_t passage, bool *matches,
                         struct error *e) CHECK_RESULT;

/**
 * The same of n passages, in any order: faster than one by one, since what the next ones need is fetched meanwhile.
 *
 * @param[out] matches  n of them; of no use on failure
 */
enum status matcher_leaf_all(struct matcher *m, const struct query_node *leaf, const uint32_t *passages, size_t n,
                             bool *matches, struct error *e) CHECK_RESULT;

/**
 * The spans of every positive leaf's matches in a text, ascending, without overlaps (the longer wins). Text is analysed
 * again, so byte ranges are exact. Words of a phrase are marked only where the phrase stands, those of a near only
 * where they stand near each other. A prefix or a fuzzy word marks what the stems mark that it was expanded to; before
 * the query has run, the forms that it describes.
 *
 * @param field  FIELD_ANY for a passage's body, FIELD_TITLE for its title (leaves of title: mark only there)
 */
enum status match_spans(struct spans *out, const struct query *q, struct analyzer *analyzer, const char *lang,
                        struct slice text, enum node_field field, struct error *e) CHECK_RESULT;

#endif
