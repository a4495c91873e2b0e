/*
 * Our reader of glass tables against libxapian's PostingIterator, over databases of both writers and what
 * xapian-compact makes of them; and what it says of damage.
 */
#include "glass_chunk.h"
#include "glass_reader.h"
#include "segment_files.h"

#include "glass_collection.h"
#include "temp.h"

#include <sys/stat.h>
#include <unistd.h>

struct comparison {
    const struct postings *ours;
    size_t at;
};

static enum status compare_posting(void *ctx, uint32_t document, uint32_t wdf, struct error *e)
{
    (void)e;
    struct comparison *c = ctx;
    assert_true(c->at < c->ours->n);
    assert_int_equal(c->ours->passages[c->at], document - 1);
    assert_int_equal(c->ours->impacts[c->at++], wdf);
    return OK;
}

struct database {
    struct glass_reader *reader;
    struct xapiandb *db;
    uint32_t n_documents;
    struct postings postings; /* used again and again */
};

static void open_database(struct database *d, const char *folder)
{
    struct error e;
    *d = (struct database){0};
    if (glass_reader_open(&d->reader, folder, &e) != OK || xapiandb_open(&d->db, folder, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(xapiandb_doccount(d->db, &d->n_documents, NULL), OK);
}

static void close_database(struct database *d)
{
    glass_reader_close(d->reader);
    xapiandb_close(d->db);
    postings_clear(&d->postings);
}

/* Both must give the same, be it nothing. */
static void compare_term(struct database *d, struct slice term)
{
    struct error e;
    struct comparison c = {&d->postings, 0};
    if (glass_reader_postings(d->reader, term, d->n_documents, NULL, &d->postings, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(xapiandb_postings(d->db, term, compare_posting, &c, NULL), OK);
    assert_int_equal(c.at, d->postings.n);
}

/* Terms that are not there, or hardly: just before and behind a term, its beginnings, with a byte more. */
static void compare_neighbours(struct database *d, struct slice term)
{
    char text[GLASS_TERM_MAX_BYTES + 1];
    if (term.len + 1 > GLASS_TERM_MAX_BYTES || memchr(term.data, 0, term.len) != NULL)
        return;
    memcpy(text, term.data, term.len);
    static const char tails[] = {'\0', '\x01', '\x80', '\xE0', '\xFF', 'm'};
    for (size_t i = 0; i < sizeof tails; i++) {
        text[term.len] = tails[i];
        compare_term(d, slice_of(text, term.len + 1));
    }
    for (int by = -1; by <= 1; by += 2) {
        text[term.len - 1] = (char)(term.data[term.len - 1] + by);
        compare_term(d, slice_of(text, term.len));
    }
    if (term.len > 1)
        compare_term(d, slice_of(text, term.len - 1));
}

struct term_walk {
    const struct collection *collection;
    struct slice prefix;
    size_t at;
};

static enum status compare_walked(void *ctx, struct slice term, struct error *e)
{
    (void)e;
    struct term_walk *w = ctx;
    while (w->at < w->collection->n_terms && !slice_starts(term_text_of(&w->collection->terms[w->at]), w->prefix))
        w->at++;
    assert_true(w->at < w->collection->n_terms);
    assert_true(slice_equal(term, term_text_of(&w->collection->terms[w->at++])));
    return OK;
}

static void compare_walks(const struct collection *c, const struct glass_reader *r)
{
    static const char letters[] = {'a', 'b', 'c', '\0', '\xFF', 'x', 'A'};
    for (size_t i = 0; i < sizeof letters; i++) {
        struct term_walk w = {.collection = c, .prefix = slice_of(&letters[i], 1)};
        assert_int_equal(glass_reader_terms(r, w.prefix, compare_walked, &w, NULL), OK);
        for (; w.at < c->n_terms; w.at++)
            assert_false(slice_starts(term_text_of(&c->terms[w.at]), w.prefix));
    }
}

static void check_database(const struct collection *c, const char *folder)
{
    struct database d;
    open_database(&d, folder);
    assert_int_equal(d.n_documents, c->n_documents);
    for (size_t i = 0; i < c->n_terms; i++) {
        const struct term *t = &c->terms[i];
        compare_term(&d, term_text_of(t));
        assert_int_equal(d.postings.n, t->n);
        for (size_t k = 0; k < t->n; k++)
            assert_true(d.postings.passages[k] == t->postings[k].document - 1 &&
                        d.postings.impacts[k] == t->postings[k].wdf);
        compare_neighbours(&d, term_text_of(t));
    }
    static const struct slice others[] = {{"\0", 1}, {"\0\xE0", 2}, {"\0\0", 2}, {"\x01", 1}, {"\xFF\xFF\xFF", 3}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        compare_term(&d, others[i]);
    compare_walks(c, d.reader);
    close_database(&d);
}

/* xapian-compact rewrites every table, with blocks as we never write them too. */
static void check_compacted(const struct collection *c, const struct temp *t, const char *folder)
{
    static const char *const options[] = {"", "-b 2K", "-b 64K", "--no-full", "--fuller -b 4K"};
    if (system("command -v xapian-compact >/dev/null 2>&1") != 0)
        return;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char command[PATH_MAX * 2 + 64], target[PATH_MAX];
        temp_path(t, "compacted", target);
        snprintf(command, sizeof command, "xapian-compact %s '%s' '%s' >/dev/null 2>&1", options[i], folder, target);
        assert_int_equal(system(command), 0);
        check_database(c, target);
        assert_int_equal(file_remove_tree(target, NULL), OK);
    }
}

static void check_collection(const struct collection *c, uint32_t commits, bool compacts)
{
    struct temp t;
    char ours[PATH_MAX], theirs[PATH_MAX];
    temp_make(&t);
    temp_path(&t, "ours", ours);
    temp_path(&t, "theirs", theirs);
    assert_int_equal(mkdir(ours, 0777), 0);
    assert_int_equal(mkdir(theirs, 0777), 0);
    write_glass(c, ours);
    write_libxapian(c, theirs, commits);
    check_database(c, ours);
    check_database(c, theirs);
    if (compacts) {
        check_compacted(c, &t, ours);
        check_compacted(c, &t, theirs);
    }
    temp_remove(&t);
}

static void compare(unsigned seed, uint32_t n_documents, size_t n_terms, uint32_t commits, bool compacts)
{
    struct collection c;
    make_collection(&c, seed, n_documents, n_terms);
    check_collection(&c, commits, compacts);
    free_collection(&c);
}

static void test_glass_reader__equals_libxapian_on_random_collections(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 40; seed++)
        compare(seed, 1 + seed * seed % 97, 1 + seed * 7 % 90, seed % 3 == 0 ? 7 : 0, seed % 8 == 0);
}

static void test_glass_reader__branches_of_branches(void **state)
{
    (void)state;
    compare(7, 3, 4000, 1, true);
}

static void test_glass_reader__many_chunks(void **state)
{
    (void)state;
    compare(8, 70000, 14, 20000, true);
}

/* Lists whose keys are so long that libxapian cuts each chunk into components. */
static void test_glass_reader__long_terms_with_long_lists(void **state)
{
    (void)state;
    struct collection c = {.n_documents = 9000, .seed = 5};
    c.terms = calloc(6, sizeof *c.terms);
    for (size_t i = 0; i < 6; i++) {
        struct term *t = &c.terms[c.n_terms++];
        t->len = GLASS_TERM_MAX_BYTES - (i == 5);
        memset(t->text, 'k', t->len);
        t->text[t->len - 1] = (char)('a' + i);
        make_postings(&c, t);
    }
    qsort(c.terms, c.n_terms, sizeof *c.terms, compare_terms);
    check_collection(&c, 0, true);
    check_collection(&c, 2500, false);
    free_collection(&c);
}

/* Encode as the table does; returns the last document. */
static uint32_t encode(struct collection *dice, struct buf *out, uint32_t first, size_t n, uint32_t *passages,
                       uint8_t *impacts)
{
    static const unsigned widths[] = {0, 3, 6, 7, 8, 10, 14, 18, 21, 22, 24};
    uint32_t document = first;
    unsigned most = 1 + chance(dice, sizeof widths / sizeof *widths);
    for (size_t i = 0; i < n; i++) {
        uint32_t gap = chance(dice, 1u << widths[chance(dice, most)]);
        if (chance(dice, 2000) == 0)
            gap = 1u << 28 | chance(dice, 1u << 20); /* five bytes */
        if (i > 0 && UINT32_MAX - document - 1 < gap)
            gap = 0;
        for (uint32_t v = gap; i > 0; v >>= 7) {
            buf_put_byte(out, (char)(v >= 128 ? (v & 0x7F) | 0x80 : v));
            if (v < 128)
                break;
        }
        document += i > 0 ? gap + 1 : 0;
        passages[i] = document - 1;
        impacts[i] = (uint8_t)chance(dice, 128);
        buf_put_byte(out, (char)impacts[i]);
    }
    return document;
}

static void test_glass_chunk_decode__gaps_of_all_lengths(void **state)
{
    (void)state;
    enum { N_MAX = 900, N_ROUNDS = 4000 };
    static uint32_t want[N_MAX], got[N_MAX + 4];
    static uint8_t want_impacts[N_MAX], impacts[N_MAX + 4];
    struct collection dice = {.seed = 11};
    struct buf bytes;
    buf_init(&bytes, N_MAX * 6);
    for (size_t round = 0; round < N_ROUNDS; round++) {
        size_t n = 1 + chance(&dice, round % 9 == 0 ? N_MAX : 12);
        uint32_t first = 1 + chance(&dice, 1000);
        buf_reset(&bytes);
        uint32_t last = encode(&dice, &bytes, first, n, want, want_impacts);
        /* Bytes of malloc's, so that a sanitizer sees a read behind them. */
        char *copy = malloc(bytes.len);
        memcpy(copy, bytes.data, bytes.len);
        struct slice entries = slice_of(copy, bytes.len);
        got[n] = 12345;
        impacts[n] = 99;
        assert_int_equal(glass_chunk_decode(entries, first, last, got, impacts, n), n);
        assert_memory_equal(got, want, n * sizeof *got);
        assert_memory_equal(impacts, want_impacts, n);
        assert_int_equal(glass_chunk_decode(entries, first, last, got, impacts, n - 1), 0);
        assert_true(got[n] == 12345 && impacts[n] == 99);
        assert_int_equal(glass_chunk_decode(entries, first, last + 1, got, impacts, n), 0);
        assert_int_equal(glass_chunk_decode(slice_of(copy, bytes.len - 1), first, last, got, impacts, n), 0);
        copy[bytes.len - 1] = '\x80';
        assert_int_equal(glass_chunk_decode(entries, first, last, got, impacts, n), 0);
        free(copy);
    }
    buf_clear(&bytes);
}

static void test_glass_unpack__bounds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct slice bytes;
        bool is_good;
        uint32_t value;
    } cases[] = {{"nothing", {"", 0}, false, 0},
                 {"zero", {"\0", 1}, true, 0},
                 {"one byte", {"\x7F", 1}, true, 127},
                 {"two bytes", {"\x80\x01", 2}, true, 128},
                 {"cut off", {"\x80", 1}, false, 0},
                 {"greatest", {"\xFF\xFF\xFF\xFF\x0F", 5}, true, UINT32_MAX},
                 {"one more", {"\x80\x80\x80\x80\x10", 5}, false, 0},
                 {"six bytes", {"\x80\x80\x80\x80\x80\0", 6}, false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0;
        uint32_t value = 0;
        bool is_good = glass_unpack(cases[i].bytes, &at, &value);
        if (is_good != cases[i].is_good || (is_good && (value != cases[i].value || at != cases[i].bytes.len)))
            fail_msg("%s", cases[i].name);
    }
}

/* A database with branches, chunks and one-document terms, in a folder of its own. */
struct small {
    struct temp t;
    struct collection c;
    char table[PATH_MAX], version[PATH_MAX];
};

static void small_make(struct small *s)
{
    temp_make(&s->t);
    make_collection(&s->c, 3, 6000, 60);
    write_glass(&s->c, s->t.path);
    temp_path(&s->t, "postlist.glass", s->table);
    temp_path(&s->t, "iamglass", s->version);
}

static void small_remove(struct small *s)
{
    free_collection(&s->c);
    temp_remove(&s->t);
}

static void poke(const char *path, long at, unsigned char value)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_equal(fputc(value, f), value);
    assert_int_equal(fclose(f), 0);
}

static unsigned char peek(const char *path, long at)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    int value = fgetc(f);
    assert_int_equal(fclose(f), 0);
    return (unsigned char)value;
}

