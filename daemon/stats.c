#include "stats.h"

#include <stdio.h>
#include <unistd.h>

static const char *const codes[STATS_CODES] = {"verb",     "option", "query", "line",     "bytes",
                                               "none",     "gen",    "busy",  "deadline", "index",
                                               "internal", "http",   "full",  "idle",     "shutdown"};

void stats_init(struct stats *s, uint64_t now_us)
{
    *s = (struct stats){.started_us = now_us};
}

void stats_error(struct stats *s, const char *code)
{
    for (size_t i = 0; i < STATS_CODES; i++)
        if (strcmp(codes[i], code) == 0)
            s->by_code[i]++;
}

/* Bucket of a time: below LATENCY_STEPS each its own, then LATENCY_STEPS for each power of two. */
static size_t bucket_of(uint64_t us)
{
    if (us < LATENCY_STEPS)
        return (size_t)us;
    unsigned power = 63u - (unsigned)__builtin_clzll(us);
    size_t step = (size_t)(us >> (power - 3)) & (LATENCY_STEPS - 1);
    size_t bucket = (size_t)(power - 2) * LATENCY_STEPS + step;
    return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

/* The largest time of a bucket. */
static uint64_t bucket_end(size_t bucket)
{
    if (bucket < LATENCY_STEPS)
        return bucket;
    unsigned power = (unsigned)(bucket / LATENCY_STEPS) + 2;
    uint64_t step = bucket % LATENCY_STEPS;
    return ((LATENCY_STEPS + step + 1) << (power - 3)) - 1;
}

void stats_latency(struct stats *s, uint64_t us)
{
    s->latency[bucket_of(us)]++;
    s->n_latency++;
}

uint64_t stats_percentile(const struct stats *s, unsigned percent)
{
    uint64_t wanted = (s->n_latency * percent + 99) / 100, seen = 0;
    if (s->n_latency == 0)
        return 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        seen += s->latency[i];
        if (seen >= wanted)
            return bucket_end(i);
    }
    return bucket_end(LATENCY_BUCKETS - 1);
}

static uint64_t resident_bytes(void)
{
    unsigned long long total = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL)
        return 0;
    int n = fscanf(f, "%llu %llu", &total, &resident);
    fclose(f);
    long page = sysconf(_SC_PAGESIZE);
    return n == 2 && page > 0 ? resident * (uint64_t)page : 0;
}

struct writer {
    struct buf *out;
    enum out_format format;
    size_t n_lines;
};

static void put_row(struct writer *w, const char *name, struct slice value)
{
    struct row r = row_begin(w->out, w->format);
    row_text(&r, "name", slice_cstr(name));
    row_text(&r, "value", value);
    row_end(&r);
    w->n_lines++;
}

static void put_number(struct writer *w, const char *name, uint64_t value)
{
    if (w->format == OUT_PROMETHEUS) {
        buf_printf(w->out, "quoth_%s %llu\n", name, (unsigned long long)value);
    } else {
        struct row r = row_begin(w->out, w->format);
        row_text(&r, "name", slice_cstr(name));
        row_u64(&r, "value", value);
        row_end(&r);
    }
    w->n_lines++;
}

/* One of a family: requests_search; for Prometheus quoth_requests{verb="search"}. */
static void put_member(struct writer *w, const char *family, const char *label, const char *member, uint64_t value)
{
    char name[64];
    const char *form = w->format == OUT_PROMETHEUS ? "%s{%s=\"%s\"}" : "%s_%.0s%s";
    snprintf(name, sizeof name, form, family, label, member);
    put_number(w, name, value);
}

static void put_lower(char *out, size_t size, const char *name)
{
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < size; i++)
        out[i] = (char)(name[i] | 0x20);
    out[i] = '\0';
}

static void put_families(struct writer *w, const struct stats *s)
{
    for (int verb = VERB_NONE; verb < N_VERBS; verb++) {
        char name[16];
        put_lower(name, sizeof name, verb == VERB_NONE ? "none" : verb_name((enum verb)verb));
        put_member(w, "requests", "verb", name, s->by_verb[verb]);
    }
    for (size_t i = 0; i < STATS_CODES; i++)
        put_member(w, "errors", "code", codes[i], s->by_code[i]);
}

size_t stats_lines(struct buf *out, const struct stats *s, const struct stats_now *now, enum out_format format)
{
    struct writer w = {.out = out, .format = format};
    if (format == OUT_PROMETHEUS) {
        buf_put_cstr(out, "quoth_build_info{version=\"" QUOTH_VERSION "\"} 1\n");
        w.n_lines++;
    } else {
        put_row(&w, "version", SLICE(QUOTH_VERSION));
    }
    put_number(&w, "uptime_s", (now->now_us - s->started_us) / 1000000);
    put_number(&w, "generation", now->generation);
    put_number(&w, "passages", now->passages);
    put_number(&w, "articles", now->articles);
    put_number(&w, "segments", now->segments);
    put_number(&w, "connections", now->connections);
    put_number(&w, "connections_total", s->connections_total);
    put_number(&w, "requests_total", s->requests_total);
    put_families(&w, s);
    put_number(&w, "queue_length", now->queued);
    put_number(&w, "workers", now->workers);
    put_number(&w, "cache_bytes", now->cache.bytes);
    put_number(&w, "cache_lists", now->cache.n_lists);
    put_number(&w, "cache_hits", now->cache.hits);
    put_number(&w, "cache_misses", now->cache.misses);
    put_number(&w, "cache_evictions", now->cache.evictions);
    put_number(&w, "results_bytes", now->results.bytes);
    put_number(&w, "results_replies", now->results.replies);
    put_number(&w, "results_hits", now->results.hits);
    put_number(&w, "results_misses", now->results.misses);
    put_number(&w, "results_evictions", now->results.evictions);
    put_number(&w, "latency_p50_us", stats_percentile(s, 50));
    put_number(&w, "latency_p95_us", stats_percentile(s, 95));
    put_number(&w, "latency_p99_us", stats_percentile(s, 99));
    put_number(&w, "rss_bytes", resident_bytes());
    return w.n_lines;
}
