/**
 * The live articles of files that a run reads again or that have vanished: what may stay, be replaced or go. Those of
 * files that are left alone are not here. Lookups of the immutable part may come from any thread, while one changes the
 * marks.
 */
#ifndef QUOTH_OLD_ARTICLES_H
#define QUOTH_OLD_ARTICLES_H

#include "plan.h"

#define OLD_NONE SIZE_MAX
#define OLD_ARTICLES_MAX ((size_t)1 << 36)

struct old_article {
    uint64_t key, tag; /* parts of the hashes of (root, path) and of the raw bytes */
    uint32_t segment, article;
    bool is_kept, is_gone; /* marks */
};

struct old_articles {
    struct target *target;
    struct old_article *items; /* by key, tag, segment, article */
    size_t n, cap;
};

void old_articles_init(struct old_articles *o, struct target *t);
void old_articles_clear(struct old_articles *o);
/** Look through the live articles once. */
enum status old_articles_collect(struct old_articles *o, const struct plan *p, struct error *e) CHECK_RESULT;

/** The articles of a file are among items [*from, *to). */
void old_articles_of(const struct old_articles *o, struct hash128 key, size_t *from, size_t *to);

/** The article that a line with this hash gave, if it would get the same id again; else OLD_NONE. */
size_t old_articles_line(const struct old_articles *o, const struct plan_file *f, const char hash[16], uint64_t line);

/** The item of an article of the snapshot; OLD_NONE: its file is left alone. */
size_t old_articles_find(const struct old_articles *o, size_t segment, uint32_t article,
                         const struct article_view *view);

/** Its fields. */
enum status old_articles_view(const struct old_articles *o, size_t item, struct article_view *view,
                              struct error *e) CHECK_RESULT;

/** It leaves the index. */
enum status old_articles_remove(struct old_articles *o, size_t item, struct error *e) CHECK_RESULT;

#endif
