#include "registry.h"

#include "percent.h"

#include <inttypes.h>

void registry_init(struct registry *g, struct target *t, struct report *r)
{
    *g = (struct registry){.target = t, .report = r};
    old_articles_init(&g->old, t);
    hash_set_init(&g->ids);
}

void registry_clear(struct registry *g)
{
    old_articles_clear(&g->old);
    hash_set_clear(&g->ids);
}

static enum status remove_old(struct registry *g, size_t item, struct error *e)
{
    struct article_view view;
    enum status st = old_articles_view(&g->old, item, &view, e);
    if (st != OK)
        return st;
    g->report->n_removed++;
    report_article(g->report, "removed", view.id);
    return old_articles_remove(&g->old, item, e);
}

/** The old articles of a file that were neither kept nor replaced go. */
static enum status remove_rest(struct registry *g, uint32_t root, struct slice path, struct error *e)
{
    size_t from, to;
    old_articles_of(&g->old, plan_key(root, path), &from, &to);
    enum status st = OK;
    for (size_t i = from; i < to && st == OK; i++) {
        struct article_view view;
        if (g->old.items[i].is_kept || g->old.items[i].is_gone)
            continue;
        st = old_articles_view(&g->old, i, &view, e);
        if (st == OK && view.root == root && slice_equal(view.path, path))
            st = remove_old(g, i, e);
    }
    return st;
}

enum status registry_begin(struct registry *g, const struct plan *p, struct error *e)
{
    enum status st = old_articles_collect(&g->old, p, e);
    for (size_t i = 0; i < p->n_vanished && st == OK; i++) {
        const struct source *row = &p->vanished[i];
        st = remove_rest(g, row->root, row->path, e);
        sources_remove(g->target->sources, row->root, row->path);
    }
    return st;
}

/* ---- what goes wrong ---- */

static void tell(struct registry *g, struct unit *u, const char *message)
{
    struct buf name;
    buf_init(&name, (size_t)1 << 21);
    struct slice shown = plan_file_path(&name, u->file, NULL) == OK ? slice_of(name.data, name.len - 1) : u->file->path;
    /* A message from below may begin with the path already. */
    size_t len = shown.len;
    if (strncmp(message, shown.data, len) == 0 && strncmp(message + len, ": ", 2) == 0)
        message += len + 2;
    if (u->line > 0) {
        u->file->n_bad_lines++;
        report_bad_line(g->report, shown, u->line, message);
    } else {
        u->file->is_failed = true;
        report_failure(g->report, shown, message);
    }
    buf_clear(&name);
}

static void tell_conflict(struct registry *g, struct unit *u, struct slice id, const char *why)
{
    struct error text;
    (void)error_set(&text, ERR_FORMAT, "the id '%.*s' %s", id.len > 200 ? 200 : (int)id.len, id.data, why);
    u->file->has_conflict = true;
    tell(g, u, text.text);
}

/* ---- ids ---- */

static void put_id(struct buf *id, const struct unit *u)
{
    buf_put(id, u->file->root->prefix);
    if (u->article.id.len > 0) {
        buf_put(id, u->article.id);
        return;
    }
    percent_encode_damage(id, u->file->path);
    if (u->line > 0)
        buf_printf(id, ":%" PRIu64, u->line);
}

/** What an id that a live article has means for the unit: it may take its place, or not. */
static enum status take_over(struct registry *g, struct unit *u, size_t segment, uint32_t article, bool *may,
                             struct error *e)
{
    struct article_view view;
    *may = false;
    enum status st = segment_article(snapshot_segment(g->target->snapshot, segment), article, &view, e);
    if (st != OK)
        return st;
    if (view.root < ROOTS_MAX && g->target->forgotten[view.root]) {
        *may = true;
        return OK;
    }
    size_t item = old_articles_find(&g->old, segment, article, &view);
    if (view.root != u->file->root->number) {
        /* An article of another root that leaves in this very run makes room. */
        *may = item != OLD_NONE && g->old.items[item].is_gone;
        if (!*may)
            tell_conflict(g, u, u->id, "belongs to another root; --prefix keeps the ids of two roots apart");
        return OK;
    }
    if (item == OLD_NONE || g->old.items[item].is_kept) {
        tell_conflict(g, u, u->id,
                      slice_equal(view.path, u->file->path) ? "was given to an article before"
                                                            : "belongs to an article of another file");
        return OK;
    }
    *may = true;
    if (g->old.items[item].is_gone)
        return OK;
    g->report->n_replaced++;
    report_article(g->report, "replaced", u->id);
    st = old_articles_remove(&g->old, item, e);
    return st != OK ? st : hash_set_add(&g->ids, hash_bytes(u->id, 0), NULL, e);
}

