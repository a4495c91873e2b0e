#include "input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

static char folder[] = "/tmp/quoth-input-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_file(struct slice bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    if (bytes.len > 0)
        assert_int_equal(fwrite(bytes.data, 1, bytes.len, f), bytes.len);
    assert_int_equal(fclose(f), 0);
}

static void put_gzip(struct buf *b, struct slice s)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&z, s.len);
    assert_true(buf_reserve(b, bound));
    z.next_in = (Bytef *)(uintptr_t)s.data;
    z.avail_in = (uInt)s.len;
    z.next_out = (Bytef *)b->data + b->len;
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    b->len += bound - z.avail_out;
    deflateEnd(&z);
}

static void put_zstd(struct buf *b, struct slice s)
{
    size_t bound = ZSTD_compressBound(s.len);
    assert_true(buf_reserve(b, bound));
    size_t n = ZSTD_compress(b->data + b->len, bound, s.data, s.len, 3);
    assert_false(ZSTD_isError(n));
    b->len += n;
}

static struct input *opened(void)
{
    struct input *in;
    struct error e;
    if (input_open(&in, path, &e) != OK)
        fail_msg("%s", e.text);
    return in;
}

/** The whole file through input_read(). */
static enum status read_all(struct buf *out, struct error *e)
{
    struct input *in = opened();
    enum status st = input_read(in, out, e);
    input_close(in);
    return st;
}

/** Lines as "3:abc|" (length, bytes), "long|" for one that is too long. */
static enum status read_lines(struct buf *out, size_t max, struct error *e)
{
    struct input *in = opened();
    struct slice line;
    bool has_line, is_long;
    enum status st;
    while ((st = input_line(in, max, &line, &has_line, &is_long, e)) == OK && has_line) {
        if (is_long)
            buf_put_cstr(out, "long|");
        else
            buf_printf(out, "%zu:%.*s|", line.len, SLICE_ARG(line));
    }
    struct error again;
    if (st != OK)
        assert_int_equal(input_line(in, max, &line, &has_line, &is_long, &again), st);
    input_close(in);
    return st;
}

static void assert_lines(const char *want, size_t max, enum status want_status)
{
    struct buf got;
    struct error e = {.text = ""};
    buf_init(&got, 1 << 20);
    assert_int_equal(read_lines(&got, max, &e), want_status);
    if (!slice_equal(buf_slice(&got), slice_cstr(want)))
        fail_msg("\"%.*s\", not \"%s\"", SLICE_ARG(buf_slice(&got)), want);
    buf_clear(&got);
}

static void test_input_line__table(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *want;
    } rows[] = {
        {"", ""},
        {"\n", "0:|"},
        {"one", "3:one|"},
        {"one\n", "3:one|"},
        {"one\ntwo", "3:one|3:two|"},
        {"one\r\n\ntwo\n", "4:one\r|0:|3:two|"},
        {"1234567\n12345678\n123456789\nend", "7:1234567|8:12345678|long|3:end|"},
        {"123456789", "long|"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_file(slice_cstr(rows[i].bytes));
        assert_lines(rows[i].want, 8, OK);
    }
}

static void test_input_line__packed(void **state)
{
    (void)state;
    struct buf b;
    for (int packing = 0; packing < 2; packing++) {
        void (*put)(struct buf *, struct slice) = packing == 0 ? put_gzip : put_zstd;
        buf_init(&b, 1 << 20);
        put(&b, SLICE("one\ntw"));
        put(&b, SLICE(""));
        put(&b, SLICE("o\nthree"));
        write_file(buf_slice(&b));
        assert_lines("3:one|3:two|5:three|", 100, OK);
        buf_clear(&b);
    }
    write_file(SLICE("\x1F\x8B"));
    assert_lines("2:\x1F\x8B|", 100, OK);
}

static void test_input_line__gzip_tail(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    put_gzip(&b, SLICE("one\ntwo"));
    buf_put(&b, slice_of("\0\0\0\0", 4));
    write_file(buf_slice(&b));
    assert_lines("3:one|3:two|", 100, OK);
    buf_put(&b, SLICE("rest"));
    write_file(buf_slice(&b));
    assert_lines("3:one|", 100, ERR_FORMAT);
    buf_clear(&b);
}

/** Text that does not pack well, lines of 64 bytes. */
static char *noise(size_t len)
{
    char *text = malloc(len);
    assert_non_null(text);
    uint64_t x = 88172645463325252u;
    for (size_t i = 0; i < len; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        text[i] = i % 64 == 63 ? '\n' : (char)('!' + x % 90);
    }
    return text;
}

/* Of a packed file that was cut off, or damaged, the lines before are delivered. */
static void test_input_line__cut_off(void **state)
{
    (void)state;
    size_t len = 640000;
    char *text = noise(len);
    for (int packing = 0; packing < 2; packing++) {
        struct buf b;
        buf_init(&b, 1 << 22);
        if (packing == 0)
            put_gzip(&b, slice_of(text, len));
        else
            put_zstd(&b, slice_of(text, len));
        for (int damage = 0; damage < 2; damage++) {
            size_t half = b.len / 2;
            struct slice bytes = buf_slice(&b);
            if (damage == 0)
                bytes.len = half;
            else if (packing == 0)
                b.data[b.len - 6] ^= 0x55; /* its checksum, at the end */
            else
                memset(b.data + half, 0xFF, b.len - half);
            write_file(bytes);
            struct input *in = opened();
            struct slice line;
            bool has_line, is_long;
            struct error e;
            size_t n_lines = 0;
            enum status st;
            while ((st = input_line(in, 1000, &line, &has_line, &is_long, &e)) == OK && has_line) {
                assert_memory_equal(line.data, text + n_lines * 64, 63);
                n_lines++;
            }
            assert_int_equal(st, ERR_FORMAT);
            assert_true(n_lines > 500 && n_lines <= 10000);
            assert_non_null(strstr(e.text, path));
            assert_non_null(strstr(e.text, damage == 0 ? "cut off" : "damaged"));
            input_close(in);
        }
        buf_clear(&b);
    }
    free(text);
}

