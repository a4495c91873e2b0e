#include "split_words.h"

#include "utf8.h"

#include <unicode/uchar.h>

#define EACH_BYTE(b) ((uint64_t)(b)*0x0101010101010101u)

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

/* The words that begin in eight bytes of ASCII; *is_in as for begins_word. */
static size_t count_ascii(uint64_t v, bool *is_in)
{
    const uint64_t high = EACH_BYTE(0x80);
    uint64_t lower = v | EACH_BYTE(0x20);
    uint64_t letter = (lower + EACH_BYTE(0x80 - 'a')) & ~(lower + EACH_BYTE(0x80 - 'z' - 1));
    uint64_t digit = (v + EACH_BYTE(0x80 - '0')) & ~(v + EACH_BYTE(0x80 - '9' - 1));
    uint64_t in = (letter | digit) & high, begins = in & ~(in << 8 | (*is_in ? 0x80u : 0u));
    *is_in = in >> 63 != 0;
    return (size_t)((begins >> 7) * EACH_BYTE(1) >> 56);
}

static uint64_t load_8_bytes(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

size_t words_count(struct slice s, size_t most)
{
    size_t n = 0;
    bool is_in = false;
    for (size_t at = 0; at < s.len && n <= most;) {
        uint64_t v = s.len - at >= 8 ? load_8_bytes(s.data + at) : EACH_BYTE(0x80);
        if ((v & EACH_BYTE(0x80)) == 0) {
            n += count_ascii(v, &is_in);
            at += 8;
        } else if (((unsigned char)s.data[at] & 0x80) == 0) {
            bool is_word = is_ascii_word((unsigned char)s.data[at++]);
            n += is_word && !is_in;
            is_in = is_word;
        } else {
            n += begins_word(utf8_next(s, &at, NULL), &is_in);
        }
    }
    return n <= most ? n : most + 1;
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
