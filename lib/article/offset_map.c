#include "offset_map.h"

enum status offset_map_take(struct offset_map *m, struct article *a, struct error *e)
{
    *m = (struct offset_map){0};
    if (a->n_runs == 0)
        return OK;
    size_t bytes = a->n_runs * sizeof *a->runs;
    m->inner.runs = arena_alloc(&a->arena, bytes);
    if (m->inner.runs == NULL)
        return error_nomem(e);
    memcpy(m->inner.runs, a->runs, bytes);
    m->inner.n_runs = m->inner.runs_cap = a->n_runs;
    a->n_runs = 0;
    return OK;
}

/* The raw bytes of a run that maps as a whole. */
static void map_whole(const struct offset_map *m, struct offset_run *run)
{
    uint64_t start = 0, len = 0;
    if (run->src_len > 0) {
        article_source_range(&m->inner, run->src, run->src_len, &start, &len);
    } else if (run->src > 0) {
        article_source_range(&m->inner, run->src - 1, 1, &start, &len);
        start += len;
        len = 0;
    }
    run->src = (uint32_t)start;
    run->src_len = (uint32_t)len;
}

/* A run that maps byte for byte is cut where the inner map changes. */
static enum status add_exact(struct offset_map *m, struct article *a, struct offset_run run, struct error *e)
{
    enum status status = OK;
    while (run.src_len > 0 && status == OK) {
        while (m->at < m->inner.n_runs && m->inner.runs[m->at].text + m->inner.runs[m->at].text_len <= run.src)
            m->at++;
        const struct offset_run *in = m->at < m->inner.n_runs ? &m->inner.runs[m->at] : NULL;
        struct offset_run part = run;
        if (in != NULL && in->text > run.src && in->text - run.src < part.src_len) {
            part.text_len = part.src_len = in->text - run.src;
        } else if (in != NULL && in->text <= run.src) {
            uint32_t left = in->text + in->text_len - run.src;
            if (left < part.src_len)
                part.text_len = part.src_len = left;
        }
        run.text += part.text_len;
        run.text_len -= part.text_len;
        run.src += part.text_len;
        run.src_len -= part.text_len;
        map_whole(m, &part);
        status = article_add_run(a, part, e);
    }
    return status;
}

enum status offset_map_add(struct offset_map *m, struct article *a, struct offset_run run, struct error *e)
{
    if (run.text_len == 0)
        return OK;
    if (m->inner.n_runs == 0)
        return article_add_run(a, run, e);
    if (run.text_len == run.src_len)
        return add_exact(m, a, run, e);
    map_whole(m, &run);
    return article_add_run(a, run, e);
}
