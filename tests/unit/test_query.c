/*
 * The query parser: lines -> normal forms, lines -> errors with their byte, bounds, plain mode.
 */
#include "query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct state {
    struct analyzer *analyzer, *parity;
};

static int setup(void **state)
{
    static struct state s;
    if (analyzer_new(&s.analyzer, ANALYZER_DEFAULT, NULL) != OK || analyzer_new(&s.parity, ANALYZER_PARITY, NULL) != OK)
        return -1;
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    struct state *s = *state;
    analyzer_free(s->analyzer);
    analyzer_free(s->parity);
    return 0;
}

struct parse_case {
    const char *line;
    const char *want;    /* normal form; an error's words where at >= 0 */
    const char *ignored; /* "the,of"; NULL: none */
    int at;
};

#define NO_ERROR (-1)

static void print_ignored(struct buf *b, const struct query *q)
{
    for (size_t i = 0; i < q->n_ignored; i++) {
        if (i > 0)
            buf_put_byte(b, ',');
        buf_put(b, q->ignored[i]);
    }
}

static void assert_text(const struct buf *got, const char *want, const char *line)
{
    if (slice_equal(buf_slice(got), slice_cstr(want)))
        return;
    fail_msg("%s: got %.*s, want %s", line, SLICE_ARG(buf_slice(got)), want);
}

static void check_tree(const struct query *q, const struct parse_case *c)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    query_print(&b, q);
    assert_text(&b, c->want, c->line);
    buf_reset(&b);
    print_ignored(&b, q);
    assert_text(&b, c->ignored == NULL ? "" : c->ignored, c->line);
    buf_clear(&b);
    for (size_t i = 0; i < q->n_leaves; i++)
        assert_int_equal(q->leaves[i]->leaf, i);
}

static void check(const struct parse_case *c, const struct query_parser_options *options, struct analyzer *analyzer)
{
    struct query *q = NULL;
    struct error e = {0};
    enum status st = query_parse(&q, slice_cstr(c->line), options, analyzer, &e);
    if (c->at == NO_ERROR) {
        if (st != OK)
            fail_msg("%s: %s at %d", c->line, e.text, (int)e.at);
        check_tree(q, c);
    } else {
        if (st != ERR_QUERY || e.at != c->at || strstr(e.text, c->want) == NULL)
            fail_msg("%s: got %d at %d: %s, want at %d: %s", c->line, (int)st, (int)e.at, e.text, c->at, c->want);
        assert_null(q);
    }
    query_free(q);
}

#define CHECK_ALL(cases, options, analyzer)                                                                            \
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)                                                        \
    check(&cases[i], options, analyzer)

static const struct query_parser_options english = {.mode = MODE_QUERY};

