/**
 * What the standard output is: a terminal or not, how wide, and whether colour is wanted.
 */
#ifndef QUOTH_TERMINAL_H
#define QUOTH_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "client_options.h"

#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN 20
#define COLUMNS_MAX 1000

bool terminal_is_tty(void);

/**
 * COLUMNS where it is a number, else the terminal's own width, else COLUMNS_DEFAULT; within the bounds above. Where
 * there is neither COLUMNS nor a terminal COLUMNS_ENDLESS: programs that read it want lines whole.
 */
uint32_t terminal_columns(void);

/** --color, else NO_COLOR and TERM=dumb, else whether it is a terminal. */
bool terminal_wants_colour(enum client_colour colour);

#endif
