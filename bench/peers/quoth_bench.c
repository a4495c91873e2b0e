/*
 * Quoth in this process, without a network: the searcher that quothd's workers and quoth itself use.
 *
 *     quoth_bench serve INDEX         as driver.h says: the first stage, the same work as is asked of the others
 *     quoth_bench reranked INDEX      the best 50 of it ranked again
 *     quoth_bench marked INDEX        that, and what matched marked in the texts: as quothd does it
 *     quoth_bench first-marked INDEX  the first stage, and what matched marked: as quothd does it with rank=first
 *     (… INDEX CACHE_BYTES: with so much memory for decoded postings instead of the default)
 *     quoth_bench dump INDEX          its passages on stdout, as driver.h says, for the other engines
 */
#include "driver.h"
#include "search.h"
#include "text_room.h"

#include <stdlib.h>

struct mode {
    const char *name;
    enum search_rank rank;
    enum search_show show;
};

static const struct mode MODES[] = {
    {"serve", RANK_FIRST, SHOW_NONE},
    {"reranked", RANK_FULL, SHOW_NONE},
    {"marked", RANK_FULL, SHOW_PASSAGE},
    {"first-marked", RANK_FIRST, SHOW_PASSAGE},
};

struct quoth {
    struct searcher *searcher;
    const struct mode *mode;
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
    options.show = quoth->mode->show;
    options.rank = quoth->mode->rank;
    options.total = TOTAL_NONE;
    if (search_run(&hits, quoth->searcher, slice_cstr(line), &options, &e) != OK)
        return complain(line, &e);
    bool is_whole = true;
    for (size_t i = 0; i < hits->n && is_whole; i++) {
        struct hit *h = &hits->items[i];
        is_whole = search_text(quoth->searcher, h->segment, h->passage_number, &h->passage, &e) == OK;
        answer_text(out, h->passage.text.data, h->passage.text.len);
    }
    out->hits = (unsigned)hits->n;
    hits_free(hits);
    return is_whole || complain(line, &e);
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
    struct text_room texts = {0};
    uint32_t number = 0;
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *segment = snapshot_segment(s, i);
        for (uint32_t p = 0; p < segment_n_passages(segment); p++) {
            struct passage_view view;
            if (segment_passage_is_dead(segment, p))
                continue;
            if (segment_passage(segment, p, &view, &e) != OK || text_room_fill(&texts, segment, p, &view, &e) != OK) {
                text_room_clear(&texts);
                return complain(segment_id(segment), &e);
            }
            printf("%u\t", ++number);
            dump_text(view.text);
        }
    }
    text_room_clear(&texts);
    return fflush(stdout) == 0;
}

static int serve(struct snapshot *s, const struct mode *mode, size_t cache_bytes)
{
    struct error e = {0};
    struct quoth quoth = {.mode = mode};
    struct postings_cache *cache;
    if (postings_cache_new(&cache, cache_bytes, &e) != OK || searcher_new(&quoth.searcher, s, cache, &e) != OK)
        return complain("searcher", &e), 1;
    struct bench_engine engine = {&quoth, quoth_run, quoth_count};
    int status = driver_serve(&engine);
    searcher_free(quoth.searcher);
    postings_cache_free(cache);
    return status;
}

static const struct mode *mode_find(const char *name)
{
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++)
        if (strcmp(name, MODES[i].name) == 0)
            return &MODES[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct error e = {0};
    struct snapshot *s;
    const struct mode *mode = argc == 3 || argc == 4 ? mode_find(argv[1]) : NULL;
    size_t cache_bytes = argc == 4 ? strtoull(argv[3], NULL, 10) : POSTINGS_CACHE_DEFAULT_BYTES;
    if (mode == NULL && (argc != 3 || strcmp(argv[1], "dump") != 0)) {
        fprintf(stderr, "usage: quoth_bench serve|reranked|marked|first-marked INDEX [CACHE_BYTES]\n"
                        "       quoth_bench dump INDEX\n");
        return 2;
    }
    if (snapshot_open(&s, argv[2], &e) != OK)
        return complain(argv[2], &e), 1;
    int status = mode != NULL ? serve(s, mode, cache_bytes) : dump(s) ? 0 : 1;
    snapshot_unref(s);
    return status;
}
