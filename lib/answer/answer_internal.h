/**
 * What the answers to the verbs share. Data lines are written into a buffer of their own first, since the status line
 * before them counts them; but hits, which are the most and are counted beforehand, straight into the reply. What a
 * failure midway leaves there is thrown away.
 */
#ifndef QUOTH_ANSWER_INTERNAL_H
#define QUOTH_ANSWER_INTERNAL_H

#include "answer.h"

#define ID_COLUMN_MAX_BYTES ((size_t)8192)     /* an id of 1,024 bytes, percent-encoded, and an ordinal */
#define REF_MAX_BYTES ((size_t)LINE_MAX_BYTES) /* of an id as a request names it, decoded */

struct answering {
    struct searcher *searcher;
    const struct request *request;
    uint64_t started_us;
    struct stop stop;
    uint64_t n_authored; /* of a search that found nothing: passages whose author has the words for a name */
    struct buf *reply;   /* where hits go */
    struct buf status;   /* of other verbs: the status line */
    struct buf lines;    /* the same: the data lines */
    uint32_t *pairs;     /* of the spans of the row at hand, start and length; used again */
    size_t pairs_cap;
};

/* One function a verb: fills status and lines, or reply. */
enum status answer_search(struct answering *a, struct error *e) CHECK_RESULT;
enum status answer_count(struct answering *a, struct error *e) CHECK_RESULT;
enum status answer_get(struct answering *a, struct error *e) CHECK_RESULT;
enum status answer_explain(struct answering *a, struct error *e) CHECK_RESULT;
enum status answer_similar(struct answering *a, struct error *e) CHECK_RESULT;
enum status answer_suggest(struct answering *a, struct error *e) CHECK_RESULT;
enum status answer_spell(struct answering *a, struct error *e) CHECK_RESULT;
enum status answer_whynot(struct answering *a, struct error *e) CHECK_RESULT;

/** The request's options as the search knows them. */
struct search_options answer_options(const struct answering *a);

/** The whole reply of hits, into reply. */
enum status answer_hits(struct answering *a, const struct hits *h, struct error *e) CHECK_RESULT;

/** How many passages an author: of the request's text finds; 0 where the text is more than words. answer_author.c. */
enum status answer_count_authored(struct answering *a, uint64_t *n_passages, struct error *e) CHECK_RESULT;

/** The request's mode as the search knows it. */
enum query_mode answer_mode(const struct answering *a);

enum search_rank answer_rank(const struct answering *a);

/** A text column: null where there is nothing. */
void put_text(struct row *r, const char *name, struct slice value);

/** The column `passage`: the article's id, percent-encoded, '#', the ordinal. */
enum status put_passage_id(struct row *r, struct slice article_id, uint32_t ordinal, struct error *e) CHECK_RESULT;

#endif
