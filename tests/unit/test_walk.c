/*
 * Walking folders: order, what is passed over, links, failures; and what a command line may say.
 */
#include "walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "file.h"
#include "options.h"

static const char kind_letters[] = {
    [WALK_FILE] = 'f', [WALK_HIDDEN] = 'h', [WALK_LINK] = 'l', [WALK_SPECIAL] = 's', [WALK_FAILED] = 'x'};

static enum status note(void *ctx, const struct walk_entry *entry, struct error *e)
{
    (void)e;
    buf_printf(ctx, "%c %.*s\n", kind_letters[entry->kind], SLICE_ARG(entry->path));
    assert_true((entry->kind == WALK_FAILED) == (entry->message != NULL));
    return OK;
}

struct fixture {
    char folder[64];
    struct buf met;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/quoth-walk-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    buf_init(&f->met, 1 << 20);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(file_remove_tree(f->folder, NULL), OK);
    buf_clear(&f->met);
    free(f);
    return 0;
}

static const char *below(const struct fixture *f, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    return path;
}

static void make_file(const struct fixture *f, const char *name)
{
    assert_int_equal(file_write_new(below(f, name), SLICE("text\n"), NULL), OK);
}

static void make_folder(const struct fixture *f, const char *name)
{
    assert_int_equal(mkdir(below(f, name), 0777), 0);
}

static void make_link(const struct fixture *f, const char *to, const char *name)
{
    assert_int_equal(symlink(to, below(f, name)), 0);
}

static void expect(struct fixture *f, const char *root, const struct stat *avoid, const char *want)
{
    struct error e = {.text = ""};
    enum status st = walk(root, avoid, note, &f->met, &e);
    buf_put_byte(&f->met, '\0');
    assert_string_equal(e.text, "");
    assert_int_equal(st, OK);
    assert_string_equal(f->met.data, want);
    buf_reset(&f->met);
}

static void test_walk__goes_in_the_order_of_bytes(void **state)
{
    struct fixture *f = *state;
    make_folder(f, "b");
    make_file(f, "b/z");
    make_file(f, "b/\xC3\xA4");
    make_file(f, "B");
    make_file(f, "a");
    make_file(f, "a.b");
    make_file(f, "\xFF");
    make_folder(f, "empty");
    expect(f, f->folder, NULL, "f B\nf a\nf a.b\nf b/z\nf b/\xC3\xA4\nf \xFF\n");
}

static void test_walk__passes_over(void **state)
{
    struct fixture *f = *state;
    make_file(f, ".hidden");
    make_folder(f, ".git");
    make_file(f, ".git/config");
    assert_int_equal(mkfifo(below(f, "fifo"), 0600), 0);
    make_link(f, "nowhere", "broken");
    make_link(f, "circle", "circle");
    make_link(f, ".", "self");
    make_folder(f, "in");
    make_link(f, "..", "in/up");
    make_link(f, "/dev/null", "null");
    make_file(f, "kept");
    expect(f, f->folder, NULL, "h .git\nh .hidden\nl broken\nl circle\ns fifo\nl in/up\nf kept\ns null\nl self\n");
}

static void test_walk__follows_links(void **state)
{
    struct fixture *f = *state;
    make_file(f, "file");
    make_folder(f, "real");
    make_file(f, "real/one");
    make_link(f, "file", "alias");
    make_link(f, "real", "twin");
    expect(f, f->folder, NULL, "f alias\nf file\nf real/one\nf twin/one\n");
}

static void test_walk__a_file_is_a_root(void **state)
{
    struct fixture *f = *state;
    make_file(f, "only.txt");
    expect(f, below(f, "only.txt"), NULL, "f only.txt\n");
}

static void test_walk__avoids_the_index(void **state)
{
    struct fixture *f = *state;
    struct stat avoid;
    make_folder(f, "index");
    make_file(f, "index/manifest");
    make_file(f, "x");
    assert_int_equal(stat(below(f, "index"), &avoid), 0);
    expect(f, f->folder, &avoid, "f x\n");
}

static void test_walk__too_deep(void **state)
{
    struct fixture *f = *state;
    struct buf path;
    buf_init(&path, 4096);
    buf_put_cstr(&path, f->folder);
    for (int i = 0; i < WALK_DEPTH_MAX; i++) {
        buf_put_cstr(&path, "/d");
        buf_put_byte(&path, '\0');
        assert_int_equal(mkdir(path.data, 0777), 0);
        buf_truncate(&path, path.len - 1);
    }
    assert_int_equal(walk(f->folder, NULL, note, &f->met, NULL), OK);
    /* The root is one folder, so the last of WALK_DEPTH_MAX below it is one too many. */
    assert_int_equal(f->met.len, 2 + 2 * WALK_DEPTH_MAX - 1 + 1);
    assert_int_equal(f->met.data[0], 'x');
    buf_clear(&path);
}

