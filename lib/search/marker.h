/**
 * Marks what a query matched in the passages and titles of its hits. It says what match_spans() says, of texts that lie
 * in a segment: their token sequences tell which words match, so the text is only walked for where those words stand.
 *
 * Memory is used again from hit to hit and from query to query. One thread at a time.
 */
#ifndef QUOTH_MARKER_H
#define QUOTH_MARKER_H

#include "match.h"
#include "snapshot.h"

struct marker;

/** @param analyzer  borrowed until marker_free() */
enum status marker_new(struct marker **out, struct analyzer *analyzer, struct error *e) CHECK_RESULT;
void marker_free(struct marker *m);

/**
 * Begin with a query, for hits of one snapshot.
 *
 * @param q  has run; query and snapshot are borrowed until the next begin
 */
enum status marker_begin(struct marker *m, const struct query *q, const struct snapshot *s,
                         struct error *e) CHECK_RESULT;

/**
 * The spans in a passage's body, as match_spans() with FIELD_ANY. Hits that lie in one segment are best asked for one
 * after the other.
 *
 * @param lang      of its article, as the article view says it
 * @param[out] out  the marker's own, until the next call; the caller may cut them
 */
enum status marker_passage(struct marker *m, size_t segment, uint32_t passage, const struct passage_view *view,
                           struct slice lang, struct spans **out, struct error *e) CHECK_RESULT;

/** The same in an article's title, as match_spans() with FIELD_TITLE. */
enum status marker_title(struct marker *m, size_t segment, uint32_t article, const struct article_view *view,
                         struct spans **out, struct error *e) CHECK_RESULT;

#endif
