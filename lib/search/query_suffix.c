#include "query_suffix.h"

#include "query.h"

#define DIGITS_MAX 12 /* of a weight, before and behind its point: exact in a double */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_word_byte(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_boost_byte(char c)
{
    return is_digit(c) || c == '.';
}

/* "2", "0.5", ".5", "2." within the bounds. Tenths and so on are divided once, so each is the double nearest to it. */
static bool read_boost(struct slice s, double *out)
{
    double value = 0, scale = 1;
    size_t n_digits = 0;
    bool has_point = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '.') {
            if (has_point)
                return false;
            has_point = true;
            continue;
        }
        if (++n_digits > DIGITS_MAX)
            return false;
        value = value * 10 + (s.data[i] - '0');
        scale *= has_point ? 10 : 1;
    }
    *out = value / scale;
    return n_digits > 0 && *out >= QUERY_BOOST_MIN && *out <= QUERY_BOOST_MAX;
}

static enum status bad_boost(size_t at, struct error *e)
{
    return error_query(e, (int64_t)at, "a weight behind '^' is a number from %g to %d", QUERY_BOOST_MIN,
                       QUERY_BOOST_MAX);
}

static enum status bad_distance(size_t at, struct error *e)
{
    return error_query(e, (int64_t)at, "'~' behind a phrase takes the positions that its words may be apart, 1 to %d",
                       QUERY_NEAR_MAX);
}

/* Where the mark stands that a number behind it ends the run with; SIZE_MAX: there is none behind a word or a '*'. */
static size_t find_mark(struct slice run, char mark)
{
    size_t i = run.len;
    while (i > 0 && (mark == '^' ? is_boost_byte(run.data[i - 1]) : is_digit(run.data[i - 1])))
        i--;
    if (i < 2 || run.data[i - 1] != mark)
        return SIZE_MAX;
    char before = run.data[i - 2];
    bool is_behind = is_word_byte(before) || before == '*' || (mark == '^' && before == '~');
    return is_behind ? i - 1 : SIZE_MAX;
}

enum status suffix_take_boost(struct slice *run, size_t at, double *boost, struct error *e)
{
    *boost = 1;
    size_t mark = find_mark(*run, '^');
    if (mark == SIZE_MAX || mark + 1 == run->len)
        return OK;
    if (!read_boost(slice_from(*run, mark + 1), boost))
        return bad_boost(at + mark, e);
    run->len = mark;
    return OK;
}

enum status suffix_take_edits(struct slice *run, size_t at, uint32_t *edits, struct error *e)
{
    *edits = 0;
    size_t mark = find_mark(*run, '~');
    if (mark == SIZE_MAX)
        return OK;
    uint64_t n;
    if (!slice_to_u64(slice_from(*run, mark + 1), QUERY_EDITS_MAX, &n) || n == 0)
        return error_query(e, (int64_t)(at + mark),
                           "'~' behind a word takes the edits that a form may be away, 1 to %d; quote the word to "
                           "search for it alone",
                           QUERY_EDITS_MAX);
    if (run->data[mark - 1] == '*')
        return error_query(e, (int64_t)(at + mark), "'*' and '~' do not go together; use one of them");
    run->len = mark;
    *edits = (uint32_t)n;
    return OK;
}

enum status suffix_read(struct slice rest, size_t at, uint32_t *distance, double *boost, size_t *len, struct error *e)
{
    size_t i = 0;
    *boost = 1;
    if (distance != NULL)
        *distance = 0;
    if (rest.len > 0 && rest.data[0] == '~') {
        uint64_t n;
        for (i = 1; i < rest.len && is_digit(rest.data[i]); i++)
            ;
        if (distance == NULL)
            return error_query(e, (int64_t)at, "'~' goes behind a word or a \"phrase\"");
        if (!slice_to_u64(slice_of(rest.data + 1, i - 1), QUERY_NEAR_MAX, &n) || n == 0)
            return bad_distance(at, e);
        *distance = (uint32_t)n;
    }
    size_t mark = i;
    if (mark + 1 < rest.len && rest.data[mark] == '^' && is_boost_byte(rest.data[mark + 1])) {
        for (i = mark + 1; i < rest.len && is_boost_byte(rest.data[i]); i++)
            ;
        if (!read_boost(slice_of(rest.data + mark + 1, i - mark - 1), boost))
            return bad_boost(at + mark, e);
    }
    *len = i;
    return OK;
}
