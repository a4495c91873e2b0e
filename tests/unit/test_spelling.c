/*
 * Texts told by their words: what stands in a spelling, byte by byte; that any text with any words comes back from a
 * segment; and that no bytes make more of it than an error.
 */
#include "index_model.h"

#include "segment_text.h"
#include "spelling.h"
#include "text_room.h"

#include <time.h>

#define WORDS_MAX 64
#define TEXT_ROOM 2048
#define N_TEXTS 1500
#define FAR_BYTES ((size_t)1 << 20)
#define N_FAR_WORDS 100000
#define N_STRANGE 100
#define N_KNOWN 20

static const char *const forms[] = {"a", "b2", "dike", "storm", "the", "ete", "o'neil", "stormstormstormstormstorm"};
#define N_FORMS (sizeof forms / sizeof *forms)

/* ---- what is written ---- */

static void check_spelling(const char *text, const char *words, struct slice want)
{
    struct buf out;
    struct speller s;
    buf_init(&out, TEXT_ROOM);
    speller_begin(&s, &out, slice_cstr(text));
    for (const char *p = words; *p != '\0';) {
        size_t len = strcspn(p, " ");
        speller_word(&s, slice_of(p, len));
        p += len + (p[len] == ' ');
    }
    speller_end(&s);
    assert_int_equal(buf_status(&out, NULL), OK);
    if (!slice_equal(buf_slice(&out), want))
        fail_msg("\"%s\" is spelled otherwise", text);
    buf_clear(&out);
}

