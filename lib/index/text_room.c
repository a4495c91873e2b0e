#include "text_room.h"

#include "segment_text.h"
#include "spelling.h"

#include <stdlib.h>

#define ROOM_BYTES ((size_t)16384) /* enough for nearly all; a larger text's memory is not kept */

static enum status damaged(const struct segment *s, uint32_t passage, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: the text of passage %u is damaged; run quoth-index --check", s->id,
                     passage);
}

void text_room_clear(struct text_room *room)
{
    free(room->data);
    *room = (struct text_room){0};
}

static enum status make_room(struct text_room *room, size_t len, struct error *e)
{
    size_t want = (len > ROOM_BYTES ? len : ROOM_BYTES) + SPELLING_SLACK_BYTES;
    if (room->cap == want)
        return OK;
    free(room->data);
    room->data = malloc(want);
    room->cap = room->data == NULL ? 0 : want;
    return room->data == NULL ? error_nomem(e) : OK;
}

enum status text_room_read(struct text_room *room, const struct segment *s, uint32_t passage, struct slice *text,
                           struct error *e)
{
    struct slice spelling;
    struct token_units words;
    size_t len;
    *text = SLICE("");
    if (passage >= s->n_passages || !segment_text_body(s, passage, &spelling))
        return damaged(s, passage, e);
    if (spelling.len == 0)
        return OK;
    enum status st = segment_token_units(s, passage, &words, e);
    if (st != OK)
        return st;
    if (!spelling_text_len(spelling, &words, &len) || len > TEXT_MAX_BYTES)
        return damaged(s, passage, e);
    st = make_room(room, len, e);
    if (st != OK)
        return st;
    if (!spelling_read(spelling, s, &words, room->data, len))
        return damaged(s, passage, e);
    *text = slice_of(room->data, len);
    return OK;
}
