/**
 * The beginning of a real file of articles, for tests that read some of it.
 */
#ifndef QUOTH_REAL_ARTICLES_H
#define QUOTH_REAL_ARTICLES_H

#include "index_fixture.h"

#include <zlib.h>

/* Beside the source tree, where there is such a folder. */
#define WIKIPEDIA QUOTH_SOURCE_DIR "/../shared/data/bulk/wikipedia-100mb.jsonl.gz"
#define REAL_LINE_BYTES ((size_t)4 << 20)

/** Copy the first n lines of a file of JSON Lines, compressed by gzip, to another that is not. */
static inline void copy_articles(const char *from, const char *to, int n)
{
    gzFile in = gzopen(from, "rb");
    FILE *out = fopen(to, "wb");
    char *line = malloc(REAL_LINE_BYTES);
    assert_true(in != NULL && out != NULL && line != NULL);
    for (int i = 0; i < n && gzgets(in, line, (int)REAL_LINE_BYTES) != NULL; i++)
        assert_true(fputs(line, out) >= 0);
    assert_int_equal(fclose(out), 0);
    gzclose(in);
    free(line);
}

#endif
