/* minting.h - a worker's tokens: made for routes and for whoever asks with a key, and read when
 * they are presented. */
#ifndef MN_CALL_MINTING_H
#define MN_CALL_MINTING_H

#include "call/principal.h"

struct mn_worker;

/* As the API allows a client secret to live; without a word 600 s, in beta always 60. */
enum { MN_MINT_MIN_S = 10, MN_MINT_MAX_S = 7200, MN_MINT_GA_S = 600, MN_MINT_BETA_S = 60 };

struct mn_mint {
    struct mn_str app;     /* the one that may be called */
    struct mn_str key;     /* name of the key that asks; may be empty */
    struct mn_str user;    /* ctx.user.id; empty: none */
    struct mn_str claims;  /* JSON for ctx.user.claims; may be empty */
    struct mn_str session; /* JSON (GA), checked by mn_session_preview; may be empty */
    bool single_use;       /* opens one call */
    int64_t ttl_s;
};

/* Returns 0, or as mn_token_mint; *expires_at in Unix seconds. */
int mn_worker_mint(struct mn_worker *w, const struct mn_mint *mint, char out[MN_TOKEN_CHARS + 1],
                   int64_t *expires_at);

/* Makes p that of the token in text, when it is one of ours and good. A genuine one of a call that
 * is to be resumed is good even if it has expired or was used: the call has a token of its own. */
enum mn_token_is mn_worker_read_token(struct mn_worker *w, struct mn_str text, bool resumes,
                                      struct mn_principal *p);

#endif
