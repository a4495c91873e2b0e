/*
 * quothd_xapian: quothd with libxapian's Enquire as the search of its workers; all else, from the socket to the writing
 * of rows, is quothd's own. It shows what the network and the pool cost apart from the search.
 *
 * The linker hands every call of answer() to __wrap_answer() (--wrap=answer), so this knows nothing of the daemon's
 * inside. The index that quothd opens is not searched; QUOTHD_XAPIAN_INDEX names the one that is, which xapian_bench
 * built.
 */
#include "answer.h"
#include "clock.h"
#include "xapian_search.h"

#include <stdlib.h>

#define LINES_MAX_BYTES ((size_t)1 << 24)
#define WORDS_MAX_BYTES 1024

enum status __wrap_answer(struct buf *reply, struct searcher *s, const struct request *request, uint64_t started_us,
                          const atomic_bool *cancel);

/* A worker's own: Xapian's objects are for one thread at a time. It goes with the process. */
static struct xapian_search *search_of_thread(void)
{
    static _Thread_local struct xapian_search *mine;
    const char *index = getenv("QUOTHD_XAPIAN_INDEX");
    if (mine == NULL && index != NULL)
        mine = xapian_search_open(index);
    return mine;
}

/* What query_write_quoth() wrote, read back; the words point into `copy`. */
static void query_read(struct bench_query *q, char *copy, struct slice text)
{
    size_t n = text.len < WORDS_MAX_BYTES ? text.len : WORDS_MAX_BYTES - 1, n_quotes = 0;
    memcpy(copy, text.data, n);
    copy[n] = '\0';
    for (size_t i = 0; i < n; i++)
        n_quotes += copy[i] == '"';
    q->kind = n > 0 && copy[0] == '+' ? BENCH_AND : n_quotes == 2 ? BENCH_PHRASE : BENCH_OR;
    q->n_words = 0;
    char *state = NULL;
    for (char *word = strtok_r(copy, "+\" ", &state); word != NULL && q->n_words < BENCH_WORDS_MAX;
         word = strtok_r(NULL, "+\" ", &state))
        q->words[q->n_words++] = word;
}

struct rows {
    struct buf lines;
    enum out_format format;
    uint64_t n;
};

/* The columns of a hit as quothd writes them; those of articles are empty, for the index knows no articles. */
static void on_hit(void *ctx, const struct xapian_hit *hit)
{
    struct rows *rows = ctx;
    char id[32];
    snprintf(id, sizeof id, "xapian#%u", hit->document);
    struct row r = row_begin(&rows->lines, rows->format);
    row_u64(&r, "rank", ++rows->n);
    row_real(&r, "score", hit->score, 6);
    row_text(&r, "passage", slice_cstr(id));
    row_at(&r, "at", 0, hit->text_len);
    row_pairs(&r, "spans", NULL, 0);
    row_null(&r, "date");
    row_null(&r, "title");
    row_text(&r, "text", slice_of(hit->text, hit->text_len));
    static const char *const rest[] = {"author", "url", "lang"};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        row_null(&r, rest[i]);
    row_pairs(&r, "tspans", NULL, 0);
    row_u64(&r, "textat", 0);
    row_null(&r, "format");
    row_null(&r, "path");
    row_end(&r);
}

enum status __wrap_answer(struct buf *reply, struct searcher *s, const struct request *request, uint64_t started_us,
                          const atomic_bool *cancel)
{
    (void)s;
    (void)cancel;
    char copy[WORDS_MAX_BYTES];
    struct bench_query q;
    struct rows rows = {.format = request->out};
    struct xapian_search *search = search_of_thread();
    query_read(&q, copy, request->text);
    buf_init(&rows.lines, LINES_MAX_BYTES);
    bool is_done = search != NULL && request->verb == VERB_SEARCH && xapian_search_run(search, &q, on_hit, &rows);
    if (is_done) {
        reply_ok(reply, request->tag, rows.n);
        reply_key_u64(reply, "hits", rows.n);
        reply_key_u64(reply, "us", clock_us() - started_us);
        reply_end(reply);
        buf_put(reply, buf_slice(&rows.lines));
    } else {
        reply_error(reply, request->tag, "internal", -1, "libxapian does not answer this");
    }
    buf_clear(&rows.lines);
    return is_done ? OK : ERR_INTERNAL;
}
