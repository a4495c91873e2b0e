/**
 * bounds.h under its first name. A folder's limits.h hides the system's, so this one brings that, too.
 */
#pragma GCC system_header
#include_next <limits.h>
#include "bounds.h"
