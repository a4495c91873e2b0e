/*
 * An index that was damaged, and the check that must notice.
 */
#include "index_model.h"

#include "snapshot_files.h"

#include <unistd.h>

/* Flip one byte in every part of every file in turn: each is noticed by the check, and opening never crashes. */
static void notice_damage_anywhere(bool is_compressed)
{
    static const char *const files[] = {"terms", "forms", "tokens", "text", "articles"};
    struct temp t;
    struct model m = {.seed = 11, .is_compressed = is_compressed};
    struct snapshot *s;
    temp_make(&t);
    step(&m, t.path, 10, 0);
    step(&m, t.path, 0, 5);
    assert_int_equal(snapshot_open(&s, t.path, NULL), OK);
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        char path[PATH_MAX];
        struct buf good;
        buf_init(&good, (size_t)1 << 24);
        snprintf(path, sizeof path, "%s/segments/%s/%s", t.path, segment_id(snapshot_segment(s, 0)), files[f]);
        assert_int_equal(file_read(&good, path, NULL), OK);
        for (size_t at = 0; at < good.len; at += 1 + good.len / 37) {
            struct snapshot *damaged;
            good.data[at] ^= 0x5A;
            unlink(path);
            assert_int_equal(file_write_new(path, buf_slice(&good), NULL), OK);
            struct error e;
            enum status st = index_check(t.path, NULL, NULL, &e);
            if (st != ERR_INDEX && st != ERR_SIGNATURE)
                fail_msg("byte %zu of %s was not noticed", at, files[f]);
            if (snapshot_open(&damaged, t.path, &e) == OK)
                snapshot_unref(damaged);
            good.data[at] ^= 0x5A;
        }
        unlink(path);
        assert_int_equal(file_write_new(path, buf_slice(&good), NULL), OK);
        buf_clear(&good);
    }
    snapshot_unref(s);
    check_index(&m, t.path);
    temp_remove(&t);
}

static void test_check__notices_damage_anywhere(void **state)
{
    (void)state;
    notice_damage_anywhere(false);
    notice_damage_anywhere(true);
}

struct check_and_change {
    struct model *model;
    const char *index;
    size_t n_changes;
};

/* An update comes between the manifest's reading and the segments' opening. */
static void change_meanwhile(void *ctx, const char *line)
{
    struct check_and_change *c = ctx;
    if (strncmp(line, "segment ", 8) != 0 || c->n_changes++ > 0)
        return;
    step(c->model, c->index, 3, 2);
    compact(c->index, false);
}

static void test_check__while_an_update_is_published(void **state)
{
    (void)state;
    struct temp t;
    struct error e;
    struct model m = {.seed = 13};
    temp_make(&t);
    step(&m, t.path, 6, 0);
    struct check_and_change c = {&m, t.path, 0};
    if (index_check(t.path, change_meanwhile, &c, &e) != OK)
        fail_msg("%s", e.text);
    assert_true(c.n_changes > 1);
    temp_remove(&t);
}

/* The tombstones' counts are looked at as well: a count that is too small is no damage that opening could see. */
static void test_check__counts_the_dead_again(void **state)
{
    (void)state;
    struct temp t;
    struct error e;
    struct snapshot *s;
    struct model m = {.seed = 14};
    char path[PATH_MAX], name[NAME_MAX] = "";
    struct buf bytes;
    temp_make(&t);
    step(&m, t.path, 10, 0);
    step(&m, t.path, 0, 5);
    assert_int_equal(snapshot_open(&s, t.path, NULL), OK);
    snprintf(name, sizeof name, "%s", snapshot_manifest(s)->segments[0].del);
    snapshot_unref(s);
    snprintf(path, sizeof path, "%s/segments/%s", t.path, name);
    buf_init(&bytes, 65536);
    assert_int_equal(file_read(&bytes, path, NULL), OK);
    assert_true(bytes.len > 76);
    size_t last = bytes.len - 4;
    assert_true(bytes.data[last] > 0);
    bytes.data[last]--;
    uint64_t sum = slice_hash(slice_of(bytes.data + 64, bytes.len - 64));
    memcpy(bytes.data + 24, &sum, sizeof sum);
    unlink(path);
    assert_int_equal(file_write_new(path, buf_slice(&bytes), NULL), OK);
    assert_int_equal(index_check(t.path, NULL, NULL, &e), ERR_INDEX);
    assert_non_null(strstr(e.text, "tombstones"));
    buf_clear(&bytes);
    temp_remove(&t);
}

