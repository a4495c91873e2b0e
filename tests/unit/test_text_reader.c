#include "reader.h"

#include "date.h"
#include "file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct row {
    const char *file, *title, *author;
    int32_t date;
    const char *kinds; /* of the blocks: P H B; NULL: not looked at */
};

static struct article read_text(struct slice raw)
{
    struct article a;
    struct error e;
    article_init(&a);
    if (text_read(&a, raw, &e) != OK)
        fail_msg("%s", e.text);
    return a;
}

static void assert_field(const char *file, const char *name, struct slice got, const char *want)
{
    if (!slice_equal(got, slice_cstr(want)))
        fail_msg("%s: %s \"%.*s\", not \"%s\"", file, name, SLICE_ARG(got), want);
}

/** Blocks ascend, are inside the text, and neither begin nor end with white space. */
static void check_blocks(const struct article *a)
{
    size_t end = 0;
    for (size_t i = 0; i < a->n_blocks; i++) {
        const struct block *b = &a->blocks[i];
        assert_true(b->len > 0 && b->start >= end);
        end = (size_t)b->start + b->len;
        assert_true(end <= a->text.len);
        struct slice s = slice_of(a->text.data + b->start, b->len);
        assert_true(slice_equal(slice_trim(s), s));
    }
}

static void check_kinds(const char *file, const struct article *a, const char *want)
{
    char got[64] = "";
    for (size_t i = 0; i < a->n_blocks && i < sizeof got - 1; i++)
        got[i] = "PHB"[a->blocks[i].kind];
    if (strcmp(got, want) != 0)
        fail_msg("%s: blocks %s, not %s", file, got, want);
}

/** False where there is no such file. */
static bool check_file(const char *folder, const struct row *row)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, row->file);
    struct buf raw;
    struct error e;
    buf_init(&raw, ARTICLE_MAX_BYTES);
    if (access(path, R_OK) != 0)
        return false;
    assert_int_equal(file_read(&raw, path, &e), OK);
    struct article a = read_text(buf_slice(&raw));
    assert_field(row->file, "title", a.title, row->title);
    assert_field(row->file, "author", a.author, row->author);
    if (a.date != row->date)
        fail_msg("%s: date %d, not %d", row->file, a.date, row->date);
    check_blocks(&a);
    if (row->kinds != NULL)
        check_kinds(row->file, &a, row->kinds);
    article_clear(&a);
    buf_clear(&raw);
    return true;
}

