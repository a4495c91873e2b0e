#include "edits.h"

#include "utf8.h"

bool edits_read(struct edits_word *out, struct slice word)
{
    out->n = 0;
    for (size_t at = 0; at < word.len; out->n++) {
        if (out->n == EDITS_CHARS_MAX)
            return false;
        out->chars[out->n] = utf8_next(word, &at, NULL);
    }
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The three last rows of the table; row i holds the edits between i characters of a and each number of b's. */
struct rows {
    unsigned *before, *last, *now;
};

/* Row i (from 1) within the band [from, to] of columns (from 1); its least value. */
static unsigned fill_row(const struct rows *rows, const uint32_t *a, const uint32_t *b, size_t i, size_t from,
                         size_t to)
{
    unsigned smallest = rows->now[from - 1];
    for (size_t j = from; j <= to; j++) {
        unsigned v = rows->last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        v = least(v, least(rows->last[j], rows->now[j - 1]) + 1);
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            v = least(v, rows->before[j - 2] + 1);
        rows->now[j] = v;
        smallest = least(smallest, v);
    }
    return smallest;
}

/* Only the cells within max of the diagonal can stay at or below max; those beside the band count as max + 1. */
static unsigned table_edits(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len, unsigned max)
{
    unsigned memory[3][EDITS_CHARS_MAX + 2];
    struct rows rows = {memory[0], memory[1], memory[2]};
    for (size_t j = 0; j <= b_len + 1; j++) {
        rows.before[j] = max + 1;
        rows.last[j] = least((unsigned)j, max + 1);
        rows.now[j] = max + 1;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t from = i > max ? i - max : 1;
        size_t to = i + max < b_len ? i + max : b_len;
        if (from > to)
            return max + 1;
        rows.now[from - 1] = from == 1 ? least((unsigned)i, max + 1) : max + 1;
        /* A later row takes from this one or, by a swap, from the row before, which is at most one less. */
        if (fill_row(&rows, a, b, i, from, to) > max)
            return max + 1;
        rows.now[to + 1] = max + 1;
        struct rows turned = {rows.last, rows.now, rows.before};
        rows = turned;
    }
    return least(rows.last[b_len], max + 1);
}

unsigned edits_between(const struct edits_word *a, const struct edits_word *b, unsigned max)
{
    if (max > EDITS_CHARS_MAX)
        max = EDITS_CHARS_MAX;
    size_t a_len = a->n, b_len = b->n, start = 0;
    if ((a_len > b_len ? a_len - b_len : b_len - a_len) > max)
        return max + 1;
    while (start < a_len && start < b_len && a->chars[start] == b->chars[start])
        start++;
    while (a_len > start && b_len > start && a->chars[a_len - 1] == b->chars[b_len - 1]) {
        a_len--;
        b_len--;
    }
    if (a_len == start || b_len == start) /* what is left of the one is to be inserted */
        return (unsigned)(a_len + b_len - 2 * start);
    return table_edits(a->chars + start, a_len - start, b->chars + start, b_len - start, max);
}

uint64_t edits_letters(struct slice word)
{
    uint64_t letters = 0;
    for (size_t at = 0; at < word.len;) {
        uint32_t c = (unsigned char)word.data[at];
        if (c < 0x80) {
            at++;
        } else {
            c = utf8_next(word, &at, NULL);
            letters |= EDITS_WIDE;
        }
        letters |= UINT64_C(1) << c % EDITS_LETTER_BITS;
    }
    return letters | (uint64_t)(word.len < EDITS_LENGTH_MAX ? word.len : EDITS_LENGTH_MAX) << EDITS_LENGTH_SHIFT;
}

bool edits_pattern_set(struct edits_pattern *out, struct slice word)
{
    out->letters = edits_letters(word);
    return edits_read(&out->word, word);
}

unsigned edits_from(const struct edits_pattern *from, struct slice to, unsigned max)
{
    struct edits_word word;
    if (!edits_may_be_within(from->letters, edits_letters(to), max) || !edits_read(&word, to))
        return max + 1;
    return edits_between(&from->word, &word, max);
}

unsigned edits_within(struct slice a, struct slice b, unsigned max)
{
    if (slice_equal(a, b))
        return 0;
    struct edits_word left, right;
    if (!edits_read(&left, a) || !edits_read(&right, b))
        return max + 1;
    return edits_between(&left, &right, max);
}
