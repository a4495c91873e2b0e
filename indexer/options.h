/**
 * What was asked for on the command line, as one const struct.
 */
#ifndef QUOTH_INDEXER_OPTIONS_H
#define QUOTH_INDEXER_OPTIONS_H

#include "buf.h"
#include "reader.h"
#include "snapshot.h"

#define MEMORY_DEFAULT_BYTES ((size_t)512 << 20)
#define WAIT_MAX_S 86400
#define MEMORY_MIN_BYTES ((size_t)128 << 20)
#define ARTICLE_SHARE 7 /* that part of what --memory has over so many bytes an article may have of bytes */
#define ARTICLE_MEMORY_BYTES ((size_t)64 << 20)
#define MEMORY_MAX_BYTES ((size_t)1 << 40)
#define THREADS_MAX 64
#define PREFIX_MAX_BYTES 512

enum indexer_action {
    ACTION_UPDATE, /* bring roots up to date, forget roots, compact: what the fields below say */
    ACTION_INFO,
    ACTION_CHECK,
    ACTION_REBUILD,
    ACTION_HELP,
    ACTION_VERSION,
};

struct indexer_options {
    enum indexer_action action;
    const char *index;
    char **paths; /* roots to bring up to date; none, and nothing else asked: all there are */
    size_t n_paths;
    const char **forgotten, **deleted; /* --remove-root, --delete */
    size_t n_forgotten, n_deleted;
    const char *prefix;         /* NULL: none given */
    enum article_format format; /* FORMAT_UNKNOWN: by name and content */
    const char *lang;           /* as analyzer_language() returns it */
    bool is_split_given, is_split_whole;
    bool is_compressed; /* --compress */
    bool is_profile_given;
    enum index_profile profile;
    bool is_dry_run, is_json, is_quiet, is_verbose;
    bool wants_compact, wants_purge;
    bool uses_libxapian; /* --writer libxapian */
    unsigned wait_s;     /* for another writer's end */
    size_t memory;
    size_t threads; /* 0: as many as there are processors */
};

/**
 * Read the command line; strings of *out point into argv.
 *
 * @retval ERR_OPTION ERR_NOMEM  e says what is wrong; indexer_options_clear() is needed in any case
 */
enum status indexer_options_parse(struct indexer_options *out, int argc, char **argv, struct error *e) CHECK_RESULT;
void indexer_options_clear(struct indexer_options *o);

/** Is no more asked than to change what is in the index: no root is to be looked at? */
bool indexer_options_reads_nothing(const struct indexer_options *o);

/** Bytes of the largest article that --memory leaves room for: with the default, and with more, ARTICLE_MAX_BYTES. */
size_t indexer_options_article_max(const struct indexer_options *o);

/** What --help prints. */
void indexer_help(struct buf *out);

#endif
