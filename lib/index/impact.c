#include "impact.h"

#include <math.h>

#define K1 0.9

uint8_t impact_of(const struct index_settings *settings, uint32_t tf_body, uint32_t tf_title, uint32_t n_body,
                  uint32_t n_title)
{
    bool is_parity = settings->profile == PROFILE_PARITY;
    double b = is_parity ? 0.4 : 0.5;
    double title_weight = is_parity ? 1 : 2;
    double tf = tf_body + title_weight * tf_title;
    double len = n_body + title_weight * n_title;
    double k = K1 * (1 - b + b * len / settings->average_length);
    double impact = round(IMPACT_MAX * tf / (tf + k));
    return (uint8_t)(impact < 1 ? 1 : impact);
}