static void test_query_parse__words(void **state)
{
    static const struct parse_case cases[] = {
        {"", "()", NULL, NO_ERROR},
        {"  ... - + ", "()", NULL, NO_ERROR},
        {"()", "()", NULL, NO_ERROR},
        {"\"\"", "()", NULL, NO_ERROR},
        {"storm", "(word storm)", NULL, NO_ERROR},
        {"Storm SURGE", "(or (word storm) (word surge=surg))", NULL, NO_ERROR},
        {"storm Storm storms", "(word storm *3)", NULL, NO_ERROR},
        {"storm sea storms", "(or (word storm *2) (word sea))", NULL, NO_ERROR},
        {"the storm of the sea", "(or (word storm) (word sea))", "the,of", NO_ERROR},
        {"The the THE storm", "(word storm)", "The", NO_ERROR},
        {"the who", "(or (word the) (word who))", NULL, NO_ERROR},
        {"don\xE2\x80\x99t storm", "(word storm)", "don\xE2\x80\x99t", NO_ERROR},
        {"the date:2024", "(and (must (word the)) (filter (date 2024-01-01..2024-12-31)))", NULL, NO_ERROR},
        {"the -war", "(and (must (word the)) (not (word war)))", NULL, NO_ERROR},
        {"(the who) AND band", "(and (must (or (word the) (word who))) (must (word band)))", NULL, NO_ERROR},
        {"band (the (of sea) on)", "(or (word band) (word sea))", "the,of,on", NO_ERROR},
        {"ISIS-K", "(or (word isis=isi) (word k))", NULL, NO_ERROR},
        {"http://example.net/x?y=z", "(or (word http) (word example=exampl) (word net) (word x) (word y) (word z))",
         NULL, NO_ERROR},
        {"10:30 note:this", "(or (word 10) (word 30) (word note))", "this", NO_ERROR},
        {"note: storm", "(or (word note) (word storm))", NULL, NO_ERROR},
        {"Title:storm", "(or (word title=titl) (word storm))", NULL, NO_ERROR},
        {"C++ sea - land", "(or (word c) (word sea) (word land))", NULL, NO_ERROR},
        {"--help ++x", "(or (word help) (word x))", NULL, NO_ERROR},
        {"x=y ~ 2^ ^ = * **", "(or (word x) (word y) (word 2))", NULL, NO_ERROR},
        {"and Or nOT x", "(word x)", "and,Or,nOT", NO_ERROR},
        {"\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD", "(or (word \xE6\x9D\xB1\xE4\xBA\xAC) (word \xE4\xBA\xAC\xE9\x83\xBD))",
         NULL, NO_ERROR},
        {"storm\xC2\xA0sea", "(or (word storm) (word sea))", NULL, NO_ERROR},
        {"storm\xFFsea", "(or (word storm) (word sea))", NULL, NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &english, s->analyzer);
}

static void test_query_parse__phrases_and_prefixes(void **state)
{
    static const struct parse_case cases[] = {
        {"\"north sea\"", "(phrase north sea)", NULL, NO_ERROR},
        {"\"state of the union\"", "(phrase state of the union)", NULL, NO_ERROR},
        {"\xE2\x80\x9Cnorth sea\xE2\x80\x9D", "(phrase north sea)", NULL, NO_ERROR},
        {"\xE2\x80\x9Enorth sea\"x", "(or (phrase north sea) (word x))", NULL, NO_ERROR},
        {"\"the\"", "(word the)", NULL, NO_ERROR},
        {"\"the\" sea", "(or (word the) (word sea))", NULL, NO_ERROR},
        {"\"a (b +c* AND title:d\"", "(phrase a b c and title=titl d)", NULL, NO_ERROR},
        {"\"north sea\"-x", "(or (phrase north sea) (word x))", NULL, NO_ERROR},
        {"\"north sea\" \"north sea\"", "(or (phrase north sea) (phrase north sea))", NULL, NO_ERROR},
        {"Comput*", "(prefix comput)", NULL, NO_ERROR},
        {"th* sea", "(or (prefix th) (word sea))", NULL, NO_ERROR},
        {"al-qa*", "(or (word al) (prefix qa))", NULL, NO_ERROR},
        {"+al-qa* sea", "(and (should (word sea)) (must (word al)) (must (prefix qa)))", NULL, NO_ERROR},
        {"the-re*", "(or (word the) (prefix re))", NULL, NO_ERROR},
        {"(comput*)", "(prefix comput)", NULL, NO_ERROR},
        {"\xC3\xA9t\xC3\xA9*", "(prefix ete)", NULL, NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &english, s->analyzer);
}

static void test_query_parse__near_fuzzy_exact_and_weights(void **state)
{
    static const struct parse_case cases[] = {
        {"\"words near\"~8", "(near words=word near ~8)", NULL, NO_ERROR},
        {"\"state of the union\"~1000 x", "(or (near state of the union ~1000) (word x))", NULL, NO_ERROR},
        {"title:\"north sea\"~1", "(and (filter (title:near north sea ~1)))", NULL, NO_ERROR},
        {"\"north\"~8", "(word north)", NULL, NO_ERROR},
        {"\"a b\"~3^2", "(near a b ~3 ^2)", NULL, NO_ERROR},
        {"\"a b\"^0.5c", "(or (phrase a b ^0.5) (word c))", NULL, NO_ERROR},
        {"Storm~1", "(fuzzy storm ~1)", NULL, NO_ERROR},
        {"storms~2 sea", "(or (fuzzy storms ~2) (word sea))", NULL, NO_ERROR},
        {"al-qaida~1", "(or (word al) (fuzzy qaida ~1))", NULL, NO_ERROR},
        {"+the~1 -sea~1", "(and (must (fuzzy the ~1)) (not (fuzzy sea ~1)))", NULL, NO_ERROR},
        {"title:storm~1", "(and (filter (title:fuzzy storm ~1)))", NULL, NO_ERROR},
        {"\xC3\xA9t\xC3\xA9~2", "(fuzzy ete ~2)", NULL, NO_ERROR},
        {"=storms", "(exact storms=storm)", NULL, NO_ERROR},
        {"=the sea", "(or (exact the) (word sea))", NULL, NO_ERROR},
        {"+=ISIS-K", "(and (must (exact isis=isi)) (must (exact k)))", NULL, NO_ERROR},
        {"title:=storms", "(and (filter (title:exact storms=storm)))", NULL, NO_ERROR},
        {"= == =... x=y", "(or (word x) (word y))", NULL, NO_ERROR},
        {"storm^2 storm", "(or (word storm ^2) (word storm))", NULL, NO_ERROR},
        {"storm^2 storm^2", "(word storm *2 ^2)", NULL, NO_ERROR},
        {"storm^.5 sea^100", "(or (word storm ^0.5) (word sea ^100))", NULL, NO_ERROR},
        {"the^2 sea^0.01", "(or (word the ^2) (word sea ^0.01))", NULL, NO_ERROR},
        {"comput*^3 storm~1^3 =sea^3", "(or (prefix comput ^3) (fuzzy storm ~1 ^3) (exact sea ^3))", NULL, NO_ERROR},
        {"(x y^2)^3", "(or (word x ^3) (word y ^6))", NULL, NO_ERROR},
        {"((x)^10)^10 y", "(or (word x ^100) (word y))", NULL, NO_ERROR},
        {"+(x -y)^2 z", "(and (should (word z)) (must (and (must (word x ^2)) (not (word y ^2)))))", NULL, NO_ERROR},
        {"()^2 x", "(word x)", NULL, NO_ERROR},
        {"x^y 2^ ^2", "(or (word x) (word y) (word 2 *2))", NULL, NO_ERROR},
        {"~ ~x a~b", "(or (word x) (word b))", "a", NO_ERROR},
        {"lang:de x", "(and (must (word x)) (filter (lang de)))", NULL, NO_ERROR},
        {"source:news/2024(x)", "(and (must (word x)) (filter (source news/2024)))", NULL, NO_ERROR},
        {"source:\"my notes/\"", "(and (filter (source my notes/)))", NULL, NO_ERROR},
        {"x -url:https://example.org/?a=b~1^2", "(and (must (word x)) (not (url https://example.org/?a=b~1^2)))", NULL,
         NO_ERROR},
        {"x OR url:a*", "(or (word x) (and (filter (url a*))))", NULL, NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &english, s->analyzer);
}

static void test_query_parse__signs_and_operators(void **state)
{
    static const struct parse_case cases[] = {
        {"x y +c -d", "(and (should (word x)) (should (word y)) (must (word c)) (not (word d)))", NULL, NO_ERROR},
        {"x y -d", "(and (must (or (word x) (word y))) (not (word d)))", NULL, NO_ERROR},
        {"x -d", "(and (must (word x)) (not (word d)))", NULL, NO_ERROR},
        {"+x +x x", "(and (should (word x)) (must (word x *2)))", NULL, NO_ERROR},
        {"+the sea", "(and (should (word sea)) (must (word the)))", NULL, NO_ERROR},
        {"sea -the", "(and (must (word sea)) (not (word the)))", NULL, NO_ERROR},
        {"sea NOT the", "(and (must (word sea)) (not (word the)))", NULL, NO_ERROR},
        {"+ISIS-K sea", "(and (should (word sea)) (must (word isis=isi)) (must (word k)))", NULL, NO_ERROR},
        {"-ISIS-K sea", "(and (must (word sea)) (not (and (must (word isis=isi)) (must (word k)))))", NULL, NO_ERROR},
        {"sea AND ISIS-K", "(and (must (word sea)) (must (word isis=isi)) (must (word k)))", NULL, NO_ERROR},
        {"sea OR ISIS-K", "(or (word sea) (word isis=isi) (word k))", NULL, NO_ERROR},
        {"+\"north sea\" -(x y)", "(and (must (phrase north sea)) (not (or (word x) (word y))))", NULL, NO_ERROR},
        {"+(x y) z", "(and (should (word z)) (must (or (word x) (word y))))", NULL, NO_ERROR},
        {"x AND y", "(and (must (word x)) (must (word y)))", NULL, NO_ERROR},
        {"x OR y", "(or (word x) (word y))", NULL, NO_ERROR},
        {"x OR y AND z", "(or (word x) (and (must (word y)) (must (word z))))", NULL, NO_ERROR},
        {"x AND y OR z", "(or (and (must (word x)) (must (word y))) (word z))", NULL, NO_ERROR},
        {"x y AND z", "(or (word x) (and (must (word y)) (must (word z))))", NULL, NO_ERROR},
        {"(x OR y) AND z", "(and (must (or (word x) (word y))) (must (word z)))", NULL, NO_ERROR},
        {"x AND NOT y", "(and (must (word x)) (not (word y)))", NULL, NO_ERROR},
        {"NOT y AND x", "(and (must (word x)) (not (word y)))", NULL, NO_ERROR},
        {"x NOT y", "(and (must (word x)) (not (word y)))", NULL, NO_ERROR},
        {"x OR z NOT y", "(and (must (or (word x) (word z))) (not (word y)))", NULL, NO_ERROR},
        {"x OR z AND NOT y", "(or (word x) (and (must (word z)) (not (word y))))", NULL, NO_ERROR},
        {"NOT NOT x", "(word x)", NULL, NO_ERROR},
        {"x NOT (y -z)", "(and (must (word x)) (not (and (must (word y)) (not (word z)))))", NULL, NO_ERROR},
        {"x NOT y AND NOT z", "(and (must (word x)) (not (word y)) (not (word z)))", NULL, NO_ERROR},
        {"+x NOT y", "(and (must (word x)) (not (word y)))", NULL, NO_ERROR},
        {"rock AND the AND roll", "(and (must (word rock)) (must (word roll)))", "the", NO_ERROR},
        {"+x (y OR z)", "(and (should (or (word y) (word z))) (must (word x)))", NULL, NO_ERROR},
        {"((x)) (((y)))", "(or (word x) (word y))", NULL, NO_ERROR},
        {"x()y", "(or (word x) (word y))", NULL, NO_ERROR},
        {"sea -...", "(word sea)", NULL, NO_ERROR},
        {"x AND ()", "(word x)", NULL, NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &english, s->analyzer);
}

static void test_query_parse__filters(void **state)
{
    static const struct parse_case cases[] = {
        {"author:Byman", "(and (filter (author:word byman)))", NULL, NO_ERROR},
        {"author:\"Daniel Byman\" sea", "(and (must (word sea)) (filter (author:phrase daniel byman)))", NULL,
         NO_ERROR},
        {"tag:sea-level x", "(and (must (word x)) (filter (tag:word sea)) (filter (tag:word level)))", NULL, NO_ERROR},
        {"title:the x", "(and (must (word x)) (filter (title:word the)))", NULL, NO_ERROR},
        {"title:comput*", "(and (filter (title:prefix comput)))", NULL, NO_ERROR},
        {"title:\"north sea\" +x", "(and (must (word x)) (filter (title:phrase north sea)))", NULL, NO_ERROR},
        {"+author:x y", "(and (must (word y)) (filter (author:word x)))", NULL, NO_ERROR},
        {"-author:x y", "(and (must (word y)) (not (author:word x)))", NULL, NO_ERROR},
        {"x AND author:y", "(and (must (word x)) (filter (author:word y)))", NULL, NO_ERROR},
        {"x OR author:y", "(or (word x) (and (filter (author:word y))))", NULL, NO_ERROR},
        {"author:x OR author:y", "(and (filter (or (and (filter (author:word x))) (and (filter (author:word y))))))",
         NULL, NO_ERROR},
        {"(author:x OR tag:y) z",
         "(and (must (word z)) (filter (or (and (filter (author:word x))) (and (filter (tag:word y))))))", NULL,
         NO_ERROR},
        {"title:AND x", "(and (must (word x)) (filter (title:word and)))", NULL, NO_ERROR},
        {"title:http://x", "(and (filter (title:word http)) (filter (title:word x)))", NULL, NO_ERROR},
        {"date:2024", "(and (filter (date 2024-01-01..2024-12-31)))", NULL, NO_ERROR},
        {"date:2024-02", "(and (filter (date 2024-02-01..2024-02-29)))", NULL, NO_ERROR},
        {"date:2023-03-01", "(and (filter (date 2023-03-01..2023-03-01)))", NULL, NO_ERROR},
        {"date:2023..2024-02", "(and (filter (date 2023-01-01..2024-02-29)))", NULL, NO_ERROR},
        {"date:2023-05..", "(and (filter (date 2023-05-01..)))", NULL, NO_ERROR},
        {"date:..2023", "(and (filter (date ..2023-12-31)))", NULL, NO_ERROR},
        {"date:>=2023", "(and (filter (date 2023-01-01..)))", NULL, NO_ERROR},
        {"date:>2023", "(and (filter (date 2024-01-01..)))", NULL, NO_ERROR},
        {"date:>2024-02", "(and (filter (date 2024-03-01..)))", NULL, NO_ERROR},
        {"date:>2024-02-28", "(and (filter (date 2024-02-29..)))", NULL, NO_ERROR},
        {"date:<2024", "(and (filter (date ..2023-12-31)))", NULL, NO_ERROR},
        {"date:<2024-03", "(and (filter (date ..2024-02-29)))", NULL, NO_ERROR},
        {"date:<=2024-03", "(and (filter (date ..2024-03-31)))", NULL, NO_ERROR},
        {"x date:>9999", "(and (must (word x)) (filter (none)))", NULL, NO_ERROR},
        {"date:<0001", "(and (filter (none)))", NULL, NO_ERROR},
        {"x -date:2024", "(and (must (word x)) (not (date 2024-01-01..2024-12-31)))", NULL, NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &english, s->analyzer);
}

static void test_query_parse__errors(void **state)
{
    static const struct parse_case cases[] = {
        {"\"open phrase", "quote opened here is not closed", NULL, 0},
        {"x title:\xE2\x80\x9Copen", "quote opened here is not closed", NULL, 8},
        {"x (y", "bracket opened here is not closed", NULL, 2},
        {"-(y", "bracket opened here is not closed", NULL, 1},
        {"(x (y) z", "bracket opened here is not closed", NULL, 0},
        {"x)", "bracket closed here was not opened", NULL, 1},
        {"-x", "only exclusions", NULL, 0},
        {"NOT x", "only exclusions", NULL, 0},
        {"y (-x)", "only exclusions", NULL, 3},
        {"-author:x -y", "only exclusions", NULL, 0},
        {"x OR NOT y", "OR with NOT alone", NULL, 5},
        {"NOT x OR y", "OR with NOT alone", NULL, 0},
        {"AND x", "AND needs a word on both sides", NULL, 0},
        {"x OR", "OR needs a word on both sides", NULL, 2},
        {"x AND OR y", "AND needs a word on both sides", NULL, 2},
        {"(x AND)", "AND needs a word on both sides", NULL, 3},
        {"x NOT", "NOT needs a word behind it", NULL, 2},
        {"x NOT AND y", "NOT needs a word behind it", NULL, 2},
        {"NOT -x", "NOT and - do not go together", NULL, 4},
        {"x AND y -z", "+ and - are not mixed", NULL, 8},
        {"+x OR y", "+ and - are not mixed", NULL, 3},
        {"x*y", "'*' stands only at the end", NULL, 1},
        {"*x", "'*' stands only at the end", NULL, 0},
        {"x**", "'*' stands only at the end", NULL, 1},
        {"sea x*", "at least 2 letters", NULL, 4},
        {"\xE6\x9D\xB1*", "at least 2 letters", NULL, 0},
        {"author:by*", "'*' does not go with author:", NULL, 9},
        {"tag:by*", "'*' does not go with tag:", NULL, 6},
        {"title:", "title: needs a word", NULL, 6},
        {"title: x", "title: needs a word", NULL, 6},
        {"title:(x y)", "title: needs a word", NULL, 6},
        {"date:soon", "date: takes 2024", NULL, 5},
        {"date:2024-13", "date: takes 2024", NULL, 5},
        {"date:2024..x", "date: takes 2024", NULL, 11},
        {"date:..", "date: takes 2024", NULL, 5},
        {"date:>", "date: takes 2024", NULL, 6},
        {"date:>=24", "date: takes 2024", NULL, 7},
        {"date:2024..2023", "ends before it begins", NULL, 5},
        {"x lang:", "lang: needs a word", NULL, 7},
        {"url:\"\"", "url: needs a value", NULL, 5},
        {"\"words near\"~", "'~' behind a phrase takes the positions", NULL, 12},
        {"\"words near\"~0", "1 to 1000", NULL, 12},
        {"\"words near\"~1001", "1 to 1000", NULL, 12},
        {"\"words near\"~99999999999999999999", "1 to 1000", NULL, 12},
        {"author:\"words near\"~8", "'~' does not go with author:", NULL, 19},
        {"source:\"a b\"~8", "'~' does not go with source:", NULL, 12},
        {"x fuzzy~", "'~' behind a word takes the edits", NULL, 7},
        {"fuzzy~0", "1 to 2", NULL, 5},
        {"fuzzy~3", "1 to 2", NULL, 5},
        {"ab~2", "needs more letters than edits", NULL, 0},
        {"a~1", "needs more letters than edits", NULL, 0},
        {"tag:fuzzy~1", "'~' does not go with tag:", NULL, 0},
        {"comput*~1", "'*' and '~' do not go together", NULL, 7},
        {"=comput*", "'=' does not go with '*' or '~'", NULL, 0},
        {"x +=fuzzy~1", "'=' does not go with '*' or '~'", NULL, 3},
        {"=\"north sea\"", "'=' goes before a single word", NULL, 0},
        {"author:=byman", "'=' does not go with author:", NULL, 0},
        {"x word^0.009", "0.01 to 100", NULL, 6},
        {"word^100.01", "0.01 to 100", NULL, 4},
        {"word^0", "0.01 to 100", NULL, 4},
        {"word^1.2.3", "0.01 to 100", NULL, 4},
        {"word^.", "0.01 to 100", NULL, 4},
        {"\"a b\"^200", "0.01 to 100", NULL, 5},
        {"\"a b\"~3^200", "0.01 to 100", NULL, 7},
        {"(x)^101", "0.01 to 100", NULL, 3},
        {"((x^50)^3)", "less than 0.01 or more than 100", NULL, 6},
        {"(x)~2", "'~' goes behind a word", NULL, 3},
        {"tag:x^2", "tag: only filters", NULL, 0},
        {"x title:\"a b\"^2", "title: only filters", NULL, 2},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &english, s->analyzer);
}

static void test_query_parse__parity_drops_stopwords_everywhere(void **state)
{
    static const struct parse_case cases[] = {
        {"state of the union", "(or (word state) (word union))", "of,the", NO_ERROR},
        {"\"state of the union\"", "(phrase state +3 union)", "of,the", NO_ERROR},
        {"the", "()", "the", NO_ERROR},
        {"+the sea", "(word sea)", "the", NO_ERROR},
        {"sea AND the", "(word sea)", "the", NO_ERROR},
        {"the*", "(prefix the)", NULL, NO_ERROR},
        {"O'Brien's x-the", "(or (word obrien) (word x))", "the", NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &english, s->parity);
}

static void test_query_parse__languages_are_joined(void **state)
{
    static const char *const langs[] = {"de", "en", "none"};
    static const struct query_parser_options options = {.langs = langs, .n_langs = 3};
    static const struct parse_case cases[] = {
        {"fluten", "(word fluten=flut|fluten)", NULL, NO_ERROR},
        {"floods \"floods fluten\"", "(or (word floods=flood|floods) (phrase floods=flood|floods fluten=flut|fluten))",
         NULL, NO_ERROR},
        {"fl*", "(prefix fl)", NULL, NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &options, s->analyzer);
}

static void test_query_parse__plain_takes_words_only(void **state)
{
    static const struct query_parser_options plain = {.mode = MODE_PLAIN};
    static const struct parse_case cases[] = {
        {"", "()", NULL, NO_ERROR},
        {"\"(( +x AND author:y the z* the", "(or (word x) (word author) (word y) (word z))", "AND,the", NO_ERROR},
        {"the of", "(or (word the) (word of))", NULL, NO_ERROR},
        {"sea x seas", "(or (word sea *2) (word x))", NULL, NO_ERROR},
        {"sea", "(word sea)", NULL, NO_ERROR},
        {"\xFF)", "()", NULL, NO_ERROR},
    };
    struct state *s = *state;
    CHECK_ALL(cases, &plain, s->analyzer);
}

/* A line of n items made by a format with one number. */
static void many(struct buf *b, const char *format, int n)
{
    for (int i = 0; i < n; i++) {
        char item[32];
        snprintf(item, sizeof item, format, i);
        buf_put_cstr(b, item);
    }
}

static enum status parse_buf(struct query **q, struct buf *b, enum query_mode mode, struct analyzer *a, struct error *e)
{
    struct query_parser_options options = {.mode = mode};
    return query_parse(q, buf_slice(b), &options, a, e);
}

static void test_query_parse__limits(void **state)
{
    static const struct {
        const char *before, *item, *after;
        int max;
        const char *want;
        int at; /* of the error past the maximum */
    } cases[] = {
        {"", "w%03d ", "", QUERY_WORDS_MAX, "64 words", QUERY_WORDS_MAX * 5},
        {"", "date:2%03d ", "", QUERY_WORDS_MAX, "64 words", QUERY_WORDS_MAX * 10},
        {"\"", "w%03d ", "\"", QUERY_PHRASE_MAX, "16 words", 1 + QUERY_PHRASE_MAX * 5},
        {"", "+w%03d-", "", QUERY_WORDS_MAX, "64 words", QUERY_WORDS_MAX * 6 + 1},
    };
    struct state *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int n = cases[i].max - 1; n <= cases[i].max + 1; n++) {
            struct buf b;
            buf_init(&b, 1 << 20);
            buf_put_cstr(&b, cases[i].before);
            many(&b, cases[i].item, n);
            buf_put_cstr(&b, cases[i].after);
            struct query *q;
            struct error e = {0};
            enum status st = parse_buf(&q, &b, MODE_QUERY, s->analyzer, &e);
            assert_int_equal(st, n <= cases[i].max ? OK : ERR_QUERY);
            if (st != OK) {
                assert_non_null(strstr(e.text, cases[i].want));
                assert_int_equal(e.at, cases[i].at);
            }
            query_free(q);
            buf_clear(&b);
        }
    }
}

static void test_query_parse__limit_of_brackets(void **state)
{
    struct state *s = *state;
    for (int n = QUERY_DEPTH_MAX - 1; n <= QUERY_DEPTH_MAX + 1; n++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        for (int i = 0; i < n; i++)
            buf_put_cstr(&b, "x -(");
        buf_put_cstr(&b, "x");
        for (int i = 0; i < n; i++)
            buf_put_byte(&b, ')');
        struct query *q;
        struct error e = {0};
        enum status st = parse_buf(&q, &b, MODE_QUERY, s->analyzer, &e);
        assert_int_equal(st, n <= QUERY_DEPTH_MAX ? OK : ERR_QUERY);
        if (st != OK) {
            assert_non_null(strstr(e.text, "32 levels"));
            assert_int_equal(e.at, QUERY_DEPTH_MAX * 4 + 3);
        }
        query_free(q);
        buf_clear(&b);
    }
}

static void test_query_parse__limit_of_line(void **state)
{
    struct state *s = *state;
    for (size_t n = QUERY_LINE_MAX_BYTES - 1; n <= QUERY_LINE_MAX_BYTES + 1; n++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        buf_put_cstr(&b, "sea");
        while (b.len < n)
            buf_put_byte(&b, b.len == n - 1 ? 'x' : ' ');
        struct query *q;
        struct error e = {0};
        enum status st = parse_buf(&q, &b, MODE_QUERY, s->analyzer, &e);
        assert_int_equal(st, n <= QUERY_LINE_MAX_BYTES ? OK : ERR_QUERY);
        if (st != OK)
            assert_int_equal(e.at, QUERY_LINE_MAX_BYTES);
        query_free(q);
        assert_int_equal(parse_buf(&q, &b, MODE_PLAIN, s->analyzer, &e), OK);
        assert_int_equal(q->n_leaves, n <= QUERY_LINE_MAX_BYTES ? 2 : 1);
        query_free(q);
        buf_clear(&b);
    }
}

static void test_query_parse__places(void **state)
{
    struct state *s = *state;
    struct query *q;
    assert_int_equal(query_parse(&q, SLICE("the +storm (\"north of sea\" tid*)"), &english, s->analyzer, NULL), OK);
    static const struct {
        size_t start, len;
        uint32_t position;
    } want[] = {{13, 12, 3}, {27, 4, 6}, {5, 5, 2}};
    assert_int_equal(q->n_leaves, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(q->leaves[i]->start, want[i].start);
        assert_int_equal(q->leaves[i]->len, want[i].len);
        assert_int_equal(q->leaves[i]->words[0].position, want[i].position);
    }
    assert_int_equal(q->leaves[0]->words[2].position, 5);
    assert_int_equal(q->n_leaves, 3);
    assert_false(q->is_filter_only);
    query_free(q);
    assert_int_equal(query_parse(&q, SLICE("tag:x -date:2024"), &english, s->analyzer, NULL), OK);
    assert_true(q->is_filter_only);
    query_free(q);
    assert_int_equal(query_parse(&q, SLICE(""), &english, s->analyzer, NULL), OK);
    assert_false(q->is_filter_only);
    query_free(q);
}

static void test_query_keep_rarest__cuts_the_commonest(void **state)
{
    struct state *s = *state;
    for (int n = QUERY_PLAIN_WORDS_MAX - 1; n <= QUERY_PLAIN_WORDS_MAX + 10; n++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        many(&b, "w%03d ", n);
        struct query *q;
        assert_int_equal(parse_buf(&q, &b, MODE_PLAIN, s->analyzer, NULL), OK);
        assert_int_equal(q->n_leaves, n);
        uint64_t df[QUERY_PLAIN_WORDS_MAX + 10];
        for (int i = 0; i < n; i++)
            df[i] = i < 5 ? 1000 : i % 2; /* w000..w004 go first, then the last odd ones */
        query_keep_rarest(q, df);
        int n_cut = n > QUERY_PLAIN_WORDS_MAX ? n - QUERY_PLAIN_WORDS_MAX : 0;
        assert_int_equal(q->n_cut, n_cut);
        assert_int_equal(q->n_leaves, n - n_cut);
        assert_int_equal(q->root->n_children, n - n_cut);
        int n_odd_kept = 0;
        for (size_t i = 0; i < q->n_leaves; i++) {
            assert_ptr_equal(q->leaves[i], q->root->children[i]);
            assert_int_equal(q->leaves[i]->leaf, i);
            int number = atoi(q->leaves[i]->words[0].form.data + 1);
            n_odd_kept += number % 2 == 1 && number >= 5;
            if (n_cut >= 5)
                assert_true(number >= 5);
        }
        if (n_cut > 5)
            assert_int_equal(n_odd_kept, (n - 5 + 1) / 2 - (n_cut - 5));
        query_free(q);
        buf_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_parse__words),
        cmocka_unit_test(test_query_parse__phrases_and_prefixes),
        cmocka_unit_test(test_query_parse__near_fuzzy_exact_and_weights),
        cmocka_unit_test(test_query_parse__signs_and_operators),
        cmocka_unit_test(test_query_parse__filters),
        cmocka_unit_test(test_query_parse__errors),
        cmocka_unit_test(test_query_parse__parity_drops_stopwords_everywhere),
        cmocka_unit_test(test_query_parse__languages_are_joined),
        cmocka_unit_test(test_query_parse__plain_takes_words_only),
        cmocka_unit_test(test_query_parse__limits),
        cmocka_unit_test(test_query_parse__limit_of_brackets),
        cmocka_unit_test(test_query_parse__limit_of_line),
        cmocka_unit_test(test_query_parse__places),
        cmocka_unit_test(test_query_keep_rarest__cuts_the_commonest),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
