#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "analyzer.h"
#include "buf.h"
#include "intern.h"

/* Numbers of (form, term) pairs, and how often they were asked for. */
struct numbering {
    struct intern *pairs;
    size_t n_asked;
    size_t fails_at; /* of n_asked; 0: never */
};

static uint32_t number_of(struct intern *pairs, struct slice form, struct slice term)
{
    char bytes[2 * WORD_MAX_BYTES + 1];
    uint32_t number;
    memcpy(bytes, form.data, form.len);
    bytes[form.len] = '\0';
    memcpy(bytes + form.len + 1, term.data, term.len);
    assert_int_equal(intern_put(pairs, slice_of(bytes, form.len + 1 + term.len), &number, NULL), OK);
    return number;
}

static enum status give_number(void *ctx, struct slice form, struct slice term, uint32_t *number, struct error *e)
{
    struct numbering *n = ctx;
    if (++n->n_asked == n->fails_at)
        return error_set(e, ERR_CANCELLED, "enough");
    *number = number_of(n->pairs, form, term);
    return OK;
}

/* The oracle: what analyzer_run's tokens come to. */
struct wanted {
    struct intern *pairs;
    struct word_numbers words;
};

static enum status keep_number(void *ctx, const struct token *t, struct error *e)
{
    struct wanted *w = ctx;
    (void)e;
    assert_true(t->position <= w->words.cap);
    while (w->words.n + 1 < t->position)
        w->words.items[w->words.n++] = ANALYZER_GAP;
    w->words.items[w->words.n++] = number_of(w->pairs, t->form, t->term);
    w->words.n_tokens++;
    return OK;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Words around the lengths where keys change, stopwords, numbers, and what ASCII is mixed with. */
static const char *const pieces[] = {
    "a",
    "the",
    "The",
    "runs",
    "running",
    "nationali",
    "abcdefgh",
    "abcdefghi",
    "0123456789abcdef",
    ",",
    ".",
    "'",
    " ",
    "-",
    "1,000",
    "1944",
    "x",
    "Xylophonically",
    "é",
    "Øre",
    "’s",
    "—",
    "中文",
    "한국",
    "ไทย",
    "\xFF",
    "\u00ad",
    "of",
    "and",
    "U.S.",
    "3.14",
    "1",
    "fifteenletters_",
    "sixteen_letters_",
    "\xC2\xA0",
    "ing",
    "seventeenletters",
    "sixteenlettersyy",
    "fifteenletterss",
};

static void random_text(struct buf *b, uint32_t *seed)
{
    buf_reset(b);
    size_t n = next_random(seed) % 40;
    for (size_t i = 0; i < n; i++) {
        buf_put_cstr(b, pieces[next_random(seed) % (sizeof pieces / sizeof pieces[0])]);
        if (next_random(seed) % 2 == 0)
            buf_put_byte(b, ' ');
    }
}

static void check_texts(enum analyzer_profile profile)
{
    struct analyzer *a, *oracle;
    struct numbering numbering = {0};
    struct word_numbers got = {0};
    uint32_t room[4096], seed = 11;
    struct buf b;
    buf_init(&b, 4096);
    assert_int_equal(analyzer_new(&a, profile, NULL), OK);
    assert_int_equal(intern_new(&numbering.pairs, NULL), OK);
    for (int i = 0; i < 1200; i++) {
        if (i % 40 == 0)
            assert_int_equal(analyzer_new(&oracle, profile, NULL), OK);
        static const char *const langs[] = {"en", "de", "none"};
        const char *lang = langs[i % 3];
        random_text(&b, &seed);
        /* A copy that ends where its memory ends: a sanitizer sees what is read behind it. */
        struct slice text = {malloc(b.len + 1), b.len};
        assert_non_null(text.data);
        if (b.len > 0)
            memcpy((char *)text.data + 1, b.data, b.len);
        text.data++;
        struct wanted want = {.pairs = numbering.pairs, .words = {.items = room, .cap = 4096}};
        assert_int_equal(analyzer_run(oracle, lang, text, keep_number, &want, NULL), OK);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(analyzer_number(a, lang, text, &got, give_number, &numbering, NULL), OK);
            assert_int_equal(got.n, want.words.n);
            assert_int_equal(got.n_tokens, want.words.n_tokens);
            assert_true(got.n == 0 || memcmp(got.items, room, got.n * sizeof *room) == 0);
        }
        free((char *)text.data - 1);
        if (i % 40 == 39)
            analyzer_free(oracle);
    }
    free(got.items);
    intern_free(numbering.pairs);
    analyzer_free(a);
    buf_clear(&b);
}

static void test_analyzer_number__gives_the_tokens_of_analyzer_run(void **state)
{
    (void)state;
    check_texts(ANALYZER_DEFAULT);
    check_texts(ANALYZER_PARITY);
}

static void test_analyzer_number__asks_once_until_forgotten(void **state)
{
    (void)state;
    struct analyzer *a;
    struct numbering n = {0};
    struct word_numbers got = {0};
    struct error e;
    assert_int_equal(analyzer_new(&a, ANALYZER_DEFAULT, NULL), OK);
    assert_int_equal(intern_new(&n.pairs, NULL), OK);
    struct slice text = SLICE("one two one café, café and one’s two");
    assert_int_equal(analyzer_number(a, "en", text, &got, give_number, &n, NULL), OK);
    assert_int_equal(got.n, 8);
    assert_int_equal(n.n_asked, 5); /* one's was written in another way than one */
    assert_int_equal(analyzer_number(a, "en", text, &got, give_number, &n, NULL), OK);
    assert_int_equal(n.n_asked, 5);
    analyzer_forget_numbers(a);
    assert_int_equal(analyzer_number(a, "en", text, &got, give_number, &n, NULL), OK);
    assert_int_equal(n.n_asked, 10);
    analyzer_forget_numbers(a);
    n.fails_at = 12;
    assert_int_equal(analyzer_number(a, "en", text, &got, give_number, &n, &e), ERR_CANCELLED);
    assert_string_equal(e.text, "enough");
    assert_int_equal(n.n_asked, 12);
    assert_int_equal(analyzer_number(a, "xx", text, &got, give_number, &n, NULL), ERR_OPTION);
    assert_int_equal(got.n, 0);
    free(got.items);
    intern_free(n.pairs);
    analyzer_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analyzer_number__gives_the_tokens_of_analyzer_run),
        cmocka_unit_test(test_analyzer_number__asks_once_until_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