static void test_text_read__shapes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"affiliation.txt", "Ferry line closes", "Jane Holloway", 20210504, "P"},
        {"bio.txt", "What the divers found", "Jane Holloway", DATE_NONE, "PPP"},
        {"bom.txt", "The harbour gave up its safe", "Jane Holloway, Piet van der Meer", 20210504, "PP"},
        {"book.txt", "The safe at the bottom", "Jane Holloway", 20210504, "HPP"},
        {"caps.txt", "THE SAFE AT THE BOTTOM", "", DATE_NONE, "PP"},
        {"caption-wrapped.txt", "Ferry line closes", "Jane Holloway", DATE_NONE, "BP"},
        {"category.txt", "What the harbour board decided", "Jane Holloway", 20210504, "PP"},
        {"colon.txt", "Harbours: the new silence", "Jane Holloway", 20210504, "P"},
        {"comma-place.txt", "A letter from the quay", "", 20210504, "P"},
        {"cr.txt", "What the harbour board decided", "Jane Holloway", 20210504, "PP"},
        {"crlf.txt", "What the harbour board decided", "Jane Holloway", 20210504, "PP"},
        {"damaged.txt", "The café, the mole, the façade and a naïve rôle", "", DATE_NONE, "PP"},
        {"date-by.txt", "Ferry line closes", "Jane Holloway", 20210504, "P"},
        {"date-first.txt", "The safe at the bottom", "Jane Holloway", 20210504, "PP"},
        {"dialogue.txt", "", "", DATE_NONE, "PPP"},
        {"indented.txt", "The safe at the bottom", "Jane Holloway", DATE_NONE, "PP"},
        {"inline-credit.txt", "The harbour gave up its safe", "Jane Holloway, Piet van der Meer", 20210504, "PP"},
        {"keys.txt", "The safe at the bottom", "Jane Holloway", 20210504, "PP"},
        {"list.txt", "What the divers found", "Jane Holloway", DATE_NONE, "PPPPP"},
        {"long-lines.txt", "The safe at the bottom", "", DATE_NONE, "PPP"},
        {"message.txt", "The safe at the bottom", "Jane Holloway", 20210504, "PP"},
        {"only-title.txt", "", "", DATE_NONE, "P"},
        {"organisation.txt", "Ferry line closes", "The Associated Press", 20210504, "P"},
        {"poem.txt", "The Dredger", "Jane Holloway", DATE_NONE, "PP"},
        {"prose-wrapped.txt", "", "", DATE_NONE, "PP"},
        {"prose.txt", "", "", DATE_NONE, "PP"},
        {"section-path.txt", "Ferry line closes", "Jane Holloway", DATE_NONE, "P"},
        {"stop.txt", "The end of the ferry.", "Jane Holloway", 20210504, "P"},
        {"subheading.txt", "What the divers found", "", DATE_NONE, "HPP"},
        {"subtitle-dateless.txt", "The last ferry", "", DATE_NONE, "PP"},
        {"subtitle.txt", "The safe at the bottom", "Jane Holloway", 20210504, "PPP"},
        {"tail.txt", "What the divers found", "Jane Holloway", DATE_NONE, "PPBBBB"},
        {"two-authors.txt", "Ferry line closes", "Jane Holloway, Piet Bakker", 20210504, "P"},
        {"underlined.txt", "The safe at the bottom", "J. B. Holloway", 20210504, "PHP"},
        {"utf-16.txt", "The café on the mole", "Zoë François", 20210504, "P"},
        {"windows-1252.txt", "The café on the mole", "Zoë François", 20210504, "P"},
        {"wrapped-title.txt", "The history of the decline and fall of the ferry to the outer mole", "Jane Holloway",
         DATE_NONE, "P"},
        {"year-title.txt", "1931", "Jane Holloway", DATE_NONE, "P"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(check_file(QUOTH_TEST_DATA "/text", &rows[i]));
}

static void test_text_read__corpus(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"culture/opera-beginnings.txt", "The invention of opera", "Chiara Benedetti", 20070224, NULL},
        {"earth/krakatoa.txt", "Krakatoa: the noise heard across an ocean", "Thomas Verhoeven", 19980827, NULL},
        {"engineering/tacoma-narrows.txt", "Galloping Gertie", "J. R. Whitcomb", 19991107, NULL},
        {"food/sourdough.txt", "What lives in a sourdough starter", "Hannah Brandt", 20190303, NULL},
        {"library/index-card.txt", "A short history of the index card", "Ruth Castellane", 20160521, NULL},
        {"medicine/broad-street-pump.txt", "The doctor, the curate and the pump in Broad Street", "Alison Marchbanks",
         20140902, NULL},
        {"medicine/smallpox-eradication.txt", "The last case", "Joseph Adeyemi-Clarke", 20200508, NULL},
        {"nature/coral-bleaching.txt", "When a reef turns white", "Leilani Okafor", 20240502, NULL},
        {"nature/honeybee-dance.txt", "How a bee tells her sisters where to go", "Peter Lindqvist", 20080607, NULL},
        {"news/crocus-city-hall-attack.txt", "Gunmen kill more than 140 at a concert hall outside Moscow",
         "Natalie Ferrow", 20240326, NULL},
        {"polar/amundsen-scott.txt", "Two roads to the Pole", "Ingrid Solheim", 20111214, NULL},
        {"sea/lighthouse-lens.txt", "THE LENS THAT REACHED THE HORIZON", "Daniel Hargreave", 20041108, NULL},
        {"sea/tides.txt", "Why the sea comes in twice a day", "Margaret Ellwood", 20110914, NULL},
        {"transport/railway-time.txt", "When noon became the same everywhere", "Colin Ashdown", 20031118, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(check_file(QUOTH_SOURCE_DIR "/corpus", &rows[i]));
}

