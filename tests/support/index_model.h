/**
 * An index and a plain model of it: random articles of numbered words go in and out of both, and check_index() compares
 * every table, posting and count.
 */
#ifndef QUOTH_INDEX_MODEL_H
#define QUOTH_INDEX_MODEL_H

#include "check.h"
#include "impact.h"
#include "update.h"

#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N_ARTICLES 60
#define N_WORDS 40
#define PASSAGES 4
#define LENGTH 30

static const struct index_settings settings = {.average_length = 100, .analyzer_signature = 7};

/* An article of the model: words are numbers; word w has form "f<w>" and term "t<w/2>". */
struct model_article {
    bool is_live;
    char id[32];
    uint32_t title[5];
    size_t n_title;
    uint32_t body[PASSAGES][LENGTH];
    size_t n_body[PASSAGES];
    size_t n_passages;
    char author[8];
};

struct model {
    struct model_article articles[N_ARTICLES];
    size_t n;
    unsigned seed;
    bool is_compressed; /* the index's texts */
};

static inline unsigned next_random(struct model *m, unsigned below)
{
    m->seed = m->seed * 1103515245u + 12345u;
    return (m->seed >> 8) % below;
}

static inline struct model_article *add_article(struct model *m)
{
    struct model_article *a = &m->articles[m->n];
    *a = (struct model_article){.is_live = true};
    snprintf(a->id, sizeof a->id, "%s%zu.txt", next_random(m, 2) ? "b/" : "a/", m->n++);
    snprintf(a->author, sizeof a->author, "w%u", next_random(m, 3));
    a->n_title = next_random(m, 5);
    for (size_t i = 0; i < a->n_title; i++)
        a->title[i] = next_random(m, N_WORDS);
    a->n_passages = next_random(m, PASSAGES + 1);
    for (size_t p = 0; p < a->n_passages; p++) {
        a->n_body[p] = 1 + next_random(m, LENGTH);
        for (size_t i = 0; i < a->n_body[p]; i++)
            a->body[p][i] = next_random(m, 1 + next_random(m, N_WORDS));
    }
    return a;
}

static inline struct slice form_text(uint32_t word, char out[16])
{
    return slice_of(out, (size_t)snprintf(out, 16, "f%u", word));
}

static inline struct slice term_text(uint32_t term, char out[16])
{
    return slice_of(out, (size_t)snprintf(out, 16, "t%u", term));
}

static inline void write_words(struct index_writer *w, const uint32_t *words, size_t n, uint32_t *out)
{
    for (size_t i = 0; i < n; i++) {
        char form[16], term[16];
        assert_int_equal(index_writer_word(w, form_text(words[i], form), term_text(words[i] / 2, term), &out[i], NULL),
                         OK);
    }
}

static inline void write_article(struct index_writer *w, const struct model_article *a)
{
    uint32_t title[5], body[LENGTH];
    char text[LENGTH * 2];
    memset(text, 'x', sizeof text);
    struct slice author = slice_cstr(a->author);
    struct article_record record = {.id = slice_cstr(a->id),
                                    .title = SLICE("some title of the article"),
                                    .author = author,
                                    .lang = SLICE("en"),
                                    .format = SLICE("text"),
                                    .path = slice_cstr(a->id),
                                    .tags = SLICE("one\ntwo"),
                                    .date = 20240100,
                                    .title_words = title,
                                    .n_title_words = a->n_title,
                                    .author_terms = &author,
                                    .n_author_terms = 1};
    write_words(w, a->title, a->n_title, title);
    assert_int_equal(index_writer_begin_article(w, &record, NULL), OK);
    for (size_t p = 0; p < a->n_passages; p++) {
        write_words(w, a->body[p], a->n_body[p], body);
        assert_int_equal(
            index_writer_add_passage(w, slice_of(text, a->n_body[p] * 2), p * 100, 50, body, a->n_body[p], NULL), OK);
    }
    assert_int_equal(index_writer_end_article(w, NULL), OK);
}

static inline struct publish_result publish(struct update *u)
{
    struct publish_result result;
    struct error e;
    enum status st = update_publish(u, &result, &e);
    if (st != OK)
        fail_msg("%s", e.text);
    update_free(u);
    return result;
}

static inline struct update *begin_with(const char *index, bool is_compressed)
{
    struct update *u;
    struct error e;
    struct index_settings s = settings;
    s.is_compressed = is_compressed;
    if (update_begin(&u, index, &s, &e) != OK)
        fail_msg("%s", e.text);
    return u;
}

static inline struct update *begin(const char *index)
{
    return begin_with(index, false);
}

/* Add n articles to model and index in one update, and remove every live one whose number divides by `gone`. */
static inline void step(struct model *m, const char *index, size_t n, unsigned gone)
{
    struct update *u = begin_with(index, m->is_compressed);
    struct index_writer *w;
    assert_int_equal(update_writer(u, (size_t)64 << 20, &w, NULL), OK);
    for (size_t i = 0; i < m->n && gone > 0; i++) {
        size_t segment;
        uint32_t article;
        if (!m->articles[i].is_live || i % gone != 0)
            continue;
        assert_true(snapshot_find_article(update_snapshot(u), slice_cstr(m->articles[i].id), &segment, &article));
        assert_int_equal(update_remove(u, segment, article, NULL), OK);
        assert_int_equal(update_remove(u, segment, article, NULL), OK);
        m->articles[i].is_live = false;
    }
    for (size_t i = 0; i < n; i++)
        write_article(w, add_article(m));
    publish(u);
}

