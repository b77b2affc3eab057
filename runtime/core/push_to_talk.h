/* push_to_talk.h - turns that the caller begins and ends by hand (R36): turn_detection null.
 *
 *     press    [response.cancel] input_audio_buffer.clear
 *     release  input_audio_buffer.commit response.create */
#ifndef MN_CORE_PUSH_TO_TALK_H
#define MN_CORE_PUSH_TO_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mn_session;

struct mn_push_to_talk {
    int64_t pending;    /* audio that was neither committed nor cleared, in 1/48 ms */
    bool pressed;       /* and not released: the floor is the caller's, at most until */
    int64_t release_ms; /* then */
    bool dropped;       /* the newest commit was too short: what it was for is not answered */
};

void mn_talk_appended(struct mn_session *s, size_t bytes);
void mn_talk_emptied(struct mn_session *s); /* the server's buffer is empty now */

/* The caller sends clear, or commit, or response.create. Returns whether it goes to the model. */
void mn_talk_press(struct mn_session *s);
bool mn_talk_release(struct mn_session *s);
bool mn_talk_answered(struct mn_session *s);

void mn_talk_time(struct mn_session *s);
int64_t mn_talk_deadline(const struct mn_session *s);

#endif
