/*
 * The index against what it was told: random articles go in by several updates, some go again, and every table, posting
 * and count must be as a plain array of the live articles says; also after merging, which must give the very bytes of a
 * fresh build.
 */
#include "check.h"
#include "impact.h"
#include "merge.h"
#include "snapshot_files.h"
#include "update.h"

#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define N_ARTICLES 60
#define N_WORDS 40
#define PASSAGES 4
#define LENGTH 30

static const struct index_settings settings = {.average_length = 100, .analyzer_signature = 7};

/* An article of the model: words are numbers; word w has form "f<w>" and term "t<w/2>". */
struct model_article {
    bool is_live;
    char id[32];
    uint32_t title[5];
    size_t n_title;
    uint32_t body[PASSAGES][LENGTH];
    size_t n_body[PASSAGES];
    size_t n_passages;
    char author[8];
};

struct model {
    struct model_article articles[N_ARTICLES];
    size_t n;
    unsigned seed;
};

static unsigned next_random(struct model *m, unsigned below)
{
    m->seed = m->seed * 1103515245u + 12345u;
    return (m->seed >> 8) % below;
}

static struct model_article *add_article(struct model *m)
{
    struct model_article *a = &m->articles[m->n];
    *a = (struct model_article){.is_live = true};
    snprintf(a->id, sizeof a->id, "%s%zu.txt", next_random(m, 2) ? "b/" : "a/", m->n++);
    snprintf(a->author, sizeof a->author, "w%u", next_random(m, 3));
    a->n_title = next_random(m, 5);
    for (size_t i = 0; i < a->n_title; i++)
        a->title[i] = next_random(m, N_WORDS);
    a->n_passages = next_random(m, PASSAGES + 1);
    for (size_t p = 0; p < a->n_passages; p++) {
        a->n_body[p] = 1 + next_random(m, LENGTH);
        for (size_t i = 0; i < a->n_body[p]; i++)
            a->body[p][i] = next_random(m, 1 + next_random(m, N_WORDS));
    }
    return a;
}

static struct slice form_text(uint32_t word, char out[16])
{
    return slice_of(out, (size_t)snprintf(out, 16, "f%u", word));
}

static struct slice term_text(uint32_t term, char out[16])
{
    return slice_of(out, (size_t)snprintf(out, 16, "t%u", term));
}

static void write_words(struct index_writer *w, const uint32_t *words, size_t n, uint32_t *out)
{
    for (size_t i = 0; i < n; i++) {
        char form[16], term[16];
        assert_int_equal(index_writer_word(w, form_text(words[i], form), term_text(words[i] / 2, term), &out[i], NULL),
                         OK);
    }
}

static void write_article(struct index_writer *w, const struct model_article *a)
{
    uint32_t title[5], body[LENGTH];
    char text[LENGTH * 2];
    memset(text, 'x', sizeof text);
    struct slice author = slice_cstr(a->author);
    struct article_record record = {.id = slice_cstr(a->id),
                                    .title = SLICE("some title of the article"),
                                    .author = author,
                                    .lang = SLICE("en"),
                                    .format = SLICE("text"),
                                    .path = slice_cstr(a->id),
                                    .tags = SLICE("one\ntwo"),
                                    .date = 20240100,
                                    .title_words = title,
                                    .n_title_words = a->n_title,
                                    .author_terms = &author,
                                    .n_author_terms = 1};
    write_words(w, a->title, a->n_title, title);
    assert_int_equal(index_writer_begin_article(w, &record, NULL), OK);
    for (size_t p = 0; p < a->n_passages; p++) {
        write_words(w, a->body[p], a->n_body[p], body);
        assert_int_equal(
            index_writer_add_passage(w, slice_of(text, a->n_body[p] * 2), p * 100, 50, body, a->n_body[p], NULL), OK);
    }
    assert_int_equal(index_writer_end_article(w, NULL), OK);
}

static struct publish_result publish(struct update *u)
{
    struct publish_result result;
    struct error e;
    enum status st = update_publish(u, &result, &e);
    if (st != OK)
        fail_msg("%s", e.text);
    update_free(u);
    return result;
}

static struct update *begin(const char *index)
{
    struct update *u;
    struct error e;
    if (update_begin(&u, index, &settings, &e) != OK)
        fail_msg("%s", e.text);
    return u;
}

/* Add n articles to model and index in one update, and remove every live one whose number divides by `gone`. */
static void step(struct model *m, const char *index, size_t n, unsigned gone)
{
    struct update *u = begin(index);
    struct index_writer *w;
    assert_int_equal(update_writer(u, (size_t)64 << 20, &w, NULL), OK);
    for (size_t i = 0; i < m->n && gone > 0; i++) {
        size_t segment;
        uint32_t article;
        if (!m->articles[i].is_live || i % gone != 0)
            continue;
        assert_true(snapshot_find_article(update_snapshot(u), slice_cstr(m->articles[i].id), &segment, &article));
        assert_int_equal(update_remove(u, segment, article, NULL), OK);
        assert_int_equal(update_remove(u, segment, article, NULL), OK);
        m->articles[i].is_live = false;
    }
    for (size_t i = 0; i < n; i++)
        write_article(w, add_article(m));
    publish(u);
}

static uint32_t count_of(const uint32_t *words, size_t n, uint32_t term)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += words[i] / 2 == term;
    return count;
}

/* The impact of a term in a passage of the model; 0: it has it not. */
static uint8_t model_impact(const struct model_article *a, size_t p, uint32_t term)
{
    uint32_t title = count_of(a->title, a->n_title, term), body = count_of(a->body[p], a->n_body[p], term);
    return title + body == 0 ? 0 : impact_of(&settings, body, title, (uint32_t)a->n_body[p], (uint32_t)a->n_title);
}

