/**
 * Passages like a given one: its good terms as a query.
 *
 * Of the passage's terms (of an article: of its first SIMILAR_PASSAGES taken together) the SIMILAR_TERMS with the
 * greatest impact * idf are searched for, any of them, each with that weight. Terms of stopwords, of numbers and of one
 * letter are left out, and those in fewer than two passages or in more than a tenth of all. The article's own passages
 * are left out of the answer, also out of found.
 */
#ifndef QUOTH_SIMILAR_H
#define QUOTH_SIMILAR_H

#include "search.h"

#define SIMILAR_TERMS 25
#define SIMILAR_PASSAGES 8
#define SIMILAR_DF_MIN 2
#define SIMILAR_DF_PART 10   /* in at most N / 10 passages, */
#define SIMILAR_DF_ALWAYS 20 /* but in so many in any case: in a small index a tenth is nothing */

/**
 * @param ordinal  0: the article as a whole
 * @param options  n, from, per, show, width and stop are looked at
 * @retval ERR_NONE  no such article or passage; the rest as of search_run()
 */
enum status search_similar(struct hits **out, struct searcher *s, struct slice article_id, uint32_t ordinal,
                           const struct search_options *options, struct error *e) CHECK_RESULT;

#endif
