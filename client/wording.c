#include "wording.h"

struct wording {
    const char *protocol, *client;
};

static const struct wording wordings[] = {
    {"use mode=plain", "use --plain"},
    {"allow more with deadline=", "allow more with --timeout"},
    {"an id is written as the passages of SEARCH show it", "an id is written as quoth prints it"},
    {"passage = names a passage: article#ordinal", "--explain takes a passage: ARTICLE#N"},
    {"passage= names a passage: article#ordinal", "--explain takes a passage: ARTICLE#N"},
    {"after # comes a passage's ordinal", "after # comes a passage's number"},
    {"from + n is ", "--from and -n together are "},
};

static const struct wording *find(struct slice rest)
{
    for (size_t i = 0; i < sizeof wordings / sizeof wordings[0]; i++) {
        if (slice_starts(rest, slice_cstr(wordings[i].protocol)))
            return &wordings[i];
    }
    return NULL;
}

void put_client_words(struct buf *out, struct slice message)
{
    while (message.len > 0) {
        const struct wording *w = find(message);
        if (w != NULL)
            buf_put_cstr(out, w->client);
        else
            buf_put_byte(out, message.data[0]);
        message = slice_from(message, w != NULL ? strlen(w->protocol) : 1);
    }
}
