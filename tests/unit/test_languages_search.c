/*
 * Short texts in many languages through a real index: a query in one inflection finds another, and marks it.
 */
#include "search_fixture.h"

static const struct fixture_article articles[] = {
    {.id = "de",
     .lang = "de",
     .title = "Die Häuser am Fluss",
     .passages = {"Die Häuser standen im Wasser, und die Bäume "
                  "brachen. Straßen wurden überflutet."}},
    {.id = "fr",
     .lang = "fr",
     .title = "Le marché",
     .passages = {"Les chevaux étaient fatigués; ils marchaient encore "
                  "vers les montagnes. L’été fut long."}},
    {.id = "es", .lang = "es", .passages = {"Los niños corrían por las calles y cantaban canciones antiguas."}},
    {.id = "ru", .lang = "ru", .passages = {"Старые книги лежали на столах; ёлки стояли у окна, читатели молчали."}},
    {.id = "ar", .lang = "ar", .passages = {"وصل المسافرون إلى المدينة القديمة، وكانت الكُتُب في المكتبات."}},
    {.id = "fi", .lang = "fi", .passages = {"Vanhoissa taloissa asui kalastajia, ja veneet olivat järvellä."}},
    {.id = "zh", .lang = "none", .passages = {"北京大学的图书馆有很多书。"}},
    {.id = "ja", .lang = "none", .passages = {"東京都の図書館で本を読みました。カタカナの言葉もあります。"}},
    {.id = "en", .lang = "en", .passages = {"Houses stood in the water; the readers ran and sang old songs."}},
};
#define N_ARTICLES (sizeof articles / sizeof articles[0])

static int setup(void **state)
{
    static struct service s;
    service_init(&s, articles, N_ARTICLES, 4);
    *state = &s;
    return 0;
}

struct query_case {
    const char *query;
    const char *article; /* found alone; NULL: nothing is found */
    const char *marked;  /* the text of the first span; NULL: not looked at */
};

static void check(struct service *s, const struct query_case *c)
{
    struct search_options options = search_options_default();
    struct error e = {0};
    struct hits *h;
    options.show = SHOW_PASSAGE;
    fixture_ok(search_run(&h, s->searcher, slice_cstr(c->query), &options, &e), &e);
    if (h->n != (c->article == NULL ? 0 : 1))
        fail_msg("%s: %zu found", c->query, h->n);
    if (h->n > 0 && !slice_equal(h->items[0].article.id, slice_cstr(c->article)))
        fail_msg("%s: found %.*s", c->query, SLICE_ARG(h->items[0].article.id));
    if (h->n > 0 && c->marked != NULL) {
        const struct hit *hit = &h->items[0];
        bool is_in_text = hit->spans.n > 0;
        if (!is_in_text && hit->title_spans.n == 0)
            fail_msg("%s: nothing is marked", c->query);
        struct span span = is_in_text ? hit->spans.items[0] : hit->title_spans.items[0];
        struct slice in = is_in_text ? hit->shown : hit->article.title;
        struct slice marked = slice_of(in.data + span.start, span.len);
        if (!slice_equal(marked, slice_cstr(c->marked)))
            fail_msg("%s: marked %.*s", c->query, SLICE_ARG(marked));
    }
    hits_free(h);
}

static void test_search_run__inflections(void **state)
{
    static const struct query_case cases[] = {
        /* German: umlauts of plurals, ß, compounds are words of their own */
        {"Haus", "de", "Häuser"},
        {"hauser", "de", "Häuser"},
        {"baum", "de", "Bäume"},
        {"strasse", "de", "Straßen"},
        {"STRASSEN", "de", "Straßen"},
        {"\"baum brachen\"", "de", "Bäume brachen"},
        {"strass*", "de", "Straßen"},
        {"=baume", "de", "Bäume"},
        {"=baum", NULL, NULL},
        /* French: accents, elision, plurals of -x */
        {"cheval", "fr", NULL},
        {"montagne", "fr", "montagnes"},
        {"fatiguée", "fr", "fatigués"},
        {"fatigue", "fr", "fatigués"},
        {"marcher", "fr", NULL},
        {"marchent", "fr", "marchaient"},
        /* Spanish */
        {"niño", "es", "niños"},
        {"nino", "es", "niños"},
        {"cantar", "es", "cantaban"},
        {"canción", "es", "canciones"},
        {"\"cantar canción\"~1", "es", "cantaban"},
        {"callez~1", "es", "calles"},
        /* Russian: cases, ё as е */
        {"книга", "ru", "книги"},
        {"КНИГАМИ", "ru", "книги"},
        {"стол", "ru", "столах"},
        {"елка", "ru", "ёлки"},
        {"ёлку", "ru", "ёлки"},
        {"читатель", "ru", "читатели"},
        {"книгх~1", "ru", "книги"},
        /* Arabic: vowel marks go, the article and endings are stemmed */
        {"كتب", "ar", "الكُتُب"},
        {"مدينة", "ar", "المدينة"},
        {"مكتبة", "ar", "المكتبات"},
        /* Finnish: cases */
        {"talo", "fi", "taloissa"},
        {"talossa", "fi", "taloissa"},
        {"järvi", "fi", NULL},
        {"jarvella", "fi", "järvellä"},
        {"kalastaja", "fi", "kalastajia"},
        /* English beside them */
        {"house", "en", "Houses"},
        {"song reader", "en", "readers"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(*state, &cases[i]);
}

static void test_search_run__bigrams(void **state)
{
    static const struct query_case cases[] = {
        {"大学", "zh", "大学"},
        {"北京大学", "zh", "北京"},
        {"\"北京大学\"", "zh", "北京大学"},
        {"\"大学北京\"", NULL, NULL},
        {"+京都 +東京", "ja", "東京"},
        {"\"図書館\"", "ja", "図書館"},
        {"\"カタカナ\"", "ja", "カタカナ"},
        {"言葉", "ja", "言葉"},
        {"\"图书馆\"", "zh", "图书馆"},
        {"+本を lang:none", "ja", "本を"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(*state, &cases[i]);
}

/* Filters take a language by any of its names; lang= reads the words of a query by one stemmer. */
static void test_search_run__one_language(void **state)
{
    static const struct query_case filters[] = {
        {"lang:de", "de", NULL},  {"lang:german", "de", NULL}, {"lang:DE", "de", NULL},
        {"lang:deu", "de", NULL}, {"lang:xx", NULL, NULL},     {"haus lang:en", NULL, NULL},
    };
    struct service *s = *state;
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
        check(s, &filters[i]);
    searcher_use_language(s->searcher, "de");
    check(s, &(struct query_case){"baum", "de", "Bäume"});
    check(s, &(struct query_case){"монтань книгами", NULL, NULL});
    searcher_use_language(s->searcher, "ru");
    check(s, &(struct query_case){"книгами", "ru", "книги"});
    searcher_use_language(s->searcher, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__inflections),
        cmocka_unit_test(test_search_run__bigrams),
        cmocka_unit_test(test_search_run__one_language),
    };
    return cmocka_run_group_tests(tests, setup, service_teardown);
}
