/*
 * Any bytes as a request line, and as a passage's name: what is taken must be within its bounds, what is refused must
 * have a code.
 */
#include "reply.h"
#include "utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_request(struct slice line)
{
    struct request r;
    struct request_error wire;
    struct error e;
    enum status st = request_parse(&r, line, &wire, &e);
    expect(strlen(r.tag) <= TAG_MAX_BYTES);
    if (st != OK) {
        struct buf reply;
        buf_init(&reply, 65536);
        expect(wire.code != NULL && e.code == st);
        reply_error(&reply, r.tag, wire.code, e.at, e.text);
        struct reply_status back;
        expect(reply_parse(&back, slice_of(reply.data, reply.len - 1), NULL) == OK && !back.is_ok);
        expect(slice_equal(back.code, slice_cstr(wire.code)) && slice_equal(back.tag, slice_cstr(r.tag)));
        buf_clear(&reply);
        return;
    }
    expect(line.len <= LINE_MAX_BYTES + 1 && utf8_is_valid(r.text));
    expect(r.verb > VERB_NONE && r.verb < N_VERBS && r.n >= 1 && r.n <= HITS_MAX && r.width <= WIDTH_MAX);
    expect(r.verb != VERB_SEARCH || (uint64_t)r.from + r.n <= DEPTH_MAX);
    expect(r.text.len == 0 || (r.text.data >= line.data && r.text.data + r.text.len <= line.data + line.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    /* Exactly as long as the line, so that a sanitizer sees a byte read past it. */
    char *copy = malloc(len + (len == 0));
    struct buf id;
    uint32_t ordinal;
    if (copy == NULL)
        return 0;
    if (len > 0)
        memcpy(copy, data, len);
    check_request(slice_of(copy, len));
    buf_init(&id, 65536);
    if (passage_ref_parse(slice_of(copy, len), &id, &ordinal, NULL) == OK)
        expect(id.len > 0 && id.len <= REF_ID_MAX_BYTES);
    buf_clear(&id);
    free(copy);
    return 0;
}
