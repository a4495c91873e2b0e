#include "split_words.h"

#include "utf8.h"

#include <unicode/uchar.h>

enum char_class { CLASS_OTHER, CLASS_WORD, CLASS_MARK, CLASS_CJK };

static bool is_kana(uint32_t c)
{
    return (c >= 0x3041 && c <= 0x30FF && c != 0x30FB) || (c >= 0x31F0 && c <= 0x31FF) || (c >= 0xFF66 && c <= 0xFF9D);
}

/* Bit c % 32 of entry c / 32: ASCII letters and digits. */
static const uint32_t ascii_words[4] = {0, 0x03FF0000u, 0x07FFFFFEu, 0x07FFFFFEu};

static bool is_ascii_word(unsigned char c)
{
    return (ascii_words[c >> 5] >> (c & 31) & 1) != 0;
}

static enum char_class class_of(uint32_t c)
{
    if (c < 0x80)
        return is_ascii_word((unsigned char)c) ? CLASS_WORD : CLASS_OTHER;
    UChar32 u = (UChar32)c;
    if (c >= 0x3000 && (is_kana(c) || u_hasBinaryProperty(u, UCHAR_IDEOGRAPHIC)))
        return CLASS_CJK;
    if (u_isalnum(u))
        return CLASS_WORD;
    return (U_GET_GC_MASK(u) & U_GC_M_MASK) != 0 ? CLASS_MARK : CLASS_OTHER;
}

/* Walks characters: *is_in tells whether a word runs on; true where the character begins one. */
static bool begins_word(uint32_t c, bool *is_in)
{
    enum char_class class = class_of(c);
    if (class == CLASS_MARK)
        return false;
    bool begins = class == CLASS_CJK || (class == CLASS_WORD && !*is_in);
    *is_in = class == CLASS_WORD;
    return begins;
}

size_t words_count(struct slice s, size_t most)
{
    size_t n = 0;
    bool is_in = false;
    for (size_t at = 0; at < s.len && n <= most;) {
        unsigned char c = (unsigned char)s.data[at];
        if (c >= 0x80) {
            n += begins_word(utf8_next(s, &at, NULL), &is_in);
            continue;
        }
        bool is_word = is_ascii_word(c);
        n += is_word && !is_in;
        is_in = is_word;
        at++;
    }
    return n;
}

size_t words_cut(struct slice s, size_t max_words, size_t max_bytes)
{
    size_t n = 0, last_begin = 0;
    bool is_in = false;
    for (size_t at = 0; at < s.len;) {
        size_t here = at;
        uint32_t c = utf8_next(s, &at, NULL);
        bool begins = begins_word(c, &is_in);
        if (at > max_bytes)
            return begins || !is_in || last_begin == 0 ? here : last_begin;
        if (!begins)
            continue;
        if (n == max_words)
            return here;
        n++;
        last_begin = here;
    }
    return s.len;
}