static void test_speller__says_what_the_words_do_not(void **state)
{
    (void)state;
    /* code = plain words * 28 + gap * 3 + case */
    const struct {
        const char *text, *words;
        struct slice want;
    } cases[] = {
        {"The storm broke the dike.", "the storm broke the dike", SLICE("\x19\x04\xfc")},
        {"The storm broke the dike", "the storm broke the dike", SLICE("\x18\x04\x54")},
        {" a", "a", SLICE("\x02\x00")},
        {".", "", SLICE("\x01\xfc")},
        {"NATO, in Bonn (or DC) fell", "nato in bonn or dc fell", SLICE("\x1a\x05\x06\x01\x0f\x02\x12")},
        {"x - y", "x y", SLICE("\x05\x03\x18\x03 - ")},
        {"x - Y", "x y", SLICE("\x05\x03\x19\x03 - ")},
        {"x - YY", "x yy", SLICE("\x06\x03\x1b\x03 - \x05")},
        {"didn't go", "didnt go",
         SLICE("\x09\x1a\x18\x07"
               "didn't ")},
        {"go McX", "go mcx", SLICE("\x06\x03\x1a\x1b\x04 McX")},
        {"a a a a a a a a a a a", "a a a a a a a a a a a", SLICE("\x15\x03\xe0\x00")},
        {"a a a a a a a a a a-a", "a a a a a a a a a a a", SLICE("\x15\x03\xe0\x0c")},
        {"", "a", SLICE("\x00\x1a")},
        {"Ab", "b",
         SLICE("\x02\x1a\x1b\x02"
               "Ab")}, /* no word begins there */
        {"\xc3\xa9t\xc3\xa9 to", "ete to", SLICE("\x08\x1a\x18\x06\xc3\xa9t\xc3\xa9 ")},
        /* Tifinagh and Gothic letters; a dagger begins no word */
        {"\xe2\xb5\x9c-\xf0\x90\x8c\xb0", "\xe2\xb5\x9c \xf0\x90\x8c\xb0", SLICE("\x08\x03\x0c")},
        {"\xe2\x80\xa0", "\xe2\x80\xa0", SLICE("\x03\x1a\x1b\x03\xe2\x80\xa0")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_spelling(cases[i].text, cases[i].words, cases[i].want);
}

/* Words that stand otherwise than as their forms, for a page: what comes behind them is found again. */
static void test_speller__finds_its_way_back(void **state)
{
    (void)state;
    static const char strange[] = "\xc3\xa9t\xc3\xa9 ", known[] = "the storm broke the dike ";
    struct buf text, out;
    struct speller s;
    buf_init(&text, TEXT_ROOM);
    buf_init(&out, TEXT_ROOM);
    for (size_t i = 0; i < N_STRANGE; i++)
        buf_put_cstr(&text, strange);
    size_t n_strange = text.len;
    for (size_t i = 0; i < N_KNOWN; i++)
        buf_put_cstr(&text, known);
    speller_begin(&s, &out, buf_slice(&text));
    for (size_t i = 0; i < N_STRANGE; i++)
        speller_word(&s, SLICE("ete"));
    for (size_t i = 0; i < N_KNOWN; i++) {
        static const char *const words[] = {"the", "storm", "broke", "the", "dike"};
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            speller_word(&s, slice_cstr(words[k]));
    }
    speller_end(&s);
    assert_int_equal(buf_status(&out, NULL), OK);
    assert_true(out.len < n_strange + N_STRANGE + 3 * sizeof known);
    buf_clear(&text);
    buf_clear(&out);
}

/* The words of a long text that has none of them, and no place for one but its end, take no walk each. */
static void test_speller__walks_to_a_far_place_once(void **state)
{
    (void)state;
    struct buf out;
    struct speller s;
    char *text = malloc(FAR_BYTES);
    assert_non_null(text);
    memset(text, '.', FAR_BYTES);
    text[FAR_BYTES - 1] = 'x';
    buf_init(&out, (size_t)2 * FAR_BYTES);
    clock_t begun = clock();
    speller_begin(&s, &out, slice_of(text, FAR_BYTES));
    for (size_t i = 0; i < N_FAR_WORDS; i++)
        speller_word(&s, SLICE("storm"));
    speller_word(&s, SLICE("x"));
    speller_end(&s);
    assert_true(clock() - begun < 5 * CLOCKS_PER_SEC);
    assert_int_equal(buf_status(&out, NULL), OK);
    /* Both lengths take three bytes; a byte for each word. */
    assert_int_equal(out.len, 3 + N_FAR_WORDS + 1 + 3 + FAR_BYTES - 1);
    buf_clear(&out);
    free(text);
}

/* ---- what is read ---- */

struct put {
    char text[TEXT_ROOM];
    size_t len;
    uint32_t words[WORDS_MAX];
    size_t n;
};

static void append(struct put *p, const char *bytes, size_t len)
{
    if (len > TEXT_ROOM - p->len)
        return;
    memcpy(p->text + p->len, bytes, len);
    p->len += len;
}

static void append_form(struct put *p, const char *form, unsigned how)
{
    size_t from = p->len;
    append(p, form, strlen(form));
    for (size_t i = from; i < p->len && (i == from || how == 2); i++)
        if (how > 0 && p->text[i] >= 'a' && p->text[i] <= 'z')
            p->text[i] = (char)(p->text[i] - 32);
}

/* Words of the text mostly, other ones and no word at times; between them whatever comes. */
static void make_text(struct put *p, struct model *any)
{
    static const char *const between[] = {" ",  "",   ", ",  ". ",           "-", " (",
                                          ") ", "\n", " - ", "\xe2\x80\x94", "x", "\xff\x80"};
    size_t n = next_random(any, 4) == 0 ? next_random(any, WORDS_MAX) : next_random(any, 20);
    unsigned odd = 1 + next_random(any, 12);
    p->len = p->n = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned word = next_random(any, N_FORMS), plain = next_random(any, odd);
        const char *gap = between[plain > 0 ? 0 : next_random(any, 12)];
        if (i > 0 || plain == 0)
            append(p, gap, strlen(gap));
        append_form(p, forms[word], plain > 1 ? 0 : next_random(any, 3));
        if (next_random(any, 20) == 0)
            word = next_random(any, N_FORMS + 1);
        if (next_random(any, 20) > 0)
            p->words[p->n++] = word;
    }
    if (next_random(any, 2) > 0)
        append(p, ".", 1);
    if (next_random(any, 8) == 0)
        p->text[next_random(any, (unsigned)p->len + 1) % TEXT_ROOM] = (char)next_random(any, 256);
    if (p->n / TOKENS_PER_BYTE_MAX > p->len)
        p->n = 0;
}

static void build(const char *index, const struct put *puts, size_t n)
{
    struct update *u = begin_with(index, true);
    struct index_writer *w;
    uint32_t known[N_FORMS + 1], words[WORDS_MAX];
    struct article_record a = {.id = SLICE("a"), .title = SLICE("title"), .lang = SLICE("en")};
    assert_int_equal(update_writer(u, (size_t)64 << 20, &w, NULL), OK);
    assert_int_equal(index_writer_begin_article(w, &a, NULL), OK);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < N_FORMS; k++)
            assert_int_equal(index_writer_word(w, slice_cstr(forms[k]), SLICE("term"), &known[k], NULL), OK);
        known[N_FORMS] = WORD_GAP;
        for (size_t k = 0; k < puts[i].n; k++)
            words[k] = known[puts[i].words[k]];
        struct slice text = slice_of(puts[i].text, puts[i].len);
        assert_int_equal(index_writer_add_passage(w, text, 0, 0, words, puts[i].n, NULL), OK);
    }
    assert_int_equal(index_writer_end_article(w, NULL), OK);
    publish(u);
}

