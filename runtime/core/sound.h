/* sound.h - recordings that a script plays to the caller (R9).
 *
 * One stands in the line of responses, in the place in which it was asked for. When the floor is
 * free it is put in line behind what the caller still has to hear, and the line goes on: two voices
 * never sound at once, and there is no gap between them. To the caller it is a response beside the
 * conversation, as a filler is. */
#ifndef MN_CORE_SOUND_H
#define MN_CORE_SOUND_H

#include <stdbool.h>
#include <stdint.h>

struct mn_session;
struct mn_recording;

struct mn_sounds {
    int64_t end_ms; /* when the last that was begun ends, unless playback pauses */
};

/* Returns 0, or MN_EPROTOCOL in a typed call, which hears nothing. */
int mn_sound_play(struct mn_session *s, const struct mn_recording *play);

/* Begins those that are first in line and can begin; the session may speak now. */
void mn_sound_begin_next(struct mn_session *s);
int64_t mn_sound_deadline(const struct mn_session *s);

/* How long those that wait or sound will still take, unless playback pauses. */
int64_t mn_sound_left_ms(const struct mn_session *s);

#endif
