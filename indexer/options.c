#include "options.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer.h"
#include "option_table.h"
#include "utf8.h"

enum {
    OPT_PREFIX = 256,
    OPT_REMOVE_ROOT,
    OPT_DELETE,
    OPT_PURGE,
    OPT_COMPACT,
    OPT_REBUILD,
    OPT_CHECK,
    OPT_INFO,
    OPT_SPLIT,
    OPT_COMPRESS,
    OPT_PROFILE,
    OPT_LANG,
    OPT_FORMAT,
    OPT_MEMORY,
    OPT_THREADS,
    OPT_WRITER,
    OPT_WAIT,
    OPT_DRY_RUN,
    OPT_JSON
};

static const struct option_line option_lines[] = {
    {NULL, 0, 0, NULL, "Roots (a PATH is remembered as a root; one below a root is looked at as a part of that root):"},
    {"prefix", required_argument, OPT_PREFIX, "P", "put P before the ids of the articles below the PATHs"},
    {"remove-root", required_argument, OPT_REMOVE_ROOT, "PATH", "forget a root: its articles leave the index"},
    {NULL, 0, 0, NULL, "How articles are read:"},
    {"format", required_argument, OPT_FORMAT, "F", "text, markdown, html or jsonl, whatever names and contents say"},
    {"lang", required_argument, OPT_LANG, "L", "the language of articles that do not say theirs (en)"},
    {NULL, 0, 0, NULL, "How a new index is built (kept ever after):"},
    {"split", required_argument, OPT_SPLIT, "HOW", "auto: passages of about 120 words; whole: one an article"},
    {"compress", no_argument, OPT_COMPRESS, NULL, "keep the texts compressed: a smaller index, slower answers"},
    {"profile", required_argument, OPT_PROFILE, "WHICH", "default, or parity: plain BM25 (0.9, 0.4), Porter stems"},
    {NULL, 0, 0, NULL, "Other work on an index:"},
    {"delete", required_argument, OPT_DELETE, "ID", "remove an article; it comes back when its file changes"},
    {"purge", no_argument, OPT_PURGE, NULL, "return only when the bytes of removed articles are gone"},
    {"compact", no_argument, OPT_COMPACT, NULL, "merge all segments into one, or as few as --memory allows"},
    {"rebuild", no_argument, OPT_REBUILD, NULL, "analyse the stored texts again, without the sources"},
    {"check", no_argument, OPT_CHECK, NULL, "read every byte and say what is wrong"},
    {"info", no_argument, OPT_INFO, NULL, "say what is in the index"},
    {NULL, 0, 0, NULL, "Running:"},
    {"memory", required_argument, OPT_MEMORY, "SIZE", "stay below SIZE (512M; K, M and G are known; 128M at least)"},
    {"threads", required_argument, OPT_THREADS, "N", "threads that read and analyse (one a processor, 64 at most)"},
    {"wait", required_argument, OPT_WAIT, "S", "wait up to S seconds for another writer to end (0)"},
    {"writer", required_argument, OPT_WRITER, "HOW", "bulk, or libxapian: postings through its own API, slower"},
    {"dry-run", no_argument, OPT_DRY_RUN, NULL, "read everything, say what would be done, change nothing"},
    {"json", no_argument, OPT_JSON, NULL, "the report as one JSON object"},
    {"quiet", no_argument, 'q', NULL, "no report and no progress; only what goes wrong"},
    {"verbose", no_argument, 'v', NULL, "name each article that is added, replaced or removed"},
    {"help", no_argument, 'h', NULL, "print this and end"},
    {"version", no_argument, 'V', NULL, "print the version and end"},
};

#define N_OPTION_LINES (sizeof option_lines / sizeof option_lines[0])

void indexer_help(struct buf *out)
{
    buf_put_cstr(out,
                 "usage: quoth-index [OPTION…] INDEX [PATH…]\n"
                 "Bring an index up to date with the articles in files and folders: new ones are added, changed\n"
                 "ones replaced, vanished ones removed, unchanged ones cost a look at their dates. Without a PATH\n"
                 "all roots of the index are looked at. Readers see the old generation until the new one is whole.\n");
    option_table_help(out, option_lines, N_OPTION_LINES, 22);
    buf_put_cstr(out,
                 "\nFiles: plain text, Markdown, HTML, JSON Lines, each also as .gz or .zst. Hidden files, binaries,\n"
                 "devices and loops of links are passed over. An article's id is its path below its root, or what its\n"
                 "JSON line says. An article that was removed with --delete stays away until its file changes.\n"
                 "\nExit status: 0 all done; 1 done, but some input could not be read; 2 nothing was done.\n");
}

