#include "text_boilerplate.h"

#include "text_line.h"

/* How much of a line must be the phrase. */
enum extent {
    WHOLE, /* nothing else but a mark at its end */
    BEGIN, /* what follows the phrase is up to n_words words */
    LABEL, /* the same, and no stop ends it: else it is a sentence */
};

static const struct {
    const char *phrase;
    enum extent extent;
    size_t n_words; /* of the whole line, at most */
    enum boilerplate kind;
} phrases[] = {
    {"caption:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"picture:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"pictured:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"picture caption:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"photo caption:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"photo:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"photograph:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"photography:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"photo by ", BEGIN, 16, BOILERPLATE_CAPTION},
    {"photo credit", BEGIN, 16, BOILERPLATE_CAPTION},
    {"photograph by ", BEGIN, 16, BOILERPLATE_CAPTION},
    {"photographs by ", BEGIN, 16, BOILERPLATE_CAPTION},
    {"image:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"image credit", BEGIN, 16, BOILERPLATE_CAPTION},
    {"image source", BEGIN, 16, BOILERPLATE_CAPTION},
    {"image caption", BEGIN, 60, BOILERPLATE_CAPTION},
    {"illustration:", BEGIN, 60, BOILERPLATE_CAPTION},
    {"illustration by ", BEGIN, 16, BOILERPLATE_CAPTION},
    {"[image", BEGIN, 60, BOILERPLATE_CAPTION},
    {"[photo", BEGIN, 60, BOILERPLATE_CAPTION},
    {"[illustration", BEGIN, 60, BOILERPLATE_CAPTION},
    {"getty images", LABEL, 30, BOILERPLATE_CAPTION},
    {"view image in fullscreen", BEGIN, 60, BOILERPLATE_CAPTION},
    {"published by ", BEGIN, 16, BOILERPLATE_NOTICE},
    {"for immediate release", BEGIN, 6, BOILERPLATE_NOTICE},
    {"in cooperation with", BEGIN, 10, BOILERPLATE_NOTICE},
    {"subscribe", BEGIN, 14, BOILERPLATE_NOTICE},
    {"sign up ", BEGIN, 14, BOILERPLATE_NOTICE},
    {"sign up", WHOLE, 2, BOILERPLATE_NOTICE},
    {"enter your email", LABEL, 5, BOILERPLATE_NOTICE},
    {"free daily newsletter", BEGIN, 40, BOILERPLATE_NOTICE},
    {"free weekly newsletter", BEGIN, 40, BOILERPLATE_NOTICE},
    {"unsubscribe", LABEL, 8, BOILERPLATE_NOTICE},
    {"view this post on the web", BEGIN, 8, BOILERPLATE_NOTICE},
    {"view this email in your browser", BEGIN, 8, BOILERPLATE_NOTICE},
    {"you can view this email", BEGIN, 14, BOILERPLATE_NOTICE},
    {"sign in", BEGIN, 5, BOILERPLATE_NOTICE},
    {"log in", BEGIN, 5, BOILERPLATE_NOTICE},
    {"follow us", BEGIN, 12, BOILERPLATE_NOTICE},
    {"follow @", BEGIN, 6, BOILERPLATE_NOTICE},
    {"share", WHOLE, 1, BOILERPLATE_NOTICE},
    {"share this", BEGIN, 8, BOILERPLATE_NOTICE},
    {"share on ", BEGIN, 6, BOILERPLATE_NOTICE},
    {"share via ", BEGIN, 6, BOILERPLATE_NOTICE},
    {"share full article", WHOLE, 3, BOILERPLATE_NOTICE},
    {"skip advertisement", WHOLE, 2, BOILERPLATE_NOTICE},
    {"thanks for reading", BEGIN, 20, BOILERPLATE_NOTICE},
    {"categories:", BEGIN, 30, BOILERPLATE_NOTICE},
    {"tweet", WHOLE, 1, BOILERPLATE_NOTICE},
    {"print", WHOLE, 1, BOILERPLATE_NOTICE},
    {"email", WHOLE, 1, BOILERPLATE_NOTICE},
    {"print this", BEGIN, 6, BOILERPLATE_NOTICE},
    {"email this", BEGIN, 6, BOILERPLATE_NOTICE},
    {"save", WHOLE, 1, BOILERPLATE_NOTICE},
    {"listen to this article", BEGIN, 10, BOILERPLATE_NOTICE},
    {"advertisement", WHOLE, 1, BOILERPLATE_NOTICE},
    {"continue reading", BEGIN, 12, BOILERPLATE_NOTICE},
    {"story continues below", BEGIN, 6, BOILERPLATE_NOTICE},
    {"read more", BEGIN, 20, BOILERPLATE_NOTICE},
    {"read also", BEGIN, 20, BOILERPLATE_NOTICE},
    {"also read", BEGIN, 20, BOILERPLATE_NOTICE},
    {"see also:", BEGIN, 30, BOILERPLATE_NOTICE},
    {"related:", BEGIN, 40, BOILERPLATE_NOTICE},
    {"\xC2\xA9 ", BEGIN, 30, BOILERPLATE_NOTICE},
    {"copyright \xC2\xA9", BEGIN, 30, BOILERPLATE_NOTICE},
    {"copyright (c)", BEGIN, 30, BOILERPLATE_NOTICE},
    {"all rights reserved", BEGIN, 8, BOILERPLATE_NOTICE},
    {"* indicates required", BEGIN, 6, BOILERPLATE_NOTICE},
    {"filed under", BEGIN, 20, BOILERPLATE_NOTICE},
    {"tagged:", BEGIN, 30, BOILERPLATE_NOTICE},
    {"posted in ", BEGIN, 10, BOILERPLATE_NOTICE},
    {"skip past ", LABEL, 5, BOILERPLATE_NOTICE},
    {"after newsletter promotion", WHOLE, 3, BOILERPLATE_NOTICE},
    {"reuse this content", WHOLE, 3, BOILERPLATE_NOTICE},
    {"our standards:", BEGIN, 12, BOILERPLATE_NOTICE},
    {"privacy notice", WHOLE, 2, BOILERPLATE_NOTICE},
    {"privacy notice:", BEGIN, 60, BOILERPLATE_NOTICE},
    {"skip to ", BEGIN, 5, BOILERPLATE_NOTICE},
    {"back to top", BEGIN, 5, BOILERPLATE_NOTICE},
    {"click here", BEGIN, 14, BOILERPLATE_NOTICE},
    {"leave a comment", BEGIN, 6, BOILERPLATE_NOTICE},
    {"leave a reply", BEGIN, 6, BOILERPLATE_NOTICE},
    {"privacy policy", BEGIN, 8, BOILERPLATE_NOTICE},
    {"terms of use", BEGIN, 8, BOILERPLATE_NOTICE},
    {"terms of service", BEGIN, 8, BOILERPLATE_NOTICE},
    {"contact us", WHOLE, 2, BOILERPLATE_NOTICE},
    {"about us", WHOLE, 2, BOILERPLATE_NOTICE},
    {"recent & related", BEGIN, 6, BOILERPLATE_SECTION},
    {"related", WHOLE, 1, BOILERPLATE_SECTION},
    {"related articles", BEGIN, 5, BOILERPLATE_SECTION},
    {"related stories", BEGIN, 5, BOILERPLATE_SECTION},
    {"related coverage", BEGIN, 5, BOILERPLATE_SECTION},
    {"explore more on ", BEGIN, 8, BOILERPLATE_SECTION},
    {"related content", BEGIN, 5, BOILERPLATE_SECTION},
    {"related posts", BEGIN, 5, BOILERPLATE_SECTION},
    {"related topics", BEGIN, 5, BOILERPLATE_SECTION},
    {"related links", BEGIN, 5, BOILERPLATE_SECTION},
    {"recommended", WHOLE, 1, BOILERPLATE_SECTION},
    {"recommended for you", BEGIN, 6, BOILERPLATE_SECTION},
    {"you may also like", BEGIN, 6, BOILERPLATE_SECTION},
    {"you might also like", BEGIN, 6, BOILERPLATE_SECTION},
    {"more from ", BEGIN, 8, BOILERPLATE_SECTION},
    {"more on this", BEGIN, 6, BOILERPLATE_SECTION},
    {"more stories", BEGIN, 5, BOILERPLATE_SECTION},
    {"most read", BEGIN, 4, BOILERPLATE_SECTION},
    {"most viewed", BEGIN, 4, BOILERPLATE_SECTION},
    {"most popular", BEGIN, 4, BOILERPLATE_SECTION},
    {"trending", WHOLE, 1, BOILERPLATE_SECTION},
    {"latest news", BEGIN, 4, BOILERPLATE_SECTION},
    {"subscription options", BEGIN, 4, BOILERPLATE_SECTION},
    {"newsletter", WHOLE, 1, BOILERPLATE_SECTION},
    {"newsletters", WHOLE, 1, BOILERPLATE_SECTION},
    {"discussion about this post", WHOLE, 4, BOILERPLATE_SECTION},
    {"comments", WHOLE, 1, BOILERPLATE_SECTION},
    {"topics", WHOLE, 1, BOILERPLATE_SECTION},
    {"tags", WHOLE, 1, BOILERPLATE_SECTION},
};

/* Credits that close a caption, in brackets or behind a slash. Each is looked for as whole words. */
static const char *const credits[] = {"photo",  "photos", "image",    "credit",    "getty",         "reuters",
                                      "ap",     "afp",    "epa",      "wikimedia", "public domain", "cc by",
                                      "cc0",    "flickr", "unsplash", "courtesy",  "shutterstock",  "pixabay",
                                      "istock", "alamy",  "pxhere",   "cc-by",     "photograph",    "creative commons"};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ((unsigned char)c & 0x80) != 0;
}

