#include "date.h"

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

int32_t date_make(int year, int month, int day)
{
    if (year < 1 || year > 9999 || month < 0 || month > 12 || day < 0)
        return DATE_NONE;
    if (day > 0 && (month == 0 || day > days_in(year, month)))
        return DATE_NONE;
    return year * 10000 + month * 100 + day;
}

int32_t date_from_iso(struct slice s)
{
    if (s.len != 4 && s.len != 7 && s.len != 10)
        return DATE_NONE;
    int parts[3] = {0, 0, 0};
    int part = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (i == 4 || i == 7) {
            if (s.data[i] != '-')
                return DATE_NONE;
            part++;
            continue;
        }
        if (s.data[i] < '0' || s.data[i] > '9')
            return DATE_NONE;
        parts[part] = parts[part] * 10 + (s.data[i] - '0');
    }
    if ((s.len >= 7 && parts[1] == 0) || (s.len == 10 && parts[2] == 0))
        return DATE_NONE;
    return date_make(parts[0], parts[1], parts[2]);
}

bool date_is_valid(int32_t date)
{
    return date == DATE_NONE || (date > 0 && date_make(date / 10000, date / 100 % 100, date % 100) == date);
}

void date_put(struct buf *b, int32_t date)
{
    if (date <= DATE_NONE)
        return;
    int month = date / 100 % 100, day = date % 100;
    buf_printf(b, "%04d", date / 10000);
    if (month > 0)
        buf_printf(b, "-%02d", month);
    if (month > 0 && day > 0)
        buf_printf(b, "-%02d", day);
}

int32_t date_first(int32_t date)
{
    if (!date_is_valid(date) || date == DATE_NONE)
        return DATE_NONE;
    if (date / 100 % 100 == 0)
        date += 100;
    return date % 100 == 0 ? date + 1 : date;
}

int32_t date_last(int32_t date)
{
    if (!date_is_valid(date) || date == DATE_NONE)
        return DATE_NONE;
    if (date / 100 % 100 == 0)
        date += 1200;
    return date % 100 == 0 ? date + days_in(date / 10000, date / 100 % 100) : date;
}
