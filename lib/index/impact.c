#include "impact.h"

#include <math.h>

#define K1 0.9

static double title_weight(const struct index_settings *settings)
{
    return settings->profile == PROFILE_PARITY ? 1 : 2;
}

double impact_k(const struct index_settings *settings, uint32_t n_body, uint32_t n_title)
{
    double b = settings->profile == PROFILE_PARITY ? 0.4 : 0.5;
    double len = n_body + title_weight(settings) * n_title;
    return K1 * (1 - b + b * len / settings->average_length);
}

uint8_t impact_of(const struct index_settings *settings, uint32_t tf_body, uint32_t tf_title, uint32_t n_body,
                  uint32_t n_title)
{
    double tf = tf_body + title_weight(settings) * tf_title;
    double impact = round(IMPACT_MAX * tf / (tf + impact_k(settings, n_body, n_title)));
    return (uint8_t)(impact < 1 ? 1 : impact);
}
