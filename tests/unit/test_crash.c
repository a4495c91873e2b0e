/*
 * An update that is killed, or to which the disk says no, at each of its steps in turn: the index is the old generation
 * or the new one, whole, and the next update completes. The steps are the system calls that change the disk; this
 * program stands in for them.
 */
#include "check.h"
#include "manifest.h"
#include "update.h"

#include "temp.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define KILLED 77
#define N_WORDS 30
#define TRACE_MAX 4096

enum fault { NO_FAULT, FAULT_KILL, FAULT_ERROR };

/* What happens at step `at`; the steps so far are counted. */
static struct {
    enum fault fault;
    int error;
    unsigned at, n;
    bool is_watched;
} plan;

/* What was synced and renamed, in order: "sync PATH", "rename PATH". */
static struct {
    char lines[TRACE_MAX][PATH_MAX + 16];
    size_t n;
} trace;

/* Must this call fail? Does not return where the process is to end here. */
static bool step_fails(void)
{
    if (!plan.is_watched || plan.n++ != plan.at)
        return false;
    if (plan.fault == FAULT_KILL)
        _exit(KILLED);
    errno = plan.error;
    return plan.fault == FAULT_ERROR;
}

static void note(const char *what, const char *path)
{
    if (plan.is_watched && trace.n < TRACE_MAX)
        snprintf(trace.lines[trace.n++], sizeof trace.lines[0], "%s %s", what, path);
}

int fsync(int fd)
{
    char link[64], path[PATH_MAX];
    if (step_fails())
        return -1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = '\0';
    note("sync", path);
    return 0; /* nobody pulls the plug: noting it is enough, and quick */
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (fd > 2 && step_fails()) {
        /* A full disk takes a part. */
        ssize_t part = syscall(SYS_write, fd, bytes, n / 2);
        (void)part;
        return -1;
    }
    return syscall(SYS_write, fd, bytes, n);
}

int rename(const char *from, const char *to)
{
    if (step_fails())
        return -1;
    int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    note("rename", to);
    return result;
}

