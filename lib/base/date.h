/**
 * A date as an int32: year * 10000 + month * 100 + day, month and day 0 where not known; 0 is no date.
 * 20240327 is 2024-03-27, 20240300 is 2024-03, 20240000 is 2024. Years 1 to 9999; no zones, no times.
 */
#ifndef QUOTH_DATE_H
#define QUOTH_DATE_H

#include "buf.h"

#define DATE_NONE 0

/** Year, month, day (0: not known); DATE_NONE where the calendar has no such day (or a day without a month). */
int32_t date_make(int year, int month, int day);

/** Is it DATE_NONE or a day, month or year that the calendar has? What comes from a file may be neither. */
bool date_is_valid(int32_t date);

/** Exactly "YYYY", "YYYY-MM" or "YYYY-MM-DD"; DATE_NONE for all else. */
int32_t date_from_iso(struct slice s);

/** Append as YYYY, YYYY-MM or YYYY-MM-DD; nothing for DATE_NONE. */
void date_put(struct buf *b, int32_t date);

/** The last day that a date may mean: 2024-02 -> 20240229, 2024 -> 20241231; the first: 20240201, 20240101. DATE_NONE
 * for what is no date. */
int32_t date_last(int32_t date);
int32_t date_first(int32_t date);

#endif
