#include "text_tail.h"

#include "text_boilerplate.h"
#include "text_line.h"

#define TAIL_MIN_SECTIONS 3 /* so many headings at the end, of nothing, are the sections of a site */

bool text_is_fragment(struct slice s)
{
    if (s.len > 400)
        return false;
    struct text_shape shape = text_shape(s);
    return shape.n_words <= 16 && !shape.is_stop;
}

void text_settle_tail(struct article *a)
{
    size_t from = a->n_blocks, n_headings = 0, marker = a->n_blocks;
    for (; from > 0; from--) {
        const struct block *block = &a->blocks[from - 1];
        struct slice s = slice_of(a->text.data + block->start, block->len);
        if (block->kind == BLOCK_PARAGRAPH && !text_is_fragment(s))
            break;
        if (block->kind == BLOCK_BOILERPLATE && text_boilerplate(s) == BOILERPLATE_SECTION)
            marker = from - 1;
    }
    for (size_t i = from; i < marker; i++)
        n_headings = a->blocks[i].kind == BLOCK_HEADING ? n_headings + 1 : 0;
    for (size_t i = from; i < a->n_blocks; i++) {
        struct block *block = &a->blocks[i];
        if (i >= marker || (block->kind == BLOCK_HEADING && n_headings >= TAIL_MIN_SECTIONS && from > 0))
            block->kind = BLOCK_BOILERPLATE;
    }
    /* A heading stays with what follows it: the last of all with what is before. */
    for (size_t i = a->n_blocks; i > 0 && a->blocks[i - 1].kind != BLOCK_PARAGRAPH; i--)
        if (a->blocks[i - 1].kind == BLOCK_HEADING)
            a->blocks[i - 1].kind = BLOCK_PARAGRAPH;
}
