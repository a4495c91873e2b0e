#include "score.h"

#include <math.h>

double score_idf(enum index_profile profile, uint64_t n, uint64_t df)
{
    if (df > n)
        df = n;
    double x = ((double)(n - df) + 0.5) / ((double)df + 0.5);
    if (profile == PROFILE_PARITY)
        return log(1.0 + x);
    return log(x < 2.0 ? 1.0 + x / 2.0 : x);
}

double score_weight(double qtf, double boost, double idf)
{
    return qtf * boost * idf;
}

double score_term(double weight, uint8_t impact)
{
    return weight * impact / IMPACT_MAX;
}
