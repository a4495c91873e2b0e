/**
 * A program's options as one table: what getopt_long needs and what --help says.
 */
#ifndef QUOTH_OPTION_TABLE_H
#define QUOTH_OPTION_TABLE_H

#include <getopt.h>

#include "buf.h"

/** One line an option. A NULL name begins a group, whose heading is `what`. */
struct option_line {
    const char *name;
    int has_value, code; /* code: the short letter, or 256 and above where there is none */
    const char *value, *what;
};

/** Append the lines of --help, what an option does from column `width` + 3 on. */
void option_table_help(struct buf *out, const struct option_line *lines, size_t n, int width);

/** The table as getopt_long wants it. @param out  room for n + 1 */
void option_table_getopt(struct option *out, const struct option_line *lines, size_t n);

#endif
