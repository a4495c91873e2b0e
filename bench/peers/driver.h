/**
 * What the drivers of the engines share: how they are asked, and how they answer. A driver that is not written in C
 * (Lucene, Tantivy) speaks the same lines.
 *
 *     DRIVER build TSV INDEX THREADS   index the passages; last line of stdout: "build SECONDS FINISH_SECONDS VERSION"
 *     DRIVER serve INDEX               then, a line each on stdin:
 *
 *         run FILE FIRST LIMIT_MS      the queries of FILE, one after the other, the first FIRST of them, until
 *                                      LIMIT_MS have passed; a line "MICROSECONDS HITS TEXT_BYTES" each, then
 *                                      "end CPU_US"
 *         count FILE FIRST LIMIT_MS    how many passages match each: a line "N" each, then "end 0"
 *
 * The passages: a line each, number, TAB, text without TAB or line end. The queries: a line each, "or", "and" or
 * "phrase", TAB, lower-case words with one space between them. A driver takes the top 10 and touches every byte of
 * their texts. SECONDS is what it takes until everything is searchable and on disk, FINISH_SECONDS what is spent on top
 * to bring the index into its fastest form (one segment). One thread at a time.
 */
#ifndef QUOTH_BENCH_DRIVER_H
#define QUOTH_BENCH_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_TOP 10
#define BENCH_WORDS_MAX 16
#define BENCH_QUERY_MAX_BYTES 1024

enum bench_kind { BENCH_OR, BENCH_AND, BENCH_PHRASE };

struct bench_query {
    enum bench_kind kind;
    size_t n_words;
    char *words[BENCH_WORDS_MAX];
};

struct bench_answer {
    unsigned hits;
    uint64_t text_bytes;
    unsigned checksum; /* of the texts, so that they are read in truth */
};

struct bench_engine {
    void *ctx;
    bool (*run)(void *ctx, const struct bench_query *q, struct bench_answer *out); /* false: it failed, and said so */
    bool (*count)(void *ctx, const struct bench_query *q, uint64_t *found);
};

/** Answer the lines on stdin until it ends. The exit status. */
int driver_serve(const struct bench_engine *engine);

/** Look at every byte of a hit's text. */
void answer_text(struct bench_answer *out, const char *text, size_t len);

/** The words, each between the marks, the joint between them, into out (BENCH_QUERY_MAX_BYTES). */
void query_write(char *out, const struct bench_query *q, const char *before, const char *joint, const char *after);
/** The line that asks Quoth: stopwords in quotes, so that all of the words are searched. */
void query_write_quoth(char *out, const struct bench_query *q);

/** Queries of a file; NULL with a message on stderr where there are none. Kept until the program ends. */
struct bench_query *queries_read(const char *path, size_t *n);

/** The next passage: false at the end. *text is inside *line, which getline() owns. */
bool passage_next(FILE *tsv, char **line, size_t *cap, uint32_t *number, char **text, size_t *len);

double seconds_now(void);

#ifdef __cplusplus
}
#endif

#endif
