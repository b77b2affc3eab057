/* crew_message.c - an outcome to bytes and back, behind crew_message.h. */
#include "sim/crew_message.h"

#include "base/err.h"

struct head {
    size_t bytes; /* of the message, this included */
    int play, nfailures;
    int64_t call_ms;
    double ms;
};

static void add_text(struct mn_buf *out, const struct mn_buf *text)
{
    mn_buf_add(out, &text->n, sizeof(text->n));
    mn_buf_add_str(out, mn_buf_str(text));
}

int mn_crew_write(struct mn_buf *out, int play, const struct mn_outcome *outcome, double ms)
{
    size_t from = out->n;
    struct head head = {
        .play = play, .nfailures = outcome->nfailures, .call_ms = outcome->call_ms, .ms = ms};

    mn_buf_add(out, &head, sizeof(head));
    for (int i = 0; i < outcome->nfailures; i++) {
        add_text(out, &outcome->failures[i].place);
        add_text(out, &outcome->failures[i].message);
        add_text(out, &outcome->failures[i].details);
    }
    add_text(out, &outcome->record);
    add_text(out, &outcome->coverage);
    if (out->err != 0)
        return out->err;
    head.bytes = out->n - from;
    memcpy(out->p + from, &head, sizeof(head));
    return 0;
}

/* Returns false when the text is longer than its message. */
static bool take_text(struct mn_str *bytes, struct mn_buf *text)
{
    size_t n;

    if (bytes->n < sizeof(n))
        return false;
    memcpy(&n, bytes->p, sizeof(n));
    bytes->p += sizeof(n);
    bytes->n -= sizeof(n);
    if (bytes->n < n)
        return false;
    mn_buf_add(text, bytes->p, n);
    bytes->p += n;
    bytes->n -= n;
    return text->err == 0;
}

int mn_crew_read(struct mn_str *bytes, int *play, struct mn_outcome *outcome, double *ms)
{
    struct head head;
    struct mn_str body;
    bool ok;

    *outcome = (struct mn_outcome){0};
    if (bytes->n < sizeof(head))
        return 0;
    memcpy(&head, bytes->p, sizeof(head));
    if (head.bytes < sizeof(head) || head.nfailures < 0 || head.nfailures > MN_FAILURES_MAX)
        return MN_EPROTOCOL;
    if (bytes->n < head.bytes)
        return 0;
    body = (struct mn_str){bytes->p + sizeof(head), head.bytes - sizeof(head)};
    outcome->nfailures = head.nfailures;
    outcome->call_ms = head.call_ms;
    ok = true;
    for (int i = 0; ok && i < head.nfailures; i++)
        ok = take_text(&body, &outcome->failures[i].place) &&
             take_text(&body, &outcome->failures[i].message) &&
             take_text(&body, &outcome->failures[i].details);
    if (!ok || !take_text(&body, &outcome->record) || !take_text(&body, &outcome->coverage)) {
        mn_outcome_free(outcome);
        return MN_EPROTOCOL;
    }
    *play = head.play;
    *ms = head.ms;
    bytes->p += head.bytes;
    bytes->n -= head.bytes;
    return 1;
}