static void test_spelling__any_text_comes_back(void **state)
{
    (void)state;
    struct temp temp;
    struct snapshot *s;
    struct text_room room = {0};
    struct model any = {.seed = 3};
    struct put *puts = calloc(N_TEXTS, sizeof *puts);
    assert_non_null(puts);
    temp_make(&temp);
    for (size_t i = 0; i < N_TEXTS; i++)
        make_text(&puts[i], &any);
    build(temp.path, puts, N_TEXTS);
    assert_int_equal(index_check(temp.path, NULL, NULL, NULL), OK);
    assert_int_equal(snapshot_open(&s, temp.path, NULL), OK);
    assert_int_equal(snapshot_n_passages(s), N_TEXTS);
    for (uint32_t i = 0; i < N_TEXTS; i++) {
        struct slice text;
        assert_int_equal(text_room_read(&room, snapshot_segment(s, 0), i, &text, NULL), OK);
        if (!slice_equal(text, slice_of(puts[i].text, puts[i].len)))
            fail_msg("text %u comes back as another: \"%.*s\"", i, SLICE_ARG(text));
    }
    text_room_clear(&room);
    snapshot_unref(s);
    temp_remove(&temp);
    free(puts);
}

/* All spellings of one and two bytes, and some longer ones, of a passage of five words. */
static void test_spelling_read__no_bytes_lead_astray(void **state)
{
    (void)state;
    struct temp temp;
    struct snapshot *s;
    struct token_units words;
    struct put put = {.text = "a b2 dike", .len = 9, .words = {0, 1, 2, N_FORMS, 3}, .n = 5};
    struct model any = {.seed = 5};
    size_t n_read = 0;
    temp_make(&temp);
    build(temp.path, &put, 1);
    assert_int_equal(snapshot_open(&s, temp.path, NULL), OK);
    const struct segment *segment = snapshot_segment(s, 0);
    assert_int_equal(segment_token_units(segment, 0, &words, NULL), OK);
    for (unsigned i = 0; i < 200000; i++) {
        char bytes[8];
        size_t n = i < 65536 ? 2 : 3 + i % 6, len;
        bytes[0] = (char)(i < 65536 ? i >> 8 : next_random(&any, 40));
        bytes[1] = (char)i;
        for (size_t k = 2; k < n; k++)
            bytes[k] = (char)next_random(&any, 256);
        /* The very sizes, for a sanitizer to see. */
        char *spelling = malloc(n);
        assert_non_null(spelling);
        memcpy(spelling, bytes, n);
        if (spelling_text_len(slice_of(spelling, n), &words, &len)) {
            assert_true(len < 2000);
            char *out = malloc(len + SPELLING_SLACK_BYTES);
            assert_non_null(out);
            n_read += spelling_read(slice_of(spelling, n), segment, &words, out, len);
            free(out);
        }
        free(spelling);
    }
    assert_true(n_read > 10);
    snapshot_unref(s);
    temp_remove(&temp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_speller__says_what_the_words_do_not),
        cmocka_unit_test(test_speller__finds_its_way_back),
        cmocka_unit_test(test_speller__walks_to_a_far_place_once),
        cmocka_unit_test(test_spelling__any_text_comes_back),
        cmocka_unit_test(test_spelling_read__no_bytes_lead_astray),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