int mkdir(const char *path, mode_t mode)
{
    return step_fails() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int unlink(const char *path)
{
    if (step_fails())
        return -1;
    note("unlink", path);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static const struct index_settings settings = {.average_length = 100, .analyzer_signature = 7};

static enum status add_article(struct index_writer *w, const char *id, struct error *e)
{
    uint32_t words[N_WORDS];
    char text[N_WORDS * 4];
    memset(text, 'x', sizeof text);
    enum status st = OK;
    for (uint32_t i = 0; i < N_WORDS && st == OK; i++) {
        char form[16];
        struct slice word = slice_of(form, (size_t)snprintf(form, sizeof form, "w%u", i));
        st = index_writer_word(w, word, word, &words[i], e);
    }
    struct article_record record = {.id = slice_cstr(id), .path = slice_cstr(id), .lang = SLICE("en")};
    if (st == OK)
        st = index_writer_begin_article(w, &record, e);
    if (st == OK)
        st = index_writer_add_passage(w, slice_of(text, sizeof text), 0, sizeof text, words, N_WORDS, e);
    return st == OK ? index_writer_end_article(w, e) : st;
}

/* One article comes; with `gone` (may be NULL) one goes, and all is merged. */
static enum status change(const char *index, const char *id, const char *gone, struct error *e)
{
    struct update *u;
    struct index_writer *w;
    struct publish_result result;
    struct source source = {.path = slice_cstr(id), .size = 1};
    size_t segment;
    uint32_t article;
    enum status st = update_begin(&u, index, &settings, e);
    if (st != OK)
        return st;
    st = update_writer(u, (size_t)16 << 20, &w, e);
    if (st == OK)
        st = sources_put(update_sources(u), &source, e);
    if (st == OK && gone != NULL && snapshot_find_article(update_snapshot(u), slice_cstr(gone), &segment, &article))
        st = update_remove(u, segment, article, e);
    if (st == OK)
        st = add_article(w, id, e);
    if (st == OK)
        st = update_publish(u, &result, e);
    update_free(u);
    return st;
}

static void must_change(const char *index, const char *id, const char *gone)
{
    struct error e;
    if (change(index, id, gone, &e) != OK)
        fail_msg("%s", e.text);
}

static bool has(const struct snapshot *s, const char *id)
{
    size_t segment;
    uint32_t article;
    return snapshot_find_article(s, slice_cstr(id), &segment, &article);
}

/* Generation 2 with a and b, or a later one with a and c; says which. */
static bool is_new_generation(const char *index, unsigned step)
{
    struct snapshot *s;
    struct error e;
    if (snapshot_open(&s, index, &e) != OK || index_check(index, NULL, NULL, &e) != OK)
        fail_msg("step %u: %s", step, e.text);
    bool is_new = snapshot_generation(s) > 2;
    assert_true(has(s, "a"));
    assert_int_equal(has(s, "b"), !is_new);
    assert_int_equal(has(s, "c"), is_new);
    assert_int_equal(snapshot_n_passages(s), 2);
    assert_int_equal(snapshot_df(s, SLICE("w3")), 2);
    snapshot_unref(s);
    return is_new;
}

static size_t count_entries(const char *folder)
{
    uint64_t bytes;
    size_t n = 0;
    char command[PATH_MAX + 64], line[64];
    assert_int_equal(file_size(folder, &bytes, NULL), OK);
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    if (fgets(line, sizeof line, f) != NULL)
        n = strtoul(line, NULL, 10);
    pclose(f);
    return n;
}

/* The update in a process of its own; how it ended: its exit code, or KILLED. */
static int run_child(const char *index, enum fault fault, int error, unsigned at)
{
    pid_t child = fork();
    if (child == 0) {
        struct error e;
        plan.fault = fault;
        plan.error = error;
        plan.at = at;
        plan.n = 0;
        plan.is_watched = true;
        enum status st = change(index, "c", "b", &e);
        plan.is_watched = false;
        _exit(st == OK ? (plan.n > at ? 0 : 2) : 1);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    return WEXITSTATUS(how);
}

/* Each step in turn, until an update has no more; a generation may only turn new once and for all. */
static void try_each_step(enum fault fault, int error)
{
    bool was_new = false;
    int ended = 0;
    unsigned at = 0, n_failed_but_new = 0;
    for (; ended != 2; at++) {
        struct temp t;
        char path[PATH_MAX];
        temp_make(&t);
        must_change(t.path, "a", NULL);
        must_change(t.path, "b", NULL);
        ended = run_child(t.path, fault, error, at);
        bool is_new = is_new_generation(t.path, at);
        if (fault == FAULT_KILL)
            assert_true(ended == KILLED || ended == 2);
        if (ended == 0 || ended == 2)
            assert_true(is_new);
        assert_true(is_new >= was_new || fault == FAULT_ERROR);
        was_new = is_new;
        n_failed_but_new += ended == 1 && is_new;
        must_change(t.path, "c", is_new ? "c" : "b");
        assert_true(is_new_generation(t.path, at));
        /* What was left behind is gone: segments and tombstones of the manifest alone. */
        assert_in_range(count_entries(temp_path(&t, SEGMENTS_NAME, path)), 1, 4);
        assert_int_equal(access(temp_path(&t, SCRATCH_NAME, path), F_OK), -1);
        temp_remove(&t);
    }
    assert_true(at > 20);
    /* Only the sync behind the rename may fail and leave the new generation: what was replaced can be swept later. */
    assert_in_range(n_failed_but_new, 0, 1);
}

static void test_update__killed_at_each_step(void **state)
{
    (void)state;
    try_each_step(FAULT_KILL, 0);
}

static void test_update__a_full_disk_at_each_step(void **state)
{
    (void)state;
    try_each_step(FAULT_ERROR, ENOSPC);
}

static void test_update__a_broken_disk_at_each_step(void **state)
{
    (void)state;
    try_each_step(FAULT_ERROR, EIO);
}

/* The line of the trace that is `what` index/name, from line `from` on; SIZE_MAX: none. */
static size_t find_line(const char *what, const char *index, const char *name, size_t from)
{
    char line[PATH_MAX + 16];
    snprintf(line, sizeof line, "%s %s%s%s", what, index, name[0] == '\0' ? "" : "/", name);
    for (size_t i = from; i < trace.n; i++)
        if (strcmp(trace.lines[i], line) == 0)
            return i;
    return SIZE_MAX;
}

/* The first line that begins with `what` index/name. */
static size_t find_start(const char *what, const char *index, const char *name)
{
    char line[PATH_MAX + 16];
    int len = snprintf(line, sizeof line, "%s %s/%s", what, index, name);
    for (size_t i = 0; i < trace.n; i++)
        if (strncmp(trace.lines[i], line, (size_t)len) == 0)
            return i;
    return SIZE_MAX;
}

static void test_update__every_name_is_lasting_before_the_manifest_says_it(void **state)
{
    (void)state;
    struct temp t;
    char index[PATH_MAX];
    temp_make(&t);
    plan.is_watched = true;
    plan.fault = NO_FAULT;
    trace.n = 0;
    must_change(temp_path(&t, "index", index), "a", NULL);
    plan.is_watched = false;
    size_t published = find_line("rename", index, MANIFEST_NAME, 0);
    assert_int_not_equal(published, SIZE_MAX);
    /* The folder of the index itself, in its parent. */
    assert_true(find_line("sync", t.path, "", 0) < published);
    /* The segment's folder and files, then its name. */
    size_t placed = find_start("rename", index, SEGMENTS_NAME "/");
    assert_true(placed < published);
    assert_true(find_start("sync", index, SCRATCH_NAME "/") < placed);
    assert_true(find_line("sync", index, SEGMENTS_NAME, placed) < published);
    /* The table of sources, then the names of the table and of segments/ in the index. */
    size_t sources = find_start("sync", index, SOURCES_PREFIX);
    assert_true(sources < published);
    assert_true(find_line("sync", index, "", sources) < published);
    assert_true(find_line("sync", index, MANIFEST_NAME ".tmp", 0) < published);
    assert_int_not_equal(find_line("sync", index, "", published), SIZE_MAX);
    temp_remove(&t);
}

/* A manifest that a killed writer renamed and did not sync must last before what it no longer names goes. */
static void test_sweep__the_manifest_is_lasting_before_anything_goes(void **state)
{
    (void)state;
    struct temp t;
    char path[PATH_MAX];
    temp_make(&t);
    must_change(t.path, "a", NULL);
    assert_int_equal(file_write_new(temp_path(&t, SOURCES_PREFIX "0123456789abcdef", path), SLICE("x"), NULL), OK);
    plan.is_watched = true;
    trace.n = 0;
    must_change(t.path, "b", NULL);
    plan.is_watched = false;
    size_t gone = find_line("unlink", t.path, SOURCES_PREFIX "0123456789abcdef", 0);
    assert_int_not_equal(gone, SIZE_MAX);
    assert_true(find_line("sync", t.path, "", 0) < gone);
    temp_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_update__killed_at_each_step),
        cmocka_unit_test(test_update__a_full_disk_at_each_step),
        cmocka_unit_test(test_update__a_broken_disk_at_each_step),
        cmocka_unit_test(test_update__every_name_is_lasting_before_the_manifest_says_it),
        cmocka_unit_test(test_sweep__the_manifest_is_lasting_before_anything_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
