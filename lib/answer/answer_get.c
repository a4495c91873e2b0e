#include "answer_internal.h"
#include "date.h"
#include "percent.h"

#define VALUE_MAX_BYTES 32 /* a number, a date */

/* The article that is read, and how many lines say its fields. */
struct getting {
    struct answering *answering;
    const struct article_view *article;
    uint64_t n_fields;
};

static void put_field(struct getting *g, const char *name, struct slice value)
{
    struct row r = row_begin(&g->answering->lines, g->answering->request->out);
    row_text(&r, "name", slice_cstr(name));
    put_text(&r, "value", value);
    row_end(&r);
    g->n_fields++;
}

/* As it stands everywhere on the wire, so that it can be sent back as it came. */
static enum status put_id(struct getting *g, struct error *e)
{
    struct buf id;
    buf_init(&id, ID_COLUMN_MAX_BYTES);
    percent_encode(&id, g->article->id, "#");
    put_field(g, "id", buf_slice(&id));
    enum status st = buf_status(&id, e);
    buf_clear(&id);
    return st;
}

/* A tag holds no line break, so one stands between tags. */
static enum status put_fields(struct getting *g, struct error *e)
{
    const struct article_view *article = g->article;
    char date_bytes[VALUE_MAX_BYTES], count_bytes[VALUE_MAX_BYTES];
    struct buf date = {.data = date_bytes, .cap = sizeof date_bytes, .max = sizeof date_bytes};
    struct buf count = {.data = count_bytes, .cap = sizeof count_bytes, .max = sizeof count_bytes};
    date_put(&date, article->date);
    buf_printf(&count, "%u", article->n_passages);
    enum status st = put_id(g, e);
    put_field(g, "title", article->title);
    put_field(g, "author", article->author);
    put_field(g, "date", buf_slice(&date));
    put_field(g, "tags", article->tags);
    put_field(g, "lang", article->lang);
    put_field(g, "url", article->url);
    put_field(g, "format", article->format);
    put_field(g, "path", article->path);
    put_field(g, "passages", buf_slice(&count));
    return st;
}

static enum status put_passage(struct answering *a, struct slice article_id, const struct passage_view *p,
                               struct error *e)
{
    struct row r = row_begin(&a->lines, a->request->out);
    enum status st = put_passage_id(&r, article_id, p->ordinal, e);
    row_at(&r, "at", p->at, p->at_len);
    put_text(&r, "text", p->text);
    row_end(&r);
    return st;
}

static enum status put_passages(struct answering *a, const struct article_view *article, size_t segment,
                                struct error *e)
{
    const struct segment *s = snapshot_segment(searcher_snapshot(a->searcher), segment);
    enum status st = OK;
    for (uint32_t i = 0; st == OK && i < article->n_passages; i++) {
        struct passage_view p;
        st = stop_check(&a->stop, e);
        if (st == OK)
            st = segment_passage(s, article->first_passage + i, &p, e);
        if (st == OK)
            st = search_text(a->searcher, segment, article->first_passage + i, &p, e);
        if (st == OK)
            st = put_passage(a, article->id, &p, e);
        if (st == OK)
            st = buf_status(&a->lines, e);
    }
    return st;
}

static enum status get(struct answering *a, struct slice id, uint32_t ordinal, struct error *e)
{
    struct article_view article;
    struct passage_view passage;
    size_t segment;
    enum status st = search_find(a->searcher, id, ordinal, &article, &passage, &segment, e);
    if (st != OK)
        return st;
    if (ordinal > 0) {
        st = search_text(a->searcher, segment, article.first_passage + ordinal - 1, &passage, e);
        if (st != OK)
            return st;
        st = put_passage(a, article.id, &passage, e);
        reply_ok(&a->status, a->request->tag, 1);
    } else {
        struct getting g = {.answering = a, .article = &article};
        st = put_fields(&g, e);
        if (st == OK)
            st = put_passages(a, &article, segment, e);
        reply_ok(&a->status, a->request->tag, g.n_fields + article.n_passages);
        reply_key_u64(&a->status, "fields", g.n_fields);
    }
    reply_key_u64(&a->status, "gen", snapshot_generation(searcher_snapshot(a->searcher)));
    reply_end(&a->status);
    return st;
}

enum status answer_get(struct answering *a, struct error *e)
{
    struct buf id;
    uint32_t ordinal;
    buf_init(&id, REF_MAX_BYTES);
    enum status st = passage_ref_parse(a->request->text, &id, &ordinal, e);
    if (st == OK)
        st = get(a, buf_slice(&id), ordinal, e);
    buf_clear(&id);
    return st;
}
