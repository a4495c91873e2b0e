/**
 * The value of date: -> the days it means. Used by query_parse.c only.
 */
#ifndef QUOTH_QUERY_DATE_H
#define QUOTH_QUERY_DATE_H

#include "date.h"

struct date_range {
    int32_t from, to; /* days, both included; 0 open */
    bool is_empty;    /* no day can be meant: after 9999, before 0001 */
};

/**
 * "2024", "2024-03", "2024-03-01", "a..b" with either side open, and >= > <= < before a date.
 *
 * @param at  byte of the value in the query, for the error
 * @retval ERR_QUERY
 */
enum status date_range_parse(struct date_range *out, struct slice value, size_t at, struct error *e) CHECK_RESULT;

#endif