static enum status to_memory(const char *text, size_t *out, struct error *e)
{
    size_t len = strlen(text);
    unsigned shift = 0;
    if (len > 0) {
        char unit = (char)(text[len - 1] & ~0x20);
        shift = unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0;
    }
    uint64_t v = 0;
    if (!slice_to_u64(slice_of(text, len - (shift > 0)), MEMORY_MAX_BYTES >> shift, &v) ||
        v << shift < MEMORY_MIN_BYTES)
        return error_set(e, ERR_OPTION, "--memory takes a size of at least 128M (512M, 2G), not '%s'", text);
    *out = (size_t)(v << shift);
    return OK;
}

static enum status to_threads(const char *text, size_t *out, struct error *e)
{
    uint64_t v = 0;
    if (!slice_to_u64(slice_cstr(text), THREADS_MAX, &v) || v == 0)
        return error_set(e, ERR_OPTION, "--threads takes a number from 1 to %d, not '%s'", THREADS_MAX, text);
    *out = (size_t)v;
    return OK;
}

static enum status to_wait(const char *text, unsigned *out, struct error *e)
{
    uint64_t v = 0;
    if (!slice_to_u64(slice_cstr(text), WAIT_MAX_S, &v))
        return error_set(e, ERR_OPTION, "--wait takes seconds, at most %d, not '%s'", WAIT_MAX_S, text);
    *out = (unsigned)v;
    return OK;
}

static enum status to_format(const char *text, enum article_format *out, struct error *e)
{
    for (*out = FORMAT_TEXT; *out <= FORMAT_JSONL; (*out)++)
        if (strcmp(text, format_name(*out)) == 0)
            return OK;
    *out = FORMAT_UNKNOWN;
    return error_set(e, ERR_OPTION, "--format takes text, markdown, html or jsonl, not '%s'", text);
}

static enum status to_lang(const char *text, const char **out, struct error *e)
{
    *out = analyzer_language(slice_cstr(text));
    if (strcmp(*out, "none") != 0 || strcmp(text, "none") == 0)
        return OK;
    return error_set(e, ERR_OPTION, "--lang: there is no stemmer for '%s'; 'none' leaves words as they are", text);
}

/** The second of two words: 1; the first: 0. */
static enum status to_choice(const char *name, const char *text, const char *first, const char *second, bool *is_second,
                             struct error *e)
{
    *is_second = strcmp(text, second) == 0;
    if (*is_second || strcmp(text, first) == 0)
        return OK;
    return error_set(e, ERR_OPTION, "--%s takes %s or %s, not '%s'", name, first, second, text);
}

static enum status to_prefix(const char *text, const char **out, struct error *e)
{
    struct slice s = slice_cstr(text);
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.data[i] < 0x20 || s.data[i] == 0x7f)
            return error_set(e, ERR_OPTION, "--prefix: no control characters");
    if (!utf8_is_valid(s) || s.len > PREFIX_MAX_BYTES)
        return error_set(e, ERR_OPTION, "--prefix takes at most %d bytes of UTF-8", PREFIX_MAX_BYTES);
    *out = text;
    return OK;
}

static enum status set_action(struct indexer_options *o, enum indexer_action action, struct error *e)
{
    if (o->action != ACTION_UPDATE && o->action != action)
        return error_set(e, ERR_OPTION, "--info, --check and --rebuild exclude each other");
    o->action = action;
    return OK;
}

/** Options that say what is to be done. */
static enum status take_work(struct indexer_options *o, int code, const char *value, bool *handled, struct error *e)
{
    *handled = true;
    switch (code) {
    case OPT_REMOVE_ROOT:
        o->forgotten[o->n_forgotten++] = value;
        return OK;
    case OPT_DELETE:
        o->deleted[o->n_deleted++] = value;
        return OK;
    case OPT_PURGE:
        o->wants_purge = true;
        return OK;
    case OPT_COMPACT:
        o->wants_compact = true;
        return OK;
    case OPT_REBUILD:
        return set_action(o, ACTION_REBUILD, e);
    case OPT_CHECK:
        return set_action(o, ACTION_CHECK, e);
    case OPT_INFO:
        return set_action(o, ACTION_INFO, e);
    case OPT_DRY_RUN:
        o->is_dry_run = true;
        return OK;
    default:
        *handled = false;
        return OK;
    }
}