static bool has_credit(struct slice s)
{
    for (size_t i = 0; i < sizeof credits / sizeof *credits; i++) {
        size_t at = text_find(s, credits[i]), end = at + strlen(credits[i]);
        if (at < s.len && (at == 0 || !is_letter(s.data[at - 1])) && (end == s.len || !is_letter(s.data[end])))
            return true;
    }
    return false;
}

/** "… (Jane Doe/Getty Images)", "… / AFP": what stands last says where a picture came from. */
static bool is_captioned(struct slice s)
{
    size_t from = s.len;
    if (slice_ends(s, SLICE(")"))) {
        for (size_t depth = 0; from > 0;) {
            from--;
            depth += s.data[from] == ')';
            if (s.data[from] == '(' && --depth == 0)
                break;
        }
        return s.data[from] == '(' && has_credit(slice_from(s, from));
    }
    while (from > 0 && s.data[from - 1] != '/' && s.data[from - 1] != '|')
        from--;
    struct slice last = slice_from(s, from);
    /* "… on Thursday.Credit...Jane Doe for The Evening Times" */
    if (text_find(s, "credit...") < s.len || text_find(s, "credit\xE2\x80\xA6") < s.len)
        return true;
    return from > 0 && last.len < 32 && has_credit(last) && !text_shape(s).is_stop;
}

