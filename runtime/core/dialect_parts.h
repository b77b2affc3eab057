/* dialect_parts.h - the inside of dialect.h: values that differ between GA and beta. */
#ifndef MN_CORE_DIALECT_PARTS_H
#define MN_CORE_DIALECT_PARTS_H

#include "core/dialect.h"
#include "core/event_write.h"

/* dialect_fields.c: an object whose members have other names and places. Beta's are flat; GA keeps
 * those of audio in audio.input and audio.output. type, where GA wants one, is written first; NULL
 * for none. */
enum mn_dialect_object { MN_DIALECT_SESSION, MN_DIALECT_RESPONSE, MN_DIALECT_PARAMS };
void mn_dialect_object(struct mn_writer *w, const char *key, const struct mn_json *v,
                       enum mn_dialect_object object, const char *type, enum mn_dialect to);

/* Writes the path of a field as `to` calls it: session.audio.input.format is
 * session.input_audio_format. */
void mn_dialect_param(struct mn_writer *w, const char *key, struct mn_str param,
                      enum mn_dialect to);

/* dialect.c: a conversation item; its parts of text and audio have other names. */
void mn_dialect_item(struct mn_writer *w, const char *key, const struct mn_json *v,
                     enum mn_dialect to);

#endif
