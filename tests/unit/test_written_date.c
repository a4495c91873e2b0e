#include "written_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct row {
    const char *input;
    int32_t want;
};

static void check(const struct row *rows, size_t n)
{
    int n_wrong = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t got = date_from_written(slice_cstr(rows[i].input));
        if (got != rows[i].want) {
            print_error("\"%s\": %d, not %d\n", rows[i].input, got, rows[i].want);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof *(rows))

static void test_date_from_written__iso(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"2024-03-27", 20240327},
        {" 2024-03-27 ", 20240327},
        {"2024-3-7", 20240307},
        {"2024-03", 20240300},
        {"2024", 20240000},
        {"0476", 4760000},
        {"20240327", 20240327},
        {"2024/03/27", 20240327},
        {"2024.03.27", 20240327},
        {"2019-03-13 9:00:00 -0500", 20190313},
        {"2019-03-13 09:00:00 +0000", 20190313},
        {"2019-03-13T09:00Z", 20190313},
        {"2019-03-13t09:00z", 20190313},
        {"2019-03-13T09:00:00.123456Z", 20190313},
        {"2019-03-13T09:00:00,5+01:00", 20190313},
        {"2019-03-13T23:59:60-05", 20190313},
        {"2019-03-13T23:30:00-08:00", 20190313},
        {"20190313T090000Z", 20190313},
        {"2019-03-13T0900", 20190313},
        {"2019-03-13Z", 20190313},
        {"2019-03-13+01:00", 20190313},
        {"2019-03-13-05:00", 20190313},
        {"2019-03-13 09:00", 20190313},
        {"2019-03-13, 09:00 UTC", 20190313},
        {"2020-02-29", 20200229},
        {"2019-02-29", DATE_NONE},
        {"2024-13-01", DATE_NONE},
        {"2024-00-10", DATE_NONE},
        {"2024-01-00", DATE_NONE},
        {"2024-04-31", DATE_NONE},
        {"2024-13", DATE_NONE},
        {"2024-00", DATE_NONE},
        {"20240000", DATE_NONE},
        {"20241301", DATE_NONE},
        {"0000", DATE_NONE},
        {"2024-03/27", DATE_NONE},
        {"2019-03-13 25:00", DATE_NONE},
        {"2019-03-13T09:61", DATE_NONE},
        {"2024-03-27-01", DATE_NONE},
    };
    CHECK(rows);
}

static void test_date_from_written__names(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"March 27, 2024", 20240327},
        {"March 27 2024", 20240327},
        {"march 27, 2024", 20240327},
        {"MARCH 27, 2024", 20240327},
        {"March 27 , 2024", 20240327},
        {"March 27,2024", 20240327},
        {"27 March 2024", 20240327},
        {"27 March, 2024", 20240327},
        {"27. March 2024", 20240327},
        {"Mar. 27th, 2024", 20240327},
        {"Mar 27, 2024", 20240327},
        {"27th of March, 2024", 20240327},
        {"the 27th of March 2024", 20240327},
        {"The 1st of May 1851", 18510501},
        {"2nd June 1953", 19530602},
        {"3rd Sept. 1939", 19390903},
        {"Sep 3, 1939", 19390903},
        {"27-Mar-2024", 20240327},
        {"27/Mar/2024", 20240327},
        {"2024 March 27", 20240327},
        {"2024-Mar-27", 20240327},
        {"2024, March 27", 20240327},
        {"March 2024", 20240300},
        {"March, 2024", 20240300},
        {"Mar. 2024", 20240300},
        {"March of 2024", 20240300},
        {"2024 March", 20240300},
        {"May 2024.", 20240500},
        {"Wednesday, March 27, 2024, 1:00 PM", 20240327},
        {"Wednesday, March 27, 2024", 20240327},
        {"Wednesday 27 March 2024", 20240327},
        {"Saturday, 24 February 2007", 20070224},
        {"Wed. 27 Mar 2024", 20240327},
        {"27 March 2024 (Wednesday)", 20240327},
        {"March 27, 2024 at 1:00 p.m. EDT", 20240327},
        {"March 27, 2024 at 1:00 PM ET", 20240327},
        {"March 27, 2024 | 1:00 PM", 20240327},
        {"March 27, 2024 - 1:00 PM", 20240327},
        {"March 27, 2024 \xE2\x80\x93 13:00", 20240327},
        {"March 27, 2024 \xC2\xB7 13:00", 20240327},
        {"March 27, 2024 @ 1:00 pm", 20240327},
        {"March\xC2\xA0"
         "27, 2024, 1:00\xE2\x80\xAF"
         "PM",
         20240327},
        {"27 March 2024 1.30pm BST", 20240327},
        {"27 March 2024, 1pm", 20240327},
        {"1:00 PM EDT, March 27, 2024", 20240327},
        {"1:00 PM ET, Wed March 27, 2024", 20240327},
        {"13:00, 27 March 2024 (UTC)", 20240327},
        {"13:00 on 27 March 2024", 20240327},
        {"13:00 - 12 March 2024", 20240312},
        {"February 30, 2024", DATE_NONE},
        {"March 27", DATE_NONE},
        {"27 March", DATE_NONE},
        {"March", DATE_NONE},
        {"March 27, 24", DATE_NONE},
        {"Marchy 27, 2024", DATE_NONE},
        {"Mar 27 Apr 28 2024", DATE_NONE},
        {"March 27-28, 2024", DATE_NONE},
        {"27 Maerz 2024", DATE_NONE},
    };
    CHECK(rows);
}

