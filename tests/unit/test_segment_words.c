/*
 * The term table and the form dictionary of a segment against a plain list of the words that went in: many terms with
 * one form, some with hundreds, spellings of several terms, long common beginnings, all lengths.
 */
#include "index_model.h"

#define N_SPELLINGS 3000
#define N_PAIRS (2 * N_SPELLINGS)
#define N_ABSENT 500
#define TEXT_MAX_BYTES 256

struct pair {
    char form[TEXT_MAX_BYTES], term[TEXT_MAX_BYTES];
    uint32_t n_passages, n_occurrences;
};

struct words {
    struct pair pairs[N_PAIRS];
    size_t n;
    unsigned seed;
    struct temp temp;
    struct snapshot *snapshot;
    const struct segment *segment;
};

static unsigned chance(struct words *w, unsigned below)
{
    w->seed = w->seed * 1103515245u + 12345u;
    return (w->seed >> 8) % below;
}

static void make_spelling(struct words *w, char out[TEXT_MAX_BYTES])
{
    static const char *const beginnings[] = {"", "", "", "abcdefg", "abcdefgh", "abcdefghi", "\xC3\xA4", "zzzz"};
    size_t n = (size_t)snprintf(out, TEXT_MAX_BYTES, "%s", beginnings[chance(w, 8)]);
    size_t len = n + 1 + chance(w, chance(w, 50) == 0 ? 200 : 9);
    while (n < len)
        out[n++] = (char)('a' + chance(w, chance(w, 3) == 0 ? 26 : 3));
    out[n] = '\0';
}

static const struct pair *find_pair(const struct words *w, const char *form, const char *term)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->pairs[i].form, form) == 0 && strcmp(w->pairs[i].term, term) == 0)
            return &w->pairs[i];
    return NULL;
}

static void add_pair(struct words *w, const char *form, const char *term)
{
    if (find_pair(w, form, term) != NULL)
        return;
    struct pair *p = &w->pairs[w->n++];
    snprintf(p->form, sizeof p->form, "%s", form);
    snprintf(p->term, sizeof p->term, "%s", term);
    p->n_passages = chance(w, 4) == 0 ? 1 + chance(w, 400) : 1;
    p->n_occurrences = p->n_passages * (chance(w, 4) == 0 ? 1 + chance(w, 3) : 1);
}

/* Terms: the spelling itself, a beginning of it, another word's, one of few that hundreds share. */
static void make_words(struct words *w)
{
    for (size_t i = 0; i < N_SPELLINGS; i++) {
        char form[TEXT_MAX_BYTES], term[TEXT_MAX_BYTES];
        make_spelling(w, form);
        snprintf(term, sizeof term, "%s", form);
        size_t len = strlen(form);
        if (len > 3 && chance(w, 4) == 0)
            term[len - 1 - chance(w, 2)] = '\0';
        else if (chance(w, 20) == 0)
            term[len - 1] = '\'';
        else if (chance(w, 20) == 0)
            snprintf(term, sizeof term, "term%u", chance(w, 3));
        add_pair(w, form, term);
        if (chance(w, 10) == 0)
            add_pair(w, form, "zz-second");
    }
}

/* One article, passage after passage; a word is in the first of them. */
static void build(struct words *w)
{
    struct update *u;
    struct index_writer *writer;
    struct publish_result result;
    struct error e;
    uint32_t *numbers = calloc(2 * N_PAIRS * 3, sizeof *numbers), root;
    struct article_record record = {.id = SLICE("a"), .lang = SLICE("en"), .format = SLICE("text"), .path = SLICE("a")};
    static char text[N_PAIRS * 3];
    memset(text, 'x', sizeof text);
    assert_non_null(numbers);
    assert_int_equal(update_begin(&u, w->temp.path, &settings, &e), OK);
    assert_int_equal(update_root(u, SLICE("/a"), SLICE(""), &root, &e), OK);
    assert_int_equal(update_writer(u, (size_t)64 << 20, &writer, &e), OK);
    assert_int_equal(index_writer_begin_article(writer, &record, &e), OK);
    for (uint32_t passage = 0; passage < 400; passage++) {
        size_t n = 0;
        for (size_t i = 0; i < w->n; i++) {
            const struct pair *p = &w->pairs[i];
            uint32_t word;
            if (p->n_passages <= passage)
                continue;
            assert_int_equal(index_writer_word(writer, slice_cstr(p->form), slice_cstr(p->term), &word, &e), OK);
            for (uint32_t k = 0; k < p->n_occurrences / p->n_passages; k++)
                numbers[n++] = word;
        }
        assert_int_equal(index_writer_add_passage(writer, slice_of(text, n), 0, n, numbers, n, &e), OK);
    }
    assert_int_equal(index_writer_end_article(writer, &e), OK);
    assert_int_equal(update_publish(u, &result, &e), OK);
    update_free(u);
    free(numbers);
}

