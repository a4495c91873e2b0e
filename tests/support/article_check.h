/**
 * What must hold of every article that a reader made, and of its passages. Each check ends the test where it does not.
 */
#ifndef QUOTH_TEST_ARTICLE_CHECK_H
#define QUOTH_TEST_ARTICLE_CHECK_H

#include "article.h"
#include "split_words.h"
#include "splitter.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECK(holds)                                                                                                   \
    do {                                                                                                               \
        if (!(holds)) {                                                                                                \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds);                                                \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static inline bool check_is_boundary(struct slice text, size_t at)
{
    return at == text.len || ((unsigned char)text.data[at] & 0xC0) != 0x80;
}

/** Fields and text are well formed, blocks and runs ascend within the text, and runs stay inside the raw bytes. */
static inline void check_article(const struct article *a, size_t raw_len)
{
    const struct slice fields[] = {a->id, a->title, a->author, a->lang, a->url};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        CHECK(fields[i].len <= FIELD_MAX_BYTES && utf8_is_valid(fields[i]));
    CHECK(a->n_tags <= TAGS_MAX);
    for (size_t i = 0; i < a->n_tags; i++)
        CHECK(a->tags[i].len > 0 && a->tags[i].len <= FIELD_MAX_BYTES && utf8_is_valid(a->tags[i]));
    CHECK(utf8_is_valid(a->text));
    size_t end = 0;
    for (size_t i = 0; i < a->n_blocks; i++) {
        const struct block *b = &a->blocks[i];
        CHECK(b->start >= end && b->len > 0 && b->len <= a->text.len && b->start <= a->text.len - b->len);
        CHECK(check_is_boundary(a->text, b->start) && check_is_boundary(a->text, b->start + b->len));
        end = b->start + b->len;
    }
    uint64_t text_end = 0, src_end = 0;
    for (size_t i = 0; i < a->n_runs; i++) {
        const struct offset_run *r = &a->runs[i];
        CHECK(r->text >= text_end && (uint64_t)r->text + r->text_len <= a->text.len);
        CHECK(r->src >= src_end && (uint64_t)r->src + r->src_len <= raw_len);
        text_end = r->text + r->text_len;
        src_end = r->src;
    }
}

/** Words of the text's blocks, and of their parts in passages: each word is in one passage, once. */
static inline void check_coverage(const struct article *a, const struct passage_range *passages, size_t n)
{
    size_t p = 0;
    for (size_t i = 0; i < a->n_blocks; i++) {
        const struct block *b = &a->blocks[i];
        if (b->kind == BLOCK_BOILERPLATE)
            continue;
        size_t at = b->start, block_end = (size_t)b->start + b->len;
        /* What no passage covers must hold no word. */
        for (; p < n && at < block_end; p++) {
            size_t start = passages[p].start, end = start + passages[p].len;
            if (end <= at)
                continue;
            if (start >= block_end)
                break;
            if (start > at)
                CHECK(words_count(slice_of(a->text.data + at, start - at), SIZE_MAX - 1) == 0);
            at = end < block_end ? end : block_end;
            if (end > block_end)
                break;
        }
        CHECK(words_count(slice_of(a->text.data + at, block_end - at), SIZE_MAX - 1) == 0);
    }
}

static inline void check_passages(const struct article *a, const struct passage_range *passages, size_t n,
                                  enum split_mode mode, size_t raw_len)
{
    size_t end = 0;
    for (size_t i = 0; i < n; i++) {
        const struct passage_range *p = &passages[i];
        CHECK(p->start >= end && p->len > 0 && (size_t)p->start + p->len <= a->text.len);
        CHECK(check_is_boundary(a->text, p->start) && check_is_boundary(a->text, (size_t)p->start + p->len));
        CHECK(mode == SPLIT_WHOLE || p->len <= PASSAGE_MAX_BYTES);
        size_t words = words_count(slice_of(a->text.data + p->start, p->len), SIZE_MAX - 1);
        CHECK(words > 0);
        /* 180 words and a sentence, which itself has at most 180; or an article that stays whole. */
        CHECK(mode == SPLIT_WHOLE || words <= 360 || n == 1);
        CHECK(p->at + p->at_len <= raw_len);
        end = (size_t)p->start + p->len;
    }
    check_coverage(a, passages, n);
}

/** Cut an article both ways and check what comes out. */
static inline void check_splits(const struct article *a, size_t raw_len)
{
    const enum split_mode modes[] = {SPLIT_AUTO, SPLIT_WHOLE};
    for (size_t i = 0; i < 2; i++) {
        struct passage_range *passages;
        size_t n;
        CHECK(article_split(&passages, &n, a, modes[i], NULL) == OK);
        CHECK((n == 0) == (passages == NULL));
        check_passages(a, passages, n, modes[i], raw_len);
        free(passages);
    }
}

#endif
