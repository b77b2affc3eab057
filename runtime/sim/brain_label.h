/* brain_label.h - a parameter's value where the words name the parameter: "party size 4". */
#ifndef MN_SIM_BRAIN_LABEL_H
#define MN_SIM_BRAIN_LABEL_H

#include "sim/words.h"

/* The words after those of the parameter's name (party_size), as far as the next mark: those from
 * *first to before *end. False when nothing stands
 * there, or a small word: "a message for the dentist" names no message. */
bool mn_brain_label(const struct mn_words *words, struct mn_str parameter, int *first, int *end);

#endif
