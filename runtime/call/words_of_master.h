/* words_of_master.h - what a master and its workers say to each other (io/channel.h).
 *
 * A reload goes in two steps, so that all workers have it or none:
 *
 *     master --PREPARE 7, the files--> worker: loads them     --PREPARED 7 | UNPREPARED 7, why-->
 *     master --SERVE 7 | FORGET 7----> worker
 *
 * What an operator asks of a worker goes to the master under a ticket, and the answer comes when
 * every worker has said back a BEAT that was sent after the order:
 *
 *     worker --WANT_RELOAD 3--> master ... --DONE 3 | FAILED 3, why | NOTHING 3 | BUSY 3--> worker
 */
#ifndef MN_CALL_WORDS_OF_MASTER_H
#define MN_CALL_WORDS_OF_MASTER_H

enum mn_word_of_master {
    /* of a worker */
    MN_WORD_READY = 1,     /* number: the generation it serves */
    MN_WORD_PREPARED,      /* number: of which */
    MN_WORD_UNPREPARED,    /* number, text: why */
    MN_WORD_WANT_RELOAD,   /* number: a ticket, under which its outcome is told */
    MN_WORD_WANT_ROLLBACK, /* likewise */
    MN_WORD_WANT_DRAIN,    /* likewise */
    MN_WORD_WANT_RESUME,   /* likewise */
    MN_WORD_HEARD,         /* number: of the BEAT */
    /* of a master */
    MN_WORD_KEYS,    /* fd: the file of --keys, for the PREPARE that follows */
    MN_WORD_PREPARE, /* number, fd: a snapshot of the apps */
    MN_WORD_SERVE,   /* number */
    MN_WORD_FORGET,  /* number */
    MN_WORD_STANDS,  /* number: bits of mn_stands */
    MN_WORD_DRAIN,   /* number: on or off */
    MN_WORD_LINE,    /* text: of the master's log, for those who follow it */
    MN_WORD_BEAT,    /* number: to be said back */
    MN_WORD_DONE,    /* number: the ticket; all workers have done it */
    MN_WORD_FAILED,  /* number: the ticket; text: why */
    MN_WORD_NOTHING, /* number: the ticket; there is no generation to go back to */
    MN_WORD_BUSY,    /* number: the ticket; not now */
    MN_WORD_LEAVE,   /* number: whether another process has taken over the port */
    MN_WORD_STOP,
    /* of a successor to the master before it */
    MN_WORD_TAKEN, /* all its workers listen */
};

enum mn_stands {
    MN_STANDS_STALE = 1,  /* what is on disk did not load, or was rolled back */
    MN_STANDS_BEFORE = 2, /* there is a generation to go back to */
};

#endif
