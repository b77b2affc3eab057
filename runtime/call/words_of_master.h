/* words_of_master.h - what a master and its workers say to each other (io/channel.h).
 *
 * A reload goes in two steps, so that all workers have it or none:
 *
 *     master --PREPARE 7, the files--> worker: loads them     --PREPARED 7 | UNPREPARED 7, why-->
 *     master --SERVE 7 | FORGET 7----> worker
 */
#ifndef MN_CALL_WORDS_OF_MASTER_H
#define MN_CALL_WORDS_OF_MASTER_H

enum mn_word_of_master {
    /* of a worker */
    MN_WORD_READY = 1,     /* number: the generation it serves */
    MN_WORD_PREPARED,      /* number: of which */
    MN_WORD_UNPREPARED,    /* number, text: why */
    MN_WORD_WANT_RELOAD,   /* an operator asked it to */
    MN_WORD_WANT_ROLLBACK, /* likewise */
    MN_WORD_WANT_DRAIN,    /* number: on or off; likewise */
    /* of a master */
    MN_WORD_PREPARE, /* number, fd: a snapshot of the apps */
    MN_WORD_SERVE,   /* number */
    MN_WORD_FORGET,  /* number */
    MN_WORD_STALE,   /* number: whether what is on disk did not load */
    MN_WORD_DRAIN,   /* number: on or off */
    MN_WORD_LEAVE,   /* number: whether another process has taken over the port */
    MN_WORD_STOP,
    /* of a successor to the master before it */
    MN_WORD_TAKEN, /* all its workers listen */
};

#endif
