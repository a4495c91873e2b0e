#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wrap.h"

bool terminal_is_tty(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

uint32_t terminal_columns(void)
{
    uint64_t columns = 0;
    const char *text = getenv("COLUMNS");
    if (text == NULL || !slice_to_u64(slice_cstr(text), UINT32_MAX, &columns) || columns == 0) {
        struct winsize size;
        if (!terminal_is_tty())
            return COLUMNS_ENDLESS;
        columns = COLUMNS_DEFAULT;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
            columns = size.ws_col;
    }
    if (columns < COLUMNS_MIN)
        return COLUMNS_MIN;
    return columns > COLUMNS_MAX ? COLUMNS_MAX : (uint32_t)columns;
}

bool terminal_wants_colour(enum client_colour colour)
{
    if (colour != COLOUR_AUTO)
        return colour == COLOUR_ALWAYS;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no != NULL && *no != '\0')
        return false;
    return terminal_is_tty() && !(term != NULL && strcmp(term, "dumb") == 0);
}