static void test_date_from_written__mail(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Wed, 27 Mar 2024 13:00:00 +0000", 20240327}, {"Wed, 27 Mar 2024 13:00:00 -0800 (PST)", 20240327},
        {"27 Mar 2024 13:00 GMT", 20240327},           {"Tue 14 Nov 2023 05.00 GMT", 20231114},
        {"Wed, 27 Mar 2024 13:00:00 GMT", 20240327},   {"Wed Mar 27 13:00:00 2024", 20240327},
        {"Wed Mar 27 13:00:00 UTC 2024", 20240327},    {"Wed Mar 27 13:00:00 GMT+0100 2024", 20240327},
        {"Wed, 27 Mar 24 13:00:00 +0000", DATE_NONE},
    };
    CHECK(rows);
}

static void test_date_from_written__day_and_month(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"27/03/2024", 20240327},  {"03/27/2024", 20240327}, {"27.03.2024", 20240327},       {"27-03-2024", 20240327},
        {"3/27/2024", 20240327},   {"03/03/2024", 20240303}, {"03/04/2024", DATE_NONE},      {"3.4.2024", DATE_NONE},
        {"27/27/2024", DATE_NONE}, {"27/03/24", DATE_NONE},  {"0/13/2024", DATE_NONE},       {"13/0/2024", DATE_NONE},
        {"31/04/2024", DATE_NONE}, {"27/03", DATE_NONE},     {"27/03/2024 13:00", 20240327},
    };
    CHECK(rows);
}

static void test_date_from_written__no_date(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", DATE_NONE},
        {"   ", DATE_NONE},
        {"yesterday", DATE_NONE},
        {"13:00", DATE_NONE},
        {"Wednesday", DATE_NONE},
        {"On March 27, 2024", DATE_NONE},
        {"March 27, 2024 in Moscow", DATE_NONE},
        {"Updated March 27, 2024", DATE_NONE},
        {"2024 was a year", DATE_NONE},
        {"202", DATE_NONE},
        {"20245", DATE_NONE},
        {"123456789012345678901234567890", DATE_NONE},
        {"2024-03-27 \xFF", DATE_NONE},
        {"\xC2", DATE_NONE},
        {"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 "
         "40 41",
         DATE_NONE},
    };
    CHECK(rows);
    assert_int_equal(date_from_written(SLICE("2024\0")), DATE_NONE);
    assert_int_equal(date_from_written((struct slice){0}), DATE_NONE);
}

/* The longest text that is looked at has 128 bytes. */
static void test_date_from_written__length(void **state)
{
    (void)state;
    char text[200];
    memset(text, ' ', sizeof text);
    memcpy(text, "2024-03-27", 10);
    assert_int_equal(date_from_written(slice_of(text, 127)), 20240327);
    assert_int_equal(date_from_written(slice_of(text, 128)), 20240327);
    assert_int_equal(date_from_written(slice_of(text, 129)), DATE_NONE);
}

static void test_date_from_written__other_languages(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"14. März 2024", 20240314},
        {"14. MÄRZ 2024", 20240314},
        {"Donnerstag, 14. März 2024, 17:03 Uhr", 20240314},
        {"14.03.2024, 17:03 Uhr", 20240314},
        {"3 avril 2018", 20180403},
        {"le 3 avril 2018", 20180403},
        {"1er août 2018", 20180801},
        {"mercredi 5 décembre 2018", 20181205},
        {"3 de abril de 2018", 20180403},
        {"miércoles, 4 de abril de 2018", 20180404},
        {"3 aprile 2018", 20180403},
        {"12 maart 2024", 20240312},
        {"März 2024", 20240300},
        {"14. Marz 2024", DATE_NONE},
        {"le 3", DATE_NONE},
    };
    CHECK(rows);
}

static void test_date_from_written__glued_time(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"March 14, 20246:03 PM", 20240314},
        {"March 14, 202416:03 GMT", 20240314},
        {"March 14, 20246", DATE_NONE},
    };
    CHECK(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date_from_written__other_languages),
        cmocka_unit_test(test_date_from_written__glued_time),
        cmocka_unit_test(test_date_from_written__iso),
        cmocka_unit_test(test_date_from_written__names),
        cmocka_unit_test(test_date_from_written__mail),
        cmocka_unit_test(test_date_from_written__day_and_month),
        cmocka_unit_test(test_date_from_written__no_date),
        cmocka_unit_test(test_date_from_written__length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
