/* turns.h - which sounds of the caller's are turns, where Myna decides it (R35).
 *
 *                          the agent is silent
 *     speech_started ------------------------------------> counts --- committed --> answered
 *           |                                                ^
 *           | the agent is heard: playback pauses            | words or ms enough: cut in (R30)
 *           '---------------------------> undecided ---------'
 *                                             |  its words do not count: the item is deleted
 *                                             '----------------------------------> gone
 *
 * Playback goes on once nothing is undecided any more, or the newest sound ended resume_after ago;
 * what is still undecided then may cut in later. During speech that must not be interrupted
 * nothing pauses and nothing cuts: what counts is answered afterwards. */
#ifndef MN_CORE_TURNS_H
#define MN_CORE_TURNS_H

#include "core/event.h"

struct mn_session;
struct mn_request;

/* Sounds not yet settled at once; a caller makes one after the other, and each is settled within
 * seconds. Of more, the oldest counts. */
#define MN_UTTERANCES 8

enum mn_utterance_state { MN_UTTERANCE_OPEN, MN_UTTERANCE_COUNTS, MN_UTTERANCE_GONE };

struct mn_utterance {
    enum mn_utterance_state state;
    char item_id[MN_ID_MAX];
    int64_t began_ms, ended_ms; /* ended 0: it goes on */
    int64_t silence_ms;         /* that the server takes for its end */
    bool apart;                 /* begun during speech that must not be interrupted */
    bool committed, answered;
    struct mn_buf words; /* by deltas so far */
    struct mn_buf told;  /* the model's events of it, kept from the caller: each ends in a NUL */
};

struct mn_turns {
    struct mn_utterance *list; /* oldest first; of MN_UTTERANCES, made with the first */
    int n;
    int64_t resume_ms;     /* playback is paused, until then at the latest; INT64_MAX: not known */
    int64_t shield_end_ms; /* what must not be interrupted has been heard by then */
    bool taking_over;      /* the model has yet to acknowledge that the decision is ours */
};

void mn_turns_free(struct mn_session *s);

/* Does Myna decide? Then the server neither cancels nor answers by itself. */
bool mn_turns_are_ours(const struct mn_session *s);

/* From now on: words are asked for that must not be interrupted. */
void mn_turns_take_over(struct mn_session *s);
bool mn_turns_shielded(const struct mn_session *s); /* such words are being said, or will be */
void mn_turns_played(struct mn_session *s, int64_t now_ms); /* audio of the response came */

/* The model's events, where the decision is ours. */
void mn_turns_started(struct mn_session *s, const struct mn_event *ev);
void mn_turns_stopped(struct mn_session *s);
void mn_turns_committed(struct mn_session *s, const struct mn_event *ev);
void mn_turns_words(struct mn_session *s, const struct mn_event *ev);
void mn_turns_transcribed(struct mn_session *s, const struct mn_event *ev);
void mn_turns_failed(struct mn_session *s, const struct mn_event *ev);
void mn_turns_deleted(struct mn_session *s, const struct mn_event *ev);
void mn_turns_cleared(struct mn_session *s); /* what was being said is thrown away */
void mn_turns_cut(struct mn_session *s);     /* playback was cut, whatever for */
void mn_turns_lost(struct mn_session *s);    /* the model is: nothing more will come of it */

/* Is the event kept from the caller, for now or for good? */
bool mn_turns_keep(struct mn_session *s, const struct mn_event *ev);

bool mn_turns_undecided(const struct mn_session *s); /* was what they said a turn? */
bool mn_turns_open(const struct mn_session *s);      /* that, or it has not been answered */
void mn_turns_time(struct mn_session *s);
int64_t mn_turns_deadline(const struct mn_session *s);

#endif
