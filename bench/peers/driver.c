#include "driver.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUERIES_MAX 100000
#define QUERIES_FEW 256

struct result {
    uint64_t a, b, c;
};

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

double seconds_now(void)
{
    return (double)clock_ns(CLOCK_MONOTONIC) / 1e9;
}

void answer_text(struct bench_answer *out, const char *text, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += (unsigned char)text[i];
    out->checksum += sum;
    out->text_bytes += len;
}

void query_write(char *out, const struct bench_query *q, const char *before, const char *joint, const char *after)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < q->n_words && len < BENCH_QUERY_MAX_BYTES; i++)
        len += (size_t)snprintf(out + len, BENCH_QUERY_MAX_BYTES - len, "%s%s%s%s", i == 0 ? "" : joint, before,
                                q->words[i], after);
}

void query_write_quoth(char *out, const struct bench_query *q)
{
    static const char *const befores[] = {[BENCH_OR] = "\"", [BENCH_AND] = "+\"", [BENCH_PHRASE] = ""};
    if (q->kind != BENCH_PHRASE) {
        query_write(out, q, befores[q->kind], " ", "\"");
        return;
    }
    char words[BENCH_QUERY_MAX_BYTES];
    query_write(words, q, "", " ", "");
    snprintf(out, BENCH_QUERY_MAX_BYTES, "\"%.*s\"", BENCH_QUERY_MAX_BYTES - 3, words);
}

/* Words point into a copy of the line that stays. */
static bool query_parse(struct bench_query *q, const char *line)
{
    static const char *const names[] = {[BENCH_OR] = "or", [BENCH_AND] = "and", [BENCH_PHRASE] = "phrase"};
    char *copy = strdup(line), *state = NULL;
    if (copy == NULL)
        return false;
    const char *kind = strtok_r(copy, "\t", &state);
    bool is_known = false;
    for (size_t i = 0; kind != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(kind, names[i]) == 0) {
            q->kind = (enum bench_kind)i;
            is_known = true;
        }
    q->n_words = 0;
    for (char *word; is_known && (word = strtok_r(NULL, " \n", &state)) != NULL && q->n_words < BENCH_WORDS_MAX;)
        q->words[q->n_words++] = word;
    if (q->n_words > 0)
        return true;
    free(copy);
    return false;
}

/* Room for twice as many as there are; not for all at once, since setting much memory to zero empties the caches. */
static bool grow(struct bench_query **queries, size_t *cap)
{
    size_t more = *cap == 0 ? QUERIES_FEW : *cap * 2;
    struct bench_query *grown = realloc(*queries, more * sizeof *grown);
    if (grown == NULL)
        return false;
    memset(grown + *cap, 0, (more - *cap) * sizeof *grown);
    *queries = grown;
    *cap = more;
    return true;
}

struct bench_query *queries_read(const char *path, size_t *n)
{
    FILE *file = fopen(path, "re");
    struct bench_query *queries = NULL;
    size_t cap = 0;
    char line[BENCH_QUERY_MAX_BYTES / 2];
    *n = 0;
    while (file != NULL && *n < QUERIES_MAX && (*n < cap || grow(&queries, &cap)) &&
           fgets(line, sizeof line, file) != NULL)
        if (query_parse(&queries[*n], line))
            (*n)++;
    if (file != NULL)
        fclose(file);
    if (*n > 0)
        return queries;
    fprintf(stderr, "no queries in %s\n", path);
    free(queries);
    return NULL;
}

bool passage_next(FILE *tsv, char **line, size_t *cap, uint32_t *number, char **text, size_t *len)
{
    ssize_t got = getline(line, cap, tsv);
    char *tab = got <= 0 ? NULL : memchr(*line, '\t', (size_t)got);
    if (tab == NULL)
        return false;
    if ((*line)[got - 1] == '\n')
        (*line)[--got] = '\0';
    *number = (uint32_t)strtoul(*line, NULL, 10);
    *text = tab + 1;
    *len = (size_t)(*line + got - *text);
    return true;
}

static bool run_one(const struct bench_engine *engine, const struct bench_query *q, bool counts, struct result *out)
{
    if (counts) {
        *out = (struct result){0};
        return engine->count(engine->ctx, q, &out->a);
    }
    struct bench_answer answer = {0};
    uint64_t from = clock_ns(CLOCK_MONOTONIC);
    bool is_done = engine->run(engine->ctx, q, &answer);
    uint64_t ns = clock_ns(CLOCK_MONOTONIC) - from;
    *out = (struct result){ns, answer.hits, answer.text_bytes};
    return is_done;
}

static bool run_all(const struct bench_engine *engine, const struct bench_query *queries, size_t n, bool counts,
                    uint64_t limit_ms)
{
    struct result *results = calloc(n + 1, sizeof *results);
    if (results == NULL)
        return false;
    uint64_t until = clock_ns(CLOCK_MONOTONIC) + limit_ms * 1000000U;
    uint64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    bool is_fine = true;
    size_t done = 0;
    while (is_fine && done < n && clock_ns(CLOCK_MONOTONIC) < until) {
        is_fine = run_one(engine, &queries[done], counts, &results[done]);
        done += is_fine ? 1 : 0;
    }
    cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    for (size_t i = 0; i < done; i++) {
        const struct result *r = &results[i];
        if (counts)
            printf("%" PRIu64 "\n", r->a);
        else
            printf("%.3f %" PRIu64 " %" PRIu64 "\n", (double)r->a / 1e3, r->b, r->c);
    }
    printf("end %.3f\n", counts ? 0.0 : (double)cpu / 1e3);
    fflush(stdout);
    free(results);
    return is_fine;
}

int driver_serve(const struct bench_engine *engine)
{
    char line[4096 + 64], verb[8], path[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t n, first;
        uint64_t limit_ms;
        if (sscanf(line, "%7s %4095s %zu %" SCNu64, verb, path, &first, &limit_ms) != 4) {
            fprintf(stderr, "not understood: %s", line);
            return 2;
        }
        struct bench_query *queries = queries_read(path, &n);
        if (queries == NULL)
            return 2;
        bool is_fine = run_all(engine, queries, first < n ? first : n, strcmp(verb, "count") == 0, limit_ms);
        free(queries);
        if (!is_fine)
            return 1;
    }
    return 0;
}
