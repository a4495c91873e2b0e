/*
 * Quoth in this process, without a network: the searcher that quothd's workers and quoth itself use.
 *
 *     quoth_bench serve INDEX     as driver.h says: the same work as is asked of the others
 *     quoth_bench marked INDEX    the same as quothd does it: the best 50 ranked again, what matched marked in the
 * texts quoth_bench dump INDEX      its passages on stdout, as driver.h says, for the other engines
 */
#include "driver.h"
#include "search.h"

#include <stdlib.h>

#define CACHE_BYTES ((size_t)1 << 30)

struct quoth {
    struct searcher *searcher;
    bool marks;
};

static bool complain(const char *what, const struct error *e)
{
    fprintf(stderr, "quoth_bench: %s: %s\n", what, e->text);
    return false;
}

static bool quoth_run(void *ctx, const struct bench_query *q, struct bench_answer *out)
{
    struct quoth *quoth = ctx;
    struct error e = {0};
    struct hits *hits = NULL;
    char line[BENCH_QUERY_MAX_BYTES];
    query_write_quoth(line, q);
    struct search_options options = search_options_default();
    options.n = BENCH_TOP;
    options.show = quoth->marks ? SHOW_PASSAGE : SHOW_NONE;
    options.rank = quoth->marks ? RANK_FULL : RANK_FIRST;
    options.total = TOTAL_NONE;
    if (search_run(&hits, quoth->searcher, slice_cstr(line), &options, &e) != OK)
        return complain(line, &e);
    for (size_t i = 0; i < hits->n; i++)
        answer_text(out, hits->items[i].passage.text.data, hits->items[i].passage.text.len);
    out->hits = (unsigned)hits->n;
    hits_free(hits);
    return true;
}

static bool quoth_count(void *ctx, const struct bench_query *q, uint64_t *found)
{
    struct quoth *quoth = ctx;
    struct error e = {0};
    struct stop stop = {0};
    uint64_t n_articles;
    char line[BENCH_QUERY_MAX_BYTES];
    query_write_quoth(line, q);
    if (search_count(quoth->searcher, slice_cstr(line), MODE_QUERY, &stop, found, &n_articles, &e) != OK)
        return complain(line, &e);
    return true;
}

static void dump_text(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        putchar_unlocked(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
    putchar_unlocked('\n');
}

static bool dump(const struct snapshot *s)
{
    struct error e = {0};
    uint32_t number = 0;
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *segment = snapshot_segment(s, i);
        for (uint32_t p = 0; p < segment_n_passages(segment); p++) {
            struct passage_view view;
            if (segment_passage_is_dead(segment, p))
                continue;
            if (segment_passage(segment, p, &view, &e) != OK)
                return complain(segment_id(segment), &e);
            printf("%u\t", ++number);
            dump_text(view.text);
        }
    }
    return fflush(stdout) == 0;
}

static int serve(struct snapshot *s, bool marks)
{
    struct error e = {0};
    struct quoth quoth = {.marks = marks};
    struct postings_cache *cache;
    if (postings_cache_new(&cache, CACHE_BYTES, &e) != OK || searcher_new(&quoth.searcher, s, cache, &e) != OK)
        return complain("searcher", &e), 1;
    struct bench_engine engine = {&quoth, quoth_run, quoth_count};
    int status = driver_serve(&engine);
    searcher_free(quoth.searcher);
    postings_cache_free(cache);
    return status;
}

int main(int argc, char **argv)
{
    struct error e = {0};
    struct snapshot *s;
    bool dumps = argc == 3 && strcmp(argv[1], "dump") == 0;
    bool marks = argc == 3 && strcmp(argv[1], "marked") == 0;
    if (!dumps && !marks && (argc != 3 || strcmp(argv[1], "serve") != 0)) {
        fprintf(stderr, "usage: quoth_bench serve|marked|dump INDEX\n");
        return 2;
    }
    if (snapshot_open(&s, argv[2], &e) != OK)
        return complain(argv[2], &e), 1;
    int status = dumps ? (dump(s) ? 0 : 1) : serve(s, marks);
    snapshot_unref(s);
    return status;
}
