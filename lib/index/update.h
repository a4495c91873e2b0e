/**
 * Changing an index: a transaction of one writer that ends in one atomic rename, or in nothing.
 *
 *     update_begin -> [update_writer, index_writer_…]* , update_remove* -> update_publish
 *
 * Readers see the old generation until update_publish() has returned, then the new one. Killed at any moment, the index
 * is as it was; the next update removes what was left.
 */
#ifndef QUOTH_UPDATE_H
#define QUOTH_UPDATE_H

#include "snapshot.h"
#include "sources.h"

struct update;

/** One article as it goes into a segment. Slices are borrowed for the call. */
struct article_record {
    struct slice id, title, author, lang, url, format, path; /* each at most 1,024 bytes; lang as analyzer_language() */
    struct slice tags;                                       /* joined with '\n' */
    int32_t date;
    uint32_t root; /* as update_root() returned it */
    char raw_hash[16];
    /* Analysed: words as index_writer_word() numbered them, in position order (WORD_GAP: a position without a token).
     */
    const uint32_t *title_words;
    size_t n_title_words;
    struct slice *author_terms, *tag_terms; /* terms of the analysed words, without the prefix letter */
    size_t n_author_terms, n_tag_terms;
};

#define WORD_GAP UINT32_MAX

/**
 * Take the writer's lock, open the current generation (or make INDEX with an empty one), remove what a killed writer
 * left.
 *
 * @param settings  of a new index; for an existing one NULL, or they must be equal (ERR_SIGNATURE says how they differ)
 * @retval ERR_LOCKED  says who holds the lock
 */
enum status update_begin(struct update **out, const char *index, const struct index_settings *settings,
                         struct error *e) CHECK_RESULT;
/**
 * As update_begin(), for an index that another analyzer built: `settings` are the new ones, the old segments will be
 * dropped as a whole when it is published, and the caller adds the articles of update_snapshot() again. Roots and
 * sources stay.
 */
enum status update_begin_rebuild(struct update **out, const char *index, const struct index_settings *settings,
                                 struct error *e) CHECK_RESULT;
/** Give up, unless published: scratch is removed, the lock released. NULL is allowed. */
void update_free(struct update *u);

/** The generation that the update started from; borrowed. */
struct snapshot *update_snapshot(struct update *u);

/** The number of a root (absolute path), remembered with its id prefix; one that is known keeps its number. */
enum status update_root(struct update *u, struct slice path, struct slice prefix, uint32_t *root,
                        struct error *e) CHECK_RESULT;
/** Forget a root: its articles and sources are removed. ERR_NONE names the roots there are. */
enum status update_forget_root(struct update *u, struct slice path, struct error *e) CHECK_RESULT;

/** The id prefix of a root, "" where it has none; borrowed. */
struct slice update_root_prefix(const struct update *u, uint32_t root);

/** The table of source files that the new generation will have; starts as a copy of the current one. Borrowed. */
struct sources *update_sources(struct update *u);

/** Remove a live article of the starting generation (a tombstone). Twice is once. One thread at a time. */
enum status update_remove(struct update *u, size_t segment, uint32_t article, struct error *e) CHECK_RESULT;

/**
 * A builder of segments, for one thread. `memory` is its share of the budget in bytes: past it the segment is
 * finished on the spot and the next begun. Owned by the update.
 */
struct index_writer;
enum status update_writer(struct update *u, size_t memory, struct index_writer **out, struct error *e) CHECK_RESULT;

/** The number of a (form, term) pair in this writer's current segment; valid as long as its epoch. */
enum status index_writer_word(struct index_writer *w, struct slice form, struct slice term, uint32_t *word,
                              struct error *e) CHECK_RESULT;
/** Changes when a segment was cut, in index_writer_end_article() at the earliest: then word numbers are void. */
uint64_t index_writer_epoch(const struct index_writer *w);
/** Begin an article; its passages follow, then index_writer_end_article(). An article may have none. */
enum status index_writer_begin_article(struct index_writer *w, const struct article_record *a,
                                       struct error *e) CHECK_RESULT;
enum status index_writer_add_passage(struct index_writer *w, struct slice text, uint64_t at, uint64_t at_len,
                                     const uint32_t *words, size_t n_words, struct error *e) CHECK_RESULT;
enum status index_writer_end_article(struct index_writer *w, struct error *e) CHECK_RESULT;
/** Finish the segment at hand if it takes more than half of the memory. */
enum status index_writer_make_room(struct index_writer *w, struct error *e) CHECK_RESULT;
/** Finish the segment at hand now, in this thread; else update_publish() finishes them one after the other. */
enum status index_writer_seal(struct index_writer *w, struct error *e) CHECK_RESULT;

/** Before any update_writer(): write postings through libxapian's ordinary API instead of straight into its format.
 * Slower; for where libxapian has another format than this program writes, and as an oracle. */
void update_use_libxapian(struct update *u);

struct publish_result {
    uint64_t generation;
    uint64_t n_passages, n_articles; /* live */
    size_t n_segments;
    bool is_new;         /* false: nothing had changed, no generation was made */
    size_t n_still_read; /* after a purge: old segments whose bytes go when a reader lets go of them */
};

/**
 * Finish all segments, merge small ones, check, sync, publish. The update is used up: only update_free() may follow.
 *
 * @retval ERR_IO  nothing was published; only where the very last sync fails, the new generation may stand already
 */
enum status update_publish(struct update *u, struct publish_result *result, struct error *e) CHECK_RESULT;

/** Before update_publish(): merge everything into one segment without the dead; `purge` only segments with dead ones.
 */
void update_request_compact(struct update *u, bool only_dead);

#endif
