#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "stopwords.h"

static void test_stopword_is_english__table(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool want;
    } rows[] = {
        {"a", true},      {"i", true},        {"yourselves", true},   {"themselves", true}, {"cannot", true},
        {"ought", true},  {"very", true},     {"not", true},          {"the", true},        {"don't", true},
        {"i'm", true},    {"you're", true},   {"let's", true},        {"mustn't", true},    {"shouldn't", true},
        {"he'll", true},  {"dont", true},     {"cant", true},         {"isnt", true},       {"wont", true},
        {"shant", true},  {"mustnt", true},   {"shouldnt", true},     {"hell", false},      {"ill", false},
        {"shell", false}, {"lets", false},    {"well", false},        {"wed", false},       {"id", false},
        {"im", false},    {"want", false},    {"ant", false},         {"nt", false},        {"n't", false},
        {"", false},      {"The", false},     {"yourselvess", false}, {"shouldntt", false}, {"will", false},
        {"us", false},    {"student", false}, {"yourselvent", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (stopword_is_english(slice_cstr(rows[i].word)) != rows[i].want)
            fail_msg("%s", rows[i].word);
}

static void test_stopword_is_lucene__table(void **state)
{
    (void)state;
    static const char *const all[] = {"a",    "an",   "and",  "are",  "as",   "at",    "be",   "but",   "by",
                                      "for",  "if",   "in",   "into", "is",   "it",    "no",   "not",   "of",
                                      "on",   "or",   "such", "that", "the",  "their", "then", "there", "these",
                                      "they", "this", "to",   "was",  "will", "with"};
    assert_int_equal(sizeof all / sizeof all[0], 33);
    for (size_t i = 0; i < 33; i++)
        assert_true(stopword_is_lucene(slice_cstr(all[i])));
    static const char *const none[] = {"", "i", "from", "have", "don't", "dont", "The", "withs"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(stopword_is_lucene(slice_cstr(none[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stopword_is_english__table),
        cmocka_unit_test(test_stopword_is_lucene__table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
