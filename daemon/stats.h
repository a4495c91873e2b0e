/**
 * What the daemon counts. Belongs to the loop's thread.
 */
#ifndef QUOTH_STATS_H
#define QUOTH_STATS_H

#include "postings_cache.h"
#include "reply.h"
#include "results.h"

#define STATS_CODES 15
#define LATENCY_STEPS 8 /* buckets from one power of two to the next */
#define LATENCY_BUCKETS (32 * LATENCY_STEPS)

struct stats {
    uint64_t started_us;
    uint64_t connections_total, requests_total;
    uint64_t by_verb[N_VERBS];         /* VERB_NONE: lines that are no request */
    uint64_t by_code[STATS_CODES];     /* in the order in which STATS lists them */
    uint64_t latency[LATENCY_BUCKETS]; /* of requests that workers answered */
    uint64_t n_latency;
};

/** What is not counted but looked up when STATS asks. */
struct stats_now {
    uint64_t now_us;
    uint64_t generation, passages, articles, segments;
    uint64_t connections, queued, workers;
    struct postings_cache_stats cache; /* the same */
    struct results_counts results;     /* all 0 where none are kept */
};

void stats_init(struct stats *s, uint64_t now_us);
void stats_error(struct stats *s, const char *code);
void stats_latency(struct stats *s, uint64_t us);

/** The time that `percent` of the requests did not pass, to an eighth of a power of two; 0 before the first. */
uint64_t stats_percentile(const struct stats *s, unsigned percent);

/** Data lines of STATS in one of its three forms; returns how many. */
size_t stats_lines(struct buf *out, const struct stats *s, const struct stats_now *now, enum out_format format);

#endif