static void test_glass_reader_open__what_is_not_there_or_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        long at; /* in iamglass; after the uuid: revision, root, shape, entries, block size */
        unsigned char value;
        enum status want;
    } cases[] = {{"magic", 3, 'x', ERR_INDEX},          {"another version", 15, 0, ERR_SIGNATURE},
                 {"root", 33, 127, ERR_INDEX},          {"levels", 34, 10 << 2, ERR_INDEX},
                 {"no block size", 37, 0, ERR_INDEX},   {"an odd block size", 37, 3, ERR_INDEX},
                 {"block too large", 37, 64, ERR_INDEX}};
    struct small s;
    struct glass_reader *r;
    struct error e;
    small_make(&s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char good = peek(s.version, cases[i].at);
        poke(s.version, cases[i].at, cases[i].value);
        if (glass_reader_open(&r, s.t.path, &e) != cases[i].want || r != NULL)
            fail_msg("%s", cases[i].name);
        poke(s.version, cases[i].at, good);
    }
    assert_int_equal(glass_reader_open(&r, s.t.path, &e), OK);
    glass_reader_close(r);
    assert_int_equal(truncate(s.table, 8191), 0);
    assert_int_equal(glass_reader_open(&r, s.t.path, &e), ERR_INDEX);
    assert_int_equal(truncate(s.version, 34), 0);
    assert_int_equal(glass_reader_open(&r, s.t.path, &e), ERR_INDEX);
    assert_int_equal(unlink(s.table), 0);
    assert_int_equal(unlink(s.version), 0);
    assert_int_equal(glass_reader_open(&r, s.t.path, &e), ERR_NONE);
    glass_reader_close(NULL);
    small_remove(&s);
}