/** Options that say how. */
static enum status take_manner(struct indexer_options *o, int code, const char *value, struct error *e)
{
    bool is_second = false;
    enum status st = OK;
    switch (code) {
    case OPT_PREFIX:
        return to_prefix(value, &o->prefix, e);
    case OPT_SPLIT:
        o->is_split_given = true;
        return to_choice("split", value, "auto", "whole", &o->is_split_whole, e);
    case OPT_COMPRESS:
        o->is_compressed = true;
        return OK;
    case OPT_PROFILE:
        st = to_choice("profile", value, "default", "parity", &is_second, e);
        o->is_profile_given = true;
        o->profile = is_second ? PROFILE_PARITY : PROFILE_DEFAULT;
        return st;
    case OPT_LANG:
        return to_lang(value, &o->lang, e);
    case OPT_FORMAT:
        return to_format(value, &o->format, e);
    case OPT_MEMORY:
        return to_memory(value, &o->memory, e);
    case OPT_THREADS:
        return to_threads(value, &o->threads, e);
    case OPT_WAIT:
        return to_wait(value, &o->wait_s, e);
    case OPT_WRITER:
        return to_choice("writer", value, "bulk", "libxapian", &o->uses_libxapian, e);
    case OPT_JSON:
        o->is_json = true;
        return OK;
    case 'q':
        o->is_quiet = true;
        return OK;
    case 'v':
        o->is_verbose = true;
        return OK;
    default:
        return error_set(e, ERR_OPTION, "unknown option; quoth-index --help lists them");
    }
}

size_t indexer_options_article_max(const struct indexer_options *o)
{
    size_t most = (o->memory - ARTICLE_MEMORY_BYTES) / ARTICLE_SHARE;
    return most < ARTICLE_MAX_BYTES ? most : ARTICLE_MAX_BYTES;
}

bool indexer_options_reads_nothing(const struct indexer_options *o)
{
    return o->n_paths == 0 && (o->n_forgotten > 0 || o->n_deleted > 0 || o->wants_compact || o->wants_purge);
}

/** Does all that was given go together? */
static enum status check(const struct indexer_options *o, struct error *e)
{
    bool is_update = o->action == ACTION_UPDATE;
    if (o->index == NULL || *o->index == '\0')
        return error_set(e, ERR_OPTION, "no INDEX given; quoth-index --help shows how");
    if (!is_update && (o->n_paths > 0 || o->n_forgotten > 0 || o->n_deleted > 0 || o->wants_compact || o->wants_purge ||
                       o->is_dry_run))
        return error_set(e, ERR_OPTION, "--info, --check and --rebuild take an INDEX and nothing else to do");
    if (o->n_deleted > 0 && o->n_paths > 0)
        return error_set(e, ERR_OPTION, "--delete takes no PATH: it does not look at files");
    if (o->prefix != NULL && o->n_paths == 0)
        return error_set(e, ERR_OPTION, "--prefix goes with the PATHs that it is for");
    if (o->is_quiet && o->is_verbose)
        return error_set(e, ERR_OPTION, "--quiet and --verbose exclude each other");
    if (o->action == ACTION_REBUILD && o->is_split_given)
        return error_set(e, ERR_OPTION,
                         "--rebuild keeps the passages as they are; for another split build another index");
    if (o->action == ACTION_REBUILD && o->is_compressed)
        return error_set(e, ERR_OPTION, "--rebuild keeps texts as they are; for compressed ones build another index");
    return OK;
}

static enum status take_all(struct indexer_options *o, int argc, char **argv, struct error *e)
{
    struct option options[N_OPTION_LINES + 1];
    option_table_getopt(options, option_lines, N_OPTION_LINES);
    opterr = 0;
    optind = 0; /* glibc: begin anew, so that tests can call this many times */
    for (int code; (code = getopt_long(argc, argv, ":qvhV", options, NULL)) != -1;) {
        if (code == 'h' || code == 'V') {
            o->action = code == 'h' ? ACTION_HELP : ACTION_VERSION;
            return OK;
        }
        if (code == '?' || code == ':')
            return error_set(e, ERR_OPTION,
                             code == ':' ? "%s needs a value" : "unknown option %s; quoth-index --help lists them",
                             argv[optind - 1]);
        bool handled = false;
        enum status st = take_work(o, code, optarg, &handled, e);
        if (st == OK && !handled)
            st = take_manner(o, code, optarg, e);
        if (st != OK)
            return st;
    }
    if (optind < argc) {
        o->index = argv[optind++];
        o->paths = argv + optind;
        o->n_paths = (size_t)(argc - optind);
    }
    return check(o, e);
}

enum status indexer_options_parse(struct indexer_options *out, int argc, char **argv, struct error *e)
{
    *out = (struct indexer_options){.lang = "en", .memory = MEMORY_DEFAULT_BYTES};
    out->forgotten = calloc((size_t)argc + 1, sizeof *out->forgotten);
    out->deleted = calloc((size_t)argc + 1, sizeof *out->deleted);
    if (out->forgotten == NULL || out->deleted == NULL)
        return error_nomem(e);
    return take_all(out, argc, argv, e);
}

void indexer_options_clear(struct indexer_options *o)
{
    free(o->forgotten);
    free(o->deleted);
}