static uint64_t model_df(const struct model *m, uint32_t term)
{
    uint64_t df = 0;
    for (size_t i = 0; i < m->n; i++)
        for (size_t p = 0; p < m->articles[i].n_passages && m->articles[i].is_live; p++)
            df += model_impact(&m->articles[i], p, term) > 0;
    return df;
}

static const struct model_article *model_find(const struct model *m, struct slice id)
{
    for (size_t i = 0; i < m->n; i++)
        if (slice_equal(slice_cstr(m->articles[i].id), id))
            return &m->articles[i];
    return NULL;
}

static void check_postings(const struct model *m, struct index_reader *r, size_t segment, uint32_t term)
{
    const struct segment *s = snapshot_segment(index_reader_snapshot(r), segment);
    struct postings found = {0};
    char text[16];
    assert_int_equal(index_reader_postings(r, segment, term_text(term, text), NULL, &found, NULL), OK);
    size_t at = 0;
    uint32_t greatest = 0;
    for (uint32_t p = 0; p < segment_n_passages(s); p++) {
        struct passage_view passage;
        struct article_view article;
        assert_int_equal(segment_passage(s, p, &passage, NULL), OK);
        assert_int_equal(segment_article(s, passage.article, &article, NULL), OK);
        uint8_t impact = model_impact(model_find(m, article.id), passage.ordinal - 1, term);
        if (impact == 0)
            continue;
        assert_true(at < found.n);
        assert_int_equal(found.passages[at], p);
        assert_int_equal(found.impacts[at++], impact);
        greatest = impact > greatest ? impact : greatest;
    }
    assert_int_equal(at, found.n);
    struct term_view view;
    assert_int_equal(segment_find_term(s, term_text(term, text), &view), at > 0);
    assert_int_equal(at > 0 ? view.df : 0, at);
    assert_int_equal(at > 0 ? view.greatest[0] : 0, greatest);
    postings_clear(&found);
}

static void check_tokens(const struct segment *s, const struct model_article *a, uint32_t article)
{
    struct article_view view;
    uint32_t ids[LENGTH];
    char text[16];
    struct form_view form;
    assert_int_equal(segment_article(s, article, &view, NULL), OK);
    assert_int_equal(view.n_passages, a->n_passages);
    assert_int_equal(view.n_title_tokens, a->n_passages == 0 ? 0 : a->n_title);
    for (uint32_t p = 0; p < view.n_passages; p++) {
        assert_int_equal(segment_tokens(s, view.first_passage + p, ids, (uint32_t)a->n_body[p], NULL), OK);
        for (size_t i = 0; i < a->n_body[p]; i++) {
            assert_int_equal(segment_form(s, ids[i], &form, NULL), OK);
            assert_true(slice_equal(form.text, form_text(a->body[p][i], text)));
        }
        /* A wrong length is damage, never a wrong answer. */
        assert_int_equal(segment_tokens(s, view.first_passage + p, ids, (uint32_t)a->n_body[p] - 1, NULL), ERR_INDEX);
    }
}

static void check_index(const struct model *m, const char *index)
{
    struct snapshot *s;
    struct index_reader *r;
    struct error e;
    if (snapshot_open(&s, index, &e) != OK || index_check(index, NULL, NULL, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(index_reader_open(&r, s, NULL), OK);
    for (uint32_t term = 0; term < N_WORDS / 2; term++) {
        char text[16];
        assert_int_equal(snapshot_df(s, term_text(term, text)), model_df(m, term));
        for (size_t i = 0; i < snapshot_n_segments(s); i++)
            check_postings(m, r, i, term);
    }
    uint64_t n_live = 0, n_passages = 0;
    for (size_t i = 0; i < m->n; i++) {
        size_t segment;
        uint32_t article;
        bool is_there = snapshot_find_article(s, slice_cstr(m->articles[i].id), &segment, &article);
        assert_int_equal(is_there, m->articles[i].is_live);
        if (!is_there)
            continue;
        check_tokens(snapshot_segment(s, segment), &m->articles[i], article);
        n_live++;
        n_passages += m->articles[i].n_passages;
    }
    assert_int_equal(snapshot_n_articles(s), n_live);
    assert_int_equal(snapshot_n_passages(s), n_passages);
    index_reader_close(r);
    snapshot_unref(s);
}

static struct publish_result compact(const char *index, bool only_dead)
{
    struct update *u;
    assert_int_equal(update_begin(&u, index, NULL, NULL), OK);
    update_request_compact(u, only_dead);
    return publish(u);
}

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
    struct index_reader *r;
    assert_int_equal(index_reader_open(&r, old, NULL), OK);
    for (uint32_t term = 0; term < N_WORDS / 2; term++)
        check_postings(&before, r, 0, term);
    index_reader_close(r);
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

/* Flip one byte in every part of every file in turn: each is noticed by the check, and opening never crashes. */
static void test_check__notices_damage_anywhere(void **state)
{
    (void)state;
    static const char *const files[] = {"terms", "forms", "tokens", "text", "articles"};
    struct temp t;
    struct model m = {.seed = 11};
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
    assert_int_equal(file_write_atomic(t.path, "manifest", SLICE("quoth 2\nsome other thing\n"), NULL), OK);
    assert_int_equal(snapshot_open(&s, t.path, &e), ERR_SIGNATURE);
    assert_non_null(strstr(e.text, "format 2"));
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
        cmocka_unit_test(test_index_writer__an_id_of_zeros),
        cmocka_unit_test(test_sources__round_trip),
        cmocka_unit_test(test_check__notices_damage_anywhere),
        cmocka_unit_test(test_check__while_an_update_is_published),
        cmocka_unit_test(test_check__counts_the_dead_again),
        cmocka_unit_test(test_snapshot__says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
