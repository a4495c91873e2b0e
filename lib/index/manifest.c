#include "manifest.h"

#include "array.h"
#include "percent.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SUM_KEY "sum "

void manifest_init(struct manifest *m)
{
    *m = (struct manifest){.settings = {.average_length = 100}};
}

void manifest_clear(struct manifest *m)
{
    for (size_t i = 0; i < m->n_roots; i++) {
        free(m->roots[i].path);
        free(m->roots[i].prefix);
    }
    free(m->roots);
    free(m->segments);
    manifest_init(m);
}

enum status manifest_add_segment(struct manifest *m, const struct manifest_segment *s, struct error *e)
{
    enum status st =
        array_reserve(&m->segments, &m->segments_cap, m->n_segments + 1, sizeof *m->segments, SEGMENTS_MAX, e);
    if (st == OK)
        m->segments[m->n_segments++] = *s;
    return st;
}

enum status manifest_set_root(struct manifest *m, size_t number, struct slice path, struct slice prefix,
                              struct error *e)
{
    enum status st = number >= ROOTS_MAX
                         ? error_set(e, ERR_LIMIT, "more than %d roots; forget one with --remove-root", ROOTS_MAX)
                         : array_reserve(&m->roots, &m->roots_cap, number + 1, sizeof *m->roots, ROOTS_MAX, e);
    if (st != OK)
        return st;
    while (m->n_roots <= number)
        m->roots[m->n_roots++] = (struct manifest_root){0};
    free(m->roots[number].path);
    free(m->roots[number].prefix);
    m->roots[number] = (struct manifest_root){strndup(path.data, path.len),
                                              prefix.len == 0 ? strdup("") : strndup(prefix.data, prefix.len)};
    return m->roots[number].path == NULL || m->roots[number].prefix == NULL ? error_nomem(e) : OK;
}

enum status manifest_copy(struct manifest *to, const struct manifest *from, struct error *e)
{
    struct manifest copy = *from;
    copy.roots = NULL;
    copy.segments = NULL;
    copy.n_roots = copy.roots_cap = copy.n_segments = copy.segments_cap = 0;
    *to = copy;
    enum status st = OK;
    for (size_t i = 0; i < from->n_roots && st == OK; i++)
        if (from->roots[i].path != NULL)
            st = manifest_set_root(to, i, slice_cstr(from->roots[i].path), slice_cstr(from->roots[i].prefix), e);
    for (size_t i = 0; i < from->n_segments && st == OK; i++)
        st = manifest_add_segment(to, &from->segments[i], e);
    return st;
}

void manifest_print(struct buf *out, const struct manifest *m)
{
    buf_printf(out, "quoth %d\n", INDEX_FORMAT);
    buf_printf(out, "generation %llu\n", (unsigned long long)m->generation);
    buf_printf(out, "profile %s\n", m->settings.profile == PROFILE_PARITY ? "parity" : "default");
    buf_printf(out, "split %s\n", m->settings.split_whole ? "whole" : "auto");
    buf_printf(out, "texts %s\n", m->settings.is_compressed ? "spelled" : "raw");
    buf_printf(out, "average %.17g\n", m->settings.average_length);
    buf_printf(out, "analyzer %016llx\n", (unsigned long long)m->settings.analyzer_signature);
    if (m->sources[0] != '\0')
        buf_printf(out, "sources %s\n", m->sources);
    for (size_t i = 0; i < m->n_langs; i++)
        buf_printf(out, "lang %s\n", m->langs[i]);
    for (size_t i = 0; i < m->n_roots; i++) {
        if (m->roots[i].path == NULL)
            continue;
        buf_printf(out, "root %zu ", i);
        percent_encode(out, slice_cstr(m->roots[i].path), "");
        buf_put_byte(out, ' ');
        percent_encode(out, slice_cstr(m->roots[i].prefix), "");
        buf_put_byte(out, '\n');
    }
    for (size_t i = 0; i < m->n_segments; i++) {
        const struct manifest_segment *s = &m->segments[i];
        buf_printf(out, "segment %s %llu %s\n", s->id, (unsigned long long)s->n_bytes,
                   s->del[0] == '\0' ? "-" : s->del);
    }
    if (out->state == OK)
        buf_printf(out, SUM_KEY "%016llx\n", (unsigned long long)slice_hash(buf_slice(out)));
}

