#include "answer_internal.h"

#define LINE_ROOM_BYTES ((size_t)LINE_MAX_BYTES + 16) /* author:"" around a request's text */

/* Words as one types a name, Jean-Luc O'Neill too; anything that could be an operator is none. */
static bool is_name(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_within = i > 0 && text.data[i - 1] != ' ';
        if (strchr("\"()*:=^~+", c) != NULL || (c == '-' && !is_within))
            return false;
    }
    return text.len > 0;
}

enum status answer_count_authored(struct answering *a, uint64_t *n_passages, struct error *e)
{
    uint64_t n_articles;
    struct slice text = slice_trim(a->request->text);
    *n_passages = 0;
    if (!is_name(text))
        return OK;
    struct buf line;
    buf_init(&line, LINE_ROOM_BYTES);
    buf_put_cstr(&line, "author:\"");
    buf_put(&line, text);
    buf_put_byte(&line, '"');
    enum status st = buf_status(&line, e);
    if (st == OK)
        st = search_count(a->searcher, buf_slice(&line), MODE_QUERY, &a->stop, n_passages, &n_articles, e);
    buf_clear(&line);
    return st == ERR_QUERY ? OK : st; /* longer than a name, or without a word */
}
