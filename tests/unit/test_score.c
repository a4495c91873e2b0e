#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "score.h"

static void test_score_idf__table(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum index_profile profile;
        uint64_t n, df;
        double want; /* worked out by hand, x = (n - df + 0.5)/(df + 0.5) */
    } rows[] = {
        {"rare", PROFILE_DEFAULT, 1000, 1, 6.5017900},           /* ln(999.5/1.5) */
        {"absent", PROFILE_DEFAULT, 1000, 0, 7.6014023},         /* ln(1000.5/0.5) = ln 2001 */
        {"x just above 2", PROFILE_DEFAULT, 3, 0, 1.9459101},    /* ln 7 */
        {"x is 2", PROFILE_DEFAULT, 100, 33, 0.7005822},         /* ln(67.5/33.5) */
        {"below 2", PROFILE_DEFAULT, 100, 50, 0.4054651},        /* x = 1: ln 1.5 */
        {"in all", PROFILE_DEFAULT, 100, 100, 0.0024845},        /* x = 0.5/100.5: ln(1 + x/2) */
        {"more than all", PROFILE_DEFAULT, 100, 200, 0.0024845}, /* taken as all */
        {"empty", PROFILE_DEFAULT, 0, 0, 0.4054651},             /* x = 1 */
        {"parity rare", PROFILE_PARITY, 1000, 1, 6.5032897},     /* ln(1 + 999.5/1.5) */
        {"parity half", PROFILE_PARITY, 100, 50, 0.6931472},     /* ln 2 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double got = score_idf(rows[i].profile, rows[i].n, rows[i].df);
        if (fabs(got - rows[i].want) > 1e-6)
            fail_msg("%s: got %.9f, want %.9f", rows[i].name, got, rows[i].want);
    }
}

static void test_score_idf__never_rises_with_df(void **state)
{
    (void)state;
    for (enum index_profile profile = PROFILE_DEFAULT; profile <= PROFILE_PARITY; profile++) {
        double last = INFINITY;
        for (uint64_t df = 0; df <= 1000; df++) {
            double idf = score_idf(profile, 1000, df);
            assert_true(idf > 0 && idf < last);
            last = idf;
        }
    }
}

static void test_score_term__is_the_weight_at_the_greatest_impact(void **state)
{
    (void)state;
    assert_true(score_weight(2, 0.5, 3.25) == 3.25);
    assert_true(score_term(3.25, IMPACT_MAX) == 3.25);
    assert_true(score_term(3.25, 0) == 0);
    assert_true(score_term(1.0, 1) == 1.0 / 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score_idf__table),
        cmocka_unit_test(test_score_idf__never_rises_with_df),
        cmocka_unit_test(test_score_term__is_the_weight_at_the_greatest_impact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
