#include "snippet.h"

#include "query.h"
#include "text_break.h"
#include "utf8.h"

#define WEIGHT_MAX 1e6
#define WEIGHT_UNIT 1048576.0 /* weights are summed as integers: sums of equal windows are equal */

/* The spans [from, to) of a window, and what they are worth. */
struct window {
    size_t from, to;
    int64_t weight;
};

struct chooser {
    struct slice text;
    const struct spans *spans;
    const double *weights;
    size_t n_weights;
    size_t width;                      /* characters */
    uint32_t counts[QUERY_LEAVES_MAX]; /* spans of each leaf in the window; set of those that have weights */
};

static int64_t weight_of(const struct chooser *c, uint32_t leaf)
{
    if (!(c->weights[leaf] > 0))
        return 0;
    double weight = c->weights[leaf] < WEIGHT_MAX ? c->weights[leaf] : WEIGHT_MAX;
    return (int64_t)(weight * WEIGHT_UNIT);
}

static size_t characters(struct slice text, size_t from, size_t to)
{
    return utf8_length(slice_of(text.data + from, to - from));
}

/* The byte n characters behind `at`, cut to the end; before: the same backwards. */
static size_t forward(struct slice text, size_t at, size_t n)
{
    while (n > 0 && at < text.len) {
        bool is_run = n >= UTF8_RUN_BYTES && utf8_is_ascii_run(text, at);
        if (is_run)
            at += UTF8_RUN_BYTES;
        else
            utf8_next(text, &at, NULL);
        n -= is_run ? UTF8_RUN_BYTES : 1;
    }
    return at;
}

static size_t backward(struct slice text, size_t at, size_t n)
{
    while (n > 0 && at > 0) {
        bool is_run = n >= UTF8_RUN_BYTES && at >= UTF8_RUN_BYTES && utf8_is_ascii_run(text, at - UTF8_RUN_BYTES);
        at = is_run ? at - UTF8_RUN_BYTES : utf8_floor(text, at - 1);
        n -= is_run ? UTF8_RUN_BYTES : 1;
    }
    return at;
}

static void window_add(struct chooser *c, struct window *w)
{
    uint32_t leaf = c->spans->items[w->to++].leaf;
    if (leaf < c->n_weights && c->counts[leaf]++ == 0)
        w->weight += weight_of(c, leaf);
}

static void window_drop(struct chooser *c, struct window *w)
{
    uint32_t leaf = c->spans->items[w->from++].leaf;
    if (leaf < c->n_weights && --c->counts[leaf] == 0)
        w->weight -= weight_of(c, leaf);
}

/*
 * Two ends walk over the spans, and each byte is counted at most twice by either: w.from is each span in turn, w.to is
 * as far as the width allows. A span longer than the width is a window of its own.
 */
static struct window best_window(struct chooser *c)
{
    struct window w = {0}, best = {0};
    const struct span *items = c->spans->items;
    size_t begin = 0, end = 0, n_chars = 0; /* n_chars characters lie in [begin, end) */
    size_t more = 0, counted_to = SIZE_MAX; /* and `more` up to the end of span w.to, once that is counted */
    while (w.from < c->spans->n) {
        size_t start = items[w.from].start;
        bool is_empty = w.to == w.from;
        n_chars = is_empty ? 0 : n_chars - characters(c->text, begin, start);
        if (is_empty) {
            end = start;
            counted_to = SIZE_MAX;
        }
        begin = start;
        for (; w.to < c->spans->n; n_chars += more) {
            size_t next_end = (size_t)items[w.to].start + items[w.to].len;
            if (counted_to != w.to)
                more = characters(c->text, end, next_end);
            counted_to = w.to;
            if (n_chars + more > c->width && w.to > w.from)
                break;
            end = next_end;
            window_add(c, &w);
        }
        size_t n = w.to - w.from, best_n = best.to - best.from;
        if (w.weight > best.weight || (w.weight == best.weight && n > best_n))
            best = w;
        window_drop(c, &w);
    }
    return best;
}

/* The character before `at`, which is above 0. */
static inline size_t step_back(struct slice text, size_t at)
{
    return (unsigned char)text.data[at - 1] < 0x80 ? at - 1 : utf8_floor(text, at - 1);
}

/* False: no more than a word begins at `at`. Behind ASCII a clause or sentence needs a space, and before it no letter.
 */