enum status manifest_write(const struct manifest *m, const char *index, struct error *e)
{
    struct buf text;
    buf_init(&text, MANIFEST_MAX_BYTES);
    manifest_print(&text, m);
    enum status st = buf_status(&text, e);
    if (st == OK)
        st = file_write_atomic(index, MANIFEST_NAME, buf_slice(&text), e);
    buf_clear(&text);
    return st;
}

/* The part of *line before the next space; *line goes on behind it. */
static struct slice next_word(struct slice *line)
{
    size_t n = 0;
    while (n < line->len && line->data[n] != ' ')
        n++;
    struct slice word = slice_of(line->data, n);
    *line = slice_from(*line, n + 1);
    return word;
}

static bool is_file_name(struct slice s)
{
    if (s.len == 0 || s.len >= FILE_NAME_MAX || s.data[0] == '.')
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.data[i]) && s.data[i] != '.' && s.data[i] != '-')
            return false;
    return true;
}

static bool parse_segment(struct manifest *m, struct slice line, struct error *e)
{
    struct manifest_segment s = {0};
    struct slice id = next_word(&line), bytes = next_word(&line), del = next_word(&line);
    bool has_del = !slice_equal(del, SLICE("-"));
    if (id.len != SEGMENT_ID_BYTES || !is_file_name(id) || !slice_to_u64(bytes, UINT64_MAX, &s.n_bytes) ||
        (has_del && !is_file_name(del)))
        return false;
    memcpy(s.id, id.data, id.len);
    /* Twice the same would count its passages twice. */
    for (size_t i = 0; i < m->n_segments; i++)
        if (strcmp(m->segments[i].id, s.id) == 0)
            return false;
    if (has_del)
        memcpy(s.del, del.data, del.len);
    return manifest_add_segment(m, &s, e) == OK;
}

static bool parse_root(struct manifest *m, struct slice line, struct error *e)
{
    uint64_t number;
    if (!slice_to_u64(next_word(&line), ROOTS_MAX - 1, &number))
        return false;
    struct buf path, prefix;
    buf_init(&path, PATH_MAX);
    buf_init(&prefix, PATH_MAX);
    percent_decode(&path, next_word(&line));
    percent_decode(&prefix, line);
    bool ok = path.len > 0 && path.state == OK && prefix.state == OK &&
              manifest_set_root(m, number, buf_slice(&path), buf_slice(&prefix), e) == OK;
    buf_clear(&path);
    buf_clear(&prefix);
    return ok;
}

static bool parse_choice(struct slice value, const char *off, const char *on, bool *out)
{
    *out = slice_equal(value, slice_cstr(on));
    return *out || slice_equal(value, slice_cstr(off));
}

static bool parse_number(struct slice value, double *out)
{
    char text[64];
    if (value.len == 0 || value.len >= sizeof text)
        return false;
    memcpy(text, value.data, value.len);
    text[value.len] = '\0';
    char *end;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out) && *out > 0;
}

static bool parse_hex(struct slice value, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!isxdigit((unsigned char)value.data[i]))
            return false;
        int digit = value.data[i] <= '9' ? value.data[i] - '0' : (value.data[i] | 0x20) - 'a' + 10;
        *out = *out << 4 | (uint64_t)digit;
    }
    return value.len == 16;
}