static enum status ignore_term(void *ctx, struct slice term, struct error *e)
{
    (void)term;
    (void)e;
    ++*(size_t *)ctx;
    return OK;
}

static enum status refuse_term(void *ctx, struct slice term, struct error *e)
{
    (void)ctx;
    return error_set(e, ERR_BUSY, "%.*s", SLICE_ARG(term));
}

/* Whatever a byte becomes: what is read is within its bounds, or it is called damaged. */
static void test_glass_reader_postings__any_byte_changed(void **state)
{
    (void)state;
    struct small s;
    struct collection dice = {.seed = 17};
    struct postings found = {0};
    struct stat info;
    size_t n_damaged = 0, n_walked = 0;
    small_make(&s);
    assert_int_equal(stat(s.table, &info), 0);
    for (int round = 0; round < 3000; round++) {
        struct glass_reader *r;
        struct error e;
        long at = (long)(chance(&dice, 1u << 24) % (unsigned)info.st_size);
        if (round % 2 == 0) /* headers and directories */
            at = at / 8192 * 8192 + at % 64;
        unsigned char good = peek(s.table, at);
        poke(s.table, at, (unsigned char)chance(&dice, 256));
        assert_int_equal(glass_reader_open(&r, s.t.path, NULL), OK);
        for (size_t i = 0; i < s.c.n_terms; i += 3) {
            enum status st = glass_reader_postings(r, term_text_of(&s.c.terms[i]), s.c.n_documents, NULL, &found, &e);
            assert_true(st == OK || st == ERR_INDEX || st == ERR_SIGNATURE);
            if (st == ERR_INDEX)
                assert_non_null(strstr(e.text, "run quoth-index --check"));
            n_damaged += st != OK;
            for (size_t k = 0; st == OK && k < found.n; k++)
                assert_true(found.passages[k] < s.c.n_documents && found.impacts[k] <= IMPACT_MAX &&
                            (k == 0 || found.passages[k - 1] < found.passages[k]));
        }
        (void)!glass_reader_terms(r, SLICE("a"), ignore_term, &n_walked, NULL);
        glass_reader_close(r);
        poke(s.table, at, good);
    }
    assert_true(n_damaged > 0 && n_walked > 0);
    postings_clear(&found);
    small_remove(&s);
}