static inline bool may_begin_clause(struct slice text, size_t at)
{
    unsigned char before = at > 0 ? (unsigned char)text.data[at - 1] : ' ';
    if (before >= 0x80)
        return true;
    return (before == ' ' || (before >= '\t' && before <= '\r')) && (at < 2 || !text_is_ascii_word(text.data[at - 2]));
}

/*
 * The last place in [low, high] where at least `want` begins; but where all the rest would fit from an earlier one
 * (not before `tail`), the earliest such, so that the end of a text is not shown short. SIZE_MAX: none.
 */
static size_t find_begin(struct slice text, size_t low, size_t high, size_t tail, enum text_boundary want)
{
    size_t found = SIZE_MAX;
    for (size_t at = high;; at = step_back(text, at)) {
        if (found != SIZE_MAX && at < tail)
            break;
        bool may_begin =
            want > BOUNDARY_WORD ? may_begin_clause(text, at) : at < text.len && !text_is_within_word(text, at);
        if (at < text.len && may_begin && text_boundary_at(text, at) >= want)
            found = at;
        if (at <= low || (found != SIZE_MAX && found < tail))
            break;
    }
    return found;
}

/* Where to begin a window whose spans begin at `first`, with `spare` characters to give away before it. */
static size_t choose_begin(const struct chooser *c, size_t first, size_t spare)
{
    struct slice text = c->text;
    size_t low = backward(text, first, spare);
    size_t tail = backward(text, text.len, c->width);
    size_t at = find_begin(text, low, first, tail, BOUNDARY_SENTENCE);
    if (at == SIZE_MAX)
        at = find_begin(text, low, first, tail, BOUNDARY_CLAUSE);
    if (at != SIZE_MAX)
        return at;
    size_t middle = backward(text, first, spare / 2);
    if (tail < middle)
        middle = tail > low ? tail : low;
    for (at = middle; at < first; at = forward(text, at, 1))
        if (text_boundary_at(text, at) != BOUNDARY_NONE)
            return at;
    at = find_begin(text, low, first, first, BOUNDARY_WORD);
    return at == SIZE_MAX ? first : at;
}

/* The last place in (last, end] where the text may be cut; `last` where there is none. */
static size_t break_before(struct slice text, size_t end, size_t last, bool (*is_break)(struct slice, size_t))
{
    while (end > last && !is_break(text, end))
        end = utf8_floor(text, end - 1);
    return end;
}

static bool is_no_mark(struct slice text, size_t at)
{
    return !text_is_mark(text, at);
}

/* Where to end what begins at `begin` and should hold [begin, last): between words, else between letters. */
static size_t choose_end(const struct chooser *c, size_t begin, size_t last)
{
    struct slice text = c->text;
    size_t most = forward(text, begin, c->width);
    size_t end = break_before(text, most, last, text_is_break);
    if (end <= begin)
        end = break_before(text, most, begin, is_no_mark);
    if (end <= begin)
        end = most;
    while (end > last && end > begin && strchr(" \t\r\n", text.data[end - 1]) != NULL)
        end--;
    return end;
}

static void place(const struct chooser *c, struct window w, uint32_t *start, uint32_t *len)
{
    const struct span *items = c->spans->items;
    size_t begin = 0, last = 0;
    if (w.to > w.from) {
        const struct span *last_span = &items[w.to - 1];
        begin = items[w.from].start;
        last = (size_t)last_span->start + last_span->len;
        size_t n_chars = characters(c->text, begin, last);
        if (n_chars <= c->width)
            begin = choose_begin(c, begin, c->width - n_chars);
        else
            last = begin;
    }
    *start = (uint32_t)begin;
    *len = (uint32_t)(choose_end(c, begin, last) - begin);
}

void snippet_choose(struct slice text, const struct spans *spans, const double *weights, size_t n_weights,
                    uint32_t width, uint32_t *start, uint32_t *len)
{
    *start = 0;
    *len = (uint32_t)text.len;
    if (forward(text, 0, width) == text.len)
        return;
    struct chooser c; /* not set as a whole: counts are many */
    c.text = text;
    c.spans = spans;
    c.weights = weights;
    c.n_weights = n_weights < QUERY_LEAVES_MAX ? n_weights : QUERY_LEAVES_MAX;
    c.width = width;
    memset(c.counts, 0, c.n_weights * sizeof c.counts[0]);
    place(&c, best_window(&c), start, len);
}