static void test_input_read__cut_off_at_every_byte(void **state)
{
    (void)state;
    struct buf b, out;
    buf_init(&b, 1 << 20);
    buf_init(&out, 1 << 20);
    put_gzip(&b, SLICE("some text, some text, some text"));
    for (size_t len = 3; len < b.len; len++) {
        write_file(slice_of(b.data, len));
        buf_reset(&out);
        assert_int_equal(read_all(&out, NULL), ERR_FORMAT);
    }
    buf_reset(&b);
    put_zstd(&b, SLICE("some text, some text, some text"));
    for (size_t len = 4; len < b.len; len++) {
        write_file(slice_of(b.data, len));
        buf_reset(&out);
        assert_int_equal(read_all(&out, NULL), ERR_FORMAT);
    }
    buf_clear(&b);
    buf_clear(&out);
}

static void test_input_read__limit(void **state)
{
    (void)state;
    static const struct {
        size_t max;
        enum status want;
    } rows[] = {{99999, ERR_LIMIT}, {100000, OK}, {100001, OK}};
    char *text = noise(100000);
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int packed = 0; packed < 3; packed++) {
        buf_reset(&b);
        if (packed == 0)
            buf_put(&b, slice_of(text, 100000));
        else if (packed == 1)
            put_gzip(&b, slice_of(text, 100000));
        else
            put_zstd(&b, slice_of(text, 100000));
        write_file(buf_slice(&b));
        for (size_t i = 0; i < 3; i++) {
            struct buf out;
            buf_init(&out, rows[i].max);
            assert_int_equal(read_all(&out, NULL), rows[i].want);
            if (rows[i].want == OK)
                assert_true(slice_equal(buf_slice(&out), slice_of(text, 100000)));
            buf_clear(&out);
        }
    }
    buf_clear(&b);
    free(text);
}

static void test_input_peek__then_read(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 4095, 4096, 4097, 200000};
    char *text = noise(200000);
    struct buf b, out;
    buf_init(&b, 1 << 20);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
        for (int packed = 0; packed < 2; packed++) {
            buf_reset(&b);
            buf_reset(&out);
            if (packed == 0)
                buf_put(&b, slice_of(text, lens[i]));
            else
                put_zstd(&b, slice_of(text, lens[i]));
            write_file(buf_slice(&b));
            struct input *in = opened();
            struct slice head;
            for (int again = 0; again < 2; again++) {
                assert_int_equal(input_peek(in, &head, NULL), OK);
                assert_true(slice_equal(head, slice_of(text, lens[i] < 4096 ? lens[i] : 4096)));
            }
            assert_int_equal(input_read(in, &out, NULL), OK);
            assert_true(slice_equal(buf_slice(&out), slice_of(text, lens[i])));
            assert_int_equal(input_read(in, &out, NULL), OK);
            assert_int_equal(out.len, lens[i]);
            input_close(in);
        }
    buf_clear(&b);
    buf_clear(&out);
    free(text);
}

/* 200 MB in one line are skipped; what comes before and behind is delivered, and memory does not grow. */
static void test_input_line__huge(void **state)
{
    (void)state;
    enum { CHUNK = 1 << 20, N_CHUNKS = 200 };
    char *chunk = malloc(CHUNK);
    assert_non_null(chunk);
    memset(chunk, 'x', CHUNK);
    gzFile f = gzopen(path, "wb1");
    assert_non_null(f);
    gzputs(f, "before\n");
    for (int i = 0; i < N_CHUNKS; i++)
        assert_int_equal(gzwrite(f, chunk, CHUNK), CHUNK);
    gzputs(f, "\nafter\n");
    assert_int_equal(gzclose(f), Z_OK);
    free(chunk);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    assert_lines("6:before|long|5:after|", 1 << 20, OK);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 << 10);
}

static void test_input_open__refuses(void **state)
{
    (void)state;
    struct input *in;
    struct error e;
    char fifo[64];
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    const struct {
        const char *name;
        enum status want;
    } rows[] = {{"/nonexistent/file", ERR_NONE}, {"", ERR_NONE},   {"/dev/null/file", ERR_NONE},
                {"/dev/null", ERR_IO},           {folder, ERR_IO}, {fifo, ERR_IO}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(input_open(&in, rows[i].name, &e), rows[i].want);
        assert_null(in);
        assert_int_equal(e.code, rows[i].want);
    }
    unlink(fifo);
    write_file(SLICE("text"));
    if (geteuid() != 0) {
        assert_int_equal(chmod(path, 0), 0);
        assert_int_equal(input_open(&in, path, &e), ERR_IO);
    }
    unlink(path);
    input_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input_line__table),
        cmocka_unit_test(test_input_line__packed),
        cmocka_unit_test(test_input_line__gzip_tail),
        cmocka_unit_test(test_input_line__cut_off),
        cmocka_unit_test(test_input_read__cut_off_at_every_byte),
        cmocka_unit_test(test_input_read__limit),
        cmocka_unit_test(test_input_peek__then_read),
        cmocka_unit_test(test_input_line__huge),
        cmocka_unit_test(test_input_open__refuses),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
