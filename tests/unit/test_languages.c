#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <libstemmer.h>

#include "analyzer.h"
#include "languages.h"
#include "stem.h"
#include "token_text.h"

static void test_analyzer_language__names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"", "en"},         {"  ", "en"},     {"en", "en"},          {"EN", "en"},     {"eng", "en"},
        {"English", "en"},  {"en-GB", "en"},  {"en_US.UTF-8", "en"}, {" de ", "de"},   {"deu", "de"},
        {"ger", "de"},      {"German", "de"}, {"fra", "fr"},         {"fre", "fr"},    {"nob", "no"},
        {"nn", "no"},       {"zh", "none"},   {"zh-Hans", "none"},   {"ja", "none"},   {"none", "none"},
        {"porter", "none"}, {"engl", "none"}, {"e", "none"},         {"-", "none"},    {"xx-en", "none"},
        {"yiddish", "yi"},  {"gre", "el"},    {"castilian", "es"},   {"\xFF", "none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(analyzer_language(slice_cstr(rows[i].name)), rows[i].want);
}

static void test_language_get__every_name_leads_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < language_count(); i++) {
        const struct language *l = language_get(i);
        assert_true(strlen(l->code) < LANG_MAX_BYTES);
        assert_int_equal(language_by_code(l->code), i);
        assert_int_equal(language_by_name(slice_cstr(l->code)), i);
        for (size_t n = 0; l->names[n] != NULL; n++)
            assert_int_equal(language_by_name(slice_cstr(l->names[n])), i);
    }
    assert_int_equal(language_by_code(NULL), LANGUAGE_UNKNOWN);
}

/* Every stemmer of the library but porter, which is not a language, is some language's. A newer library may have more.
 */
static void test_language_get__covers_the_stemmers(void **state)
{
    (void)state;
    size_t n = 0;
    for (const char **name = sb_stemmer_list(); *name != NULL; name++)
        for (size_t i = 1; i < language_count(); i++)
            n += strcmp(language_get(i)->stemmer, *name) == 0;
    assert_int_equal(n, language_count() - 1);
}

static void test_stem_word__every_language(void **state)
{
    (void)state;
    struct stemmers *s;
    assert_int_equal(stemmers_new(&s, "english", NULL), OK);
    for (size_t i = 0; i < language_count(); i++) {
        static const char *const words[] = {"a", "ing", "s", "é", "я", "中", "ال", "ا"};
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            struct slice stem;
            assert_int_equal(stem_word(s, i, slice_cstr(words[w]), &stem, NULL), OK);
            assert_true(stem.len > 0);
        }
    }
    stemmers_free(s);
    assert_int_equal(stemmers_new(&s, "no such stemmer", NULL), OK);
    struct slice stem;
    struct error e;
    assert_int_equal(stem_word(s, language_by_code("en"), SLICE("a"), &stem, &e), ERR_INTERNAL);
    stemmers_free(s);
}

static void test_analyzer_run__texts(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *text, *want;
    } rows[] = {
        {"en", "Running runners, skies and naïve nationalities",
         "running/run runners/runner skies/sky and* naive/naiv "
         "nationalities/nation"},
        {"de", "In den alten Häusern der Straße", "in den alten/alt hausern/haus der strasse/strass"},
        {"fr", "L'élève mangeait des pommes aujourd’hui", "leleve/lelev mangeait/mang des/de pommes/pomm aujourdhui"},
        {"es", "Las canciones españolas corrían rápidamente",
         "las canciones/cancion espanolas/espanol corrian/corr rapidamente/rapid"},
        {"ru", "Дети читали книги о ёлках", "дети/дет читали/чита книги/книг о елках/елк"},
        {"ar", "المكتبات الكبيرة في المدينة", "المكتبات/مكتب الكبيرة/كبير في المدينة/مدين"},
        {"fi", "Lapset juoksivat metsissä", "lapset/laps juoksivat/juoksiv metsissa/mets"},
        {"tr", "IŞIKLAR İstanbul'da", "isiklar/isik istanbulda/istanbul"},
        {"none", "我们在图书馆 東京タワーへ行く", "我们 们在 在图 图书 书馆 東京 京タ タワ ワー ーへ へ行 行く"},
    };
    struct analyzer *a;
    assert_int_equal(analyzer_new(&a, ANALYZER_DEFAULT, NULL), OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct token_text text = {.has_bytes = false};
        const char *got = token_text_of(&text, a, rows[i].lang, slice_cstr(rows[i].text));
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s: got  %s\n   want %s", rows[i].lang, got, rows[i].want);
        buf_clear(&text.out);
    }
    analyzer_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analyzer_language__names),
        cmocka_unit_test(test_language_get__every_name_leads_back),
        cmocka_unit_test(test_language_get__covers_the_stemmers),
        cmocka_unit_test(test_stem_word__every_language),
        cmocka_unit_test(test_analyzer_run__texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