static bool parse_line(struct manifest *m, struct slice line, struct error *e)
{
    struct slice key = next_word(&line);
    bool is_on;
    if (slice_equal(key, SLICE("generation")))
        return slice_to_u64(line, UINT64_MAX - 1, &m->generation); /* there is always a next one */
    if (slice_equal(key, SLICE("profile"))) {
        bool ok = parse_choice(line, "default", "parity", &is_on);
        m->settings.profile = is_on ? PROFILE_PARITY : PROFILE_DEFAULT;
        return ok;
    }
    if (slice_equal(key, SLICE("split")))
        return parse_choice(line, "auto", "whole", &m->settings.split_whole);
    if (slice_equal(key, SLICE("texts")))
        return parse_choice(line, "raw", "spelled", &m->settings.is_compressed);
    if (slice_equal(key, SLICE("average")))
        return parse_number(line, &m->settings.average_length);
    if (slice_equal(key, SLICE("analyzer")))
        return parse_hex(line, &m->settings.analyzer_signature);
    if (slice_equal(key, SLICE("sources"))) {
        if (!is_file_name(line))
            return false;
        memcpy(m->sources, line.data, line.len);
        m->sources[line.len] = '\0';
        return true;
    }
    if (slice_equal(key, SLICE("lang"))) {
        if (m->n_langs == LANGS_MAX || line.len == 0 || line.len >= sizeof m->langs[0])
            return false;
        memcpy(m->langs[m->n_langs++], line.data, line.len);
        return true;
    }
    if (slice_equal(key, SLICE("root")))
        return parse_root(m, line, e);
    return slice_equal(key, SLICE("segment")) && parse_segment(m, line, e);
}

static enum status damaged(const char *name, struct error *e)
{
    return error_set(e, ERR_INDEX,
                     "%s is damaged: restore it from a copy, or remove the index and build it again from the articles",
                     name);
}

static enum status check_first_line(struct slice line, const char *name, struct error *e)
{
    struct slice word = next_word(&line);
    uint64_t format;
    if (!slice_equal(word, SLICE("quoth")) || !slice_to_u64(line, UINT32_MAX, &format))
        return error_set(e, ERR_INDEX, "%s: not the manifest of a Quoth index", name);
    if (format != INDEX_FORMAT)
        return error_set(e, ERR_SIGNATURE,
                         "%s: an index of format %llu, this program reads format %d; build it anew with quoth-index",
                         name, (unsigned long long)format, INDEX_FORMAT);
    return OK;
}

/* The checksum is of all before its own line, which must be the last. */
static bool sum_fits(struct slice text, struct slice *body)
{
    const size_t sum_bytes = sizeof(SUM_KEY) - 1 + 16 + 1;
    uint64_t sum;
    if (text.len < sum_bytes)
        return false;
    struct slice last = slice_from(text, text.len - sum_bytes);
    *body = slice_of(text.data, text.len - sum_bytes);
    return slice_starts(last, SLICE(SUM_KEY)) && parse_hex(slice_of(last.data + sizeof(SUM_KEY) - 1, 16), &sum) &&
           last.data[last.len - 1] == '\n' && sum == slice_hash(*body);
}

enum status manifest_parse(struct manifest *m, struct slice text, const char *name, struct error *e)
{
    const char *end = text.len == 0 ? NULL : memchr(text.data, '\n', text.len);
    if (end == NULL)
        return damaged(name, e);
    enum status st = check_first_line(slice_of(text.data, (size_t)(end - text.data)), name, e);
    if (st != OK)
        return st;
    struct slice rest;
    if (!sum_fits(text, &rest))
        return damaged(name, e);
    rest = slice_from(rest, (size_t)(end - text.data) + 1);
    while (rest.len > 0) {
        end = memchr(rest.data, '\n', rest.len);
        if (end == NULL || !parse_line(m, slice_of(rest.data, (size_t)(end - rest.data)), e))
            return damaged(name, e);
        rest = slice_from(rest, (size_t)(end - rest.data) + 1);
    }
    return m->generation > 0 ? OK : damaged(name, e);
}

enum status manifest_read(struct manifest *m, const char *index, struct error *e)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/" MANIFEST_NAME, index) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", index);
    struct buf text;
    buf_init(&text, MANIFEST_MAX_BYTES);
    enum status st = file_read(&text, path, e);
    if (st == OK)
        st = manifest_parse(m, buf_slice(&text), path, e);
    else if (st == ERR_NONE)
        st = OK; /* no generation yet */
    buf_clear(&text);
    if (st != OK)
        manifest_clear(m);
    return st;
}
