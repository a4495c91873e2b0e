/**
 * As much of MySQL's client protocol as it takes to ask searchd: no account, text results. A client of its own, so that
 * what is measured is searchd.
 */
#ifndef QUOTH_BENCH_MYSQL_WIRE_H
#define QUOTH_BENCH_MYSQL_WIRE_H

#include <stdbool.h>
#include <stddef.h>

struct mysql_wire;

/** @param path  a Unix socket; NULL where nobody listens there */
struct mysql_wire *mysql_connect(const char *path);
void mysql_close(struct mysql_wire *w);

/** A cell of a row; data is NULL for NULL, and stays until the callback returns. */
struct mysql_cell {
    const char *data;
    size_t len;
};

#define MYSQL_CELLS_MAX 8

/** Called for each row. */
typedef void mysql_row_fn(void *ctx, const struct mysql_cell *cells, size_t n);

/** False, with a message on stderr, when the query fails or the connection breaks. */
bool mysql_query(struct mysql_wire *w, const char *sql, mysql_row_fn *row, void *ctx);

#endif