static void test_walk__no_permission(void **state)
{
    struct fixture *f = *state;
    if (geteuid() == 0)
        skip(); /* root may read everything */
    make_folder(f, "closed");
    make_file(f, "open");
    assert_int_equal(chmod(below(f, "closed"), 0), 0);
    expect(f, f->folder, NULL, "x closed\nf open\n");
    assert_int_equal(chmod(below(f, "closed"), 0700), 0);
}

static void test_walk__no_such_root(void **state)
{
    struct fixture *f = *state;
    struct error e;
    assert_int_equal(walk(below(f, "none"), NULL, note, &f->met, &e), ERR_IO);
    assert_non_null(strstr(e.text, "cannot be read: No such file"));
}

static enum status refuse(void *ctx, const struct walk_entry *entry, struct error *e)
{
    (void)ctx;
    (void)entry;
    return error_set(e, ERR_LIMIT, "enough");
}

static void test_walk__ends_when_told(void **state)
{
    struct fixture *f = *state;
    struct error e;
    make_file(f, "a");
    assert_int_equal(walk(f->folder, NULL, refuse, NULL, &e), ERR_LIMIT);
    assert_string_equal(e.text, "enough");
}

static void test_options(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *args[8];
        enum status want;
    } cases[] = {
        {"index and path", {"ix", "a", "b"}, OK},
        {"nothing", {NULL}, ERR_OPTION},
        {"memory at its least", {"--memory", "128M", "ix"}, OK},
        {"memory below it", {"--memory", "131071K", "ix"}, ERR_OPTION},
        {"memory without a unit", {"--memory", "134217728", "ix"}, OK},
        {"memory at its most", {"--memory", "1024G", "ix"}, OK},
        {"memory above it", {"--memory", "1025G", "ix"}, ERR_OPTION},
        {"memory in words", {"--memory", "much", "ix"}, ERR_OPTION},
        {"memory empty", {"--memory", "", "ix"}, ERR_OPTION},
        {"no wait", {"--wait", "0", "ix"}, OK},
        {"the longest wait", {"--wait", "86400", "ix"}, OK},
        {"a longer one", {"--wait", "86401", "ix"}, ERR_OPTION},
        {"a writer", {"--writer", "libxapian", "ix"}, OK},
        {"another writer", {"--writer", "quill", "ix"}, ERR_OPTION},
        {"no threads", {"--threads", "0", "ix"}, ERR_OPTION},
        {"one thread", {"--threads", "1", "ix"}, OK},
        {"most threads", {"--threads", "64", "ix"}, OK},
        {"too many threads", {"--threads", "65", "ix"}, ERR_OPTION},
        {"a language", {"--lang", "german", "ix"}, OK},
        {"no language", {"--lang", "klingon", "ix"}, ERR_OPTION},
        {"no stems", {"--lang", "none", "ix"}, OK},
        {"a format", {"--format", "jsonl", "ix"}, OK},
        {"no format", {"--format", "pdf", "ix"}, ERR_OPTION},
        {"split", {"--split", "whole", "ix"}, OK},
        {"no split", {"--split", "half", "ix"}, ERR_OPTION},
        {"profile", {"--profile", "parity", "ix"}, OK},
        {"no profile", {"--profile", "fast", "ix"}, ERR_OPTION},
        {"prefix without path", {"--prefix", "p/", "ix"}, ERR_OPTION},
        {"prefix with path", {"--prefix", "p/", "ix", "a"}, OK},
        {"prefix that is no text", {"--prefix", "\xFF", "ix", "a"}, ERR_OPTION},
        {"prefix with a line feed", {"--prefix", "a\nb", "ix", "a"}, ERR_OPTION},
        {"delete", {"--delete", "x", "--delete", "y", "--purge", "ix"}, OK},
        {"delete and a path", {"--delete", "x", "ix", "a"}, ERR_OPTION},
        {"info and a path", {"--info", "ix", "a"}, ERR_OPTION},
        {"info and check", {"--info", "--check", "ix"}, ERR_OPTION},
        {"rebuild and split", {"--rebuild", "--split", "auto", "ix"}, ERR_OPTION},
        {"quiet and verbose", {"--quiet", "--verbose", "ix"}, ERR_OPTION},
        {"unknown", {"--colour", "ix"}, ERR_OPTION},
        {"a value is missing", {"ix", "--memory"}, ERR_OPTION},
        {"help needs no index", {"--help"}, OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *argv[10] = {(char *)"quoth-index"};
        int argc = 1;
        for (; cases[i].args[argc - 1] != NULL; argc++)
            argv[argc] = (char *)cases[i].args[argc - 1];
        struct indexer_options o;
        struct error e = {.text = ""};
        enum status st = indexer_options_parse(&o, argc, argv, &e);
        if (st != cases[i].want)
            fail_msg("%s: %d instead of %d: %s", cases[i].name, (int)st, (int)cases[i].want, e.text);
        indexer_options_clear(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_walk__goes_in_the_order_of_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__passes_over, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__follows_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__a_file_is_a_root, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__avoids_the_index, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__too_deep, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__no_permission, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__no_such_root, setup, teardown),
        cmocka_unit_test_setup_teardown(test_walk__ends_when_told, setup, teardown),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
