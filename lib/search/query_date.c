#include "query_date.h"

#define HINT "date: takes 2024, 2024-03, 2024-03-01, a..b (either side may be open), or >=, >, <=, < and a date"

static int32_t day_after(int32_t day)
{
    int year = day / 10000, month = day / 100 % 100;
    int32_t next = date_make(year, month, day % 100 + 1);
    if (next == DATE_NONE)
        next = month < 12 ? date_make(year, month + 1, 1) : date_make(year + 1, 1, 1);
    return next;
}

static int32_t day_before(int32_t day)
{
    int year = day / 10000, month = day / 100 % 100;
    if (day % 100 > 1)
        return day - 1;
    int32_t earlier = month > 1 ? date_make(year, month - 1, 0) : date_make(year - 1, 12, 0);
    return date_last(earlier);
}

static enum status parse_date(int32_t *out, struct slice s, size_t at, struct error *e)
{
    *out = date_from_iso(s);
    return *out == DATE_NONE ? error_query(e, (int64_t)at, HINT) : OK;
}

/* ">=2024-03" and the like; op_len bytes of sign. */
static enum status parse_comparison(struct date_range *out, struct slice value, size_t op_len, size_t at,
                                    struct error *e)
{
    int32_t date;
    enum status st = parse_date(&date, slice_from(value, op_len), at + op_len, e);
    if (st != OK)
        return st;
    bool is_equal_in = op_len == 2;
    if (value.data[0] == '>') {
        out->from = is_equal_in ? date_first(date) : day_after(date_last(date));
        out->is_empty = out->from == DATE_NONE;
    } else {
        out->to = is_equal_in ? date_last(date) : day_before(date_first(date));
        out->is_empty = out->to == DATE_NONE;
    }
    return OK;
}

static enum status parse_range(struct date_range *out, struct slice value, size_t dots, size_t at, struct error *e)
{
    struct slice left = slice_of(value.data, dots), right = slice_from(value, dots + 2);
    int32_t from = DATE_NONE, to = DATE_NONE;
    enum status st = OK;
    if (left.len == 0 && right.len == 0)
        return error_query(e, (int64_t)at, HINT);
    if (left.len > 0)
        st = parse_date(&from, left, at, e);
    if (st == OK && right.len > 0)
        st = parse_date(&to, right, at + dots + 2, e);
    if (st != OK)
        return st;
    out->from = date_first(from);
    out->to = date_last(to);
    if (out->from != DATE_NONE && out->to != DATE_NONE && out->from > out->to)
        return error_query(e, (int64_t)at, "the range of dates ends before it begins");
    return OK;
}

enum status date_range_parse(struct date_range *out, struct slice value, size_t at, struct error *e)
{
    *out = (struct date_range){0};
    if (value.len > 0 && (value.data[0] == '<' || value.data[0] == '>'))
        return parse_comparison(out, value, value.len > 1 && value.data[1] == '=' ? 2 : 1, at, e);
    for (size_t i = 0; i + 1 < value.len; i++)
        if (value.data[i] == '.' && value.data[i + 1] == '.')
            return parse_range(out, value, i, at, e);
    int32_t date;
    enum status st = parse_date(&date, value, at, e);
    if (st != OK)
        return st;
    out->from = date_first(date);
    out->to = date_last(date);
    return OK;
}
