#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "analyzer.h"
#include "char_class.h"
#include "languages.h"
#include "token_text.h"
#include "utf8.h"

static struct analyzer *new_analyzer(enum analyzer_profile profile)
{
    struct analyzer *a;
    assert_int_equal(analyzer_new(&a, profile, NULL), OK);
    return a;
}

struct row {
    const char *name, *lang, *input, *want;
};

static void check_rows(enum analyzer_profile profile, bool has_bytes, const struct row *rows, size_t n)
{
    struct analyzer *a = new_analyzer(profile);
    for (size_t i = 0; i < n; i++) {
        struct token_text text = {.has_bytes = has_bytes};
        const char *got = token_text_of(&text, a, rows[i].lang, slice_cstr(rows[i].input));
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s: got  %s\n   want %s", rows[i].name, got, rows[i].want);
        buf_clear(&text.out);
    }
    analyzer_free(a);
}

#define CHECK_ROWS(profile, has_bytes, rows) check_rows(profile, has_bytes, rows, sizeof rows / sizeof rows[0])

static void test_analyzer_run__worked_example(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"header", "en", "The U.S. didn't re-elect O’Brien's.",
         "the*@0+3 us@4+4 didnt*@9+6 re@16+2 elect@19+5 obrien@25+9"},
    };
    CHECK_ROWS(ANALYZER_DEFAULT, true, rows);
}

static void test_analyzer_run__rules(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"empty", "none", "", ""},
        {"no word", "none", " -- … ' . , ½ ⑴ ™ \xCC\x81", ""},
        {"case", "none", "ISIS Moscow ÉCOLE", "isis@0+4 moscow@5+6 ecole@12+6"},
        {"hyphen, slash, underscore", "none", "ISIS-K and/or snake_case",
         "isis@0+4 k@5+1 and@7+3 or@11+2 snake@14+5 case@20+4"},
        {"possessive", "none", "Putin's Putin’s PUTIN'S 90's", "putin@0+5 putin@8+5 putin@18+5 90@26+2"},
        {"possessive twice", "none", "x's's", "x@0+1"},
        {"not a possessive", "none", "x'sa xs' 's ", "xsa@0+4 xs@5+2 s@10+1"},
        {"apostrophes", "none", "al-Qa'ida O’Brien d´or l‘eau f＇g c`d eʼf",
         "al@0+2 qaida@3+6 obrien@10+9 dor@20+5 leau@26+7 fg@34+5 cd@40+3 ef@44+4"},
        {"apostrophe beside a digit", "none", "5'11 o'5", "5@0+1 11@2+2 o@5+1 5@7+1"},
        {"acronyms", "none", "U.S. U.S U.S.A. e.g., a.k.a.", "us@0+4 us@5+3 usa@9+6 eg@16+4 aka@22+6"},
        {"acronym goes on", "none", "U.S.-led U.S.'s U.S.A's U.S.Army U.S.O'Hara",
         "us@0+4 led@5+3 us@9+4 usa@16+5 us@24+4 army@28+4 us@33+4 ohara@37+6"},
        {"no acronym", "none", "J. Smith ab.c x.5", "j@0+1 smith@3+5 ab@9+2 c@12+1 x@14+1 5@16+1"},
        {"acronym with marks", "none", "É.U. E\xCC\x81.U.", "eu@0+5 eu@6+6"},
        {"numbers", "none", "1,000 1,000,000.5 3.14 2024. 1.2.3",
         "1000@0+5 1000000.5@6+11 3.14@18+4 2024@23+4 1.2.3@29+5"},
        {"no grouping", "none", "1,2 1,0000 12345,678 1,000,00 ,5",
         "1@0+1 2@2+1 1@4+1 0000@6+4 12345@11+5 678@17+3 "
         "1000@21+5 00@27+2 5@31+1"},
        {"no grouping after a dot", "none", "3.1,000", "3.1@0+3 000@4+3"},
        {"letters and digits", "none", "COVID19 F16 2.5kg 1,000km v1.2",
         "covid19@0+7 f16@8+3 2.5kg@12+5 1000km@18+7 v1.2@26+4"},
        {"soft hyphen, zero width", "none", "soft\u00adhyphen zero\u200bwidth\u200b \ufeffbom",
         "softhyphen@0+12 zerowidth@13+12 bom@32+3"},
        {"compatibility", "none", "ﬁne ＦＵＬＬ x² Ⅳ 5㎏ ① ŉ",
         "fine@0+5 full@6+12 x2@19+3 iv@23+3 5kg@27+4 1@32+3 "
         "n@36+2"},
        {"letters that fold", "none", "Ørsted Łódź Đorđe straße Æon Œuvre Það ışık İstanbul",
         "orsted@0+7 lodz@8+7 dorde@16+7 strasse@24+7 aeon@32+4 oeuvre@37+6 thad@44+5 isik@50+7 istanbul@58+9"},
        {"decomposed", "none", "cafe\xCC\x81 café", "cafe@0+6 cafe@7+5"},
        {"cyrillic", "none", "Ёлка йод Росси\xCC\x81я їжак", "елка@0+8 йод@9+6 россия@16+14 їжак@31+8"},
        {"greek", "none", "ΛΌΓΟΣ λόγος", "λογοσ@0+10 λογοσ@11+10"},
        {"arabic", "none", "كـتاب أمة مُدُن ٢٠٢٤", "كتاب@0+10 امة@11+6 مدن@18+10 2024@29+8"},
        {"hebrew", "none", "צה״ל סֵפֶר", "צהל@0+8 ספר@9+10"},
        {"devanagari keeps its signs", "none", "हिन्दी", "हिन्दी@0+18"},
        {"ill-formed bytes separate", "none",
         "ab\xFF"
         "cd\xE2\x82"
         "ef\xC3",
         "ab@0+2 cd@3+2 ef@7+2"},
    };
    CHECK_ROWS(ANALYZER_DEFAULT, true, rows);
}

