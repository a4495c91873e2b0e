/*
 * The index against what it was told: random articles go in by several updates, some go again, and every table, posting
 * and count must be as a plain array of the live articles says; also after merging, which must give the very bytes of a
 * fresh build.
 */
#include "index_model.h"

#include "merge.h"
#include "snapshot_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_update__random_articles_come_and_go(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 8; seed++) {
        struct temp t;
        char index[PATH_MAX];
        struct model m = {.seed = seed};
        temp_make(&t);
        temp_path(&t, "index", index);
        step(&m, index, 12, 0);
        check_index(&m, index);
        step(&m, index, 20, 3);
        check_index(&m, index);
        step(&m, index, 0, 4);
        step(&m, index, 9, 5);
        check_index(&m, index);
        compact(index, seed % 2 == 0);
        check_index(&m, index);
        temp_remove(&t);
    }
}

/* The one segment's file of that name. */
static void read_file(const char *index, const char *name, struct buf *out)
{
    struct snapshot *s;
    char path[PATH_MAX];
    assert_int_equal(snapshot_open(&s, index, NULL), OK);
    assert_int_equal(snapshot_n_segments(s), 1);
    snprintf(path, sizeof path, "%s/segments/%s/%s", index, segment_id(snapshot_segment(s, 0)), name);
    assert_int_equal(file_read(out, path, NULL), OK);
    snapshot_unref(s);
}

static void test_merge__gives_the_bytes_of_a_fresh_build(void **state)
{
    (void)state;
    static const char *const files[] = {"terms", "forms", "tokens", "text", "articles", "postlist.glass", "iamglass"};
    struct temp t;
    char steps[PATH_MAX], fresh[PATH_MAX];
    struct model m = {.seed = 99};
    temp_make(&t);
    temp_path(&t, "steps", steps);
    temp_path(&t, "fresh", fresh);
    for (int i = 0; i < 6; i++)
        step(&m, steps, 10, i == 3 ? 4 : 0);
    compact(steps, false);
    struct update *u = begin(fresh);
    struct index_writer *w;
    assert_int_equal(update_writer(u, (size_t)64 << 20, &w, NULL), OK);
    for (size_t i = 0; i < m.n; i++)
        if (m.articles[i].is_live)
            write_article(w, &m.articles[i]);
    publish(u);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct buf a, b;
        buf_init(&a, (size_t)1 << 24);
        buf_init(&b, (size_t)1 << 24);
        read_file(steps, files[i], &a);
        read_file(fresh, files[i], &b);
        if (!slice_equal(buf_slice(&a), buf_slice(&b)))
            fail_msg("%s differs", files[i]);
        buf_clear(&a);
        buf_clear(&b);
    }
    temp_remove(&t);
}

static void test_update__many_small_ones_are_merged(void **state)
{
    (void)state;
    struct temp t;
    struct snapshot *s;
    struct model m = {.seed = 5};
    temp_make(&t);
    for (int i = 0; i < 30; i++)
        step(&m, t.path, 2, 0);
    check_index(&m, t.path);
    assert_int_equal(snapshot_open(&s, t.path, NULL), OK);
    assert_in_range(snapshot_n_segments(s), 1, 12);
    assert_int_equal(snapshot_generation(s), 30);
    snapshot_unref(s);
    temp_remove(&t);
}

static size_t picked_of(const uint64_t *live, size_t n, uint64_t fits)
{
    struct merge_candidate candidates[SEGMENTS_MAX] = {0};
    size_t n_picked = 0;
    for (size_t i = 0; i < n; i++)
        candidates[i].n_live = live[i];
    bool is_due = merge_pick(candidates, n, MERGE_USUAL, fits);
    for (size_t i = 0; i < n; i++)
        n_picked += candidates[i].is_picked;
    assert_int_equal(is_due, n_picked > 0);
    return n_picked;
}