/** Give the unit's article its id, if it may have it. */
static enum status settle_article(struct registry *g, struct unit *u, struct error *e)
{
    struct buf id;
    size_t segment;
    uint32_t article;
    buf_init(&id, FIELD_MAX_BYTES);
    put_id(&id, u);
    bool fits = buf_status(&id, NULL) == OK;
    u->id = arena_copy(&u->article.arena, buf_slice(&id));
    buf_clear(&id);
    if (u->id.data == NULL)
        return error_nomem(e);
    if (!fits || u->file->path.len > FIELD_MAX_BYTES) {
        tell(g, u, "its id or path is longer than 1,024 bytes");
        return OK;
    }
    struct hash128 hash = hash_bytes(u->id, 0);
    if (hash_set_has(&g->ids, hash)) {
        tell_conflict(g, u, u->id, "was given to an article before");
        return OK;
    }
    bool may = true;
    uint64_t n_replaced = g->report->n_replaced;
    enum status st = OK;
    if (g->target->snapshot != NULL && snapshot_find_article(g->target->snapshot, u->id, &segment, &article))
        st = take_over(g, u, segment, article, &may, e);
    if (st != OK || !may)
        return st;
    if (n_replaced == g->report->n_replaced) {
        g->report->n_added++;
        report_article(g->report, "added", u->id);
        st = hash_set_add(&g->ids, hash, NULL, e);
    }
    g->report->n_damaged += u->article.n_damaged;
    u->state = UNIT_SETTLED;
    return st;
}

/* ---- files ---- */

/** A file was read: its row is what the next run compares with. */
static enum status put_row(struct registry *g, const struct unit *u, struct error *e)
{
    struct source row = u->file->now;
    memcpy(row.raw_hash, u->hash, sizeof row.raw_hash);
    row.n_bad_lines = u->file->n_bad_lines;
    if (u->file->is_failed || u->file->has_conflict) {
        row.mtime_ns = row.ctime_ns = 0;
        memset(row.raw_hash, 0, sizeof row.raw_hash);
    }
    return sources_put(g->target->sources, &row, e);
}

static enum status end_file(struct registry *g, struct unit *u, struct error *e)
{
    g->report->n_files_read++;
    /* Of a file that was not read to its end nothing is removed; the row sees to it that it is read again. */
    enum status st = u->file->is_failed ? OK : remove_rest(g, u->file->root->number, u->file->path, e);
    return st == OK ? put_row(g, u, e) : st;
}

/** The bytes are as they were; another file may have taken the id meanwhile. */
static enum status keep_file(struct registry *g, struct unit *u, struct error *e)
{
    size_t from, to;
    old_articles_of(&g->old, u->file->key, &from, &to);
    for (size_t i = from; i < to; i++) {
        struct article_view view;
        enum status st = old_articles_view(&g->old, i, &view, e);
        if (st != OK)
            return st;
        if (view.root != u->file->root->number || !slice_equal(view.path, u->file->path))
            continue;
        if (g->old.items[i].is_gone)
            tell_conflict(g, u, view.id, "was given to an article before");
        else
            g->old.items[i].is_kept = true;
    }
    return end_file(g, u, e);
}

static enum status settle_file(struct registry *g, struct unit *u, struct error *e)
{
    enum status st = OK;
    switch (u->state) {
    case UNIT_SAME:
        return keep_file(g, u, e);
    case UNIT_BINARY:
        if (u->file->is_named) {
            tell(g, u, "is not text; --format says what to take it for");
            return OK;
        }
        g->report->n_binary++;
        memcpy(u->hash, SOURCE_BINARY, sizeof u->hash);
        return end_file(g, u, e);
    case UNIT_PARSED:
        st = settle_article(g, u, e);
        return st == OK && !u->file->is_failed ? end_file(g, u, e) : st;
    default:
        /* Its old article stays, and its old row. */
        tell(g, u, u->problem == NULL ? "out of memory" : u->problem);
        return OK;
    }
}

static enum status settle_kept(struct registry *g, struct unit *u, struct error *e)
{
    struct article_view view;
    struct old_article *old = &g->old.items[u->old];
    if (!old->is_kept && !old->is_gone) {
        old->is_kept = true;
        return OK;
    }
    enum status st = old_articles_view(&g->old, u->old, &view, e);
    if (st == OK)
        tell_conflict(g, u, view.id, "was given to an article before");
    return st;
}

static void refuse_long_line(struct registry *g, struct unit *u)
{
    struct error problem;
    size_t most = indexer_options_article_max(g->report->options);
    (void)error_set(&problem, ERR_LIMIT, "a line of more than %zu MiB is refused", most >> 20);
    tell(g, u, problem.text);
    /* With more memory it may be an article. */
    u->file->has_conflict |= most < ARTICLE_MAX_BYTES;
}

enum status registry_settle(struct registry *g, struct unit *u, struct error *e)
{
    switch (u->kind) {
    case UNIT_FILE:
        return settle_file(g, u, e);
    case UNIT_KEPT_LINE:
        return settle_kept(g, u, e);
    case UNIT_LONG_LINE:
        refuse_long_line(g, u);
        return OK;
    case UNIT_LINE:
        if (u->state == UNIT_PARSED)
            return settle_article(g, u, e);
        tell(g, u, u->problem == NULL ? "out of memory" : u->problem);
        return OK;
    case UNIT_END:
        u->line = 0;
        if (u->problem != NULL)
            tell(g, u, u->problem);
        return end_file(g, u, e);
    case UNIT_STORED:
        u->state = UNIT_SETTLED;
        return OK;
    }
    return OK;
}