static void test_analyzer_run__scripts_without_spaces(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"bigrams", "none", "東京都", "東京@0+6 京都@3+6"},
        {"one character", "none", "中 2024年", "中@0+3 2024@4+4 年@8+3"},
        {"kana", "none", "タワーの", "タワ@0+6 ワー@3+6 ーの@6+6"},
        {"half-width kana", "none", "ｶﾞｷ", "ガキ@0+9"},
        {"voicing mark apart", "none", "か\u3099き", "がき@0+9"},
        {"hangul", "none", "한국어를 \u1112\u1161\u11ab", "한국@0+6 국어@3+6 어를@6+6 한@13+9"},
        {"among latin", "en", "ISIS在莫斯科running", "isis/isi@0+4 在莫@4+6 莫斯@7+6 斯科@10+6 running/run@16+7"},
    };
    CHECK_ROWS(ANALYZER_DEFAULT, true, rows);
    static const struct row words[] = {
        {"thai", "none", "ภาษาไทยง่ายมาก", "ภาษา ไทย ง่าย มาก"},
    };
    CHECK_ROWS(ANALYZER_DEFAULT, false, words);
}

static void test_analyzer_run__stopwords(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"as written", "en", "let's lets he'll hell I’LL ill DON'T dont cannot",
         "let* lets/let hell* hell ill* ill dont* "
         "dont* cannot*"},
        {"an acronym is none", "en", "it I.T.", "it* it"},
        {"english only", "de", "the", "the"},
    };
    CHECK_ROWS(ANALYZER_DEFAULT, false, rows);
}

static void test_analyzer_run__parity(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"gaps", "en", "The cat is on the mat", "_ cat _ _ _ mat"},
        {"after the possessive", "en", "cat it's I.T. happily", "cat _ it happily/happili"},
        {"not lucene's", "en", "from generously", "from generously/gener"},
        {"any language is English", "de", "the Häuser", "_ hauser"},
    };
    CHECK_ROWS(ANALYZER_PARITY, false, rows);
}

struct stop_after {
    int left;
};

static enum status count_down(void *ctx, const struct token *t, struct error *e)
{
    (void)t;
    struct stop_after *s = ctx;
    return --s->left == 0 ? error_set(e, ERR_CANCELLED, "enough") : OK;
}

static void test_analyzer_run__callback_ends_it(void **state)
{
    (void)state;
    struct analyzer *a = new_analyzer(ANALYZER_DEFAULT);
    static const char *const texts[] = {"one two three four", "東京都の中", "ภาษาไทยง่ายมาก"};
    for (size_t i = 0; i < 3; i++) {
        struct stop_after stop = {.left = 2};
        struct error e;
        assert_int_equal(analyzer_run(a, "en", slice_cstr(texts[i]), count_down, &stop, &e), ERR_CANCELLED);
        assert_string_equal(e.text, "enough");
        assert_int_equal(stop.left, 0);
    }
    analyzer_free(a);
}

