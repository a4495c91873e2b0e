/*
 * Databases of the glass format whose bytes were changed: whatever stands in them, reading every list ends in an answer
 * within its bounds or in an error.
 *
 * The input is edits of six bytes: u8 database and file, u32 offset (little-endian, modulo the file's length), u8 new
 * value. The first edit's low bit chooses the database, the bulk writer's or libxapian's (whose long terms have tags in
 * several components); of each edit, the top bit means the version file instead of the table, the next that the offset
 * counts from the start of block 0, so that small numbers hit headers and directories: offset / 256 is the block, the
 * rest the byte in it.
 */
#include "glass.h"
#include "glass_reader.h"
#include "pack.h"
#include "posting_pool.h"
#include "xapiandb.h"

#include "file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define EDIT_BYTES 6
#define EDITS_MAX 64
#define VERSION_FLAG 0x80
#define HEADER_FLAG 0x40
#define BLOCK_BYTES 8192
#define FILE_MAX_BYTES ((size_t)4 << 20)
#define N_DOCUMENTS 3000
#define N_TERMS 150
#define LONG_TERM_BYTES 240

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct bench {
    char root[64];
    struct buf files[2][2]; /* by database: table, version */
    struct postings postings;
} * bench;

static void must(enum status st, const struct error *e)
{
    if (st == OK)
        return;
    fprintf(stderr, "%s\n", e->text);
    abort();
}

/* Every tenth term is long; term i is in each document that a number of its own divides. */
static struct slice term_of(unsigned i, char out[LONG_TERM_BYTES])
{
    size_t len = i % 10 == 0 ? LONG_TERM_BYTES : 6;
    memset(out, 't', len);
    out[0] = (char)('a' + i / 26);
    out[1] = (char)('a' + i % 26);
    return slice_of(out, len);
}

static bool holds(unsigned i, uint32_t document)
{
    return i == N_TERMS - 1 ? document == 1 : document % (1 + i * i / 30) == 0;
}

static void add_term(struct glass_writer *w, unsigned i)
{
    struct posting_pool *pool;
    struct pool_posting posting = {.list = 0, .wdf = 1};
    struct buf scratch;
    struct slice bytes;
    struct error e;
    char text[LONG_TERM_BYTES];
    struct glass_term term = {.term = term_of(i, text), .greatest_wdf = 1};
    buf_init(&scratch, FILE_MAX_BYTES);
    must(posting_pool_new(&pool, &e), &e);
    for (uint32_t d = 1; d <= N_DOCUMENTS; d++) {
        if (!holds(i, d))
            continue;
        must(posting_pool_add(pool, d, &posting, 1, &e), &e);
        term.termfreq++;
        term.collfreq++;
        term.last = d;
    }
    must(posting_pool_bytes(pool, 0, &scratch, &bytes, &e), &e);
    glass_add_term(w, &term, bytes);
    buf_clear(&scratch);
    posting_pool_free(pool);
}

static void write_bulk(const char *folder)
{
    static uint32_t lengths[N_DOCUMENTS];
    struct glass_writer *w;
    struct error e;
    must(glass_create(&w, folder, N_DOCUMENTS, &e), &e);
    glass_lengths(w, lengths);
    for (unsigned i = 0; i < N_TERMS; i++)
        add_term(w, i);
    must(glass_finish(w, "0123456789abcdef", &e), &e);
}

static void write_libxapian(const char *folder)
{
    static char texts[N_TERMS][LONG_TERM_BYTES];
    struct xapiandb_writer *w;
    struct error e;
    must(xapiandb_create(&w, folder, &e), &e);
    for (uint32_t d = 1; d <= N_DOCUMENTS; d++) {
        struct xapiandb_posting postings[N_TERMS];
        size_t n = 0;
        for (unsigned i = 0; i < N_TERMS; i++)
            if (holds(i, d))
                postings[n++] = (struct xapiandb_posting){term_of(i, texts[i]), (uint8_t)(d % 127)};
        must(xapiandb_add(w, postings, n, &e), &e);
    }
    must(xapiandb_finish(w, &e), &e);
}

