#include "info.h"

#include "analyzer.h"
#include "build.h"
#include "check.h"
#include "file.h"
#include "json_text.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#define INFO_MAX_BYTES ((size_t)64 << 20)

struct sums {
    uint64_t n_terms, n_forms, n_bytes;
};

static uint64_t segment_bytes(const char *index, const struct segment *s)
{
    char path[PATH_MAX];
    uint64_t n = 0;
    if (snprintf(path, sizeof path, "%s/segments/%s", index, segment_id(s)) >= (int)sizeof path ||
        file_size(path, &n, NULL) != OK)
        return 0;
    return n;
}

static struct sums sum_up(const char *index, const struct snapshot *s)
{
    struct sums sums = {0};
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *segment = snapshot_segment(s, i);
        sums.n_terms += segment_n_terms(segment);
        sums.n_forms += segment_n_forms(segment);
        sums.n_bytes += segment_bytes(index, segment);
    }
    return sums;
}

static bool is_analyzer_ours(const struct snapshot *s)
{
    struct analyzer *analyzer;
    uint64_t signature = 0;
    enum status st = analyzer_new(&analyzer, build_analyzer_profile(snapshot_settings(s)->profile), NULL);
    if (st == OK)
        st = analyzer_signature(analyzer, &signature, NULL);
    analyzer_free(analyzer);
    return st == OK && snapshot_check_analyzer(s, signature, NULL) == OK;
}

static void put_text(struct buf *b, const struct indexer_options *o, const struct snapshot *s)
{
    const struct index_settings *settings = snapshot_settings(s);
    struct sums sums = sum_up(o->index, s);
    buf_printf(b, "generation   %" PRIu64 "\n", snapshot_generation(s));
    buf_printf(b, "profile      %s, split %s, texts %s, average length %.6g\n",
               settings->profile == PROFILE_PARITY ? "parity" : "default", settings->split_whole ? "whole" : "auto",
               settings->is_compressed ? "compressed" : "raw", settings->average_length);
    buf_printf(b, "analyzer     %016" PRIx64 "%s\n", settings->analyzer_signature,
               is_analyzer_ours(s) ? "" : " (not this program's: --rebuild)");
    buf_put_cstr(b, "languages   ");
    for (size_t i = 0; i < snapshot_n_langs(s); i++)
        buf_printf(b, " %s", snapshot_lang(s, i));
    buf_printf(b, "\narticles     %" PRIu64 "\npassages     %" PRIu64 "\n", snapshot_n_articles(s),
               snapshot_n_passages(s));
    buf_printf(b, "terms        %" PRIu64 " (%" PRIu64 " forms), summed over the segments\n", sums.n_terms,
               sums.n_forms);
    buf_printf(b, "bytes        %" PRIu64 "\n", sums.n_bytes);
    for (size_t i = 0; i < snapshot_n_roots(s); i++) {
        struct slice prefix = snapshot_root_prefix(s, i);
        if (snapshot_root(s, i).len == 0)
            continue;
        buf_printf(b, "root         %.*s", SLICE_ARG(snapshot_root(s, i)));
        if (prefix.len > 0)
            buf_printf(b, " (prefix %.*s)", SLICE_ARG(prefix));
        buf_put_byte(b, '\n');
    }
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *g = snapshot_segment(s, i);
        buf_printf(b, "segment      %s: %u articles (%u dead), %u passages (%u dead), %u terms, %" PRIu64 " bytes\n",
                   segment_id(g), segment_n_articles(g), segment_n_dead_articles(g), segment_n_passages(g),
                   segment_n_dead_passages(g), segment_n_terms(g), segment_bytes(o->index, g));
    }
}

/** The roots' paths, or their prefixes, in the same order. */
static void put_roots(struct buf *b, const struct snapshot *s, struct slice (*part)(const struct snapshot *s, size_t i))
{
    const char *comma = "";
    for (size_t i = 0; i < snapshot_n_roots(s); i++) {
        if (snapshot_root(s, i).len == 0)
            continue;
        buf_put_cstr(b, comma);
        json_put_string(b, part(s, i));
        comma = ",";
    }
}

static void put_json(struct buf *b, const struct indexer_options *o, const struct snapshot *s)
{
    const struct index_settings *settings = snapshot_settings(s);
    struct sums sums = sum_up(o->index, s);
    buf_printf(
        b, "{\"generation\":%" PRIu64 ",\"profile\":\"%s\",\"split\":\"%s\",\"compressed\":%s,\"average_length\":%.17g",
        snapshot_generation(s), settings->profile == PROFILE_PARITY ? "parity" : "default",
        settings->split_whole ? "whole" : "auto", settings->is_compressed ? "true" : "false", settings->average_length);
    buf_printf(b, ",\"analyzer\":\"%016" PRIx64 "\",\"analyzer_fits\":%s,\"languages\":[", settings->analyzer_signature,
               is_analyzer_ours(s) ? "true" : "false");
    for (size_t i = 0; i < snapshot_n_langs(s); i++)
        buf_printf(b, "%s\"%s\"", i > 0 ? "," : "", snapshot_lang(s, i));
    buf_put_cstr(b, "],\"roots\":[");
    put_roots(b, s, snapshot_root);
    buf_put_cstr(b, "],\"prefixes\":[");
    put_roots(b, s, snapshot_root_prefix);
    buf_printf(b,
               "],\"articles\":%" PRIu64 ",\"passages\":%" PRIu64 ",\"terms\":%" PRIu64 ",\"forms\":%" PRIu64
               ",\"bytes\":%" PRIu64 ",\"segments\":[",
               snapshot_n_articles(s), snapshot_n_passages(s), sums.n_terms, sums.n_forms, sums.n_bytes);
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *g = snapshot_segment(s, i);
        buf_printf(b,
                   "%s{\"id\":\"%s\",\"articles\":%u,\"dead_articles\":%u,\"passages\":%u,\"dead_passages\":%u,"
                   "\"terms\":%u,\"bytes\":%" PRIu64 "}",
                   i > 0 ? "," : "", segment_id(g), segment_n_articles(g), segment_n_dead_articles(g),
                   segment_n_passages(g), segment_n_dead_passages(g), segment_n_terms(g), segment_bytes(o->index, g));
    }
    buf_put_cstr(b, "]}\n");
}

enum status info_print(const struct indexer_options *o, struct error *e)
{
    struct snapshot *s;
    struct buf out;
    enum status st = snapshot_open(&s, o->index, e);
    if (st != OK)
        return st;
    buf_init(&out, INFO_MAX_BYTES);
    if (o->is_json)
        put_json(&out, o, s);
    else
        put_text(&out, o, s);
    st = buf_status(&out, e);
    if (st == OK && fwrite(out.data, 1, out.len, stdout) != out.len)
        st = error_errno(e, ERR_IO, "cannot write to the standard output");
    buf_clear(&out);
    snapshot_unref(s);
    return st;
}

static void print_line(void *ctx, const char *line)
{
    const struct indexer_options *o = ctx;
    if (!o->is_quiet)
        printf("%s\n", line);
}

enum status info_check(const struct indexer_options *o, struct error *e)
{
    struct indexer_options options = *o;
    return index_check(o->index, print_line, &options, e);
}