/** "5 min read", "12 minutes read", "Reading time: 5 minutes". */
static bool is_reading_time(struct slice s, size_t n_words)
{
    if (n_words > 5)
        return false;
    if (text_starts(s, "reading time") || text_starts(s, "estimated reading time"))
        return true;
    return s.data[0] >= '0' && s.data[0] <= '9' && text_find(s, "min") < s.len && text_find(s, "read") < s.len;
}

/** "Comments (123)". */
static bool is_counted(struct slice s)
{
    size_t open = text_find(s, " (");
    struct slice name = slice_of(s.data, open);
    if (open == s.len || !slice_ends(s, SLICE(")")) || !slice_equal_ascii_case(name, SLICE("comments")))
        return false;
    for (size_t i = open + 2; i + 1 < s.len; i++)
        if ((s.data[i] < '0' || s.data[i] > '9') && s.data[i] != ',')
            return false;
    return true;
}

/** "Follow the agency's coverage at https://…": an invitation with an address in it. */
static bool is_follow(struct slice s, size_t n_words)
{
    return n_words <= 20 && text_starts(s, "follow ") && text_find(s, "coverage") < s.len &&
           (text_find(s, "://") < s.len || text_find(s, " at www.") < s.len);
}

enum boilerplate text_boilerplate(struct slice s)
{
    /* Words have a byte and a space at least; no phrase stands in a line that cannot be short enough. */
    if (s.len == 0 || s.len > (size_t)BOILERPLATE_MAX_WORDS * 40)
        return BOILERPLATE_NOT;
    size_t n_words = text_count_words(s, BOILERPLATE_MAX_WORDS);
    if (n_words > BOILERPLATE_MAX_WORDS)
        return BOILERPLATE_NOT;
    char first = s.data[0] >= 'A' && s.data[0] <= 'Z' ? (char)(s.data[0] + ('a' - 'A')) : s.data[0];
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].phrase[0] != first)
            continue;
        size_t n = strlen(phrases[i].phrase);
        if (n_words > phrases[i].n_words || !text_starts(s, phrases[i].phrase))
            continue;
        bool is_whole = s.len == n || (s.len == n + 1 && strchr(":!.", s.data[n]) != NULL);
        bool ends_word = s.len == n || !is_letter(phrases[i].phrase[n - 1]) || !is_letter(s.data[n]);
        bool is_sentence = phrases[i].extent == LABEL && text_shape(s).is_stop;
        if (phrases[i].extent == WHOLE ? is_whole : ends_word && !is_sentence)
            return phrases[i].kind;
    }
    bool is_way_home = n_words <= 8 && slice_ends(s, SLICE("ack to home"));
    bool is_starred = slice_starts(s, SLICE("***")) && slice_ends(s, SLICE("***"));
    if (is_reading_time(s, n_words) || is_starred || is_way_home || is_counted(s) || is_follow(s, n_words))
        return BOILERPLATE_NOTICE;
    return is_captioned(s) ? BOILERPLATE_CAPTION : BOILERPLATE_NOT;
}
