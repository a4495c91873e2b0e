#include "update_files.h"

#include "array.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MERGE_MEMORY_MIN ((size_t)64 << 20)
#define MERGE_BYTES_A_PASSAGE 512 /* of memory while it is built, from above: about 120 words */
#define PURGE_WAIT_MS 10000
#define PURGE_STEP_MS 50

/* One segment of the new generation, old or new. */
struct part {
    struct manifest_segment entry;
    const struct segment *segment;
    struct segment *opened;  /* owned, of a new one */
    struct tombstones *dead; /* as it will be; NULL: none */
    bool is_dead_new;        /* its tombstone file is still to be written */
    char folder[PATH_MAX];
};

struct publisher {
    struct update *u;
    struct part *parts;
    size_t n, cap;
    bool is_changed;
};

static void close_parts(struct publisher *p)
{
    for (size_t i = 0; i < p->n; i++)
        segment_close(p->parts[i].opened);
    free(p->parts);
}

static enum status new_part(struct publisher *p, struct part **out, struct error *e)
{
    *out = NULL;
    enum status st = array_reserve(&p->parts, &p->cap, p->n + 1, sizeof *p->parts, SEGMENTS_MAX, e);
    if (st != OK)
        return error_context(e, st, "too many segments; use more --memory, or --compact");
    *out = &p->parts[p->n];
    **out = (struct part){0};
    return OK;
}

static enum status add_old(struct publisher *p, size_t i, struct error *e)
{
    struct update *u = p->u;
    struct part *part;
    enum status st = new_part(p, &part, e);
    if (st != OK)
        return st;
    part->entry = u->manifest.segments[i];
    part->segment = snapshot_segment(u->start, i);
    part->dead = u->dead[i] != NULL ? u->dead[i] : part->segment->dead;
    part->is_dead_new = u->dead[i] != NULL;
    snprintf(part->folder, sizeof part->folder, "%s", snapshot_segment_folder(u->start, i));
    p->is_changed = p->is_changed || part->is_dead_new;
    p->n++;
    return OK;
}

/* A finished segment in scratch. */
static enum status add_new(struct publisher *p, const char *id, struct error *e)
{
    struct part *part;
    enum status st = new_part(p, &part, e);
    if (st != OK)
        return st;
    if (snprintf(part->folder, sizeof part->folder, "%s/%s", p->u->scratch, id) >= (int)sizeof part->folder)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", p->u->scratch);
    memcpy(part->entry.id, id, sizeof part->entry.id);
    st = file_size(part->folder, &part->entry.n_bytes, e);
    if (st == OK)
        st = segment_open(&part->opened, part->folder, id, NULL, e);
    if (st != OK)
        return st;
    part->segment = part->opened;
    p->is_changed = true;
    p->n++;
    return OK;
}

static enum status add_writer(struct publisher *p, struct index_writer *w, struct error *e)
{
    const struct finished_segment *segments;
    size_t n;
    enum status st = index_writer_finish(w, &segments, &n, e);
    for (size_t i = 0; i < n && st == OK; i++)
        st = add_new(p, segments[i].id, e);
    return st;
}

static enum status collect(struct publisher *p, struct error *e)
{
    struct update *u = p->u;
    enum status st = OK;
    for (size_t i = 0; i < snapshot_n_segments(u->start) && !u->is_rebuild && st == OK; i++)
        st = add_old(p, i, e);
    p->is_changed = p->is_changed || u->is_rebuild;
    for (size_t i = 0; i < u->n_writers && st == OK; i++) {
        st = add_writer(p, u->writers[i], e);
        index_writer_free(u->writers[i]);
        u->writers[i] = NULL;
    }
    u->n_writers = 0;
    return st;
}

static uint64_t n_dead_of(const struct part *part)
{
    return part->dead == NULL ? 0 : (uint64_t)tombstones_n_passages(part->dead) + tombstones_n_articles(part->dead);
}