/* A form of no bytes is damage that a merge comes upon, not a bug of the program. */
static void test_merge__refuses_a_form_that_is_none(void **state)
{
    (void)state;
    struct temp t;
    struct error e;
    struct snapshot *s;
    struct update *u;
    struct publish_result result;
    struct model m = {.seed = 15};
    char path[PATH_MAX];
    struct buf bytes;
    temp_make(&t);
    step(&m, t.path, 10, 0);
    step(&m, t.path, 5, 0);
    assert_int_equal(snapshot_open(&s, t.path, NULL), OK);
    snprintf(path, sizeof path, "%s/segments/%s/forms", t.path, segment_id(snapshot_segment(s, 0)));
    snapshot_unref(s);
    buf_init(&bytes, (size_t)1 << 24);
    assert_int_equal(file_read(&bytes, path, NULL), OK);
    size_t blocks = get_u64(bytes.data + 32 + FORMS_BLOCKS * 16);
    bytes.data[blocks + BLOCK_LENGTHS_AT] = 0;
    unlink(path);
    assert_int_equal(file_write_new(path, buf_slice(&bytes), NULL), OK);
    assert_int_equal(update_begin(&u, t.path, NULL, &e), OK);
    update_request_compact(u, false);
    assert_int_equal(update_publish(u, &result, &e), ERR_INDEX);
    assert_non_null(strstr(e.text, "form 0"));
    update_free(u);
    buf_clear(&bytes);
    temp_remove(&t);
}

static void test_snapshot__says_what_is_wrong(void **state)
{
    (void)state;
    struct temp t;
    struct model m = {.seed = 12};
    struct snapshot *s;
    struct error e;
    struct buf text;
    char path[PATH_MAX], cut[PATH_MAX];
    temp_make(&t);
    assert_int_equal(snapshot_open(&s, temp_path(&t, "absent", path), &e), ERR_NONE);
    assert_int_equal(snapshot_open(&s, t.path, &e), OK);
    assert_int_equal(snapshot_generation(s), 0);
    snapshot_unref(s);
    step(&m, t.path, 3, 0);
    buf_init(&text, 65536);
    temp_path(&t, "manifest", path);
    assert_int_equal(file_read(&text, path, NULL), OK);
    for (size_t at = 0; at < text.len; at++) {
        text.data[at] ^= 1;
        assert_int_equal(file_write_atomic(t.path, "manifest", buf_slice(&text), NULL), OK);
        enum status st = snapshot_open(&s, t.path, &e);
        if (st != ERR_INDEX && st != ERR_SIGNATURE)
            fail_msg("byte %zu of the manifest was not noticed", at);
        text.data[at] ^= 1;
    }
    assert_int_equal(file_write_atomic(t.path, "manifest", SLICE("quoth 1\nsome other thing\n"), NULL), OK);
    assert_int_equal(snapshot_open(&s, t.path, &e), ERR_SIGNATURE);
    assert_non_null(strstr(e.text, "format 1"));
    assert_int_equal(file_write_atomic(t.path, "manifest", buf_slice(&text), NULL), OK);
    assert_int_equal(snapshot_open(&s, t.path, &e), OK);
    snprintf(cut, sizeof cut, "%s/segments/%s/forms", t.path, segment_id(snapshot_segment(s, 0)));
    snapshot_unref(s);
    assert_int_equal(unlink(cut), 0);
    assert_int_equal(snapshot_open(&s, t.path, &e), ERR_INDEX);
    assert_non_null(strstr(e.text, "forms"));
    buf_clear(&text);
    temp_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check__notices_damage_anywhere),
        cmocka_unit_test(test_check__while_an_update_is_published),
        cmocka_unit_test(test_check__counts_the_dead_again),
        cmocka_unit_test(test_merge__refuses_a_form_that_is_none),
        cmocka_unit_test(test_snapshot__says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
