/*
 * Sphinx: asks a searchd over SphinxQL at a Unix socket. bench/run builds the index with Sphinx's indexer and starts
 * the searchd; driver.h says how this is asked: sphinx_bench serve SOCKET.
 *
 * ranker=bm25 leaves out the phrase weights of the default, which costs more; the texts are string attributes, which
 * searchd keeps in memory.
 */
#include "driver.h"
#include "mysql_wire.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* searchd makes its socket before it listens there. */
#define CONNECT_TRIES 300
#define CONNECT_PAUSE_US 100000

static void match_text(char *out, const struct bench_query *q)
{
    if (q->kind != BENCH_PHRASE) {
        query_write(out, q, "", q->kind == BENCH_OR ? " | " : " ", "");
        return;
    }
    char words[BENCH_QUERY_MAX_BYTES];
    query_write(words, q, "", " ", "");
    snprintf(out, BENCH_QUERY_MAX_BYTES, "\"%.*s\"", BENCH_QUERY_MAX_BYTES - 3, words);
}

static void on_hit(void *ctx, const struct mysql_cell *cells, size_t n)
{
    struct bench_answer *out = ctx;
    if (n > 1)
        answer_text(out, cells[1].data, cells[1].len);
    out->hits++;
}

static bool sphinx_run(void *ctx, const struct bench_query *q, struct bench_answer *out)
{
    char match[BENCH_QUERY_MAX_BYTES], sql[BENCH_QUERY_MAX_BYTES + 256];
    match_text(match, q);
    snprintf(sql, sizeof sql,
             "SELECT id, body FROM passages WHERE MATCH('%s') LIMIT 10 OPTION ranker=bm25, max_matches=10", match);
    return mysql_query(ctx, sql, on_hit, out);
}

static void on_meta(void *ctx, const struct mysql_cell *cells, size_t n)
{
    uint64_t *found = ctx;
    char number[32];
    if (n == 2 && cells[0].len == strlen("total_found") && memcmp(cells[0].data, "total_found", cells[0].len) == 0) {
        snprintf(number, sizeof number, "%.*s", (int)cells[1].len, cells[1].data);
        *found = strtoull(number, NULL, 10);
    }
}

static bool sphinx_count(void *ctx, const struct bench_query *q, uint64_t *found)
{
    struct bench_answer answer = {0};
    return sphinx_run(ctx, q, &answer) && mysql_query(ctx, "SHOW META", on_meta, found);
}

int main(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "serve") != 0) {
        fprintf(stderr, "usage: sphinx_bench serve SOCKET\n");
        return 2;
    }
    struct mysql_wire *w = NULL;
    for (unsigned i = 0; w == NULL && i < CONNECT_TRIES; i++) {
        if (i > 0)
            usleep(CONNECT_PAUSE_US);
        w = mysql_connect(argv[2]);
    }
    if (w == NULL) {
        fprintf(stderr, "sphinx_bench: nobody answers at %s\n", argv[2]);
        return 1;
    }
    struct bench_engine engine = {w, sphinx_run, sphinx_count};
    int status = driver_serve(&engine);
    mysql_close(w);
    return status;
}
