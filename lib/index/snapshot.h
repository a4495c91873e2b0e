/**
 * One generation of the index, opened for reading. Immutable and counted by references: readers never wait, and never
 * see half an update. Shared by threads.
 */
#ifndef QUOTH_SNAPSHOT_H
#define QUOTH_SNAPSHOT_H

#include "segment.h"

#define SEGMENTS_MAX 256
#define ROOTS_MAX 4096
#define LANGS_MAX 32

enum index_profile {
    PROFILE_DEFAULT,
    PROFILE_PARITY, /* BM25, k1 0.9, b 0.4, Porter, Lucene's 33 stopwords, title weight 1 */
};

/** What is baked into an index; part of its signature. */
struct index_settings {
    enum index_profile profile;
    bool split_whole;            /* --split whole */
    bool is_compressed;          /* --compress: the texts */
    double average_length;       /* of BM25: 100 under the default profile, the first build's under parity */
    uint64_t analyzer_signature; /* analyzer.h */
};

struct snapshot;

/**
 * Open the index's current generation. A folder that holds an index without a generation, or one that is empty or
 * absent, is generation 0: no segments, no hits.
 *
 * @retval ERR_INDEX      a manifest that fails its checksum, a segment that is missing or torn: says which and what to
 * do
 * @retval ERR_SIGNATURE  another format number than this program's
 * @retval ERR_NONE       the folder does not exist
 */
enum status snapshot_open(struct snapshot **out, const char *index, struct error *e) CHECK_RESULT;
struct snapshot *snapshot_ref(struct snapshot *s);
/** Drop a reference; the last closes it. NULL is allowed. */
void snapshot_unref(struct snapshot *s);

uint64_t snapshot_generation(const struct snapshot *s);
const struct index_settings *snapshot_settings(const struct snapshot *s);
/** ERR_SIGNATURE, with what to do, unless the index was built with this analyzer (generation 0 fits any). */
enum status snapshot_check_analyzer(const struct snapshot *s, uint64_t signature, struct error *e) CHECK_RESULT;

uint64_t snapshot_n_passages(const struct snapshot *s); /* live: the N of idf */
uint64_t snapshot_n_articles(const struct snapshot *s); /* live */
size_t snapshot_n_segments(const struct snapshot *s);
const struct segment *snapshot_segment(const struct snapshot *s, size_t i);
size_t snapshot_n_langs(const struct snapshot *s);
const char *snapshot_lang(const struct snapshot *s, size_t i); /* "en", … of live articles, ascending */
size_t snapshot_n_roots(const struct snapshot *s);
/** Absolute path; empty where there is no root of that number, or it was forgotten. */
struct slice snapshot_root(const struct snapshot *s, size_t i);
/** What stands before the ids below root i; often empty. */
struct slice snapshot_root_prefix(const struct snapshot *s, size_t i);

/** Live passages that hold the term, over all segments: the df of idf. */
uint64_t snapshot_df(const struct snapshot *s, struct slice term);

/** The live article with this id: false, there is none. */
bool snapshot_find_article(const struct snapshot *s, struct slice id, size_t *segment, uint32_t *article);

/** Has the index another generation than this snapshot? Cheap: one stat, a read when that differs. */
bool snapshot_is_stale(const struct snapshot *s);

/* Prefixes of filter terms; words never start with these, since they are lower case. */
#define TERM_ID 'Q'     /* Q + id, or Q + xxh128 in hex where the id is over 240 bytes */
#define TERM_AUTHOR 'A' /* A + each analysed word of the author */
#define TERM_TAG 'K'    /* K + each analysed word of the tags */
#define TERM_LANG 'L'   /* L + "en" */

#endif