static uint64_t n_all_of(const struct part *part)
{
    return (uint64_t)segment_n_passages(part->segment) + segment_n_articles(part->segment);
}

static void remove_part(struct publisher *p, size_t i)
{
    segment_close(p->parts[i].opened);
    memmove(&p->parts[i], &p->parts[i + 1], (p->n - i - 1) * sizeof *p->parts);
    p->n--;
}

static size_t merge_memory(const struct update *u)
{
    return u->memory > MERGE_MEMORY_MIN ? u->memory : MERGE_MEMORY_MIN;
}

/* Copy the picked parts into new segments, which take their place. */
static enum status merge_picked(struct publisher *p, const struct merge_candidate *candidates, struct error *e)
{
    struct update *u = p->u;
    struct index_writer *to;
    enum status st = index_writer_new(&to, u->scratch, &u->manifest.settings, u->writer_kind, merge_memory(u), e);
    if (st != OK)
        return st;
    size_t n_before = p->n;
    for (size_t i = 0; i < n_before && st == OK; i++) {
        struct merge_input input = {p->parts[i].segment, p->parts[i].dead};
        if (candidates[i].is_picked)
            st = merge_copy(to, &input, e);
    }
    if (st == OK)
        st = add_writer(p, to, e);
    index_writer_free(to);
    for (size_t i = n_before; i-- > 0 && st == OK;)
        if (candidates[i].is_picked)
            remove_part(p, i);
    p->is_changed = true;
    return st;
}

static enum status merge(struct publisher *p, struct error *e)
{
    for (size_t i = p->n; i-- > 0;)
        if (n_dead_of(&p->parts[i]) == n_all_of(&p->parts[i]))
            remove_part(p, i);
    struct merge_candidate *candidates = calloc(p->n + 1, sizeof *candidates);
    if (candidates == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < p->n; i++) {
        candidates[i].n_dead = n_dead_of(&p->parts[i]);
        candidates[i].n_live = n_all_of(&p->parts[i]) - candidates[i].n_dead;
    }
    enum status st = OK;
    if (merge_pick(candidates, p->n, p->u->policy, merge_memory(p->u) / MERGE_BYTES_A_PASSAGE))
        st = merge_picked(p, candidates, e);
    free(candidates);
    return st;
}

static enum status place_part(struct publisher *p, struct part *part, struct error *e)
{
    char segments[PATH_MAX], target[PATH_MAX];
    enum status st = OK;
    if (snprintf(segments, sizeof segments, "%s/" SEGMENTS_NAME, p->u->index) >= (int)sizeof segments ||
        snprintf(target, sizeof target, "%s/%s", segments, part->entry.id) >= (int)sizeof target)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", p->u->index);
    if (part->opened != NULL && rename(part->folder, target) != 0)
        return error_errno(e, ERR_IO, "%s", target);
    if (part->is_dead_new) {
        char random[SEGMENT_ID_BYTES + 1];
        st = random_id(random, e);
        if (st == OK) {
            snprintf(part->entry.del, sizeof part->entry.del, "%s.del-%s", part->entry.id, random);
            st = tombstones_write(part->dead, segments, part->entry.del, e);
        }
    }
    return st;
}

static enum status add_lang(struct manifest *m, struct slice lang, struct error *e)
{
    size_t at = 0;
    while (at < m->n_langs && slice_compare(slice_cstr(m->langs[at]), lang) < 0)
        at++;
    if (lang.len == 0 || lang.len >= sizeof m->langs[0] ||
        (at < m->n_langs && slice_equal(slice_cstr(m->langs[at]), lang)))
        return OK;
    if (m->n_langs == LANGS_MAX)
        return error_set(e, ERR_LIMIT, "articles in more than %d languages", LANGS_MAX);
    memmove(m->langs[at + 1], m->langs[at], (m->n_langs - at) * sizeof m->langs[0]);
    memset(m->langs[at], 0, sizeof m->langs[at]);
    memcpy(m->langs[at], lang.data, lang.len);
    m->n_langs++;
    return OK;
}

