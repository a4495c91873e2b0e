#include "verbs.h"

static const char *const names[] = {
    [REQUEST_AUTHOR] = "author", [REQUEST_YEAR] = "year", [REQUEST_MONTH] = "month",
    [REQUEST_TAG] = "tag",       [REQUEST_LANG] = "lang",
};

static bool find_field(struct slice name, enum request_facet_field *out)
{
    for (unsigned i = 0; i < N_REQUEST_FACETS; i++) {
        *out = (enum request_facet_field)i;
        if (slice_equal(name, slice_cstr(names[i])))
            return true;
    }
    return false;
}

/* "tag" or "tag:5". */
static bool read_facet(struct slice s, struct request_facet *out)
{
    const char *colon = s.len == 0 ? NULL : memchr(s.data, ':', s.len);
    struct slice name = colon == NULL ? s : slice_of(s.data, (size_t)(colon - s.data));
    uint64_t n = FACET_DEFAULT;
    if (colon != NULL && (!slice_to_u64(slice_from(s, name.len + 1), FACET_MAX, &n) || n == 0))
        return false;
    out->n = (uint32_t)n;
    return find_field(name, &out->field);
}

enum status request_facets_parse(struct request *r, struct error *e)
{
    struct slice rest = r->facet;
    while (rest.len > 0) {
        const char *comma = memchr(rest.data, ',', rest.len);
        size_t len = comma == NULL ? rest.len : (size_t)(comma - rest.data);
        struct request_facet facet;
        if (!read_facet(slice_of(rest.data, len), &facet) || (comma != NULL && len + 1 == rest.len))
            return error_set(e, ERR_OPTION,
                             "facet= takes author, year, month, tag and lang with commas between, each perhaps with "
                             ":1 to :%d behind it",
                             FACET_MAX);
        for (size_t i = 0; i < r->n_facets; i++)
            if (r->facets[i].field == facet.field)
                return error_set(e, ERR_OPTION, "facet %s is given twice", names[facet.field]);
        r->facets[r->n_facets++] = facet;
        rest = slice_from(rest, len + 1);
    }
    return OK;
}
