/**
 * Lines of a pasted page that are no part of its text: invitations to subscribe, captions, lists of other articles.
 */
#ifndef QUOTH_TEXT_BOILERPLATE_H
#define QUOTH_TEXT_BOILERPLATE_H

#include "slice.h"

#define BOILERPLATE_MAX_WORDS 60 /* a longer line is text, whatever it begins with */

enum boilerplate {
    BOILERPLATE_NOT,
    BOILERPLATE_CAPTION, /* of a picture, or its credit */
    BOILERPLATE_NOTICE,  /* "Published by …", "Subscribe to …", "© 2024 …": what follows may be text again */
    BOILERPLATE_SECTION, /* "Related", "Subscription Options": short lines behind it belong to it */
};

/** What a line, or a short paragraph of several lines, is by its words. */
enum boilerplate text_boilerplate(struct slice s);

#endif
