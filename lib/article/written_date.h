/**
 * Dates as people write them -> date.h's int32.
 */
#ifndef QUOTH_WRITTEN_DATE_H
#define QUOTH_WRITTEN_DATE_H

#include "date.h"

/**
 * A date as a field holds it: ISO 8601 with or without a time ("2019-03-13 9:00:00 -0500", "2019-03-13T09:00Z"; the day
 * as written, no zone is applied), "2024-03", "2024", "March 27, 2024", "27 March 2024", "Mar. 27th, 2024", "Wednesday,
 * March 27, 2024, 1:00 PM", "27/03/2024" only where one order is possible, "March 2024", RFC 2822. DATE_NONE where it
 * is no date. `s` must be about the date alone: trailing words other than a time make it none.
 */
int32_t date_from_written(struct slice s);

#endif
