/* Any bytes as a date: none, or one that the calendar has. */
#include "written_date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    int32_t date = date_from_written(slice_of((const char *)data, len));
    if (date != DATE_NONE && date_make(date / 10000, date / 100 % 100, date % 100) != date)
        abort();
    return 0;
}
