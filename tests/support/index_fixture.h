/**
 * Indexes for tests, written through the same calls as the indexer's: a folder below $TMPDIR, articles whose passages
 * are given one by one. Analysis is the analyzer's; nothing is read from files.
 */
#ifndef QUOTH_INDEX_FIXTURE_H
#define QUOTH_INDEX_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analyzer.h"
#include "arena.h"
#include "array.h"
#include "file.h"
#include "snapshot.h"
#include "update.h"

#define FIXTURE_PASSAGES_MAX 16
#define FIXTURE_WRITER_BYTES ((size_t)8 << 20)

struct fixture_article {
    const char *id, *title, *author, *tags, *lang, *url, *path; /* tags joined with '\n'; NULL is "" */
    int32_t date;
    const char *passages[FIXTURE_PASSAGES_MAX]; /* up to the first NULL */
};

struct fixture {
    char folder[512]; /* of the index */
    char top[512];    /* what is removed at the end */
    struct analyzer *analyzer;
    struct index_settings settings;
};

/** What went wrong, before the test is given up. */
static inline void fixture_ok(enum status st, const struct error *e)
{
    if (st != OK)
        fail_msg("status %d: %s", (int)st, e->text);
}

static inline void fixture_init(struct fixture *f)
{
    struct error e = {0};
    const char *tmp = getenv("TMPDIR");
    snprintf(f->top, sizeof f->top, "%s/quoth-test-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    assert_non_null(mkdtemp(f->top));
    assert_true(snprintf(f->folder, sizeof f->folder, "%.400s/index", f->top) > 0);
    fixture_ok(analyzer_new(&f->analyzer, ANALYZER_DEFAULT, &e), &e);
    f->settings = (struct index_settings){.average_length = 100};
    fixture_ok(analyzer_signature(f->analyzer, &f->settings.analyzer_signature, &e), &e);
}

static inline void fixture_clear(struct fixture *f)
{
    analyzer_free(f->analyzer);
    assert_int_equal(file_remove_tree(f->top, NULL), OK);
}

/* The words of a text: as the index numbers them, and their terms. */
struct fixture_words {
    struct index_writer *writer; /* NULL: terms only */
    uint32_t *words;
    size_t n, cap;
    struct slice terms[64];
    size_t n_terms;
    struct arena *arena;
};

static inline enum status fixture_on_token(void *ctx, const struct token *t, struct error *e)
{
    struct fixture_words *w = ctx;
    if (w->writer == NULL) {
        assert_true(w->n_terms < 64);
        w->terms[w->n_terms++] = arena_copy(w->arena, t->term);
        return OK;
    }
    enum status st = array_reserve(&w->words, &w->cap, t->position, sizeof *w->words, 1 << 20, e);
    if (st != OK)
        return st;
    while (w->n + 1 < t->position)
        w->words[w->n++] = WORD_GAP;
    return index_writer_word(w->writer, t->form, t->term, &w->words[w->n++], e);
}

static inline void fixture_add(struct fixture *f, struct index_writer *writer, uint32_t root,
                               const struct fixture_article *a)
{
    struct error e = {0};
    struct arena arena;
    arena_init(&arena);
    const char *lang = a->lang == NULL ? "en" : a->lang;
    struct fixture_words title = {.writer = writer}, author = {.arena = &arena}, tags = {.arena = &arena};
    fixture_ok(analyzer_run(f->analyzer, lang, slice_cstr(a->title), fixture_on_token, &title, &e), &e);
    fixture_ok(analyzer_run(f->analyzer, lang, slice_cstr(a->author), fixture_on_token, &author, &e), &e);
    fixture_ok(analyzer_run(f->analyzer, lang, slice_cstr(a->tags), fixture_on_token, &tags, &e), &e);
    struct article_record record = {
        .id = slice_cstr(a->id),
        .title = slice_cstr(a->title),
        .author = slice_cstr(a->author),
        .lang = slice_cstr(lang),
        .url = slice_cstr(a->url),
        .format = SLICE("text"),
        .path = slice_cstr(a->path == NULL ? a->id : a->path),
        .tags = slice_cstr(a->tags),
        .date = a->date,
        .root = root,
        .title_words = title.words,
        .n_title_words = title.n,
        .author_terms = author.terms,
        .n_author_terms = author.n_terms,
        .tag_terms = tags.terms,
        .n_tag_terms = tags.n_terms,
    };
    fixture_ok(index_writer_begin_article(writer, &record, &e), &e);
    uint64_t at = 0;
    for (size_t i = 0; i < FIXTURE_PASSAGES_MAX && a->passages[i] != NULL; i++) {
        struct slice text = slice_cstr(a->passages[i]);
        struct fixture_words body = {.writer = writer};
        fixture_ok(analyzer_run(f->analyzer, lang, text, fixture_on_token, &body, &e), &e);
        fixture_ok(index_writer_add_passage(writer, text, at, text.len, body.words, body.n, &e), &e);
        at += text.len + 2;
        free(body.words);
    }
    fixture_ok(index_writer_end_article(writer, &e), &e);
    free(title.words);
    arena_clear(&arena);
}

/**
 * One update: remove articles by id, add others, publish.
 *
 * @param removed  ids of live articles, n_removed of them
 */
static inline void fixture_update(struct fixture *f, const char *const *removed, size_t n_removed,
                                  const struct fixture_article *const *added, size_t n_added)
{
    struct error e = {0};
    struct update *u;
    fixture_ok(update_begin(&u, f->folder, &f->settings, &e), &e);
    uint32_t root;
    fixture_ok(update_root(u, SLICE("/articles"), SLICE(""), &root, &e), &e);
    for (size_t i = 0; i < n_removed; i++) {
        size_t segment;
        uint32_t article;
        assert_true(snapshot_find_article(update_snapshot(u), slice_cstr(removed[i]), &segment, &article));
        fixture_ok(update_remove(u, segment, article, &e), &e);
    }
    struct index_writer *writer;
    fixture_ok(update_writer(u, FIXTURE_WRITER_BYTES, &writer, &e), &e);
    for (size_t i = 0; i < n_added; i++)
        fixture_add(f, writer, root, added[i]);
    struct publish_result result;
    fixture_ok(update_publish(u, &result, &e), &e);
    update_free(u);
}

static inline struct snapshot *fixture_open(struct fixture *f)
{
    struct error e = {0};
    struct snapshot *s;
    fixture_ok(snapshot_open(&s, f->folder, &e), &e);
    return s;
}

#endif
