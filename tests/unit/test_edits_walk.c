/*
 * The walk over a segment's forms finds what a comparison with each of them finds.
 */
#include "index_fixture.h"

#include "edits_walk.h"

/* A generator of our own, so that every machine sees the same cases. */
static uint32_t roll(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % n);
}

/* Words over few letters, some of two bytes, so that many are near each other. */
static size_t put_word(uint64_t *state, char *out)
{
    static const char *const letters[] = {"a", "b", "c", "\xD0\xB1", "\xD0\xB2"};
    size_t len = 0;
    for (uint32_t n = 1 + roll(state, 7); n > 0; n--) {
        const char *letter = letters[roll(state, 5)];
        memcpy(out + len, letter, strlen(letter));
        len += strlen(letter);
    }
    return len;
}

struct seen {
    const struct edits_word *word;
    uint32_t max, n;
    struct slice last;
};

static enum status on_form(void *ctx, uint32_t form, const struct form_view *view, uint32_t edits, struct error *e)
{
    (void)form;
    (void)e;
    struct seen *seen = ctx;
    struct edits_word other;
    assert_true(edits_read(&other, view->text));
    assert_int_equal(edits_between(seen->word, &other, seen->max), edits);
    assert_true(seen->n == 0 || slice_compare(seen->last, view->text) <= 0);
    seen->last = view->text;
    seen->n++;
    return OK;
}

static uint32_t count_all(const struct segment *s, const struct edits_word *word, uint32_t max)
{
    uint32_t n = 0;
    for (uint32_t id = 0; id < segment_n_forms(s); id++) {
        struct form_view form;
        struct edits_word other;
        struct error e = {0};
        fixture_ok(segment_form(s, id, &form, &e), &e);
        n += edits_read(&other, form.text) && edits_between(word, &other, max) <= max;
    }
    return n;
}

static void check(const struct segment *s, struct slice text, uint32_t max)
{
    struct edits_word word;
    struct error e = {0};
    struct stop stop = {0};
    assert_true(edits_read(&word, text));
    struct seen seen = {.word = &word, .max = max};
    fixture_ok(edits_walk(s, &word, max, &stop, on_form, &seen, &e), &e);
    assert_int_equal(seen.n, count_all(s, &word, max));
}

static struct snapshot *open_index(struct fixture *f, uint64_t *dice)
{
    static char text[16384];
    size_t len = 0;
    while (len + 64 < sizeof text) {
        len += put_word(dice, text + len);
        text[len++] = ' ';
    }
    text[len] = '\0';
    const struct fixture_article article = {
        .id = "a",
        .lang = "none",
        .passages = {text, "a bb "
                           "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabca"}};
    const struct fixture_article *added[] = {&article};
    fixture_init(f);
    fixture_update(f, NULL, 0, added, 1);
    return fixture_open(f);
}

static void test_edits_walk__as_comparing_each(void **state)
{
    (void)state;
    struct fixture f;
    uint64_t dice = 5;
    char word[64];
    struct snapshot *s = open_index(&f, &dice);
    const struct segment *segment = snapshot_segment(s, 0);
    assert_true(segment_n_forms(segment) > 1000);
    for (uint32_t i = 0; i < 400; i++)
        check(segment, slice_of(word, put_word(&dice, word)), i % (EDITS_WALK_MAX + 1));
    check(segment, SLICE(""), 2);
    check(segment, SLICE("zzzzzzzzzzz"), 2);
    check(segment, SLICE("abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabac"), 2);
    snapshot_unref(s);
    fixture_clear(&f);
}

static void test_edits_walk__stops(void **state)
{
    (void)state;
    struct fixture f;
    uint64_t dice = 6;
    struct edits_word word;
    atomic_bool cancel = true;
    struct stop stop = {.cancel = &cancel};
    struct snapshot *s = open_index(&f, &dice);
    struct seen seen = {.word = &word, .max = 1};
    assert_true(edits_read(&word, SLICE("ab")));
    assert_int_equal(edits_walk(snapshot_segment(s, 0), &word, 1, &stop, on_form, &seen, NULL), ERR_CANCELLED);
    snapshot_unref(s);
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits_walk__as_comparing_each),
        cmocka_unit_test(test_edits_walk__stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
