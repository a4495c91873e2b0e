/*
 * Whole pages as they are met: saved from the web, pasted from it, sent by mail, written for a site. Of each its
 * fields, how its passages begin and end, and what they must not hold.
 */
#include "reader.h"
#include "splitter.h"

#include "date.h"
#include "file.h"

#include <ctype.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct page {
    const char *file, *title, *author;
    int32_t date;
    const char *tags;  /* joined by ", " */
    const char *first; /* what the first passage begins with */
    const char *last;  /* what the last one ends with */
    const char *kinds; /* the kinds of the blocks: P H B */
};

static struct article read_page(struct slice *raw, struct buf *b, const char *file)
{
    char path[4096];
    struct error e;
    struct article a;
    snprintf(path, sizeof path, "%s/pages/%s", QUOTH_TEST_DATA, file);
    buf_init(b, ARTICLE_MAX_BYTES);
    article_init(&a);
    assert_int_equal(file_read(b, path, &e), OK);
    *raw = buf_slice(b);
    struct slice head = slice_of(raw->data, raw->len < 4096 ? raw->len : 4096);
    assert_int_equal(article_read(&a, format_detect(slice_cstr(file), head), *raw, &e), OK);
    return a;
}

static void assert_text(const char *file, const char *what, struct slice got, const char *want)
{
    if (!slice_equal(got, slice_cstr(want)))
        fail_msg("%s: %s \"%.*s\", not \"%s\"", file, what, SLICE_ARG(got), want);
}

static void check_tags(const struct article *a, const struct page *p)
{
    struct buf b;
    buf_init(&b, 4096);
    for (size_t i = 0; i < a->n_tags; i++)
        buf_printf(&b, "%s%.*s", i > 0 ? ", " : "", SLICE_ARG(a->tags[i]));
    assert_text(p->file, "tags", buf_slice(&b), p->tags);
    buf_clear(&b);
}

static void check_blocks(const struct article *a, const struct page *p)
{
    char kinds[64] = "";
    for (size_t i = 0; i < a->n_blocks && i < sizeof kinds - 1; i++)
        kinds[i] = "PHB"[a->blocks[i].kind];
    assert_text(p->file, "blocks", slice_cstr(kinds), p->kinds);
    struct passage_range *passages;
    size_t n;
    struct error e;
    assert_int_equal(article_split(&passages, &n, a, SPLIT_AUTO, &e), OK);
    assert_true(n > 0);
    struct slice first = slice_of(a->text.data + passages[0].start, passages[0].len);
    struct slice last = slice_of(a->text.data + passages[n - 1].start, passages[n - 1].len);
    if (!slice_starts(first, slice_cstr(p->first)))
        fail_msg("%s: begins \"%.*s\"", p->file, (int)(first.len < 60 ? first.len : 60), first.data);
    if (!slice_ends(last, slice_cstr(p->last)))
        fail_msg("%s: ends \"%.*s\"", p->file, (int)(last.len < 60 ? last.len : 60),
                 last.data + (last.len < 60 ? 0 : last.len - 60));
    free(passages);
}

static void check_page(const struct page *p)
{
    struct buf b;
    struct slice raw;
    struct article a = read_page(&raw, &b, p->file);
    assert_text(p->file, "title", a.title, p->title);
    assert_text(p->file, "author", a.author, p->author);
    if (a.date != p->date)
        fail_msg("%s: date %d, not %d", p->file, a.date, p->date);
    check_tags(&a, p);
    check_blocks(&a, p);
    article_clear(&a);
    buf_clear(&b);
}