static void test_merge_pick__only_what_fits_into_one_segment(void **state)
{
    (void)state;
    const uint64_t fits = 1000000;
    uint64_t live[SEGMENTS_MAX];
    for (size_t i = 0; i < SEGMENTS_MAX; i++)
        live[i] = 10;
    assert_int_equal(picked_of(live, 10, fits), 0);
    assert_int_equal(picked_of(live, 11, fits), 8);
    /* Merging these would give as many again, at every update anew. */
    for (size_t i = 0; i < SEGMENTS_MAX; i++)
        live[i] = 900000;
    assert_int_equal(picked_of(live, 30, fits), 0);
    /* Nor is one small segment written again with every update because large ones stand beside it. */
    live[0] = 400000;
    live[1] = 10;
    assert_int_equal(picked_of(live, 30, fits), 0);
    for (size_t i = 0; i < 12; i++)
        live[i] = 300000;
    assert_int_equal(picked_of(live, 30, fits), 3);
    /* Near the bound their number counts, whatever it costs. */
    assert_true(picked_of(live, SEGMENTS_MAX - 4, fits) >= 8);
}

static void test_update__without_a_change_makes_no_generation(void **state)
{
    (void)state;
    struct temp t;
    struct model m = {.seed = 6};
    temp_make(&t);
    step(&m, t.path, 3, 0);
    struct publish_result result = publish(begin(t.path));
    assert_false(result.is_new);
    assert_int_equal(result.generation, 1);
    temp_remove(&t);
}

static void test_update__a_second_writer_is_told_who_writes(void **state)
{
    (void)state;
    struct temp t;
    struct update *second;
    struct error e;
    temp_make(&t);
    struct update *first = begin(t.path);
    assert_int_equal(update_begin(&second, t.path, &settings, &e), ERR_LOCKED);
    assert_null(second);
    assert_non_null(strstr(e.text, "being written by process"));
    update_free(first);
    publish(begin(t.path));
    temp_remove(&t);
}

static void test_update__given_up_leaves_no_trace(void **state)
{
    (void)state;
    struct temp t;
    struct model m = {.seed = 8}, before;
    temp_make(&t);
    step(&m, t.path, 5, 0);
    before = m;
    struct update *u = begin(t.path);
    struct index_writer *w;
    assert_int_equal(update_writer(u, (size_t)64 << 20, &w, NULL), OK);
    write_article(w, add_article(&m));
    assert_int_equal(update_remove(u, 0, 0, NULL), OK);
    update_free(u);
    check_index(&before, t.path);
    temp_remove(&t);
}

static void test_update__a_reader_keeps_its_generation(void **state)
{
    (void)state;
    struct temp t;
    struct snapshot *old;
    struct model m = {.seed = 9}, before;
    temp_make(&t);
    step(&m, t.path, 8, 0);
    before = m;
    assert_int_equal(snapshot_open(&old, t.path, NULL), OK);
    assert_false(snapshot_is_stale(old));
    step(&m, t.path, 5, 2);
    compact(t.path, false);
    assert_true(snapshot_is_stale(old));
    /* Everything that the old snapshot may still need is there. */
    for (uint32_t term = 0; term < N_WORDS / 2; term++)
        check_postings(&before, old, 0, term);
    snapshot_unref(old);
    check_index(&m, t.path);
    temp_remove(&t);
}