static inline uint32_t count_of(const uint32_t *words, size_t n, uint32_t term)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += words[i] / 2 == term;
    return count;
}

/* The impact of a term in a passage of the model; 0: it has it not. */
static inline uint8_t model_impact(const struct model_article *a, size_t p, uint32_t term)
{
    uint32_t title = count_of(a->title, a->n_title, term), body = count_of(a->body[p], a->n_body[p], term);
    return title + body == 0 ? 0 : impact_of(&settings, body, title, (uint32_t)a->n_body[p], (uint32_t)a->n_title);
}

static inline uint64_t model_df(const struct model *m, uint32_t term)
{
    uint64_t df = 0;
    for (size_t i = 0; i < m->n; i++)
        for (size_t p = 0; p < m->articles[i].n_passages && m->articles[i].is_live; p++)
            df += model_impact(&m->articles[i], p, term) > 0;
    return df;
}

static const struct model_article *model_find(const struct model *m, struct slice id)
{
    for (size_t i = 0; i < m->n; i++)
        if (slice_equal(slice_cstr(m->articles[i].id), id))
            return &m->articles[i];
    return NULL;
}

static inline void check_postings(const struct model *m, const struct snapshot *snapshot, size_t segment, uint32_t term)
{
    const struct segment *s = snapshot_segment(snapshot, segment);
    struct postings found = {0};
    char text[16];
    assert_int_equal(segment_postings(s, term_text(term, text), NULL, &found, NULL), OK);
    size_t at = 0;
    uint32_t greatest = 0;
    for (uint32_t p = 0; p < segment_n_passages(s); p++) {
        struct passage_view passage;
        struct article_view article;
        assert_int_equal(segment_passage(s, p, &passage, NULL), OK);
        assert_int_equal(segment_article(s, passage.article, &article, NULL), OK);
        uint8_t impact = model_impact(model_find(m, article.id), passage.ordinal - 1, term);
        if (impact == 0)
            continue;
        assert_true(at < found.n);
        assert_int_equal(found.passages[at], p);
        assert_int_equal(found.impacts[at++], impact);
        greatest = impact > greatest ? impact : greatest;
    }
    assert_int_equal(at, found.n);
    struct term_view view;
    assert_int_equal(segment_find_term(s, term_text(term, text), &view), at > 0);
    assert_int_equal(at > 0 ? view.df : 0, at);
    assert_int_equal(at > 0 ? view.greatest[0] : 0, greatest);
    postings_clear(&found);
}

static inline void check_tokens(const struct segment *s, const struct model_article *a, uint32_t article)
{
    struct article_view view;
    uint32_t ids[LENGTH];
    char text[16];
    struct form_view form;
    assert_int_equal(segment_article(s, article, &view, NULL), OK);
    assert_int_equal(view.n_passages, a->n_passages);
    assert_int_equal(view.n_title_tokens, a->n_passages == 0 ? 0 : a->n_title);
    for (uint32_t p = 0; p < view.n_passages; p++) {
        assert_int_equal(segment_tokens(s, view.first_passage + p, ids, (uint32_t)a->n_body[p], NULL), OK);
        for (size_t i = 0; i < a->n_body[p]; i++) {
            assert_int_equal(segment_form(s, ids[i], &form, NULL), OK);
            assert_true(slice_equal(form.text, form_text(a->body[p][i], text)));
        }
        /* A wrong length is damage, never a wrong answer. */
        assert_int_equal(segment_tokens(s, view.first_passage + p, ids, (uint32_t)a->n_body[p] - 1, NULL), ERR_INDEX);
    }
}

static inline void check_index(const struct model *m, const char *index)
{
    struct snapshot *s;
    struct error e;
    if (snapshot_open(&s, index, &e) != OK || index_check(index, NULL, NULL, &e) != OK)
        fail_msg("%s", e.text);
    for (uint32_t term = 0; term < N_WORDS / 2; term++) {
        char text[16];
        assert_int_equal(snapshot_df(s, term_text(term, text)), model_df(m, term));
        for (size_t i = 0; i < snapshot_n_segments(s); i++)
            check_postings(m, s, i, term);
    }
    uint64_t n_live = 0, n_passages = 0;
    for (size_t i = 0; i < m->n; i++) {
        size_t segment;
        uint32_t article;
        bool is_there = snapshot_find_article(s, slice_cstr(m->articles[i].id), &segment, &article);
        assert_int_equal(is_there, m->articles[i].is_live);
        if (!is_there)
            continue;
        check_tokens(snapshot_segment(s, segment), &m->articles[i], article);
        n_live++;
        n_passages += m->articles[i].n_passages;
    }
    assert_int_equal(snapshot_n_articles(s), n_live);
    assert_int_equal(snapshot_n_passages(s), n_passages);
    snapshot_unref(s);
}

static inline struct publish_result compact(const char *index, bool only_dead)
{
    struct update *u;
    assert_int_equal(update_begin(&u, index, NULL, NULL), OK);
    update_request_compact(u, only_dead);
    return publish(u);
}

#endif
