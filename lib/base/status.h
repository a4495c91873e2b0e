/**
 * What a fallible function returns, and the one line that explains it.
 *
 * A function that can fail returns enum status (OK is 0) and takes a `struct error *e` last; e may be NULL and is the
 * caller's. On failure out-parameters are NULL or zero and e holds the code and one line that says, where it can, what
 * to do next. A caller handles a code or passes it up unchanged.
 */
#ifndef QUOTH_STATUS_H
#define QUOTH_STATUS_H

#include <stdarg.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum status {
    OK = 0,
    ERR_NOMEM,     /* memory could not be had */
    ERR_IO,        /* a system call on a file or socket failed */
    ERR_LIMIT,     /* a named bound was passed */
    ERR_FORMAT,    /* bytes from outside are not what they should be */
    ERR_NONE,      /* no such article, passage, file or index */
    ERR_LOCKED,    /* another writer holds the index */
    ERR_INDEX,     /* a file of the index is damaged, missing or unreadable */
    ERR_SIGNATURE, /* an index that was built otherwise: another format, analyzer or option */
    ERR_QUERY,     /* a query that cannot be parsed; e->at is the byte */
    ERR_OPTION,    /* an unknown option or a value that is out of range */
    ERR_GEN,       /* a generation that is not served */
    ERR_DEADLINE,  /* time ran out */
    ERR_CANCELLED, /* the caller asked to stop */
    ERR_BUSY,      /* too much to do; try again */
    ERR_INTERNAL,  /* a bug of ours or of a library */
};

#define ERROR_TEXT_MAX 1024

struct error {
    enum status code;
    int64_t at; /* ERR_QUERY: the byte where it went wrong, from 0; else -1 */
    char text[ERROR_TEXT_MAX];
};

#define CHECK_RESULT __attribute__((warn_unused_result))

/** Fill e (may be NULL) with a code and a formatted line (control bytes become '?'); returns code. */
enum status error_set(struct error *e, enum status code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** As error_set, ending in ": " and the text of errno as it was on entry. */
enum status error_errno(struct error *e, enum status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** As error_set with ERR_QUERY at byte `at`. */
enum status error_query(struct error *e, int64_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Put "context: " before the line that e already holds; returns e's code. e may be NULL, then returns `code`. */
enum status error_context(struct error *e, enum status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** ERR_NOMEM with its line. */
enum status error_nomem(struct error *e);

#ifdef __cplusplus
}
#endif

#endif