static void path_of(size_t file, char out[PATH_MAX])
{
    static const char *const names[] = {"postlist.glass", "iamglass"};
    snprintf(out, PATH_MAX, "%s/%s", bench->root, names[file]);
}

static void remember(size_t database)
{
    struct error e;
    for (size_t file = 0; file < 2; file++) {
        char path[PATH_MAX];
        path_of(file, path);
        buf_init(&bench->files[database][file], FILE_MAX_BYTES);
        must(file_read(&bench->files[database][file], path, &e), &e);
    }
    must(file_remove_tree(bench->root, &e), &e);
    if (mkdir(bench->root, 0777) != 0)
        abort();
}

static void end(void)
{
    if (file_remove_tree(bench->root, NULL) != OK)
        perror(bench->root);
    for (size_t i = 0; i < 4; i++)
        buf_clear(&bench->files[i / 2][i % 2]);
    postings_clear(&bench->postings);
    free(bench);
}

static void begin(void)
{
    bench = calloc(1, sizeof *bench);
    if (bench == NULL)
        abort();
    snprintf(bench->root, sizeof bench->root, "/tmp/quoth-fuzz-XXXXXX");
    if (mkdtemp(bench->root) == NULL)
        abort();
    atexit(end);
    write_bulk(bench->root);
    remember(0);
    write_libxapian(bench->root);
    remember(1);
}

/* Both files as they were, then the edits. */
static void write_out(size_t database, const uint8_t *data, size_t len)
{
    int fds[2];
    struct error e;
    for (size_t file = 0; file < 2; file++) {
        char path[PATH_MAX];
        path_of(file, path);
        unlink(path);
        fds[file] = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fds[file] < 0)
            abort();
        must(file_write_all(fds[file], buf_slice(&bench->files[database][file]), path, &e), &e);
    }
    for (size_t i = 0; i < EDITS_MAX && len >= EDIT_BYTES; i++, data += EDIT_BYTES, len -= EDIT_BYTES) {
        size_t file = (data[0] & VERSION_FLAG) != 0;
        uint64_t at = get_u32((const char *)data + 1);
        if ((data[0] & HEADER_FLAG) != 0)
            at = at / 256 * BLOCK_BYTES + at % 256;
        if (pwrite(fds[file], &data[5], 1, (off_t)(at % bench->files[database][file].len)) != 1)
            abort();
    }
    close(fds[0]);
    close(fds[1]);
}

static void read_term(const struct glass_reader *r, struct slice term)
{
    struct postings *p = &bench->postings;
    struct error e;
    enum status st = glass_reader_postings(r, term, N_DOCUMENTS, NULL, p, &e);
    if (st != OK && st != ERR_INDEX && st != ERR_SIGNATURE)
        abort();
    if (st == OK && p->n > N_DOCUMENTS)
        abort();
    for (size_t i = 0; st == OK && i < p->n; i++)
        if (p->passages[i] >= N_DOCUMENTS || p->impacts[i] > IMPACT_MAX ||
            (i > 0 && p->passages[i - 1] >= p->passages[i]))
            abort();
}

static enum status take_term(void *ctx, struct slice term, struct error *e)
{
    (void)e;
    read_term(ctx, term);
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct glass_reader *r;
    struct error e;
    if (bench == NULL)
        begin();
    write_out(len > 0 && (data[0] & 1) != 0, data, len);
    if (glass_reader_open(&r, bench->root, &e) != OK) {
        if (len == 0)
            abort();
        return 0;
    }
    for (unsigned i = 0; i < N_TERMS; i++) {
        char text[LONG_TERM_BYTES];
        read_term(r, term_of(i, text));
        if (len == 0 && bench->postings.n == 0)
            abort();
    }
    for (char letter = 'a'; letter < 'g'; letter++)
        (void)!glass_reader_terms(r, slice_of(&letter, 1), take_term, r, NULL);
    glass_reader_close(r);
    return 0;
}
