#include "text_room.h"

#include "segment_text.h"

#include <stdlib.h>
#include <zstd.h>

static enum status damaged(const struct segment *s, uint32_t passage, struct error *e)
{
    return error_set(e, ERR_INDEX, "segment %s: the text of passage %u is damaged; run quoth-index --check", s->id,
                     passage);
}

void text_room_clear(struct text_room *room)
{
    ZSTD_freeDCtx(room->context);
    for (size_t i = 0; i < TEXT_ROOM_GROUPS; i++)
        free(room->groups[i].data);
    *room = (struct text_room){0};
}

static uint32_t n_groups(const struct segment *s)
{
    return (uint32_t)(s->text.sections[TEXT_GROUPS].len / GROUP_RECORD_BYTES - 1);
}

static uint64_t group_frame_at(const struct segment *s, uint32_t group)
{
    return get_u64(s->text.sections[TEXT_GROUPS].data + (size_t)group * GROUP_RECORD_BYTES);
}

static uint64_t group_text_at(const struct segment *s, uint32_t group)
{
    return get_u64(s->text.sections[TEXT_GROUPS].data + (size_t)group * GROUP_RECORD_BYTES + 8);
}

/* The last group that begins at or before a place. */
static uint32_t find_group(const struct segment *s, uint64_t start)
{
    uint32_t low = 0, high = n_groups(s);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (group_text_at(s, middle) <= start)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A group in memory, or NULL. */
static struct text_group *kept_group(struct text_room *room, const struct segment *s, uint32_t number)
{
    for (size_t i = 0; i < TEXT_ROOM_GROUPS; i++)
        if (room->groups[i].segment == s && room->groups[i].number == number)
            return &room->groups[i];
    return NULL;
}

/* A large group's memory is not kept for the small ones that follow. */
static enum status make_room(struct text_group *g, size_t len, struct error *e)
{
    *g = (struct text_group){.data = g->data, .cap = g->cap};
    size_t want = len > TEXT_GROUP_BYTES ? len : TEXT_GROUP_BYTES;
    if (g->cap == want)
        return OK;
    free(g->data);
    g->data = malloc(want);
    g->cap = g->data == NULL ? 0 : want;
    return g->data == NULL ? error_nomem(e) : OK;
}

/* A frame tells the size that it decompresses to; it must be the one that the table tells, before any memory is had. */
static enum status decompress(struct text_room *room, const struct segment *s, uint32_t number, uint32_t passage,
                              struct text_group *g, struct error *e)
{
    struct slice frames = s->text.sections[TEXT_BYTES];
    uint64_t from = group_frame_at(s, number), to = group_frame_at(s, number + 1);
    uint64_t len = group_text_at(s, number + 1) - group_text_at(s, number);
    if (from > to || to > frames.len || len > TEXT_MAX_BYTES ||
        ZSTD_getFrameContentSize(frames.data + from, (size_t)(to - from)) != len)
        return damaged(s, passage, e);
    if (room->context == NULL)
        room->context = ZSTD_createDCtx();
    enum status st = room->context == NULL ? error_nomem(e) : make_room(g, (size_t)len, e);
    if (st != OK)
        return st;
    if (ZSTD_decompressDCtx(room->context, g->data, g->cap, frames.data + from, (size_t)(to - from)) != len)
        return damaged(s, passage, e);
    g->segment = s;
    g->number = number;
    g->len = (size_t)len;
    return OK;
}

enum status text_room_read(struct text_room *room, const struct segment *s, uint32_t passage, struct slice *text,
                           struct error *e)
{
    uint64_t start;
    size_t len;
    *text = SLICE("");
    if (passage >= s->n_passages || !segment_text_range(s, passage, &start, &len))
        return damaged(s, passage, e);
    if (len == 0)
        return OK;
    if (s->text.sections[TEXT_GROUPS].len <= GROUP_RECORD_BYTES)
        return damaged(s, passage, e);
    uint32_t number = find_group(s, start);
    struct text_group *g = kept_group(room, s, number);
    if (g == NULL) {
        g = &room->groups[room->n_read++ % TEXT_ROOM_GROUPS];
        enum status st = decompress(room, s, number, passage, g, e);
        if (st != OK)
            return st;
    }
    uint64_t begins = group_text_at(s, number);
    if (start < begins || start - begins > g->len || len > g->len - (size_t)(start - begins))
        return damaged(s, passage, e);
    *text = slice_of(g->data + (start - begins), len);
    return OK;
}
