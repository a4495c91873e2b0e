/**
 * Where the texts of compressed segments are written out again, each from its spelling and its words (spelling.h).
 * Those of other segments never come here: they stand in the map, and segment_passage() has given them.
 *
 * One thread at a time.
 */
#ifndef QUOTH_TEXT_ROOM_H
#define QUOTH_TEXT_ROOM_H

#include "segment.h"

/** All zero is an empty one. */
struct text_room {
    char *data;
    size_t cap;
};

void text_room_clear(struct text_room *room);

/** As text_room_fill(), of a compressed segment. */
enum status text_room_read(struct text_room *room, const struct segment *s, uint32_t passage, struct slice *text,
                           struct error *e) CHECK_RESULT;

/**
 * See that a passage's view, as segment_passage() filled it, has its text: at once where the segment is not compressed.
 * A text that is written out stays until the next call or text_room_clear().
 *
 * @retval ERR_INDEX ERR_NOMEM  view->text is empty
 */
static inline CHECK_RESULT enum status text_room_fill(struct text_room *room, const struct segment *s, uint32_t passage,
                                                      struct passage_view *view, struct error *e)
{
    return view->text.data != NULL ? OK : text_room_read(room, s, passage, &view->text, e);
}

#endif
