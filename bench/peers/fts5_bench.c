/*
 * SQLite FTS5: porter stems over unicode61, positions, bm25. driver.h says how it is asked.
 *
 * Building: one transaction without journal and syncs, a hash of postings large enough that few levels have to be
 * merged.
 */
#include "driver.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BYTES "134217728"

struct fts5 {
    sqlite3_stmt *top, *count;
};

static bool check(sqlite3 *db, int code, const char *what)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return true;
    fprintf(stderr, "fts5_bench: %s: %s\n", what, sqlite3_errmsg(db));
    return false;
}

static bool execute(sqlite3 *db, const char *sql)
{
    return check(db, sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

static bool insert_all(sqlite3 *db, FILE *tsv)
{
    sqlite3_stmt *insert;
    if (!check(db, sqlite3_prepare_v2(db, "INSERT INTO passages(rowid, body) VALUES(?, ?)", -1, &insert, NULL),
               "insert"))
        return false;
    char *line = NULL, *text;
    size_t cap = 0, len;
    uint32_t number;
    bool is_fine = true;
    while (is_fine && passage_next(tsv, &line, &cap, &number, &text, &len)) {
        sqlite3_bind_int64(insert, 1, number);
        sqlite3_bind_text(insert, 2, text, (int)len, SQLITE_STATIC);
        is_fine = check(db, sqlite3_step(insert), "insert");
        sqlite3_reset(insert);
    }
    free(line);
    sqlite3_finalize(insert);
    return is_fine;
}

static bool build(sqlite3 *db, FILE *tsv)
{
    double from = seconds_now();
    bool is_fine = execute(db, "PRAGMA page_size=4096") && execute(db, "PRAGMA journal_mode=OFF") &&
                   execute(db, "PRAGMA synchronous=OFF") && execute(db, "PRAGMA cache_size=-262144") &&
                   execute(db, "CREATE VIRTUAL TABLE passages USING fts5(body, tokenize='porter unicode61')") &&
                   execute(db, "INSERT INTO passages(passages, rank) VALUES('hashsize', " HASH_BYTES ")") &&
                   execute(db, "BEGIN") && insert_all(db, tsv) && execute(db, "COMMIT");
    double built = seconds_now();
    is_fine = is_fine && execute(db, "INSERT INTO passages(passages) VALUES('optimize')");
    printf("build %.3f %.3f SQLite %s\n", built - from, seconds_now() - built, sqlite3_libversion());
    return is_fine;
}

static void match_text(char *out, const struct bench_query *q)
{
    if (q->kind != BENCH_PHRASE) {
        query_write(out, q, "\"", q->kind == BENCH_OR ? " OR " : " AND ", "\"");
        return;
    }
    char words[BENCH_QUERY_MAX_BYTES];
    query_write(words, q, "", " ", "");
    snprintf(out, BENCH_QUERY_MAX_BYTES, "\"%.*s\"", BENCH_QUERY_MAX_BYTES - 3, words);
}

static bool fts5_run(void *ctx, const struct bench_query *q, struct bench_answer *out)
{
    struct fts5 *f = ctx;
    char match[BENCH_QUERY_MAX_BYTES];
    match_text(match, q);
    sqlite3_bind_text(f->top, 1, match, -1, SQLITE_STATIC);
    int code;
    while ((code = sqlite3_step(f->top)) == SQLITE_ROW) {
        answer_text(out, (const char *)sqlite3_column_text(f->top, 1), (size_t)sqlite3_column_bytes(f->top, 1));
        out->hits++;
    }
    sqlite3_reset(f->top);
    return check(sqlite3_db_handle(f->top), code, match);
}

static bool fts5_count(void *ctx, const struct bench_query *q, uint64_t *found)
{
    struct fts5 *f = ctx;
    char match[BENCH_QUERY_MAX_BYTES];
    match_text(match, q);
    sqlite3_bind_text(f->count, 1, match, -1, SQLITE_STATIC);
    int code = sqlite3_step(f->count);
    if (code == SQLITE_ROW)
        *found = (uint64_t)sqlite3_column_int64(f->count, 0);
    sqlite3_reset(f->count);
    return check(sqlite3_db_handle(f->count), code, match);
}

static int serve(sqlite3 *db)
{
    struct fts5 f = {0};
    struct bench_engine engine = {&f, fts5_run, fts5_count};
    const char *top = "SELECT rowid, body FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT 10";
    const char *count = "SELECT count(*) FROM passages WHERE passages MATCH ?";
    bool is_fine = execute(db, "PRAGMA mmap_size=8589934592") && execute(db, "PRAGMA cache_size=-262144") &&
                   check(db, sqlite3_prepare_v3(db, top, -1, SQLITE_PREPARE_PERSISTENT, &f.top, NULL), "select") &&
                   check(db, sqlite3_prepare_v3(db, count, -1, SQLITE_PREPARE_PERSISTENT, &f.count, NULL), "count");
    int status = is_fine ? driver_serve(&engine) : 1;
    sqlite3_finalize(f.top);
    sqlite3_finalize(f.count);
    return status;
}

int main(int argc, char **argv)
{
    bool builds = argc == 5 && strcmp(argv[1], "build") == 0;
    if (!builds && (argc != 3 || strcmp(argv[1], "serve") != 0)) {
        fprintf(stderr, "usage: fts5_bench build TSV FILE 1 | serve FILE\n");
        return 2;
    }
    sqlite3 *db;
    if (sqlite3_open(builds ? argv[3] : argv[2], &db) != SQLITE_OK) {
        fprintf(stderr, "fts5_bench: %s\n", sqlite3_errmsg(db));
        return 1;
    }
    int status;
    FILE *tsv = builds ? fopen(argv[2], "re") : NULL;
    if (builds)
        status = tsv != NULL && build(db, tsv) ? 0 : 1;
    else
        status = serve(db);
    if (tsv != NULL)
        fclose(tsv);
    sqlite3_close(db);
    return status;
}
