/**
 * Why a passage is not in the answer to a query, or at which rank it is.
 *
 * Stages, in the order in which a search goes through them:
 *
 *     missing   there is no such article or passage
 *     deleted   it was in the index and is no longer
 *     empty     the query has no word to search for
 *     absent    a word that is needed is neither in the passage nor in its title
 *     stem      the same, but a similar word is there, of another stem
 *     phrase    the words are there, not as the phrase or as near as they should be
 *     filter    the article is not one that the filter lets through
 *     excluded  it has what the query excludes
 *     grouped   it matches, but per= lets only better passages of its article through
 *     ranked    it matches, but its rank is not among those asked for
 *     shown     it is in the answer
 *
 * The first three, and the last three, stand alone. Of the others there is a row for each reason; each alone is enough,
 * but where none of several alternatives holds, a row for each of them.
 */
#ifndef QUOTH_WHYNOT_H
#define QUOTH_WHYNOT_H

#include "search.h"

#define WHYNOT_ROWS_MAX 4096
#define WHYNOT_RANK_MAX 1000000 /* a rank beyond is not told */

struct whynot_row {
    const char *stage;
    struct slice detail;
};

struct whynot {
    struct arena arena;
    struct whynot_row *rows;
    size_t n_rows, cap;
    uint32_t rank; /* from 1; 0: it has none */
};

/**
 * @param options  as of the search in question
 * @retval ERR_OPTION  ordinal is 0; the rest as of search_run()
 */
enum status search_whynot(struct whynot **out, struct searcher *s, struct slice query,
                          const struct search_options *options, struct slice article_id, uint32_t ordinal,
                          struct error *e) CHECK_RESULT;
void whynot_free(struct whynot *w);

#endif
