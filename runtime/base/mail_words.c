/* mail_words.c - how words of any language travel in a mail: in its headers (RFC 2047), and in its
 * body, quoted-printable (RFC 2045, 6.7). No line is longer than 76 characters. */
#include "base/mail.h"

#include "base/b64.h"
#include "base/utf8.h"

#define LINE_MAX_CHARS 76
#define WORD_BYTES     39 /* of text in one encoded word: 52 characters, and 12 around them */

static bool is_plain(struct mn_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return true;
}

/* Words that stand for themselves on the header's first line. What looks like an encoded word does
 * not. */
static bool stands_for_itself(struct mn_str s)
{
    if (!is_plain(s) || s.n > LINE_MAX_CHARS - sizeof("Subject: "))
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i - 1] == '=' && s.p[i] == '?')
            return false;
    return true;
}

int mn_mail_put_words(struct mn_buf *out, struct mn_str words)
{
    if (stands_for_itself(words))
        return mn_buf_add_str(out, words);
    for (bool first = true; words.n > 0; first = false) {
        struct mn_str piece = mn_utf8_cut(words, WORD_BYTES);

        mn_buf_add_text(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        mn_b64_encode(out, piece.p, piece.n);
        mn_buf_add_text(out, "?=");
        words.p += piece.n;
        words.n -= piece.n;
    }
    return out->err;
}

int mn_mail_put_name(struct mn_buf *out, struct mn_str name)
{
    if (!is_plain(name))
        return mn_mail_put_words(out, name);
    mn_buf_add_byte(out, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"' || name.p[i] == '\\')
            mn_buf_add_byte(out, '\\');
        mn_buf_add_byte(out, name.p[i]);
    }
    return mn_buf_add_byte(out, '"');
}

/* Whether the line ends at i. */
static bool ends_line(struct mn_str s, size_t i)
{
    return i == s.n || s.p[i] == '\n' || (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n');
}

/* A dot that begins a line would be doubled on its way, and "From " be taken for a new mail by old
 * programs: both are escaped, as is blank space before a line's end, which some cut. */
static bool is_escaped(struct mn_str s, size_t i, size_t column)
{
    char c = s.p[i];

    if (c == ' ' || c == '\t')
        return ends_line(s, i + 1);
    if (column == 0 &&
        (c == '.' || mn_str_starts((struct mn_str){s.p + i, s.n - i}, MN_STR("From "))))
        return true;
    return c < '!' || c > '~' || c == '=';
}

int mn_mail_put_body(struct mn_buf *out, struct mn_str text)
{
    size_t column = 0;

    for (size_t i = 0; i < text.n; i++) {
        bool escaped;

        if (ends_line(text, i)) {
            i += text.p[i] == '\r';
            mn_buf_add_text(out, "\r\n");
            column = 0;
            continue;
        }
        escaped = is_escaped(text, i, column);
        if (column + (escaped ? 3 : 1) > LINE_MAX_CHARS - 1) {
            mn_buf_add_text(out, "=\r\n");
            column = 0;
            escaped = is_escaped(text, i, column);
        }
        if (escaped)
            mn_buf_addf(out, "=%02X", (unsigned)(unsigned char)text.p[i]);
        else
            mn_buf_add_byte(out, text.p[i]);
        column += escaped ? 3 : 1;
    }
    return column > 0 ? mn_buf_add_text(out, "\r\n") : out->err;
}
