#include "../support/article_check.h"
#include "split_sentences.h"
#include "splitter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/** An article under construction: blocks with a blank line between them. */
struct draft {
    struct article a;
    struct buf text;
};

static void draft_init(struct draft *d)
{
    article_init(&d->a);
    buf_init(&d->text, ARTICLE_MAX_BYTES);
}

static void draft_clear(struct draft *d)
{
    article_clear(&d->a);
    buf_clear(&d->text);
}

static void draft_add(struct draft *d, enum block_kind kind, struct slice s)
{
    if (d->text.len > 0)
        buf_put_cstr(&d->text, "\n\n");
    assert_int_equal(article_add_block(&d->a, (uint32_t)d->text.len, (uint32_t)s.len, kind, NULL), OK);
    buf_put(&d->text, s);
    assert_int_equal(d->text.state, OK);
    d->a.text = buf_slice(&d->text);
}

/* A block of sentences of `per` words each, n words in all; every word carries the block's letter. */
static void draft_words(struct draft *d, enum block_kind kind, size_t n, size_t per)
{
    struct buf b;
    buf_init(&b, ARTICLE_MAX_BYTES);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s%s", i == 0 ? "" : " ", i % per == 0 ? "Word" : "word",
                   (i + 1) % per == 0 || i + 1 == n ? "." : "");
    draft_add(d, kind, buf_slice(&b));
    buf_clear(&b);
}

/* Split and check; words of each passage go to words[]. */
static size_t split_words_of(const struct draft *d, enum split_mode mode, size_t *words, size_t most)
{
    struct passage_range *passages;
    size_t n;
    assert_int_equal(article_split(&passages, &n, &d->a, mode, NULL), OK);
    check_passages(&d->a, passages, n, mode, d->a.text.len);
    for (size_t i = 0; i < n && i < most; i++)
        words[i] = words_count(slice_of(d->a.text.data + passages[i].start, passages[i].len), SIZE_MAX - 1);
    free(passages);
    return n;
}

