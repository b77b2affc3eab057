/* event_fault.c - the one place that fills a fault. */
#include "core/event_fault.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

/* Drops a character of several bytes that the end of the buffer cut in two. */
static void mend(char *text, size_t size)
{
    size_t n = strlen(text), start = n;

    if (n + 1 < size)
        return;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
        text[start - 1] = '\0';
}

int mn_fault_set(struct mn_fault *why, const char *code, const char *param, const char *format, ...)
{
    va_list args;

    why->type = "invalid_request_error";
    why->code = code;
    snprintf(why->param, sizeof(why->param), "%s", param != NULL ? param : "");
    mend(why->param, sizeof(why->param));
    va_start(args, format);
    vsnprintf(why->message, sizeof(why->message), format, args);
    va_end(args);
    mend(why->message, sizeof(why->message));
    return MN_EPROTOCOL;
}