static void put_item(unsigned char *block, size_t i, size_t at)
{
    block[11 + i * 2] = (unsigned char)(at >> 8);
    block[12 + i * 2] = (unsigned char)at;
}

/* Each of nine levels names the block below a hundred times: who walked that through would be at it for ever. */
static void test_glass_reader_terms__round_and_round(void **state)
{
    (void)state;
    enum { N_LEVELS = 10, BLOCK = 2048, N_ITEMS = 100 };
    static unsigned char blocks[N_LEVELS][BLOCK];
    static const unsigned char leaf_item[] = {0x60, 8, 2, 'a', 'b', 1, 1, 0, '1', 0, 1}; /* one posting: document 1 */
    struct temp t;
    struct glass_reader *r;
    struct error e;
    struct postings found = {0};
    size_t n_walked = 0;
    char path[PATH_MAX], version[64] = "\x0F\x0DXapian Glass\x04\x6E";
    static const char root[] = {1, N_LEVELS - 1, (N_LEVELS - 1) << 2, 1, BLOCK >> 11, 0, 0};
    memcpy(version + 32, root, sizeof root);
    for (size_t level = 0; level < N_LEVELS; level++) {
        unsigned char *b = blocks[level];
        size_t n = level == 0 ? 1 : N_ITEMS;
        b[4] = (unsigned char)level;
        b[9] = (unsigned char)((11 + n * 2) >> 8);
        b[10] = (unsigned char)(11 + n * 2);
        for (size_t i = 0; i < n; i++)
            put_item(b, i, i == 0 ? BLOCK - 16 : BLOCK - 32);
        if (level == 0) {
            memcpy(b + BLOCK - 16, leaf_item, sizeof leaf_item);
        } else {
            b[BLOCK - 16 + 3] = b[BLOCK - 32 + 3] = (unsigned char)(level - 1);
            memcpy(b + BLOCK - 32 + 4, "\x01z\0\x01", 4);
        }
    }
    temp_make(&t);
    assert_int_equal(file_write_new(temp_path(&t, "iamglass", path), slice_of(version, 32 + sizeof root), NULL), OK);
    temp_path(&t, "postlist.glass", path);
    assert_int_equal(file_write_new(path, slice_of((const char *)blocks, sizeof blocks), NULL), OK);
    if (glass_reader_open(&r, t.path, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(glass_reader_postings(r, SLICE("ab"), 1, NULL, &found, &e), OK);
    assert_int_equal(found.n, 1);
    assert_int_equal(glass_reader_terms(r, SLICE("a"), ignore_term, &n_walked, &e), ERR_INDEX);
    assert_int_equal(n_walked, 1);
    glass_reader_close(r);
    postings_clear(&found);
    temp_remove(&t);
}

static const struct term *longest_list(const struct collection *c)
{
    const struct term *best = &c->terms[0];
    for (size_t i = 1; i < c->n_terms; i++)
        if (c->terms[i].n > best->n)
            best = &c->terms[i];
    return best;
}

static void test_glass_reader_postings__bounds_and_stops(void **state)
{
    (void)state;
    struct small s;
    struct glass_reader *r;
    struct postings found = {0};
    struct error e;
    atomic_bool cancel = true;
    struct stop cancelled = {.cancel = &cancel}, late = {.deadline_us = 1};
    small_make(&s);
    assert_int_equal(glass_reader_open(&r, s.t.path, NULL), OK);
    const struct term *t = longest_list(&s.c);
    assert_true(t->n > POSTINGS_STOP_EVERY + 1000);
    assert_int_equal(glass_reader_postings(r, term_text_of(t), s.c.n_documents, NULL, &found, &e), OK);
    assert_int_equal(found.cap, t->n);
    /* A segment that has fewer passages than the list names. */
    uint32_t last = t->postings[t->n - 1].document;
    assert_int_equal(glass_reader_postings(r, term_text_of(t), last, NULL, &found, &e), OK);
    assert_int_equal(glass_reader_postings(r, term_text_of(t), last - 1, NULL, &found, &e), ERR_INDEX);
    assert_int_equal(glass_reader_postings(r, term_text_of(t), s.c.n_documents, &cancelled, &found, &e), ERR_CANCELLED);
    assert_int_equal(glass_reader_postings(r, term_text_of(t), s.c.n_documents, &late, &found, &e), ERR_DEADLINE);
    glass_reader_close(r);
    postings_clear(&found);
    small_remove(&s);
}

static void compare_segment_walks(const struct collection *c, const struct segment *s)
{
    struct error e;
    struct term_walk w = {.collection = c, .prefix = SLICE("a")};
    assert_int_equal(segment_terms(s, w.prefix, compare_walked, &w, NULL), OK);
    assert_true(w.at > 0);
    assert_int_equal(segment_terms(s, w.prefix, refuse_term, NULL, &e), ERR_BUSY);
}

/* What the reader does not know, libxapian reads. */
static void test_segment_postings__with_and_without_the_reader(void **state)
{
    (void)state;
    struct small s;
    struct error e;
    atomic_bool cancel = true;
    struct stop cancelled = {.cancel = &cancel};
    struct postings ours = {0}, theirs = {0};
    small_make(&s);
    struct segment with = {.id = "1", .folder = s.t.path, .n_passages = s.c.n_documents}, without = with;
    assert_int_equal(glass_reader_open(&with.glass, s.t.path, NULL), OK);
    for (size_t i = 0; i < s.c.n_terms; i++) {
        struct slice term = term_text_of(&s.c.terms[i]);
        assert_int_equal(segment_postings(&with, term, NULL, &ours, NULL), OK);
        assert_int_equal(segment_postings(&without, term, NULL, &theirs, NULL), OK);
        assert_int_equal(ours.n, theirs.n);
        assert_memory_equal(ours.passages, theirs.passages, ours.n * sizeof *ours.passages);
        assert_memory_equal(ours.impacts, theirs.impacts, ours.n);
        assert_int_equal(segment_postings(&with, term, &cancelled, &ours, NULL), ERR_CANCELLED);
        assert_int_equal(segment_postings(&without, term, &cancelled, &ours, NULL), ERR_CANCELLED);
        assert_int_equal(ours.n, 0);
    }
    compare_segment_walks(&s.c, &with);
    compare_segment_walks(&s.c, &without);
    const struct term *t = longest_list(&s.c);
    with.n_passages = without.n_passages = t->postings[t->n - 1].document - 1;
    assert_int_equal(segment_postings(&with, term_text_of(t), NULL, &ours, &e), ERR_INDEX);
    assert_int_equal(strncmp(e.text, "segment 1: ", 11), 0);
    assert_int_equal(segment_postings(&without, term_text_of(t), NULL, &ours, &e), ERR_INDEX);
    assert_int_equal(strncmp(e.text, "segment 1: ", 11), 0);
    glass_reader_close(with.glass);
    postings_clear(&ours);
    postings_clear(&theirs);
    small_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glass_unpack__bounds),
        cmocka_unit_test(test_glass_chunk_decode__gaps_of_all_lengths),
        cmocka_unit_test(test_glass_reader__equals_libxapian_on_random_collections),
        cmocka_unit_test(test_glass_reader__branches_of_branches),
        cmocka_unit_test(test_glass_reader__many_chunks),
        cmocka_unit_test(test_glass_reader__long_terms_with_long_lists),
        cmocka_unit_test(test_glass_reader_open__what_is_not_there_or_damaged),
        cmocka_unit_test(test_glass_reader_postings__any_byte_changed),
        cmocka_unit_test(test_glass_reader_terms__round_and_round),
        cmocka_unit_test(test_glass_reader_postings__bounds_and_stops),
        cmocka_unit_test(test_segment_postings__with_and_without_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