/* The languages and numbers of the live articles. */
static enum status count_live(struct publisher *p, struct publish_result *result, struct error *e)
{
    struct manifest *m = &p->u->manifest;
    m->n_langs = 0;
    enum status st = OK;
    for (size_t i = 0; i < p->n; i++) {
        const struct part *part = &p->parts[i];
        for (uint32_t a = 0; a < segment_n_articles(part->segment) && st == OK; a++) {
            struct article_view view;
            if (part->dead != NULL && tombstones_has_article(part->dead, a))
                continue;
            st = segment_article(part->segment, a, &view, e);
            result->n_articles++;
            result->n_passages += view.n_passages;
            if (st == OK)
                st = add_lang(m, view.lang, e);
        }
    }
    result->n_segments = p->n;
    return st;
}

static enum status write_sources(struct update *u, struct error *e)
{
    char random[SEGMENT_ID_BYTES + 1];
    enum status st = random_id(random, e);
    if (st != OK)
        return st;
    snprintf(u->manifest.sources, sizeof u->manifest.sources, SOURCES_PREFIX "%s", random);
    return sources_write(u->sources, u->index, u->manifest.sources, e);
}

static enum status place_all(struct publisher *p, struct error *e)
{
    struct manifest *m = &p->u->manifest;
    char segments[PATH_MAX];
    enum status st = OK;
    m->n_segments = 0;
    for (size_t i = 0; i < p->n && st == OK; i++) {
        st = place_part(p, &p->parts[i], e);
        if (st == OK)
            st = manifest_add_segment(m, &p->parts[i].entry, e);
    }
    if (st != OK)
        return st;
    snprintf(segments, sizeof segments, "%s/" SEGMENTS_NAME, p->u->index);
    st = file_sync(segments, e);
    /* The names of segments/ and of the sources table: they must last before a manifest says them. */
    return st == OK ? file_sync(p->u->index, e) : st;
}

/*
 * What the old generation had and the new has not is removed; after --purge we wait for its readers a while. The new
 * generation stands whatever happens here, and the next update sweeps again: only a purge has promised more.
 */
static enum status sweep_old(struct update *u, struct publish_result *result, struct error *e)
{
    bool is_purge = u->policy == MERGE_DEAD;
    unsigned waited_ms = 0;
    snapshot_unref(u->start);
    u->start = NULL;
    for (;;) {
        enum status st = sweep(u->index, &u->manifest, &result->n_still_read, is_purge ? e : NULL);
        if (!is_purge)
            return OK;
        if (st != OK)
            return error_context(e, st, "the change is published, but old bytes remain");
        if (result->n_still_read == 0 || waited_ms >= PURGE_WAIT_MS)
            return OK;
        usleep(PURGE_STEP_MS * 1000);
        waited_ms += PURGE_STEP_MS;
    }
}

static enum status publish_parts(struct publisher *p, struct publish_result *result, struct error *e)
{
    struct update *u = p->u;
    enum status st = collect(p, e);
    if (st == OK)
        st = merge(p, e);
    if (st == OK)
        st = count_live(p, result, e);
    bool has_new_table = sources_is_changed(u->sources) || u->is_root_changed;
    result->is_new = p->is_changed || snapshot_generation(u->start) == 0;
    if (st != OK || (!result->is_new && !has_new_table))
        return st;
    st = write_sources(u, e);
    if (st == OK)
        st = place_all(p, e);
    /* A change of the sources table alone is no new generation: readers see nothing of it. */
    u->manifest.generation += result->is_new;
    return st == OK ? manifest_write(&u->manifest, u->index, e) : st;
}

enum status update_publish(struct update *u, struct publish_result *result, struct error *e)
{
    *result = (struct publish_result){0};
    struct publisher p = {.u = u};
    enum status st = publish_parts(&p, result, e);
    result->generation = u->manifest.generation;
    close_parts(&p);
    return st == OK ? sweep_old(u, result, e) : st;
}