static size_t count_descriptors(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* Two snapshots of an index of the most segments must be open at a time under the usual limit of 1,024. */
static void test_snapshot__takes_one_descriptor_a_segment(void **state)
{
    (void)state;
    struct temp t;
    struct snapshot *s;
    struct model m = {.seed = 16};
    temp_make(&t);
    for (int i = 0; i < 5; i++)
        step(&m, t.path, 2, 0);
    size_t before = count_descriptors();
    assert_int_equal(snapshot_open(&s, t.path, NULL), OK);
    assert_int_equal(snapshot_n_segments(s), 5);
    assert_int_equal(count_descriptors(), before + 5);
    snapshot_unref(s);
    assert_int_equal(count_descriptors(), before);
    temp_remove(&t);
}

static void test_update__other_settings_are_refused(void **state)
{
    (void)state;
    struct temp t;
    struct update *u;
    struct error e;
    struct model m = {.seed = 10};
    struct index_settings other = settings;
    temp_make(&t);
    step(&m, t.path, 2, 0);
    other.profile = PROFILE_PARITY;
    assert_int_equal(update_begin(&u, t.path, &other, &e), ERR_SIGNATURE);
    assert_non_null(strstr(e.text, "--profile default"));
    other = settings;
    other.split_whole = true;
    assert_int_equal(update_begin(&u, t.path, &other, &e), ERR_SIGNATURE);
    other = settings;
    other.is_compressed = true;
    assert_int_equal(update_begin(&u, t.path, &other, &e), ERR_SIGNATURE);
    assert_non_null(strstr(e.text, "without --compress"));
    other = settings;
    other.analyzer_signature++;
    assert_int_equal(update_begin(&u, t.path, &other, &e), ERR_SIGNATURE);
    assert_non_null(strstr(e.text, "--rebuild"));
    temp_remove(&t);
}

static void test_update__a_foreign_folder_is_refused(void **state)
{
    (void)state;
    struct temp t;
    struct update *u;
    struct error e;
    char path[PATH_MAX];
    temp_make(&t);
    assert_int_equal(file_write_new(temp_path(&t, "thesis.txt", path), SLICE("mine"), NULL), OK);
    assert_int_equal(update_begin(&u, t.path, &settings, &e), ERR_OPTION);
    assert_non_null(strstr(e.text, "thesis.txt"));
    assert_int_equal(update_begin(&u, temp_path(&t, "absent", path), NULL, &e), ERR_IO);
    temp_remove(&t);
}

static void test_roots__are_remembered_and_forgotten(void **state)
{
    (void)state;
    struct temp t;
    struct error e;
    uint32_t root;
    temp_make(&t);
    struct update *u = begin(t.path);
    assert_int_equal(update_root(u, SLICE("/some where/a"), SLICE("p/"), &root, NULL), OK);
    assert_int_equal(root, 0);
    assert_int_equal(update_root(u, SLICE("/b%"), SLICE(""), &root, NULL), OK);
    assert_int_equal(root, 1);
    publish(u);
    u = begin(t.path);
    assert_int_equal(update_root(u, SLICE("/some where/a"), SLICE("p/"), &root, NULL), OK);
    assert_int_equal(root, 0);
    assert_int_equal(update_root(u, SLICE("/b%"), SLICE("q/"), &root, &e), ERR_OPTION);
    assert_true(slice_equal(update_root_prefix(u, 0), SLICE("p/")));
    assert_int_equal(update_forget_root(u, SLICE("/c"), &e), ERR_NONE);
    assert_non_null(strstr(e.text, "/b%"));
    assert_int_equal(update_forget_root(u, SLICE("/b%"), NULL), OK);
    publish(u);
    u = begin(t.path);
    assert_int_equal(update_root(u, SLICE("/b%"), SLICE("q/"), &root, NULL), OK);
    /* Its number is free again: all its articles are dead. */
    assert_int_equal(root, 1);
    update_free(u);
    temp_remove(&t);
}

/* A refused article leaves nothing: the next one's record stands where it should. */
static void test_index_writer__refuses_what_no_record_holds(void **state)
{
    (void)state;
    struct temp t;
    struct index_writer *w;
    struct error e;
    struct model m = {.seed = 15};
    static char many[UINT16_MAX + 1];
    uint32_t words[9] = {0};
    memset(many, 'x', sizeof many);
    const struct article_record bad[] = {
        {.id = SLICE("a"), .url = slice_of(many, sizeof many)},
        {.id = SLICE("a"), .title = SLICE("x"), .title_words = words, .n_title_words = 16},
        {.id = SLICE("a"), .date = 20241301},
    };
    temp_make(&t);
    struct update *u = begin(t.path);
    assert_int_equal(update_writer(u, (size_t)64 << 20, &w, NULL), OK);
    write_article(w, add_article(&m));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(index_writer_begin_article(w, &bad[i], &e), OK);
    write_article(w, add_article(&m));
    publish(u);
    check_index(&m, t.path);
    temp_remove(&t);
}

/* Two articles by a writer that may hold so much, and is asked for room between them or not; how many segments? */
static size_t segments_of_two(size_t memory, bool asks)
{
    struct temp t;
    struct model m = {.seed = 5};
    struct index_writer *w;
    struct snapshot *s;
    temp_make(&t);
    struct update *u = begin(t.path);
    assert_int_equal(update_writer(u, memory, &w, NULL), OK);
    write_article(w, add_article(&m));
    if (asks)
        assert_int_equal(index_writer_make_room(w, NULL), OK);
    write_article(w, add_article(&m));
    publish(u);
    check_index(&m, t.path);
    assert_int_equal(snapshot_open(&s, t.path, NULL), OK);
    size_t n = snapshot_n_segments(s);
    snapshot_unref(s);
    temp_remove(&t);
    return n;
}

/* Of memories that each are twice the one before there is one of which two articles take less than all and one more
 * than half. */
static void test_index_writer__makes_room(void **state)
{
    (void)state;
    size_t n_cut = 0;
    for (size_t memory = (size_t)1 << 12; memory <= (size_t)64 << 20; memory *= 2) {
        size_t n = segments_of_two(memory, false), n_asked = segments_of_two(memory, true);
        assert_in_range(n_asked, n, 2);
        n_cut += n_asked > n;
    }
    assert_int_equal(n_cut, 1);
    assert_int_equal(segments_of_two((size_t)64 << 20, true), 1);
}

static void test_index_writer__an_id_of_zeros(void **state)
{
    (void)state;
    struct temp t;
    struct index_writer *w;
    struct error e;
    char id[200] = "";
    char form[16];
    uint32_t word;
    struct article_record record = {.id = slice_of(id, sizeof id)};
    temp_make(&t);
    struct update *u = begin(t.path);
    assert_int_equal(update_writer(u, (size_t)64 << 20, &w, NULL), OK);
    assert_int_equal(index_writer_word(w, form_text(1, form), form_text(1, form), &word, NULL), OK);
    assert_int_equal(index_writer_begin_article(w, &record, &e), OK);
    assert_int_equal(index_writer_add_passage(w, SLICE("f1"), 0, 2, &word, 1, &e), OK);
    assert_int_equal(index_writer_end_article(w, &e), OK);
    publish(u);
    assert_int_equal(index_check(t.path, NULL, NULL, NULL), OK);
    temp_remove(&t);
}

static void test_sources__round_trip(void **state)
{
    (void)state;
    struct temp t;
    temp_make(&t);
    struct update *u = begin(t.path);
    struct source s = {.root = 3, .path = SLICE("x/y.txt"), .size = 5, .mtime_ns = -7, .raw_hash = "0123456789abcde"};
    assert_int_equal(sources_put(update_sources(u), &s, NULL), OK);
    s.path = SLICE("gone");
    assert_int_equal(sources_put(update_sources(u), &s, NULL), OK);
    sources_remove(update_sources(u), 3, SLICE("gone"));
    publish(u);
    u = begin(t.path);
    assert_int_equal(sources_count(update_sources(u)), 1);
    assert_null(sources_find(update_sources(u), 3, SLICE("gone")));
    const struct source *found = sources_find(update_sources(u), 3, SLICE("x/y.txt"));
    assert_non_null(found);
    assert_int_equal(found->mtime_ns, -7);
    assert_int_equal(found->size, 5);
    assert_memory_equal(found->raw_hash, "0123456789abcde", 16);
    assert_null(sources_find(update_sources(u), 2, SLICE("x/y.txt")));
    update_free(u);
    temp_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_update__random_articles_come_and_go),
        cmocka_unit_test(test_merge__gives_the_bytes_of_a_fresh_build),
        cmocka_unit_test(test_update__many_small_ones_are_merged),
        cmocka_unit_test(test_merge_pick__only_what_fits_into_one_segment),
        cmocka_unit_test(test_update__without_a_change_makes_no_generation),
        cmocka_unit_test(test_update__a_second_writer_is_told_who_writes),
        cmocka_unit_test(test_update__given_up_leaves_no_trace),
        cmocka_unit_test(test_update__a_reader_keeps_its_generation),
        cmocka_unit_test(test_snapshot__takes_one_descriptor_a_segment),
        cmocka_unit_test(test_update__other_settings_are_refused),
        cmocka_unit_test(test_update__a_foreign_folder_is_refused),
        cmocka_unit_test(test_roots__are_remembered_and_forgotten),
        cmocka_unit_test(test_index_writer__refuses_what_no_record_holds),
        cmocka_unit_test(test_index_writer__makes_room),
        cmocka_unit_test(test_index_writer__an_id_of_zeros),
        cmocka_unit_test(test_sources__round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
