#include "status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void clean(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
}

static enum status set(struct error *e, enum status code, int64_t at, const char *format, va_list args)
{
    if (e == NULL)
        return code;
    e->code = code;
    e->at = at;
    vsnprintf(e->text, sizeof e->text, format, args);
    clean(e->text);
    return code;
}

enum status error_set(struct error *e, enum status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(e, code, -1, format, args);
    va_end(args);
    return code;
}

enum status error_query(struct error *e, int64_t at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(e, ERR_QUERY, at, format, args);
    va_end(args);
    return ERR_QUERY;
}

enum status error_errno(struct error *e, enum status code, const char *format, ...)
{
    int saved = errno;
    va_list args;
    va_start(args, format);
    set(e, code, -1, format, args);
    va_end(args);
    if (e != NULL) {
        size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof e->text - used, ": %s", strerror(saved));
    }
    return code;
}

enum status error_context(struct error *e, enum status code, const char *format, ...)
{
    if (e == NULL)
        return code;
    char before[ERROR_TEXT_MAX / 2];
    char after[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(before, sizeof before, format, args);
    va_end(args);
    memcpy(after, e->text, sizeof after);
    size_t used = strlen(before);
    memcpy(e->text, before, used);
    snprintf(e->text + used, sizeof e->text - used, ": %s", after);
    clean(e->text);
    return e->code;
}

enum status error_nomem(struct error *e)
{
    return error_set(e, ERR_NOMEM, "out of memory");
}
