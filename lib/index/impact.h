/**
 * Impacts: what a term says of a passage, fixed when it is indexed; docs/RANKING.md, "Impact".
 */
#ifndef QUOTH_IMPACT_H
#define QUOTH_IMPACT_H

#include "snapshot.h"

/**
 * 1..127: max(1, round(127 tf / (tf + K))), tf = tf_body + w tf_title, len = n_body + w n_title,
 * K = k1 (1 - b + b len / average); w is 2 (parity 1), k1 0.9, b 0.5 (parity 0.4), average settings->average_length.
 */
uint8_t impact_of(const struct index_settings *settings, uint32_t tf_body, uint32_t tf_title, uint32_t n_body,
                  uint32_t n_title);

/** The K of a passage, by which a tf is dampened: tf / (tf + K). */
double impact_k(const struct index_settings *settings, uint32_t n_body, uint32_t n_title);

#endif
