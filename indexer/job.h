/**
 * A handful of units of work that one builder does together: files to be read, or lines of a JSON Lines file with their
 * bytes.
 */
#ifndef QUOTH_JOB_H
#define QUOTH_JOB_H

#include "article.h"
#include "plan.h"

#define JOB_UNITS_MAX 256
#define JOB_BYTES ((size_t)256 << 10)     /* a job is full at so many */
#define JOB_LARGE_BYTES ((size_t)1 << 20) /* an article of more, unpacked, is read while no other such is */

enum unit_kind {
    UNIT_FILE,      /* a file of one article */
    UNIT_LINE,      /* a line to be parsed */
    UNIT_KEPT_LINE, /* a line whose article is in the index: `old` */
    UNIT_LONG_LINE, /* a line over indexer_options_article_max() */
    UNIT_END,       /* a JSON Lines file was read to its end, or problem says why not */
    UNIT_STORED,    /* an article of the snapshot, to be analysed again */
};

enum unit_state {
    UNIT_NEW,
    UNIT_PARSED, /* article is set */
    UNIT_SAME,   /* the file's bytes are those that are in the index */
    UNIT_BINARY,
    UNIT_FAILED,  /* problem is set */
    UNIT_SETTLED, /* to be added: id is set */
};

struct unit {
    enum unit_kind kind;
    enum unit_state state;
    struct plan_file *file; /* NULL for UNIT_STORED */
    uint64_t line;          /* from 1 */
    size_t at, len;         /* of the job's bytes */
    size_t old;             /* UNIT_KEPT_LINE */
    size_t segment;         /* UNIT_STORED, and the next */
    uint32_t stored;
    char hash[16]; /* XXH128 of the raw bytes */
    struct article article;
    struct slice id; /* in the article's arena */
    char *problem;   /* malloc's */
};

struct job {
    uint64_t number;
    struct unit *units;
    size_t n_units;
    struct buf bytes;
    size_t cost;     /* bytes it will hold in memory, about */
    bool makes_room; /* no units: what comes next needs some of the memory of the thread's segment */
};

enum status job_new(struct job **out, struct error *e) CHECK_RESULT;
void job_free(struct job *job);
bool job_is_full(const struct job *job);
/** The next unit, zeroed, its article initialised; there is room (job_is_full() was asked). */
struct unit *job_add(struct job *job, enum unit_kind kind, struct plan_file *file);
/** The unit has failed for what e says. */
void unit_fail(struct unit *u, const char *problem);

#endif