static int set_up(void **state)
{
    struct error e;
    struct words *w = calloc(1, sizeof *w);
    w->seed = 5;
    temp_make(&w->temp);
    make_words(w);
    build(w);
    if (index_check(w->temp.path, NULL, NULL, &e) != OK || snapshot_open(&w->snapshot, w->temp.path, &e) != OK)
        fail_msg("%s", e.text);
    w->segment = snapshot_segment(w->snapshot, 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct words *w = *state;
    snapshot_unref(w->snapshot);
    temp_remove(&w->temp);
    free(w);
    return 0;
}

static void test_form__is_what_went_in(void **state)
{
    const struct words *w = *state;
    uint32_t before = UINT32_MAX;
    assert_int_equal(segment_n_forms(w->segment), w->n);
    for (uint32_t id = 0; id < w->n; id++) {
        struct form_view form;
        struct term_view view;
        struct slice term;
        char texts[2][TEXT_MAX_BYTES];
        assert_int_equal(segment_form(w->segment, id, &form, NULL), OK);
        assert_int_equal(segment_term(w->segment, form.term, &term, &view, NULL), OK);
        snprintf(texts[0], sizeof texts[0], "%.*s", SLICE_ARG(form.text));
        snprintf(texts[1], sizeof texts[1], "%.*s", SLICE_ARG(term));
        const struct pair *p = find_pair(w, texts[0], texts[1]);
        assert_non_null(p);
        assert_int_equal(form.n_passages, p->n_passages);
        assert_int_equal(segment_form_occurrences(w->segment, id), p->n_occurrences);
        assert_true(p->n_occurrences <= before);
        before = p->n_occurrences;
    }
    struct form_view form;
    assert_int_equal(segment_form(w->segment, (uint32_t)w->n, &form, NULL), ERR_INDEX);
    assert_int_equal(segment_form(w->segment, FORM_NONE, &form, NULL), ERR_INDEX);
    assert_int_equal(segment_form_occurrences(w->segment, (uint32_t)w->n), 0);
}

static void test_find_term__every_one_and_none_else(void **state)
{
    struct words *w = *state;
    for (size_t i = 0; i < w->n; i++) {
        struct term_view found, same;
        struct slice text;
        const char *ids;
        uint32_t n, most = 0;
        size_t n_forms = 0;
        assert_true(segment_find_term(w->segment, slice_cstr(w->pairs[i].term), &found));
        assert_int_equal(segment_term(w->segment, found.id, &text, &same, NULL), OK);
        assert_true(slice_equal(text, slice_cstr(w->pairs[i].term)));
        assert_memory_equal(found.greatest, same.greatest, sizeof found.greatest);
        assert_int_equal(segment_term_forms(w->segment, found.id, &ids, &n, NULL), OK);
        for (size_t k = 0; k < w->n; k++)
            if (strcmp(w->pairs[k].term, w->pairs[i].term) == 0) {
                n_forms++;
                most = w->pairs[k].n_passages > most ? w->pairs[k].n_passages : most;
            }
        assert_int_equal(n, n_forms);
        assert_int_equal(found.df, most); /* the passages of each form are the first */
        assert_int_equal(found.greatest[1] > 0, most >= 11);
        for (uint32_t k = 0; k < n; k++) {
            struct form_view form;
            assert_int_equal(segment_form(w->segment, segment_listed_form(ids, k), &form, NULL), OK);
            assert_int_equal(form.term, found.id);
        }
    }
    for (size_t i = 0; i < N_ABSENT; i++) {
        char text[TEXT_MAX_BYTES + 1];
        struct term_view found;
        make_spelling(w, text);
        strcat(text, "?");
        assert_false(segment_find_term(w->segment, slice_cstr(text), &found));
        assert_int_equal(found.id, TERM_NONE);
    }
    struct term_view found;
    assert_false(segment_find_term(w->segment, SLICE(""), &found));
}

/* Against all forms in their order, for every beginning of every form and others. */
static void compare_prefix(const struct words *w, struct slice prefix)
{
    uint32_t from, to, want_from = 0, want_to;
    struct form_view form;
    for (; want_from < w->n; want_from++) {
        assert_int_equal(segment_form(w->segment, segment_form_at_rank(w->segment, want_from), &form, NULL), OK);
        if (slice_compare(form.text, prefix) >= 0)
            break;
    }
    for (want_to = want_from; want_to < w->n; want_to++) {
        assert_int_equal(segment_form(w->segment, segment_form_at_rank(w->segment, want_to), &form, NULL), OK);
        if (!slice_starts(form.text, prefix))
            break;
    }
    segment_form_prefix(w->segment, prefix, &from, &to);
    assert_int_equal(from, want_from);
    assert_int_equal(to, want_to);
}

static void test_form_prefix__as_a_walk_finds(void **state)
{
    struct words *w = *state;
    compare_prefix(w, SLICE(""));
    compare_prefix(w, SLICE("\xFF"));
    compare_prefix(w, SLICE("\x01"));
    for (size_t i = 0; i < w->n; i += 7) {
        struct slice form = slice_cstr(w->pairs[i].form);
        char text[TEXT_MAX_BYTES + 1];
        for (size_t len = 1; len <= form.len && len <= 14; len++)
            compare_prefix(w, slice_of(form.data, len));
        snprintf(text, sizeof text, "%sa", w->pairs[i].form);
        compare_prefix(w, slice_cstr(text));
        make_spelling(w, text);
        compare_prefix(w, slice_cstr(text));
    }
    assert_int_equal(segment_form_at_rank(w->segment, (uint32_t)w->n), FORM_NONE);
}

static void test_term__of_no_place(void **state)
{
    const struct words *w = *state;
    struct term_view view;
    struct slice text;
    const char *ids;
    uint32_t n = segment_n_terms(w->segment);
    assert_int_equal(segment_term(w->segment, n, &text, &view, NULL), ERR_INDEX);
    assert_int_equal(view.id, TERM_NONE);
    assert_int_equal(segment_term_forms(w->segment, TERM_NONE, &ids, &n, NULL), ERR_INDEX);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form__is_what_went_in),
        cmocka_unit_test(test_find_term__every_one_and_none_else),
        cmocka_unit_test(test_form_prefix__as_a_walk_finds),
        cmocka_unit_test(test_term__of_no_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
