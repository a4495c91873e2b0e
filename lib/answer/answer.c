#include "answer.h"

#include "answer_internal.h"
#include "clock.h"
#include "percent.h"

#include <stdlib.h>

#define STATUS_MAX_BYTES ((size_t)4 << 20) /* ignored= may hold every word of a line, percent-encoded */

enum query_mode answer_mode(const struct answering *a)
{
    return a->request->is_plain ? MODE_PLAIN : MODE_QUERY;
}

enum search_rank answer_rank(const struct answering *a)
{
    return a->request->is_first_stage ? RANK_FIRST : RANK_FULL;
}

void put_text(struct row *r, const char *name, struct slice value)
{
    if (value.len == 0)
        row_null(r, name);
    else
        row_text(r, name, value);
}

enum status put_passage_id(struct row *r, struct slice article_id, uint32_t ordinal, struct error *e)
{
    char bytes[ID_COLUMN_MAX_BYTES];
    struct buf id = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    percent_encode(&id, article_id, "#");
    buf_put_byte(&id, '#');
    buf_put_u64(&id, ordinal);
    row_text(r, "passage", buf_slice(&id));
    return buf_status(&id, e);
}

enum status answer_other_generation(uint64_t wanted, uint64_t current, struct error *e)
{
    return error_set(e, ERR_GEN, "generation %llu is not served; leave gen out for the current one, %llu",
                     (unsigned long long)wanted, (unsigned long long)current);
}

static enum status check_generation(const struct answering *a, struct error *e)
{
    uint64_t served = snapshot_generation(searcher_snapshot(a->searcher));
    if (!a->request->is_gen_chosen || a->request->gen == served)
        return OK;
    return answer_other_generation(a->request->gen, served, e);
}

static enum status dispatch(struct answering *a, struct error *e)
{
    enum status st = check_generation(a, e);
    if (st == OK)
        st = stop_check(&a->stop, e);
    if (st != OK)
        return st;
    struct slice lang = a->request->lang;
    searcher_use_language(a->searcher, lang.len == 0 ? NULL : analyzer_language(lang));
    switch (a->request->verb) {
    case VERB_SEARCH:
        return answer_search(a, e);
    case VERB_COUNT:
        return answer_count(a, e);
    case VERB_GET:
        return answer_get(a, e);
    case VERB_EXPLAIN:
        return answer_explain(a, e);
    case VERB_SIMILAR:
        return answer_similar(a, e);
    case VERB_SUGGEST:
        return answer_suggest(a, e);
    case VERB_SPELL:
        return answer_spell(a, e);
    case VERB_WHYNOT:
        return answer_whynot(a, e);
    case VERB_NONE:
    case VERB_HELLO:
    case VERB_PING:
    case VERB_HELP:
    case VERB_STATS:
    case VERB_QUIT:
    case N_VERBS:
        break;
    }
    return error_set(e, ERR_INTERNAL, "the search does not answer this verb");
}

enum status answer(struct buf *reply, struct searcher *s, const struct request *request, uint64_t started_us,
                   const atomic_bool *cancel)
{
    struct error e = {.at = -1};
    struct answering a = {.searcher = s, .request = request, .started_us = started_us, .reply = reply};
    a.stop.cancel = cancel;
    if (request->deadline_ms > 0)
        a.stop.deadline_us = started_us + (uint64_t)request->deadline_ms * 1000;
    buf_init(&a.status, STATUS_MAX_BYTES);
    buf_init(&a.lines, REPLY_MAX_BYTES);
    enum status st = dispatch(&a, &e);
    if (st == OK)
        st = buf_status(&a.lines, &e);
    if (st == OK)
        st = buf_status(&a.status, &e);
    if (st == OK)
        st = buf_status(reply, &e);
    if (st == OK) {
        buf_put(reply, buf_slice(&a.status));
        buf_put(reply, buf_slice(&a.lines));
    } else {
        buf_reset(reply);
        if (st == ERR_DEADLINE)
            st = error_set(&e, st, "not done within %u ms; allow more with deadline=, or ask for less",
                           request->deadline_ms);
        reply_error(reply, request->tag, wire_code(st), e.at, e.text);
    }
    buf_clear(&a.status);
    buf_clear(&a.lines);
    free(a.pairs);
    return st;
}