/* Two articles as they were pasted from the web; they may lie beside the source tree. */
static void test_text_read__pasted(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"000_956db21ea8cb7646.txt", "What to Make of the ISIS-K Attack on Moscow", "Daniel Byman", 20240327,
         "PBBPPPPPPPPPPB"},
        {"004_e7c2825186644854.txt", "Moscow Attack Reflects Russian Intelligence Weakness and ISIS-K Ambitions",
         "Arman Mahmoudian", DATE_NONE, "PPPPPPPPPPPPPPPPBBBBBBBB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!check_file(QUOTH_SOURCE_DIR "/../shared/articles", &rows[i])) {
            print_message("skipped: the pasted articles are not beside the source tree\n");
            skip();
        }
}

/* Single heads, each over the same paragraph. */
static void test_text_read__heads(void **state)
{
    (void)state;
    static const char body[] =
        "The harbour of the old town was dredged again this spring, and for six weeks the ferries "
        "ran from the outer mole, where there is neither shelter nor a place to sit.\n";
    static const struct row rows[] = {
        {"Fish\n\n", "Fish", "", DATE_NONE, "P"},
        {"OPINION\n\nThe fish are gone\n\n", "The fish are gone", "", DATE_NONE, "P"},
        {"OPINION\nThe fish are gone\nBy Jo March\n\n", "The fish are gone", "Jo March", DATE_NONE, "P"},
        {"The fish are gone\nPublished 3 May 2020\n\n", "The fish are gone", "", 20200503, "P"},
        {"The fish are gone\nBy Jo March\nJune 2020\n\n", "The fish are gone", "Jo March", 20200600, "P"},
        {"The fish are gone\nBy JO MARCH AND AL LEE\n\n", "The fish are gone", "JO MARCH, AL LEE", DATE_NONE, "P"},
        {"The fish are gone\nBy Jo March in Genoa\n\n", "The fish are gone", "Jo March", DATE_NONE, "P"},
        {"The fish are gone\nBy Madonna\n\n", "The fish are gone", "Madonna", DATE_NONE, "P"},
        {"The fish are gone\nBy Jo March, Jr.\n\n", "The fish are gone", "Jo March", DATE_NONE, "P"},
        {"The fish are gone\nBy Ludwig van der Rohe and Ana de la Cruz\n\n", "The fish are gone",
         "Ludwig van der Rohe, Ana de la Cruz", DATE_NONE, "P"},
        {"By Jo March\n\n", "", "Jo March", DATE_NONE, "P"},
        {"By the sea\nBy Jo March\n\n", "By the sea", "Jo March", DATE_NONE, "P"},
        {"By Night in Chile\nBy Jo March\n\n", "By Night in Chile", "Jo March", DATE_NONE, "P"},
        {"Dear Sir,\n\n", "", "", DATE_NONE, "PP"},
        {"Are the fish gone?\n\n", "Are the fish gone?", "", DATE_NONE, "P"},
        {"- fish\n- chips\n\n", "", "", DATE_NONE, "PPP"},
        {"https://example.org/fish\n\n", "", "", DATE_NONE, NULL},
        {"Jo March\n3 May 2020\n\n", "Jo March", "", 20200503, "P"},
        {"The fish are gone\n3 May 2020 | 4 min read | Jo March\n\n", "The fish are gone", "Jo March", 20200503, "P"},
        {"\n\n\n   The fish are gone\n\n\t By Jo March\n\n", "The fish are gone", "Jo March", DATE_NONE, "P"},
        {"# The fish are gone\n\nBy Jo March\n\n", "The fish are gone", "Jo March", DATE_NONE, "P"},
        {"Title: The fish: all gone\n\n", "The fish: all gone", "", DATE_NONE, "P"},
        {"Title: The fish\nAuthor: Jo March\nAuthor: Al Lee\nDate: nonsense\n\n", "The fish", "Jo March, Al Lee",
         DATE_NONE, "P"},
        {"", "", "", DATE_NONE, "P"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char raw[1024];
        int n = snprintf(raw, sizeof raw, "%s%s", rows[i].file, body);
        struct article a = read_text(slice_of(raw, (size_t)n));
        assert_field(rows[i].file, "title", a.title, rows[i].title);
        assert_field(rows[i].file, "author", a.author, rows[i].author);
        if (a.date != rows[i].date)
            fail_msg("%s: date %d, not %d", rows[i].file, a.date, rows[i].date);
        check_blocks(&a);
        if (rows[i].kinds != NULL)
            check_kinds(rows[i].file, &a, rows[i].kinds);
        article_clear(&a);
    }
}

static void test_text_read__keys(void **state)
{
    (void)state;
    struct article a =
        read_text(SLICE("Title: Fish\nTags: sea, food; sea\nURL: https://example.org/\nLang: en-GB\n\nText.\n"));
    assert_int_equal(a.n_tags, 2);
    assert_true(slice_equal(a.tags[1], SLICE("food")));
    assert_true(slice_equal(a.url, SLICE("https://example.org/")));
    assert_true(slice_equal(a.lang, SLICE("en")));
    article_clear(&a);
}

/* Text without anything in it yields nothing, and is no error. */
static void test_text_read__empty(void **state)
{
    (void)state;
    static const struct slice rows[] = {{"", 0}, {"\n\n \t\r\n", 6}, {"\xEF\xBB\xBF", 3}, {"----\n", 5}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct article a = read_text(rows[i]);
        assert_int_equal(a.n_blocks, 0);
        assert_int_equal(a.title.len, 0);
        article_clear(&a);
    }
}

/* What a block's source range cuts from the file is the block. */
static void test_text_read__source_range(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "A title\r\n\r\nOne paragraph\r\nof two lines.\r\n\r\nAnother.",
        "\xEF\xBB\xBFThe title\n\nOne paragraph.\n\nAnother \xE2\x80\x94 one.\n",
        "A title\r\rOne paragraph.\r\rAnother.\r",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice raw = slice_cstr(rows[i]);
        struct article a = read_text(raw);
        assert_true(a.text.data < raw.data || a.text.data >= raw.data + raw.len);
        assert_int_equal(a.n_blocks, 2);
        for (size_t k = 0; k < a.n_blocks; k++) {
            const struct block *b = &a.blocks[k];
            uint64_t start, len;
            article_source_range(&a, b->start, b->len, &start, &len);
            assert_int_equal(len, b->len);
            assert_memory_equal(raw.data + start, a.text.data + b->start, b->len);
        }
        article_clear(&a);
    }
}

/* Memory and time stay bounded for text of any shape. */
static void test_text_read__hostile(void **state)
{
    (void)state;
    static const char *const units[] = {"\n",   "a\n\n",      "a\n",  "a ",   "By A B\n",
                                        "- \n", "Title: x\n", "((((", "\xE9", "a, "};
    size_t len = (size_t)4 << 20;
    char *raw = malloc(len);
    assert_non_null(raw);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i]);
        for (size_t at = 0; at < len; at++)
            raw[at] = units[i][at % n];
        struct article a = read_text(slice_of(raw, len));
        check_blocks(&a);
        article_clear(&a);
    }
    free(raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_read__shapes),       cmocka_unit_test(test_text_read__corpus),
        cmocka_unit_test(test_text_read__pasted),       cmocka_unit_test(test_text_read__heads),
        cmocka_unit_test(test_text_read__keys),         cmocka_unit_test(test_text_read__empty),
        cmocka_unit_test(test_text_read__source_range), cmocka_unit_test(test_text_read__hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
