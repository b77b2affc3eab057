/* brain.c - the stand-in: no model at all, but enough of an answer to try any app with.
 *
 * DESIGN  In this order: words it was told to say; the results of the calls just made; the tool
 * whose name and description share most with what was said, its arguments found in the words
 * (brain_fill.c); and else small talk that says what it is. It keeps nothing between two asks, so
 * the same conversation always gets the same answer. */
#include "sim/brain.h"

#include "base/err.h"
#include "base/json_write.h"
#include "sim/brain_fill.h"
#include "sim/brain_plain.h"
#include "sim/words.h"

#include <errno.h>

#define SAY_EXACTLY "Say exactly these words: " /* what core/session.c writes into instructions */
#define TO_DO_THAT  "To do that I still need: " /* how the stand-in asks for what is missing */

/* --- what it was told ------------------------------------------------------------------------- */

/* The words of a line `Say exactly these words: "..."`. Returns whether there is one. */
static bool told_words(struct mn_str instructions, struct mn_buf *out)
{
    const char *at = instructions.n > 0
                         ? memmem(instructions.p, instructions.n, SAY_EXACTLY, strlen(SAY_EXACTLY))
                         : NULL;
    const char *end = instructions.p + instructions.n, *newline;
    struct mn_str line;

    if (at == NULL)
        return false;
    at += strlen(SAY_EXACTLY);
    newline = memchr(at, '\n', (size_t)(end - at));
    line = (struct mn_str){at, (size_t)((newline != NULL ? newline : end) - at)};
    while (line.n > 0 && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\r'))
        line.n--;
    if (mn_json_scan(line, &mn_json_frame, NULL) == 0 && line.p[0] == '"')
        return mn_json_unquote(line, out) == 0;
    return mn_buf_add_str(out, line) == 0;
}

/* --- what was said ---------------------------------------------------------------------------- */

/* Who spoke last; the user when nobody has. */
static enum mn_sim_who last_voice(const struct mn_sim_ask *ask)
{
    return ask->nlines > 0 ? ask->lines[ask->nlines - 1].who : MN_SIM_USER;
}

/* The user's words since anybody else spoke; and, when the stand-in had asked for something that
 * was missing, those before its question. */
static void gather_said(const struct mn_sim_ask *ask, struct mn_buf *said)
{
    int first = ask->nlines;

    while (first > 0 && ask->lines[first - 1].who == MN_SIM_USER)
        first--;
    if (first > 1 && ask->lines[first - 1].who == MN_SIM_ASSISTANT &&
        mn_str_starts(ask->lines[first - 1].text, MN_STR(TO_DO_THAT)) &&
        ask->lines[first - 2].who == MN_SIM_USER)
        first -= 2;
    for (int i = first; i < ask->nlines; i++)
        if (ask->lines[i].who == MN_SIM_USER) {
            mn_buf_add_text(said, said->n > 0 ? " " : "");
            mn_buf_add_str(said, ask->lines[i].text);
        }
}

/* --- which tool ------------------------------------------------------------------------------- */

static bool holds(struct mn_str text, struct mn_str word)
{
    struct mn_words words;

    mn_words_split(&words, text);
    for (int i = 0; i < words.n; i++)
        if (!mn_word_small(words.list[i].text) && mn_word_related(words.list[i].text, word))
            return true;
    return false;
}

struct choice {
    const struct mn_json *tool; /* NULL: none fits */
    int score;
    struct mn_buf arguments; /* of tool */
    struct mn_filled filled;
};

static struct mn_str name_of(const struct mn_json *tool)
{
    return mn_json_str(tool, "name");
}

/* How well a tool fits: a word shared with its name counts two, with its description one, and so
 * does a parameter whose kind of value was said. 0 when there is too little in common: two points
 * will do, or one shared word that is half of what was said. */
static int score(const struct mn_json *tool, const struct mn_words *said, int found)
{
    int shared = 0, matters = 0;

    for (int i = 0; i < said->n; i++) {
        if (mn_word_small(said->list[i].text))
            continue;
        matters++;
        if (holds(name_of(tool), said->list[i].text))
            shared += 2;
        else if (holds(mn_json_str(tool, "description"), said->list[i].text))
            shared++;
    }
    return shared + found >= 2 || (shared > 0 && 2 * shared >= matters) ? shared + found : 0;
}

static bool forced(const struct mn_sim_ask *ask, const struct mn_json *tool)
{
    return mn_str_same(mn_json_str(ask->tool_choice, "name"), name_of(tool)) && name_of(tool).n > 0;
}

/* Takes tool over the choice so far when it fits better. */
static int weigh(const struct mn_sim_ask *ask, struct choice *best, const struct mn_json *tool,
                 struct mn_str said)
{
    bool must = mn_str_is(mn_json_text(ask->tool_choice), "required") || forced(ask, tool);
    struct choice next = {.tool = tool};
    struct mn_words words;
    int err;

    mn_words_split(&words, said);
    err = mn_brain_fill(mn_json_get(tool, "parameters"), said, must, &next.arguments, &next.filled);
    next.score = score(tool, &words, next.filled.found);
    if (err < 0 || (next.score == 0 && !must) ||
        (best->tool != NULL && next.score <= best->score)) {
        mn_buf_free(&next.arguments);
        return err;
    }
    mn_buf_free(&best->arguments);
    *best = next;
    return 0;
}

static int choose(const struct mn_sim_ask *ask, struct mn_str said, struct choice *best)
{
    bool named = mn_json_kind(ask->tool_choice) == MN_JSON_OBJECT;
    int err = 0;

    *best = (struct choice){0};
    if (mn_str_is(mn_json_text(ask->tool_choice), "none"))
        return 0;
    for (const struct mn_json *t = mn_json_first(ask->tools); t != NULL && err == 0;
         t = mn_json_next(t))
        if (mn_str_is(mn_json_str(t, "type"), "function") && (!named || forced(ask, t)))
            err = weigh(ask, best, t, said);
    return err;
}

/* --- answering -------------------------------------------------------------------------------- */

static int say(struct mn_sim_outputs *out, struct mn_buf *words)
{
    int err = words->err;

    if (err == 0)
        err = mn_sim_say(out, mn_buf_str(words), 0);
    mn_buf_free(words);
    return err;
}

/* Puts the results of the calls just made in words. */
static int tell_results(const struct mn_sim_ask *ask, struct mn_sim_outputs *out)
{
    struct mn_buf words = {0};
    int first = ask->nlines;

    while (first > 0 && ask->lines[first - 1].who == MN_SIM_RESULT)
        first--;
    for (int i = first; i < ask->nlines; i++) {
        mn_buf_add_text(&words, i > first ? " " : "");
        mn_brain_plain(ask->lines[i].text, &words);
    }
    return say(out, &words);
}

static int ask_for(const struct mn_filled *filled, struct mn_sim_outputs *out)
{
    struct mn_buf words = {0};

    mn_buf_add_text(&words, TO_DO_THAT);
    mn_buf_add_str(&words, filled->absent);
    if (filled->about.n > 0)
        mn_buf_addf(&words, " (%.*s)", MN_FMT(filled->about));
    mn_buf_add_text(&words, ".");
    return say(out, &words);
}

static int small_talk(struct mn_str said, struct mn_sim_outputs *out)
{
    struct mn_buf words = {0};

    if (said.n == 0)
        mn_buf_add_text(&words, "Hello. How can I help?");
    else
        mn_buf_addf(&words, "I am a stand-in for the model. You said: \"%.*s\"", MN_FMT(said));
    return say(out, &words);
}

static int answer_said(const struct mn_sim_ask *ask, struct mn_str said, struct mn_sim_outputs *out)
{
    struct choice best;
    int err = choose(ask, said, &best);

    if (err == 0 && best.tool != NULL && best.filled.absent.n > 0)
        err = ask_for(&best.filled, out);
    else if (err == 0 && best.tool != NULL)
        err = mn_sim_call(out, name_of(best.tool), mn_buf_str(&best.arguments));
    else if (err == 0)
        err = small_talk(said, out);
    mn_buf_free(&best.arguments);
    return err;
}

static int answer(void *owner, const struct mn_sim_ask *ask, struct mn_sim_outputs *out)
{
    struct mn_buf said = {0};
    int err;

    (void)owner;
    out->improvised = true;
    if (told_words(ask->instructions, &said))
        return say(out, &said);
    if (last_voice(ask) == MN_SIM_RESULT)
        return tell_results(ask, out);
    if (last_voice(ask) == MN_SIM_ASSISTANT)
        return mn_sim_say(out, MN_STR("Is there anything else I can do?"), 0);
    gather_said(ask, &said);
    err = said.err < 0 ? said.err : answer_said(ask, mn_buf_str(&said), out);
    mn_buf_free(&said);
    return err;
}

const struct mn_brain mn_brain_standin = {NULL, answer};