static void test_analyzer_run__errors(void **state)
{
    (void)state;
    struct analyzer *a = new_analyzer(ANALYZER_DEFAULT);
    struct stop_after never = {.left = -1};
    static const char *const bad[] = {"", "xx", "EN", "english", "en-GB"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(analyzer_run(a, bad[i], SLICE("a"), count_down, &never, NULL), ERR_OPTION);
    assert_int_equal(analyzer_run(a, NULL, SLICE("a"), count_down, &never, NULL), ERR_OPTION);
    char *zeros = mmap(NULL, ANALYZER_TEXT_MAX_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(zeros != MAP_FAILED);
    assert_int_equal(analyzer_run(a, "en", slice_of(zeros, ANALYZER_TEXT_MAX_BYTES), count_down, &never, NULL), OK);
    assert_int_equal(analyzer_run(a, "en", slice_of(zeros, ANALYZER_TEXT_MAX_BYTES + 1), count_down, &never, NULL),
                     ERR_LIMIT);
    munmap(zeros, ANALYZER_TEXT_MAX_BYTES);
    analyzer_free(a);
}

struct last {
    char form[WORD_MAX_BYTES + 1];
    size_t form_len, term_len;
    uint32_t n, position, start, len;
};

static enum status keep_last(void *ctx, const struct token *t, struct error *e)
{
    (void)e;
    struct last *l = ctx;
    assert_in_range(t->form.len, 1, WORD_MAX_BYTES);
    assert_in_range(t->term.len, 1, WORD_MAX_BYTES);
    assert_true(t->term.data[0] < 'A' || t->term.data[0] > 'Z');
    memcpy(l->form, t->form.data, t->form.len);
    l->form_len = t->form.len;
    l->term_len = t->term.len;
    l->position = t->position;
    l->start = t->start;
    l->len = t->len;
    l->n++;
    return OK;
}

static void test_analyzer_run__long_words(void **state)
{
    (void)state;
    struct analyzer *a = new_analyzer(ANALYZER_DEFAULT);
    static const struct {
        const char *letter;
        size_t n, want; /* letters in the text, bytes of the form */
    } rows[] = {
        {"q", WORD_MAX_BYTES - 1, 63},
        {"q", WORD_MAX_BYTES, 64},
        {"q", WORD_MAX_BYTES + 1, 64},
        {"q", 1000000, 64},
        {"я", 31, 62},
        {"я", 32, 64},
        {"я", 33, 64},
        {"ก", 100000, 0},
        {"ა", 21, 63},
        {"ა", 22, 63},
        {"ß", 40, 64},
        {"e\xCC\x81", 90000, 64},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf b;
        buf_init(&b, (size_t)1 << 24);
        for (size_t k = 0; k < rows[i].n; k++)
            buf_put_cstr(&b, rows[i].letter);
        size_t len = b.len;
        buf_put_cstr(&b, " end");
        struct last first = {.n = 0};
        assert_int_equal(analyzer_run(a, "none", slice_of(b.data, len), keep_last, &first, NULL), OK);
        if (rows[i].want != 0) { /* else a script whose runs are cut */
            assert_int_equal(first.n, 1);
            assert_int_equal(first.form_len, rows[i].want);
            assert_int_equal(first.len, len);
        }
        struct last l = {.n = 0};
        assert_int_equal(analyzer_run(a, "en", buf_slice(&b), keep_last, &l, NULL), OK);
        assert_memory_equal(l.form, "end", 3);
        assert_int_equal(l.position, first.n + 1);
        assert_int_equal(l.start, len + 1);
        buf_clear(&b);
    }
    analyzer_free(a);
}

/* Texts of a small alphabet in which every rule meets every other. */
static const char *const alphabet[] = {
    "a",   "b",  "s",         "S",        "I",      "1",        "2",
    "000", ".",  ",",         "'",        "’",      " ",        "-",
    "_",   "é",  "e\xCC\x81", "\xCC\x81", "ß",      "я",        "ё",
    "й",   "中", "ー",        "ｶ",        "ﾞ",      "한",       "\u1112",
    "ع",   "أ",  "ـ",         "\u00ad",   "\u200d", "½",        "²",
    "ŉ",   "İ",  "ı",         "\u20e3",   "\xFF",   "\xE2\x82", "\xF0\x9F\x92\xA3",
    "ﷺ",   "ק",  "״",         "ि",        "र",      "t",        "n't",
    "ing", "Σ",  "ς",         "㎏",
};

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void random_text(struct buf *b, uint32_t *seed)
{
    buf_reset(b);
    size_t n = next_random(seed) % 24;
    for (size_t i = 0; i < n; i++)
        buf_put_cstr(b, alphabet[next_random(seed) % (sizeof alphabet / sizeof alphabet[0])]);
}

struct invariants {
    struct slice text;
    struct analyzer *again; /* analyses each token alone */
    const char *lang;
    uint32_t position, start;
};

static enum status check_token(void *ctx, const struct token *t, struct error *e)
{
    struct invariants *v = ctx;
    assert_in_range(t->form.len, 1, WORD_MAX_BYTES);
    assert_in_range(t->term.len, 1, WORD_MAX_BYTES);
    assert_true(utf8_is_valid(t->form) && utf8_is_valid(t->term));
    assert_true(t->term.data[0] < 'A' || t->term.data[0] > 'Z');
    assert_true(t->position == v->position + 1);
    assert_true(t->len > 0 && (size_t)t->start + t->len <= v->text.len);
    assert_true(v->position == 0 || t->start > v->start);
    struct slice alone = slice_of(v->text.data + t->start, t->len);
    assert_true(utf8_is_valid(alone));
    struct last l = {.n = 0};
    enum status status = analyzer_run(v->again, v->lang, alone, keep_last, &l, e);
    if (l.n != 1 || l.len != t->len || !slice_equal(t->form, slice_of(l.form, l.form_len)))
        fail_msg("\"%.*s\" alone, in \"%.*s\"", SLICE_ARG(alone), SLICE_ARG(v->text));
    v->position = t->position;
    v->start = t->start;
    return status;
}

static void test_analyzer_run__invariants(void **state)
{
    (void)state;
    struct analyzer *a = new_analyzer(ANALYZER_DEFAULT), *again = new_analyzer(ANALYZER_DEFAULT);
    uint32_t seed = 1;
    struct buf b;
    buf_init(&b, 4096);
    for (int i = 0; i < 20000; i++) {
        random_text(&b, &seed);
        struct invariants v = {.text = buf_slice(&b), .again = again};
        v.lang = language_get((size_t)i % language_count())->code;
        assert_int_equal(analyzer_run(a, v.lang, v.text, check_token, &v, NULL), OK);
    }
    buf_clear(&b);
    analyzer_free(a);
    analyzer_free(again);
}

static void test_analyzer_run__cache_changes_nothing(void **state)
{
    (void)state;
    struct analyzer *warm = new_analyzer(ANALYZER_DEFAULT);
    uint32_t seed = 7;
    struct buf b;
    buf_init(&b, 4096);
    for (int i = 0; i < 300; i++) {
        random_text(&b, &seed);
        const char *lang = i % 3 == 0 ? "en" : i % 3 == 1 ? "tr" : "none";
        struct analyzer *cold = new_analyzer(ANALYZER_DEFAULT);
        struct token_text first = {.has_bytes = true}, second = {.has_bytes = true};
        const char *want = token_text_of(&first, cold, lang, buf_slice(&b));
        assert_string_equal(token_text_of(&second, warm, lang, buf_slice(&b)), want);
        buf_clear(&second.out);
        assert_string_equal(token_text_of(&second, warm, lang, buf_slice(&b)), want);
        buf_clear(&first.out);
        buf_clear(&second.out);
        analyzer_free(cold);
    }
    buf_clear(&b);
    analyzer_free(warm);
}

static uint64_t signature_of(struct analyzer *a)
{
    uint64_t signature;
    assert_int_equal(analyzer_signature(a, &signature, NULL), OK);
    return signature;
}

static void test_analyzer_signature__is_stable(void **state)
{
    (void)state;
    struct analyzer *a = new_analyzer(ANALYZER_DEFAULT), *b = new_analyzer(ANALYZER_DEFAULT);
    struct analyzer *parity = new_analyzer(ANALYZER_PARITY);
    uint64_t signature = signature_of(a);
    assert_true(signature != 0 && signature == signature_of(a));
    struct stop_after never = {.left = -1};
    assert_int_equal(analyzer_run(b, "ru", SLICE("другие книги"), count_down, &never, NULL), OK);
    assert_true(signature == signature_of(b));
    assert_true(signature != signature_of(parity));
    analyzer_free(a);
    analyzer_free(b);
    analyzer_free(parity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analyzer_run__worked_example),
        cmocka_unit_test(test_analyzer_run__rules),
        cmocka_unit_test(test_analyzer_run__scripts_without_spaces),
        cmocka_unit_test(test_analyzer_run__stopwords),
        cmocka_unit_test(test_analyzer_run__parity),
        cmocka_unit_test(test_analyzer_run__callback_ends_it),
        cmocka_unit_test(test_analyzer_run__errors),
        cmocka_unit_test(test_analyzer_run__long_words),
        cmocka_unit_test(test_analyzer_run__invariants),
        cmocka_unit_test(test_analyzer_run__cache_changes_nothing),
        cmocka_unit_test(test_analyzer_signature__is_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
