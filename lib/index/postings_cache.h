/**
 * Decoded postings of immutable segments, shared by all threads that search, bounded in bytes.
 *
 * Keyed by segment and term, so what is there survives a new generation for every segment that stays. Reading takes no
 * lock: a segment's lists are an array of atomic pointers by term number. A list that is evicted is freed only when
 * every reader that might hold it has left (epochs; Fraser: Practical lock-freedom, 2004, 5.2.3). What is evicted is
 * chosen by a clock hand: lists that were used since it last came by get a second chance.
 *
 * The bound holds for lists, evicted ones that readers still hold included. What does not fit is not kept: the caller
 * has it to itself.
 */
#ifndef QUOTH_POSTINGS_CACHE_H
#define QUOTH_POSTINGS_CACHE_H

#include "posting_list.h"

#define POSTINGS_CACHE_READERS_MAX 640                   /* one for each thread and each snapshot that it searches */
#define POSTINGS_CACHE_DEFAULT_BYTES ((size_t)512 << 20) /* of a program that searches more than once */

struct postings_cache;

struct postings_cache_stats {
    size_t max_bytes, bytes; /* bytes: those of lists that wait to be freed included */
    uint64_t n_lists, hits, misses, evictions;
};

/** @param max_bytes  of lists; 0 keeps nothing */
enum status postings_cache_new(struct postings_cache **out, size_t max_bytes, struct error *e) CHECK_RESULT;
/** After its last holder and reader. NULL is allowed. */
void postings_cache_free(struct postings_cache *c);
/** From any thread. */
void postings_cache_stats(struct postings_cache *c, struct postings_cache_stats *out);

/**
 * A snapshot's segments in the cache: as long as one holder has a segment, its lists stay (within the bound). Whoever
 * serves generations holds the current one, so that nothing is lost between two readers.
 */
struct postings_hold;

enum status postings_hold_new(struct postings_hold **out, struct postings_cache *c, struct snapshot *s,
                              struct error *e) CHECK_RESULT;
void postings_hold_free(struct postings_hold *h);

/** One thread's way to the lists of a snapshot. */
struct postings_reader;

/**
 * @param c  NULL: every list is the caller's own
 * @param s  borrowed until postings_reader_free()
 * @retval ERR_LIMIT  POSTINGS_CACHE_READERS_MAX of them are there
 */
enum status postings_reader_new(struct postings_reader **out, struct postings_cache *c, struct snapshot *s,
                                struct error *e) CHECK_RESULT;
void postings_reader_free(struct postings_reader *r);
struct snapshot *postings_reader_snapshot(const struct postings_reader *r); /* borrowed */
/** NULL: it has none. */
struct postings_cache *postings_reader_cache(const struct postings_reader *r);

/** Between these two, lists handed out stay. Not nested; _leave() may be called when nothing was entered. */
void postings_reader_enter(struct postings_reader *r);
void postings_reader_leave(struct postings_reader *r);

/**
 * The list of a term of a segment of the snapshot.
 *
 * @param term  its number; TERM_NONE: it has none, as filter terms, and is not kept
 * @param[out] is_own  true: the cache has no room for it, free() it when done
 * @retval ERR_INDEX ERR_DEADLINE ERR_CANCELLED ERR_NOMEM  as of segment_postings()
 */
enum status postings_reader_get(struct postings_reader *r, size_t segment, uint32_t term, struct slice text,
                                const struct stop *stop, const struct posting_list **out, bool *is_own,
                                struct error *e) CHECK_RESULT;

/** Fetch into the processor's cache what postings_reader_peek() looks at; only a hint. */
void postings_reader_expect(const struct postings_reader *r, size_t segment, uint32_t term);
/** Between enter and leave, until leave: the list that postings_reader_get() would give, for whoever fetches ahead what
   it points to. Nothing is decoded, and nothing counts as used. NULL: it is not there yet. */
const struct posting_list *postings_reader_peek(const struct postings_reader *r, size_t segment, uint32_t term);

/**
 * Decode the commonest terms ahead, until half of the cache is used or `stop` says so. Not between enter and leave.
 *
 * @retval ERR_DEADLINE ERR_CANCELLED  when stopped
 */
enum status postings_reader_warm(struct postings_reader *r, const struct stop *stop, struct error *e) CHECK_RESULT;

#endif