static void test_article_read__saved_pages(void **state)
{
    (void)state;
    static const struct page pages[] = {
        {"agency.html", "Flood gates opened as river crests above the old town", "LENA HORVAT, TOMAS VANEK", 20220309,
         "Floods, General news", "OLD TOWN (Agency) — The", "Vanek reported from Lindau.", "BBBBPPBPPBP"},
        {"blog.html", "What the mud remembers", "Hannah Moss", 20181003, "", "The river rose four metres",
         "brown silt, from the hills", "BPPHPPP"},
        {"broadcaster.html", "Dyke failed in two places, engineers say", "Gwen Price", 20240201, "",
         "Engineers who inspected the dyke", "that nobody had really checked.”", "BBBBPPBBPBBB"},
        {"daily.html", "After the Flood, a Town Asks Who Was Watching", "Ruth Adler, Miguel Santos", 20210730,
         "Floods, Dams and Dikes", "The dyke had been inspected", "2021, Section A, Page 4.", "PBBBPPHPP"},
        {"encyclopedia.html", "Dyke failure", "", 20240101, "", "12 languages", "oors and waited for the light.",
         "PPPHP"},
        {"french.html", "La digue", "René Dupont", 20180403, "", "La rivière est montée", "vérifié les pompes.", "BP"},
        {"newsletter.html", "The dyke and the ledger", "Oona Byrne", 20230422, "", "What a town decides not",
         "that nobody had really checked.”", "HBBBPBPP"},
        {"newspaper.html", "River town wakes to four metres of water", "Ines Okafor, Paul Renner", 20231114,
         "Floods, World news, Engineering", "Residents carried what they could", "that nobody had really checked.”",
         "BBPBBBPPBBPPBBBB"},
        {"preprint.html", "Seepage and the slow failure of clay dykes", "Anna van der Berg, Kenji Ito", 20210503, "",
         "Physics > Geophysics", "TeX Source", "HBPBPPPHPHPP"},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        check_page(&pages[i]);
}

static void test_article_read__pasted_pages(void **state)
{
    (void)state;
    static const struct page pages[] = {
        {"abstract.txt", "Seepage and the slow failure of clay dykes", "Anna van der Berg, Kenji Ito", 20210503, "",
         "We measure the seepage through", "Subjects: Geophysics (physics.geo-ph)", "PP"},
        {"agency-paste.txt", "Flood gates opened as river crests above the old town", "LENA HORVAT, TOMAS VANEK",
         20220309, "", "OLD TOWN (Agency) — The", "Vanek reported from Lindau.", "PPPP"},
        {"broadcaster-paste.txt", "Dyke failed in two places, engineers say", "Gwen Price", 20240201, "",
         "Engineers who inspected the dyke", "that nobody had really checked.”", "BPPPBBBBB"},
        {"broadsheet-paste.txt", "Old town asks who was watching as the dyke gives way for a third time", "Hannah Moss",
         20240314, "", "Board under pressure after", "checked the pumps since the spring.", "BBBPBBPBPBBBBBBBPBBBBBB"},
        {"daily-paste.txt", "After the Flood, a Town Asks Who Was Watching", "Ruth Adler, Miguel Santos", 20210730, "",
         "The dyke had been inspected", "that nobody had really checked.”", "PBBBPPBBPHP"},
        {"evening-paste.txt", "Bridge Talks Collapse", "Ruth Adler", 20240314, "", "Negotiators left the capital",
         "that the election was in May.", "BPPPBBP"},
        {"german.txt", "Brücke wird abgerissen", "Anna Muster", 20240314, "", "Die Brücke über", "nicht bekannt.", "P"},
        {"gutenberg.txt", "The Drowned Parish", "Edmund Carrow", 20080403, "", "The Project Bookshelf eBook of",
         "for it had gone elsewhere.", "HPBBPPP"},
        {"magazine.txt", "The town that floods every decade", "Hannah Moss", 20231012, "", "A dyke, a ledger and",
         "to carry the seepage away.", "PPP"},
        {"mail.txt", "Re: [dykes] Water under the door", "Marta Lindgren", 20231116, "", "Dear all,",
         "Bakery on the corner", "PPPPP"},
        {"newsletter-paste.txt", "The dyke and the ledger", "Oona Byrne", 20230422, "", "What a town decides not",
         "that nobody had really checked.”", "PBBBPBBPPBB"},
        {"newspaper-paste.txt", "River town wakes to four metres of water", "Ines Okafor, Paul Renner", 20231114, "",
         "Residents carried what they could", "that nobody had really checked.”", "PBPPP"},
        {"press-release.txt", "Waterworks Board to Rebuild Dyke Above the Old Town", "", 20230612, "",
         "LINDAU, 12 June 2023 –", "and employs three hundred people.", "BPPP"},
        {"thinktank.txt", "Water, Money, and the Next Breach", "Tomas Vanek, Lena Horvat", 20231120, "",
         "The river rose four metres", "Lena Horvat is a reporter.", "BBPPP"},
        {"wire-paste.txt", "Bridge talks collapse, shares fall 5%", "Lena Horvat, Tomas Vanek", 20240314, "",
         "LINDAU, March 14", "that the election was in May.", "PPBB"},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        check_page(&pages[i]);
}

static void test_article_read__posts(void **state)
{
    (void)state;
    static const struct page pages[] = {
        {"hugo.md", "What the mud remembers: a core, a chart", "Hannah Moss", 20181003, "mud, rivers, Field notes",
         "The river rose four metres", "footnote that explains the depth.", "PHPPPPP"},
        {"jekyll.md", "What the mud remembers", "hmoss, Paul Renner", 20190313, "mud rivers",
         "The river rose four metres", "to carry the seepage away.", "PP"},
        {"readme.md", "dykewatch", "", DATE_NONE, "", "A small program that reads", "Copyright 2023 Hannah Moss",
         "PHPPPPP"},
        {"setext.md", "The town that floods every decade", "Hannah Moss", 20231012, "", "The river rose four metres",
         "to carry the seepage away.", "BPHP"},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        check_page(&pages[i]);
}

/* A passage of UTF-8 plain text is exactly the bytes that its range cuts from the file. */
static void test_article_split__ranges_cut_the_file(void **state)
{
    (void)state;
    static const char *const files[] = {
        "abstract.txt", "agency-paste.txt",      "broadsheet-paste.txt", "evening-paste.txt", "wire-paste.txt",
        "german.txt",   "broadcaster-paste.txt", "daily-paste.txt",      "gutenberg.txt",     "magazine.txt",
        "mail.txt",     "thinktank.txt",         "newsletter-paste.txt", "press-release.txt", "newspaper-paste.txt"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct buf b;
        struct slice raw;
        struct article a = read_page(&raw, &b, files[i]);
        struct passage_range *passages;
        size_t n;
        struct error e;
        assert_int_equal(article_split(&passages, &n, &a, SPLIT_AUTO, &e), OK);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(passages[k].at_len, passages[k].len);
            assert_true(passages[k].at + passages[k].at_len <= raw.len);
            assert_memory_equal(raw.data + passages[k].at, a.text.data + passages[k].start, passages[k].len);
        }
        free(passages);
        article_clear(&a);
        buf_clear(&b);
    }
}

/* The words of a passage of Markdown, in their order, stand in the bytes that its range cuts from the file. */
static void check_words_in(const char *path, struct slice passage, struct slice cut)
{
    size_t at = 0;
    for (size_t i = 0; i < passage.len;) {
        size_t n = 0;
        while (i + n < passage.len && (isalnum((unsigned char)passage.data[i + n]) != 0))
            n++;
        if (n == 0) {
            i++;
            continue;
        }
        const char *found = memmem(cut.data + at, cut.len - at, passage.data + i, n);
        if (found == NULL)
            fail_msg("%s: \"%.*s\" is not in the range", path, (int)n, passage.data + i);
        at = (size_t)(found - cut.data) + n;
        i += n;
    }
}

static size_t n_cut; /* passages of the corpus; nftw() takes no context */

static int cut_file(const char *path, const struct stat *stat, int type, struct FTW *where)
{
    (void)stat;
    (void)where;
    enum article_format format = format_detect(slice_cstr(path), SLICE(""));
    if (type != FTW_F || (format != FORMAT_TEXT && format != FORMAT_MARKDOWN))
        return 0;
    struct buf b;
    struct error e;
    struct article a;
    struct passage_range *passages;
    size_t n;
    buf_init(&b, ARTICLE_MAX_BYTES);
    article_init(&a);
    assert_int_equal(file_read(&b, path, &e), OK);
    assert_int_equal(article_read(&a, format, buf_slice(&b), &e), OK);
    assert_int_equal(article_split(&passages, &n, &a, SPLIT_AUTO, &e), OK);
    for (size_t k = 0; k < n; k++) {
        assert_true(passages[k].at + passages[k].at_len <= b.len);
        struct slice cut = slice_of(b.data + passages[k].at, passages[k].at_len);
        struct slice passage = slice_of(a.text.data + passages[k].start, passages[k].len);
        if (format == FORMAT_TEXT)
            assert_true(slice_equal(cut, passage));
        check_words_in(path, passage, cut);
        n_cut++;
    }
    free(passages);
    article_clear(&a);
    buf_clear(&b);
    return 0;
}

static void test_article_split__corpus_ranges_cut_the_file(void **state)
{
    (void)state;
    n_cut = 0;
    assert_int_equal(nftw(QUOTH_SOURCE_DIR "/corpus", cut_file, 16, FTW_PHYS), 0);
    assert_true(n_cut > 100);
}

int main(void)
{
    readers_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_article_read__saved_pages),
        cmocka_unit_test(test_article_read__pasted_pages),
        cmocka_unit_test(test_article_read__posts),
        cmocka_unit_test(test_article_split__ranges_cut_the_file),
        cmocka_unit_test(test_article_split__corpus_ranges_cut_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
