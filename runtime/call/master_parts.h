/* master_parts.h - the inside of a master.
 *
 *     master.c          opens what it has, and its signals
 *     berth.c            the place of one worker: starts it, starts it anew
 *     master_beat.c     whether each worker still hears
 *     master_ask.c      what operators ask of the master, and when they are answered
 *     master_reload.c   the apps read again, by all workers or none
 *     master_upgrade.c  another master in this one's place
 *
 * Only those include this. */
#ifndef MN_CALL_MASTER_PARTS_H
#define MN_CALL_MASTER_PARTS_H

#include "call/commons.h"
#include "call/inherit.h"
#include "call/master.h"
#include "call/words_of_master.h"
#include "io/changes.h"
#include "io/channel.h"

#include <sys/types.h>

#define MN_ASKERS 64 /* operators' orders under way at once; more are told to come again */

/* The place of one worker. */
struct mn_berth {
    struct mn_master *master;
    int number;    /* in the page */
    int listen_fd; /* its socket of the port; the master's while it lives */
    pid_t pid;     /* 0: nobody lies there */
    struct mn_channel *channel;
    bool ready;            /* it listens */
    int64_t generation;    /* that it serves */
    int64_t prepared;      /* that it has loaded beside it; 0: none */
    int64_t began_ms;      /* when it was started */
    int deaths;            /* in a row, each soon after a start */
    int64_t heard;         /* the last beat it said back */
    int silent;            /* beats in a row that it did not */
    struct mn_timer timer; /* until it is started again */
};

/* A reload under way. */
struct mn_pending {
    struct mn_generation apps;
    int snapshot; /* -1: there is none under way */
    int keys_fd;  /* -1: those that hold stay */
    int64_t number, began_ms;
    bool again; /* it was asked for once more meanwhile */
    bool back;  /* to those before */
    struct mn_timer late;
};

/* Who waits for the outcome of an order. */
enum mn_asker_waits {
    MN_FOR_NEXT,  /* the reload after the one under way, */
    MN_FOR_NOW,   /* the one under way, */
    MN_FOR_BEATS, /* every worker to have heard what all were told */
};
struct mn_asker {
    struct mn_berth *berth;
    int64_t ticket; /* of that worker */
    enum mn_asker_waits waits;
    int64_t beat;
};

struct mn_master {
    struct mn_master_settings given;
    const struct mn_settings *settings;
    struct mn_log *log;
    struct mn_loop *loop;
    struct mn_clock *clock;
    char binary[4096]; /* where this binary lay on the disk when it was started */
    char folder[MN_INHERIT_FOLDER];
    int folder_fd; /* our lock on it */
    struct mn_page *page;
    int page_fd;
    struct mn_commons *commons;
    int commons_fd; /* commons' own, or of the master before */
    struct mn_berth berths[MN_PAGE_WORKERS];
    int nberths;
    struct mn_generation apps;
    int snapshot;
    int keys_fd, config_fd;      /* copies of the files as they were read; -1: there are none */
    struct mn_generation before; /* to go back to; may be empty */
    int before_snapshot;
    int64_t generation;
    bool stale, draining;
    struct mn_pending pending;
    struct mn_asker askers[MN_ASKERS];
    int naskers;
    int64_t beat; /* the last */
    struct mn_timer beats;
    struct mn_changes *changes;
    bool serving;     /* all workers have listened */
    int leaving;      /* how often it was told to end */
    bool handed_over; /* a successor has the port, and all of this */
    int err;          /* what the run ends with */
    struct mn_buf *why;
    struct mn_channel *predecessor, *successor;
    pid_t successor_pid; /* 0: there is none, or it failed */
};

/* --- berth.c --- */
int mn_berth_start(struct mn_berth *berth);
void mn_berth_tell(struct mn_berth *berth, int word, int64_t number, int fd);
/* keys: -1: those that hold stay. */
void mn_berth_prepare(struct mn_berth *berth, int64_t number, int keys, int snapshot);
void mn_master_tell(struct mn_master *m, int word, int64_t number); /* every worker */
void mn_master_reap(struct mn_master *m);                           /* SIGCHLD */
void mn_master_kill(struct mn_master *m);
bool mn_master_is_empty(const struct mn_master *m);
/* Starts argv with the binary at path and these for it, and its environment as ours with the
 * variable. Returns its pid, or an error. */
pid_t mn_master_exec(struct mn_master *m, const char *path, const struct mn_inherited *it,
                     bool worker);

/* --- master.c --- */
void mn_master_fail(struct mn_master *m, int err, const char *words); /* ends the run */
void mn_master_leave(struct mn_master *m, int word);                  /* LEAVE or STOP, to all */
void mn_master_heard(struct mn_master *m); /* a worker is ready, or gone: what follows from it */

/* --- master_beat.c --- */
int mn_beats_begin(struct mn_master *m); /* 0 or -ENOMEM */
int64_t mn_beat(struct mn_master *m);    /* one more, to all; its number */
void mn_beat_heard(struct mn_berth *berth, int64_t beat);
bool mn_beat_is_heard(const struct mn_master *m, int64_t beat); /* by all there are */

/* --- master_ask.c --- */
void mn_ask(struct mn_berth *berth, int word, int64_t ticket);
void mn_asks_begin(struct mn_master *m);  /* a reload: those who waited for the next */
void mn_asks_settle(struct mn_master *m); /* it is done, once all have heard so */
void mn_asks_fail(struct mn_master *m, struct mn_str why);
void mn_asks_heard(struct mn_master *m);
void mn_asks_forget(struct mn_berth *berth); /* it has died */

/* --- master_reload.c --- */
int64_t mn_master_stand(const struct mn_master *m); /* bits of mn_stands */
/* Reads the apps and the keys; *snapshot and *keys are descriptors of what was read. */
int mn_master_load(struct mn_master *m, struct mn_generation *apps, int *snapshot, int *keys,
                   struct mn_buf *why);
/* A sealed copy of a file in memory. Returns 0 or -errno. */
int mn_master_copy(const char *path, int *fd);
void mn_master_reload(struct mn_master *m, bool saved);
void mn_master_rollback(struct mn_master *m); /* none is under way, and there is one before */
void mn_master_prepared(struct mn_berth *berth, int64_t number);
void mn_master_unprepared(struct mn_berth *berth, int64_t number, struct mn_str why);
void mn_master_berth_gone(struct mn_berth *berth); /* a reload waits for it no longer */
void mn_master_forget(struct mn_master *m);

/* --- master_upgrade.c --- */
void mn_master_upgrade(struct mn_master *m); /* SIGUSR2 */
void mn_master_successor_died(struct mn_master *m, int status);
int mn_master_succeed(struct mn_master *m, const struct mn_inherited *it); /* of a predecessor */
void mn_master_took_over(struct mn_master *m);                             /* tells it so */

/* Tells systemd, when that started us (sd_notify(3)). */
void mn_master_notify(const char *state);

#endif
