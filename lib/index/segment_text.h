/**
 * What segment.c, segment_text.c and text_room.c tell each other of the `text` file.
 */
#ifndef QUOTH_SEGMENT_TEXT_H
#define QUOTH_SEGMENT_TEXT_H

#include "pack.h"
#include "segment_files.h"

/** Do the sections' sizes fit each other? */
bool segment_text_fits(const struct segment *s);

/** What the file has of a passage's text: it or its spelling; false: damaged. The passage must be one of s. */
bool segment_text_body(const struct segment *s, uint32_t passage, struct slice *body);

/** Are the texts spelled? */
static inline bool segment_text_is_spelled(const struct segment *s)
{
    return s->text.sections[TEXT_SPELLED].len > 0;
}

/** The article must be one of s; its first passage may be any number. */
static inline uint32_t segment_first_passage(const struct segment *s, uint32_t article)
{
    return get_u32(s->articles.sections[ARTICLES_RECORDS].data + (size_t)article * ARTICLE_RECORD_BYTES +
                   ARTICLE_FIRST_PASSAGE_AT);
}

#endif
