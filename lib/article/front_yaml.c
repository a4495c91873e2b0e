#include "front_yaml.h"

#include "front_field.h"

#include <yaml.h>

/** An open mapping or sequence. In a mapping, nodes are keys and values in turn. */
struct level {
    bool is_mapping, wants_value, is_name; /* is_name: the key was "name" */
};

struct walk {
    struct article *a;
    struct level levels[YAML_DEPTH_MAX];
    size_t depth;
    enum front_field field; /* of the outermost mapping's present key */
};

/* A node is complete: in a mapping the other kind comes next. */
static void node_done(struct walk *w)
{
    struct level *top = w->depth == 0 ? NULL : &w->levels[w->depth - 1];
    if (top != NULL && top->is_mapping)
        top->wants_value = !top->wants_value;
}

static bool is_null(const yaml_event_t *event, struct slice value)
{
    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    return value.len == 0 || slice_equal(value, SLICE("~")) || slice_equal_ascii_case(value, SLICE("null"));
}

static enum status on_scalar(struct walk *w, const yaml_event_t *event, struct error *e)
{
    struct slice value = slice_of((const char *)event->data.scalar.value, event->data.scalar.length);
    if (w->depth == 0)
        return OK;
    struct level *top = &w->levels[w->depth - 1];
    if (top->is_mapping && !top->wants_value) {
        if (w->depth == 1)
            w->field = front_field_of(value);
        else
            top->is_name = slice_equal_ascii_case(value, SLICE("name"));
        node_done(w);
        return OK;
    }
    bool is_named = w->depth > 1 && w->depth <= 3 && top->is_mapping && top->is_name;
    bool is_plain = w->depth == 1 || (w->depth == 2 && !top->is_mapping);
    node_done(w);
    return (is_plain || is_named) && !is_null(event, value) ? front_field_set(w->a, w->field, value, e) : OK;
}

/* One event; *goes_on is false at the end of the first document, *is_good too where it cannot be what is wanted. */
static enum status on_event(struct walk *w, const yaml_event_t *event, bool *goes_on, bool *is_good, struct error *e)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        *goes_on = w->depth > 0;
        return on_scalar(w, event, e);
    case YAML_ALIAS_EVENT:
        node_done(w);
        break;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        if (w->depth == YAML_DEPTH_MAX || (w->depth == 0 && event->type != YAML_MAPPING_START_EVENT)) {
            *goes_on = false;
            break;
        }
        w->levels[w->depth++] = (struct level){.is_mapping = event->type == YAML_MAPPING_START_EVENT};
        break;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        w->depth -= w->depth > 0;
        node_done(w);
        *is_good = w->depth == 0;
        *goes_on = w->depth > 0;
        break;
    case YAML_STREAM_END_EVENT:
        *goes_on = false;
        break;
    default:
        break;
    }
    return OK;
}

enum status front_yaml_read(struct article *a, struct slice yaml, bool *is_mapping, struct error *e)
{
    *is_mapping = false;
    struct walk w = {.a = a};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return error_nomem(e);
    yaml_parser_set_input_string(&parser, (const unsigned char *)(yaml.data == NULL ? "" : yaml.data), yaml.len);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    enum status status = OK;
    bool goes_on = true;
    for (size_t i = 0; i < YAML_EVENTS_MAX && goes_on && status == OK; i++) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = parser.error == YAML_MEMORY_ERROR ? error_nomem(e) : OK;
            break;
        }
        status = on_event(&w, &event, &goes_on, is_mapping, e);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}