static void test_words_count__scripts(void **state)
{
    (void)state;
    static const struct {
        const char *name, *input;
        size_t want;
    } cases[] = {
        {"empty", "", 0},
        {"ascii", "one two, three-four 5", 5},
        {"apostrophe parts", "don't", 2},
        {"accents", "naïve café", 2},
        {"combining mark", "cafe\xCC\x81s x", 2},
        {"han one each", "北京大学", 4},
        {"kana one each", "カタカナ", 4},
        {"hangul by spaces", "안녕 세상", 2},
        {"mixed", "abc北京def", 4},
        {"no words", "— … “”", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (words_count(slice_cstr(cases[i].input), SIZE_MAX - 1) != cases[i].want)
            fail_msg("%s: %zu", cases[i].name, words_count(slice_cstr(cases[i].input), SIZE_MAX - 1));
}

static void test_words_cut__bounds(void **state)
{
    (void)state;
    static const struct {
        const char *name, *input;
        size_t max_words, max_bytes, want;
    } cases[] = {
        {"empty", "", 5, 100, 0},
        {"all fits", "a b c", 3, 100, 5},
        {"one word too many", "a b c d", 3, 100, 6},
        {"bytes end after a word", "abc def", 9, 4, 4},
        {"bytes end inside a word", "abc def", 9, 5, 4},
        {"exactly the bytes", "abcd", 9, 4, 4},
        {"one long word", "abcdefgh", 9, 5, 5},
        {"a character is not cut", "ééé", 9, 5, 4},
        {"cjk", "北京大学", 3, 100, 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t got = words_cut(slice_cstr(cases[i].input), cases[i].max_words, cases[i].max_bytes);
        if (got != cases[i].want)
            fail_msg("%s: %zu", cases[i].name, got);
    }
}

static void test_sentences_next__cases(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        size_t n;
    } cases[] = {
        {"", 0},
        {"One.", 1},
        {"One. Two! Three?", 3},
        {"Gen. Kurilla met Mr. Smith. They talked.", 2},
        {"The U.S. Army came. J. Smith left.", 2},
        {"A line that was wrapped at a column of the page\nand went on.", 1},
        {"Item one\nItem two\nItem three", 3},
        {"„Nein.“ Er ging.", 2},
        {"彼は来た。彼女も来た。", 2},
    };
    struct sentences *s;
    assert_int_equal(sentences_new(&s, SLICE("en"), NULL), OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice text = slice_cstr(cases[i].input), one;
        size_t n = 0, len = 0;
        assert_int_equal(sentences_begin(s, text, NULL), OK);
        for (;;) {
            assert_int_equal(sentences_next(s, &one, NULL), OK);
            if (one.len == 0)
                break;
            n++;
            len += one.len;
        }
        if (n != cases[i].n || len != text.len)
            fail_msg("%s: %zu sentences", cases[i].input, n);
    }
    sentences_free(s);
}

static void test_article_split__whole_up_to_400_words(void **state)
{
    (void)state;
    static const struct {
        size_t words, n;
    } cases[] = {{0, 0}, {1, 1}, {399, 1}, {400, 1}, {401, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft d;
        draft_init(&d);
        for (size_t left = cases[i].words; left > 0;) {
            size_t part = left < 100 ? left : 100;
            draft_words(&d, BLOCK_PARAGRAPH, part, 10);
            left -= part;
        }
        size_t words[8];
        assert_int_equal(split_words_of(&d, SPLIT_AUTO, words, 8), cases[i].n);
        draft_clear(&d);
    }
}

static void test_article_split__fill_rule(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t blocks[8]; /* words, ended by 0 */
        size_t want[8];   /* words of passages, ended by 0 */
    } cases[] = {
        {"60 + 120/2 = 120 is added", {60, 120, 60, 120, 60}, {180, 180, 60}},
        {"62 + 120/2 = 122 is not", {62, 120, 120, 120}, {62, 120, 120, 120}},
        {"a tail of 40 stays", {150, 150, 150, 40}, {150, 150, 150, 40}},
        {"a tail of 30 joins", {150, 150, 150, 30}, {150, 150, 180}},
        {"a tail of one sentence joins past 180", {180, 180, 180, 10}, {180, 180, 190}},
        {"a tail of three sentences does not", {180, 180, 180, 30}, {180, 180, 180, 30}},
        {"180 is not cut", {180, 180, 180}, {180, 180, 180}},
        {"181 is, at a sentence", {181, 180, 180}, {120, 61, 180, 180}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft d;
        draft_init(&d);
        for (size_t k = 0; cases[i].blocks[k] != 0; k++)
            draft_words(&d, BLOCK_PARAGRAPH, cases[i].blocks[k], 10);
        size_t words[8] = {0};
        split_words_of(&d, SPLIT_AUTO, words, 8);
        for (size_t k = 0; k < 8; k++)
            if (words[k] != cases[i].want[k])
                fail_msg("%s: passage %zu has %zu words", cases[i].name, k, words[k]);
        draft_clear(&d);
    }
}

static void test_article_split__heading_goes_with_what_follows(void **state)
{
    (void)state;
    struct draft d;
    draft_init(&d);
    draft_words(&d, BLOCK_PARAGRAPH, 110, 10);
    draft_add(&d, BLOCK_HEADING, SLICE("Second part"));
    draft_words(&d, BLOCK_PARAGRAPH, 170, 10);
    draft_add(&d, BLOCK_HEADING, SLICE("Third part"));
    draft_add(&d, BLOCK_HEADING, SLICE("Its beginning"));
    draft_words(&d, BLOCK_PARAGRAPH, 300, 10);
    draft_add(&d, BLOCK_HEADING, SLICE("Left alone"));
    struct passage_range *p;
    size_t n;
    assert_int_equal(article_split(&p, &n, &d.a, SPLIT_AUTO, NULL), OK);
    check_passages(&d.a, p, n, SPLIT_AUTO, d.a.text.len);
    assert_int_equal(n, 5);
    assert_true(slice_starts(slice_from(d.a.text, p[1].start), SLICE("Second part\n\nWord")));
    assert_true(slice_starts(slice_from(d.a.text, p[2].start), SLICE("Third part\n\nIts beginning\n\nWord")));
    assert_int_equal((size_t)p[4].start + p[4].len, d.a.text.len);
    free(p);
    draft_clear(&d);
}

static void test_article_split__boilerplate(void **state)
{
    (void)state;
    struct draft d;
    draft_init(&d);
    draft_add(&d, BLOCK_BOILERPLATE, SLICE("By Nobody"));
    draft_words(&d, BLOCK_PARAGRAPH, 20, 10);
    draft_add(&d, BLOCK_BOILERPLATE, SLICE("A caption"));
    draft_words(&d, BLOCK_PARAGRAPH, 20, 10);
    draft_add(&d, BLOCK_BOILERPLATE, SLICE("Subscribe"));
    for (size_t mode = 0; mode < 2; mode++) {
        struct passage_range *p;
        size_t n;
        assert_int_equal(article_split(&p, &n, &d.a, mode == 0 ? SPLIT_AUTO : SPLIT_WHOLE, NULL), OK);
        assert_int_equal(n, 1);
        assert_int_equal(p[0].start, d.a.blocks[1].start);
        assert_int_equal(p[0].start + p[0].len, d.a.blocks[3].start + d.a.blocks[3].len);
        free(p);
    }
    draft_clear(&d);
    draft_init(&d);
    draft_add(&d, BLOCK_BOILERPLATE, SLICE("Nothing but a caption"));
    struct passage_range *p;
    size_t n;
    assert_int_equal(article_split(&p, &n, &d.a, SPLIT_AUTO, NULL), OK);
    assert_int_equal(n, 0);
    assert_null(p);
    draft_clear(&d);
}

static void test_article_split__byte_bound(void **state)
{
    (void)state;
    static const struct {
        size_t len, n;
    } cases[] = {{PASSAGE_MAX_BYTES - 1, 1}, {PASSAGE_MAX_BYTES, 1}, {PASSAGE_MAX_BYTES + 1, 2}};
    char *word = malloc(PASSAGE_MAX_BYTES + 1);
    assert_non_null(word);
    memset(word, 'x', PASSAGE_MAX_BYTES + 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct draft d;
        size_t words[4];
        draft_init(&d);
        draft_add(&d, BLOCK_PARAGRAPH, slice_of(word, cases[i].len));
        assert_int_equal(split_words_of(&d, SPLIT_AUTO, words, 4), cases[i].n);
        assert_int_equal(split_words_of(&d, SPLIT_WHOLE, words, 4), 1);
        draft_clear(&d);
    }
    free(word);
}

static void test_article_split__a_sentence_of_10_mb(void **state)
{
    (void)state;
    struct draft d;
    draft_init(&d);
    struct buf b;
    buf_init(&b, ARTICLE_MAX_BYTES);
    while (b.len < 10000000)
        buf_put_cstr(&b, "word ");
    draft_add(&d, BLOCK_PARAGRAPH, slice_trim(buf_slice(&b)));
    buf_clear(&b);
    size_t words[2];
    size_t n = split_words_of(&d, SPLIT_AUTO, words, 2);
    assert_true(n >= 2000000 / 180 && n <= 2000000 / 100);
    assert_int_equal(split_words_of(&d, SPLIT_WHOLE, words, 2), 1);
    draft_clear(&d);
}

static void test_article_split__source_ranges_follow_the_map(void **state)
{
    (void)state;
    struct draft d;
    draft_init(&d);
    draft_add(&d, BLOCK_PARAGRAPH, SLICE("abc"));
    assert_int_equal(article_add_run(&d.a, (struct offset_run){0, 3, 10, 3}, NULL), OK);
    struct passage_range *p;
    size_t n;
    assert_int_equal(article_split(&p, &n, &d.a, SPLIT_AUTO, NULL), OK);
    assert_int_equal(n, 1);
    assert_int_equal(p[0].at, 10);
    assert_int_equal(p[0].at_len, 3);
    free(p);
    draft_clear(&d);
}

/* Articles of every shape: what must always hold is in check_passages. */
static void test_article_split__random_articles(void **state)
{
    (void)state;
    static const char *const bits[] = {"word ", "Two. ", "北京", "é ",   "— ", "? ", "a.b.c ",
                                       "\n",    "3.14 ", "Dr. ", "(x) ", "\t", "…",  "longish-word ",
                                       "U.S. ", "“Q.” "};
    uint64_t random = 88172645463325252u;
    for (size_t round = 0; round < 400; round++) {
        struct draft d;
        draft_init(&d);
        size_t n_blocks = random % 40;
        for (size_t i = 0; i < n_blocks; i++) {
            struct buf b;
            buf_init(&b, ARTICLE_MAX_BYTES);
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            size_t n = random % 13 == 0 ? random % 9000 : random % 160;
            enum block_kind kind = random % 7 == 0   ? BLOCK_HEADING
                                   : random % 5 == 0 ? BLOCK_BOILERPLATE
                                                     : BLOCK_PARAGRAPH;
            buf_put_cstr(&b, "x");
            for (size_t k = 0; k < n; k++) {
                random ^= random << 13, random ^= random >> 7, random ^= random << 17;
                buf_put_cstr(&b, bits[random % (sizeof bits / sizeof *bits)]);
            }
            draft_add(&d, kind, slice_trim(buf_slice(&b)));
            buf_clear(&b);
        }
        check_splits(&d.a, d.a.text.len);
        draft_clear(&d);
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_count__scripts),
        cmocka_unit_test(test_words_cut__bounds),
        cmocka_unit_test(test_sentences_next__cases),
        cmocka_unit_test(test_article_split__whole_up_to_400_words),
        cmocka_unit_test(test_article_split__fill_rule),
        cmocka_unit_test(test_article_split__heading_goes_with_what_follows),
        cmocka_unit_test(test_article_split__boilerplate),
        cmocka_unit_test(test_article_split__byte_bound),
        cmocka_unit_test(test_article_split__a_sentence_of_10_mb),
        cmocka_unit_test(test_article_split__source_ranges_follow_the_map),
        cmocka_unit_test(test_article_split__random_articles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
