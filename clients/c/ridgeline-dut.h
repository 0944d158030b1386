/*
 * ridgeline-dut.h: the device's end of the DUT protocol, version 1.0, for C99 and C++11. One file, no dependency but
 * POSIX. You write what your device does with a TLP; framing, checks, stepping and the connection are here.
 *
 * In exactly one source file, before any other header:
 *
 *     #define RIDGELINE_DUT_IMPLEMENTATION
 *     #include "ridgeline-dut.h"
 *
 * and in all others the #include alone.
 *
 * Time is simulated time in picoseconds, from 0 at HELLO, at most RL_TIME_MAX. TLP bytes are in wire order: optional
 * prefixes, header from Fmt and Type on, payload. No ECRC, no sequence number, no LCRC.
 *
 * TWO WAYS TO USE IT
 *
 * 1. Callbacks (rl_serve), for models that think in events. Your device is told of every TLP and of every time that it
 *    asked for, and of nothing else, so how the testbench cuts time into STEPs cannot show in what it does:
 *
 *        #include "ridgeline-srd-params.h"
 *
 *        static void on_hello(rl_dut *dut, void *user) {
 *          if (!rl_take_srd_params(dut)) return;                       // HELLO_OK has to name all parameters
 *          ...
 *        }
 *        static void on_tlp(rl_dut *dut, void *user, uint64_t time, const uint8_t *bytes, size_t length) {
 *          ...
 *          rl_send_tlp(dut, time + 20000, answer, answer_length);      // leaves 20 ns from now
 *        }
 *        static void on_reset(rl_dut *dut, void *user, rl_reset kind) { ... }
 *
 *        int main(int argc, char **argv) {
 *          rl_device device = {0};
 *          device.name = "my-device";
 *          device.version = "1.0";
 *          device.hello = on_hello;
 *          device.tlp = on_tlp;
 *          device.reset = on_reset;
 *          return rl_serve(argc > 1 ? argv[1] : "stdio", &device, NULL);
 *        }
 *
 * 2. Requests (rl_wait), for models with a main loop of their own, such as a Verilated design. A clocked loop, with
 *    rising edges at P, 2P, 3P, ...: what arrives between two edges is seen at the next one, and what arrives at the
 *    very time of an edge is seen at that edge ("a TLP that arrives at the time of an internal event comes first"):
 *
 *        rl_dut *dut = rl_open("stdio");                               // first of all: it takes stdout into safety
 *        uint64_t edge = P;                                            // time of the next rising edge
 *        for (;;) {
 *          switch (rl_wait(dut)) {
 *            case RL_HELLO: rl_accept(dut, "my-rtl", "1.0", 0); break;
 *            case RL_STEP:
 *              for (; edge <= rl_step_end(dut); edge += P) {           // asked again each time: sending may move it
 *                rl_tlp tlp;
 *                while (rl_next_tlp(dut, edge, &tlp)) push_into_design(tlp.bytes, tlp.length);
 *                clock_the_design();
 *                if (design_has_sent()) rl_send_tlp(dut, edge, out, out_length);
 *              }
 *              rl_finish_step(dut, edge);                              // nothing happens before the next edge
 *              break;
 *            case RL_RESET: reset_the_design(rl_reset_kind(dut)); rl_finish_reset(dut); break;
 *            case RL_TRACE: rl_finish_trace(dut, 0); break;
 *            case RL_END: return rl_close(dut);
 *          }
 *        }
 *
 *    A design that knows that it is idle may skip its edges and say RL_NEVER: see clocked-example.c.
 *
 * WHAT IS DONE FOR YOU
 *   - stdio, unix:PATH and tcp:PORT (127.0.0.1; tcp:0 takes a free one). With stdio, file descriptor 1 is turned to
 *     standard error and 0 to /dev/null, so that a stray printf of the device harms nothing.
 *   - Every check of the protocol page, answered with FATAL. Mistakes of the device, too, become FATAL with a sentence.
 *   - An idle STEP that is longer than the look-ahead ends at the first TLP that you send, with all TLPs of that time.
 *   - RESET drops what is under way: TLPs that you have sent for later, and TLPs that you have not yet taken.
 *   - If the stream ends without BYE, the device just ends.
 *
 * MEMORY AND STATE. No global state: everything hangs on the rl_dut, which rl_open allocates and rl_close frees. TLPs
 * under way and frames are held on the heap; what the functions return belongs to the library and is valid as long as
 * said there. After rl_fatal (also when the library called it) every function does nothing, rl_step_end stands still
 * and rl_wait returns RL_END, so that no loop needs error handling of its own.
 */
#ifndef RIDGELINE_DUT_H
#define RIDGELINE_DUT_H

#if defined(RIDGELINE_DUT_IMPLEMENTATION) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the protocol that this file speaks. */
#define RL_MAJOR 1
#define RL_MINOR 0
/** No time: nothing will happen before a TLP arrives. */
#define RL_NEVER UINT64_MAX
/** The last time that there is, picoseconds. */
#define RL_TIME_MAX ((UINT64_C(1) << 53) - 1)

#if defined(__GNUC__)
#define RL_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define RL_PRINTF(text, first)
#endif

/** One connection to a testbench. */
typedef struct rl_dut rl_dut;

/** What the testbench asks for. */
typedef enum { RL_END, RL_HELLO, RL_STEP, RL_RESET, RL_TRACE } rl_request;
typedef enum { RL_COLD = 0, RL_HOT = 1 } rl_reset;
typedef enum { RL_DEBUG, RL_INFO, RL_WARNING, RL_ERROR } rl_level;
typedef enum { RL_NUMBER, RL_FLAG, RL_TEXT } rl_type;

/** A parameter of HELLO; `number`, `flag` or `text` counts, as `type` says. */
typedef struct {
  char *name;
  rl_type type;
  double number;
  int flag;
  char *text;
} rl_param;

/** A TLP that has arrived at `time`. */
typedef struct {
  uint64_t time;
  const uint8_t *bytes;
  size_t length;
} rl_tlp;

/** A device that thinks in events, for rl_serve. Fill it with zeros first; `tlp` and `reset` must be there. */
typedef struct {
  const char *name;
  const char *version;
  /**
   * HELLO: look at rl_number() and its like; say what differs with rl_set_number(); refuse with rl_fatal(). HELLO_OK has to
   * name all parameters of the device: rl_take_srd_params() adds those of SRD. Without it HELLO_OK has what HELLO gave.
   */
  void (*hello)(rl_dut *dut, void *user);
  /** A TLP arrives at `time`, before your own events of that time. `bytes` is valid until the return. */
  void (*tlp)(rl_dut *dut, void *user, uint64_t time, const uint8_t *bytes, size_t length);
  /**
   * Simulated time is `until`: do what you have planned up to then, `until` included, and return the time of the next
   * thing that you have planned, later than `until`, or RL_NEVER. Called at each time that you returned; after the TLPs
   * of a time; and after HELLO and RESET, where nothing may be sent at the present time any more. Without it the
   * device has no events of its own.
   */
  uint64_t (*advance)(rl_dut *dut, void *user, uint64_t until);
  /** Everything to power-up values. Time goes on. What was sent for later is dropped already. */
  void (*reset)(rl_dut *dut, void *user, rl_reset kind);
  /** Writes waves into `path` from now on, or stops (`on` is 0). Returns 1, or 0 if this cannot be. */
  int (*trace)(rl_dut *dut, void *user, int on, const char *path);
  /** The session is over: close your files. BYE is answered after it. */
  void (*end)(rl_dut *dut, void *user);
} rl_device;

/* ---- Both ways ------------------------------------------------------------------------------------------------- */

/**
 * Serves one session at `address` ("stdio", "unix:PATH", "tcp:PORT", "tcp:127.0.0.1:PORT") and returns the exit status
 * for main: 0 after BYE or at the end of the stream, 1 after FATAL or if the address cannot be served.
 */
int rl_serve(const char *address, const rl_device *device, void *user);

/**
 * Sends a TLP that leaves the device at `time`: later than the end of the last STEP, and not before the time of the
 * present event (or of the last rl_next_tlp). It may be later than the present STEP; it is kept until then, in order
 * of time, TLPs of one time in the order sent. The bytes are copied.
 */
void rl_send_tlp(rl_dut *dut, uint64_t time, const uint8_t *bytes, size_t length);

/** A LOG frame; at most 4 KiB of text, UTF-8. */
void rl_log(rl_dut *dut, rl_level level, const char *format, ...) RL_PRINTF(3, 4);

/** Gives up: FATAL with the text (also to standard error), and the stream is closed. It returns; see the top. */
void rl_fatal(rl_dut *dut, const char *format, ...) RL_PRINTF(2, 3);

/** Time up to which the device has answered, picoseconds. */
uint64_t rl_now(const rl_dut *dut);
/** Of HELLO: link delay in each direction (picoseconds), the run's seed (decimal), per mille of stalled link slots. */
uint64_t rl_lookahead(const rl_dut *dut);
const char *rl_seed(const rl_dut *dut);
int rl_stall(const rl_dut *dut);

/** Parameters of HELLO, with what rl_set_... has changed. `otherwise` if there is none of that name and type. */
double rl_number(const rl_dut *dut, const char *name, double otherwise);
int rl_flag(const rl_dut *dut, const char *name, int otherwise);
const char *rl_text(const rl_dut *dut, const char *name, const char *otherwise);
/** All of them. The pointer is valid until the next rl_set_...; NULL past the end, or for a name that is not there. */
size_t rl_param_count(const rl_dut *dut);
const rl_param *rl_param_at(const rl_dut *dut, size_t index);
const rl_param *rl_find_param(const rl_dut *dut, const char *name);
/** The effective value, for HELLO_OK: replaces what HELLO gave, or adds a parameter. Until HELLO is accepted. */
void rl_set_number(rl_dut *dut, const char *name, double value);
void rl_set_flag(rl_dut *dut, const char *name, int value);
void rl_set_text(rl_dut *dut, const char *name, const char *value);

/* ---- The second way -------------------------------------------------------------------------------------------- */

/** Opens the address (see rl_serve), and waits until the testbench connects. NULL, and why on standard error. */
rl_dut *rl_open(const char *address);
/** Answers BYE if that was what ended the session, closes, frees; returns the exit status (see rl_serve). */
int rl_close(rl_dut *dut);
/** Waits for the next request. Each but RL_END is to be answered before the next call. */
rl_request rl_wait(rl_dut *dut);

/** Answers HELLO. `can_trace`: TRACE works. */
void rl_accept(rl_dut *dut, const char *name, const char *version, int can_trace);

/**
 * Where the present STEP ends: simulate up to and including this time. It is `until`, or earlier in a STEP longer than
 * the look-ahead, as soon as a TLP is to leave in it. So ask again after each time at which you may have sent.
 */
uint64_t rl_step_end(const rl_dut *dut);
/**
 * Simulated time is `time`; takes the next TLP that has arrived by then. Returns 0 if there is none (any more). What is
 * not taken stays for later STEPs. `tlp->bytes` is valid until the next call of this function or of rl_wait.
 */
int rl_next_tlp(rl_dut *dut, uint64_t time, rl_tlp *tlp);
/** Arrival time of the next TLP that this STEP brings or an earlier one left, RL_NEVER if there is none. */
uint64_t rl_next_arrival(const rl_dut *dut);
/** Answers STEP. `next`: nothing of the device's own happens before then (later than rl_step_end, or RL_NEVER). */
void rl_finish_step(rl_dut *dut, uint64_t next);

/** Of RESET, and its answer. */
rl_reset rl_reset_kind(const rl_dut *dut);
void rl_finish_reset(rl_dut *dut);
/** Of TRACE, and its answer: whether waves are written (or no longer are) as asked. */
int rl_trace_on(const rl_dut *dut);
const char *rl_trace_path(const rl_dut *dut);
void rl_finish_trace(rl_dut *dut, int supported);

#ifdef __cplusplus
}
#endif
#endif /* RIDGELINE_DUT_H */

/* ================================================ implementation ================================================ */
#if defined(RIDGELINE_DUT_IMPLEMENTATION) && !defined(RIDGELINE_DUT_IMPLEMENTED)
#define RIDGELINE_DUT_IMPLEMENTED

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  RLI_HELLO = 0x01, RLI_STEP = 0x02, RLI_RESET = 0x03, RLI_BYE = 0x04, RLI_TRACE = 0x05,
  RLI_HELLO_OK = 0x81, RLI_STEP_OK = 0x82, RLI_RESET_OK = 0x83, RLI_BYE_OK = 0x84, RLI_TRACE_OK = 0x85,
  RLI_LOG = 0x90, RLI_FATAL = 0x9F
};
/* Longest frame: type and payload. */
#define RLI_FRAME_MAX (UINT32_C(16) * 1024 * 1024)
#define RLI_READ_BYTES 65536
#define RLI_TEXT_MAX 4096
#define RLI_JSON_DEPTH 64
#define RLI_DEFAULT_LOOKAHEAD_PS 250000
#define RLI_STALL_MAX 900

typedef struct {
  uint8_t *bytes;
  size_t length;
  size_t capacity;
} rli_buffer;

/* A TLP under way; its bytes follow it in the same allocation. */
typedef struct rli_node {
  struct rli_node *next;
  uint64_t time;
  size_t length;
  uint8_t *bytes;
} rli_node;

typedef struct {
  rli_node *first;
  rli_node *last;
} rli_list;

struct rl_dut {
  int in, out;           /* file descriptors; the same one for a socket */
  int is_socket;
  char *unix_path;       /* removed at the end */
  int is_over;           /* nothing is read or written any more */
  int owes_bye;          /* BYE has come and is not yet answered */
  int status;            /* exit status */
  int has_hello;
  uint8_t pending;       /* type of the request that is not yet answered, or 0 */
  rli_buffer input;      /* bytes read; those before `taken` are used up */
  size_t taken;
  rli_buffer output;     /* the frame being built */
  uint64_t lookahead;
  char *seed;
  int stall;
  rl_param *params;
  size_t param_count, param_capacity;
  uint64_t now;          /* answered up to here */
  uint64_t time;         /* where the device says that it is, from `now` on */
  uint64_t until;        /* of the present STEP; `now` outside */
  uint64_t promise;      /* `next` of the last answer, lowered by arrivals; 0: none */
  rli_list arrived;      /* in order of time */
  rli_list leaving;      /* in order of time, then of sending */
  rli_node *held;        /* what rl_next_tlp has handed out */
  rl_reset reset_kind;
  int trace_on;
  char *trace_path;
};

/* ---- Bytes ----------------------------------------------------------------------------------------------------- */

static uint64_t rli_read_le(const uint8_t *bytes, int count) {
  uint64_t value = 0;
  int i;
  for (i = count; i-- > 0;) value = (value << 8) | bytes[i];
  return value;
}

/* Makes room for `more` bytes; 0 and FATAL if there is none. */
static int rli_reserve(rl_dut *dut, rli_buffer *buffer, size_t more) {
  size_t capacity = buffer->capacity == 0 ? RLI_READ_BYTES : buffer->capacity;
  uint8_t *bytes;
  if (buffer->capacity - buffer->length >= more) return 1;
  while (capacity - buffer->length < more) capacity *= 2;
  bytes = (uint8_t *)realloc(buffer->bytes, capacity);
  if (bytes == NULL) {
    rl_fatal(dut, "out of memory: %lu bytes for a frame", (unsigned long)capacity);
    return 0;
  }
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return 1;
}

static void rli_put(rl_dut *dut, const void *bytes, size_t length) {
  if (length == 0 || dut->is_over || !rli_reserve(dut, &dut->output, length)) return;
  memcpy(dut->output.bytes + dut->output.length, bytes, length);
  dut->output.length += length;
}

static void rli_put_le(rl_dut *dut, uint64_t value, int count) {
  uint8_t bytes[8];
  int i;
  for (i = 0; i < count; i++) bytes[i] = (uint8_t)(value >> (8 * i));
  rli_put(dut, bytes, (size_t)count);
}

static void rli_put_text(rl_dut *dut, const char *text) { rli_put(dut, text, strlen(text)); }

static char *rli_copy_text(rl_dut *dut, const char *text, size_t length) {
  char *copy = (char *)malloc(length + 1);
  if (copy == NULL) {
    rl_fatal(dut, "out of memory: %lu bytes for a text", (unsigned long)length);
    return NULL;
  }
  if (length > 0) memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

/* Length of the UTF-8 sequence at `p`, 0 if there is none (overlong forms and surrogates are none). */
static size_t rli_utf8_length(const uint8_t *p, size_t left) {
  size_t length, i;
  uint32_t code;
  if (p[0] < 0x80) return 1;
  if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
  length = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
  if (left < length) return 0;
  code = p[0] & (0x7Fu >> length);
  for (i = 1; i < length; i++) {
    if ((p[i] & 0xC0) != 0x80) return 0;
    code = (code << 6) | (p[i] & 0x3Fu);
  }
  if (length == 3 && (code < 0x800 || (code >= 0xD800 && code <= 0xDFFF))) return 0;
  if (length == 4 && (code < 0x10000 || code > 0x10FFFF)) return 0;
  return length;
}

/* Bytes at the front that are whole UTF-8 sequences without NUL: all of them, if it is text. */
static size_t rli_text_length(const uint8_t *bytes, size_t length) {
  size_t at = 0;
  while (at < length && bytes[at] != 0) {
    size_t step = rli_utf8_length(bytes + at, length - at);
    if (step == 0) break;
    at += step;
  }
  return at;
}

/* ---- Lists of TLPs --------------------------------------------------------------------------------------------- */

/* Inserts behind all TLPs of the same time or earlier. */
static void rli_insert(rl_dut *dut, rli_list *list, uint64_t time, const rl_tlp *tlp) {
  rli_node *node = (rli_node *)malloc(sizeof *node + tlp->length);
  rli_node **link = &list->first;
  if (node == NULL) {
    rl_fatal(dut, "out of memory: a TLP of %lu bytes", (unsigned long)tlp->length);
    return;
  }
  node->time = time;
  node->length = tlp->length;
  node->bytes = (uint8_t *)(node + 1);
  if (tlp->length > 0) memcpy(node->bytes, tlp->bytes, tlp->length);
  if (list->last != NULL && list->last->time <= time) link = &list->last->next;
  else while (*link != NULL && (*link)->time <= time) link = &(*link)->next;
  node->next = *link;
  *link = node;
  if (node->next == NULL) list->last = node;
}

static rli_node *rli_shift(rli_list *list) {
  rli_node *node = list->first;
  list->first = node->next;
  if (list->first == NULL) list->last = NULL;
  return node;
}

static void rli_clear(rli_list *list) {
  while (list->first != NULL) free(rli_shift(list));
}

static uint64_t rli_first_time(const rli_list *list) { return list->first == NULL ? RL_NEVER : list->first->time; }

/* ---- The stream ------------------------------------------------------------------------------------------------ */

/* The stream has failed or ended: there is nobody to tell. */
static void rli_end(rl_dut *dut) {
  dut->is_over = 1;
  dut->owes_bye = 0;
}

static void rli_write_all(rl_dut *dut, const uint8_t *bytes, size_t length) {
#ifdef MSG_NOSIGNAL
  const int flags = MSG_NOSIGNAL;
#else
  const int flags = 0;
#endif
  while (length > 0) {
    ssize_t done = dut->is_socket ? send(dut->out, bytes, length, flags) : write(dut->out, bytes, length);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      rli_end(dut);
      return;
    }
    bytes += done;
    length -= (size_t)done;
  }
}

static void rli_begin_frame(rl_dut *dut, uint8_t type) {
  dut->output.length = 0;
  rli_put_le(dut, 0, 4);
  rli_put_le(dut, type, 1);
}

static void rli_end_frame(rl_dut *dut) {
  size_t length;
  int i;
  if (dut->is_over) return;
  length = dut->output.length - 4;
  if (length > RLI_FRAME_MAX) {
    rl_fatal(dut, "the answer has %lu bytes, a frame at most 16 MiB: the device sends too much in one STEP",
             (unsigned long)length);
    return;
  }
  for (i = 0; i < 4; i++) dut->output.bytes[i] = (uint8_t)(length >> (8 * i));
  rli_write_all(dut, dut->output.bytes, dut->output.length);
}

static void rli_frame(rl_dut *dut, uint8_t type, const void *payload, size_t length) {
  rli_begin_frame(dut, type);
  rli_put(dut, payload, length);
  rli_end_frame(dut);
}

/* Reads until `wanted` bytes are there beyond `taken`; 0 at the end of the stream. */
static int rli_fill(rl_dut *dut, size_t wanted) {
  rli_buffer *input = &dut->input;
  if (dut->taken > 0 && input->length - dut->taken < wanted) {
    memmove(input->bytes, input->bytes + dut->taken, input->length - dut->taken);
    input->length -= dut->taken;
    dut->taken = 0;
  }
  while (input->length - dut->taken < wanted) {
    ssize_t got;
    size_t missing = wanted - (input->length - dut->taken);
    if (!rli_reserve(dut, input, missing > RLI_READ_BYTES ? missing : RLI_READ_BYTES)) return 0;
    got = read(dut->in, input->bytes + input->length, input->capacity - input->length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      rli_end(dut);
      return 0;
    }
    input->length += (size_t)got;
  }
  return 1;
}

/* The next frame: its type, and a view of its payload that is valid until the next call. */
static int rli_read_frame(rl_dut *dut, uint8_t *type, rl_tlp *payload) {
  uint32_t length;
  if (!rli_fill(dut, 4)) return 0;
  length = (uint32_t)rli_read_le(dut->input.bytes + dut->taken, 4);
  if (length == 0 || length > RLI_FRAME_MAX) {
    rl_fatal(dut, "a frame of %lu bytes: expected 1..16 MiB", (unsigned long)length);
    return 0;
  }
  if (!rli_fill(dut, 4 + (size_t)length)) return 0;
  *type = dut->input.bytes[dut->taken + 4];
  payload->bytes = dut->input.bytes + dut->taken + 5;
  payload->length = length - 1;
  dut->taken += 4 + (size_t)length;
  return 1;
}

static void rli_fatal_text(rl_dut *dut, char *text) {
  if (dut->is_over) return;
  fprintf(stderr, "ridgeline-dut: FATAL: %s\n", text);
  dut->status = 1;
  /* Not by way of `output`: out of memory is one of the reasons to come here. */
  {
    size_t length = rli_text_length((const uint8_t *)text, strlen(text));
    uint8_t head[5];
    int i;
    for (i = 0; i < 4; i++) head[i] = (uint8_t)((length + 1) >> (8 * i));
    head[4] = RLI_FATAL;
    rli_write_all(dut, head, sizeof head);
    if (!dut->is_over) rli_write_all(dut, (const uint8_t *)text, length);
  }
  rli_end(dut);
  if (dut->is_socket) {
    shutdown(dut->out, SHUT_WR);
  } else if (dut->out >= 0) {
    close(dut->out);
    dut->out = -1;
  }
}

void rl_fatal(rl_dut *dut, const char *format, ...) {
  char text[RLI_TEXT_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  rli_fatal_text(dut, text);
}

void rl_log(rl_dut *dut, rl_level level, const char *format, ...) {
  char text[RLI_TEXT_MAX];
  va_list args;
  if (dut->is_over) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  rli_begin_frame(dut, RLI_LOG);
  rli_put_le(dut, (uint64_t)level, 1);
  rli_put(dut, text, rli_text_length((const uint8_t *)text, strlen(text)));
  rli_end_frame(dut);
}

/* ---- Addresses ------------------------------------------------------------------------------------------------- */

static int rli_refuse(const char *address, const char *why) {
  fprintf(stderr, "ridgeline-dut: cannot serve '%s': %s\n", address, why);
  return 0;
}

static int rli_refuse_errno(const char *address) { return rli_refuse(address, strerror(errno)); }

/* Children of the device must not hold the protocol's pipes open. */
static int rli_own(int fd) {
  if (fd >= 0) (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
}

/* Takes the protocol's descriptors away and puts harmless ones where they were. */
static int rli_open_stdio(rl_dut *dut, const char *address) {
  int nothing;
  dut->in = rli_own(dup(STDIN_FILENO));
  dut->out = rli_own(dup(STDOUT_FILENO));
  nothing = open("/dev/null", O_RDONLY);
  if (dut->in < 0 || dut->out < 0 || nothing < 0) return rli_refuse_errno(address);
  if (dup2(nothing, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return rli_refuse_errno(address);
  close(nothing);
  /* A testbench that goes away must not kill a device that has waves to close. */
  signal(SIGPIPE, SIG_IGN);
  return 1;
}

/* Waits for the one connection of the session; says `where` to reach it as soon as that is so. */
static int rli_accept_one(rl_dut *dut, int listener, const char *address, const char *where) {
  int fd;
  if (listen(listener, 1) != 0) return rli_refuse_errno(address);
  fprintf(stderr, "ridgeline-dut: listening on %s\n", where);
  do fd = accept(listener, NULL, NULL);
  while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
  if (fd < 0) return rli_refuse_errno(address);
  dut->in = dut->out = rli_own(fd);
  dut->is_socket = 1;
#ifndef MSG_NOSIGNAL
  signal(SIGPIPE, SIG_IGN);
#endif
  return 1;
}

static int rli_open_unix(rl_dut *dut, const char *address, const char *path) {
  struct sockaddr_un where;
  struct stat found;
  int listener, is_open;
  memset(&where, 0, sizeof where);
  where.sun_family = AF_UNIX;
  if (path[0] == '\0' || strlen(path) >= sizeof where.sun_path) {
    return rli_refuse(address, "the path is empty or longer than a socket's may be");
  }
  strcpy(where.sun_path, path);
  /* What an earlier session left; anything but a socket is somebody's file. */
  if (stat(path, &found) == 0 && S_ISSOCK(found.st_mode)) unlink(path);
  listener = rli_own(socket(AF_UNIX, SOCK_STREAM, 0));
  if (listener < 0) return rli_refuse_errno(address);
  if (bind(listener, (const struct sockaddr *)&where, sizeof where) != 0) {
    rli_refuse_errno(address);
    close(listener);
    return 0;
  }
  dut->unix_path = rli_copy_text(dut, path, strlen(path));
  is_open = rli_accept_one(dut, listener, address, address);
  close(listener);
  return is_open;
}

/* The number of a port, -1 if it is none. */
static long rli_port(const char *text) {
  char *end;
  long port;
  if (strncmp(text, "127.0.0.1:", 10) == 0) text += 10;
  if (*text < '0' || *text > '9') return -1;
  port = strtol(text, &end, 10);
  return *end == '\0' && port <= 65535 ? port : -1;
}

static int rli_listen_tcp(rl_dut *dut, int listener, long port, const char *address) {
  struct sockaddr_in where;
  socklen_t size = sizeof where;
  char text[32];
  int yes = 1;
  memset(&where, 0, sizeof where);
  where.sin_family = AF_INET;
  where.sin_port = htons((uint16_t)port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (const struct sockaddr *)&where, sizeof where) != 0 ||
      getsockname(listener, (struct sockaddr *)&where, &size) != 0) {
    return rli_refuse_errno(address);
  }
  snprintf(text, sizeof text, "tcp:127.0.0.1:%u", (unsigned)ntohs(where.sin_port));
  if (!rli_accept_one(dut, listener, address, text)) return 0;
  /* Every frame waits for an answer: nothing to gain from collecting small ones. */
  setsockopt(dut->in, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return 1;
}

static int rli_open_tcp(rl_dut *dut, const char *address, const char *text) {
  long port = rli_port(text);
  int listener, is_open;
  if (port < 0) return rli_refuse(address, "expected tcp:PORT or tcp:127.0.0.1:PORT");
  listener = rli_own(socket(AF_INET, SOCK_STREAM, 0));
  if (listener < 0) return rli_refuse_errno(address);
  is_open = rli_listen_tcp(dut, listener, port, address);
  close(listener);
  return is_open;
}

static int rli_open_address(rl_dut *dut, const char *address) {
  if (strcmp(address, "stdio") == 0) return rli_open_stdio(dut, address);
  if (strncmp(address, "unix:", 5) == 0) return rli_open_unix(dut, address, address + 5);
  if (strncmp(address, "tcp:", 4) == 0) return rli_open_tcp(dut, address, address + 4);
  return rli_refuse(address, "expected stdio, unix:PATH or tcp:PORT");
}

static void rli_free_param(rl_param *param) {
  free(param->name);
  free(param->text);
}

static void rli_free(rl_dut *dut) {
  size_t i;
  if (dut->in >= 0) close(dut->in);
  if (dut->out >= 0 && dut->out != dut->in) close(dut->out);
  if (dut->unix_path != NULL) unlink(dut->unix_path);
  for (i = 0; i < dut->param_count; i++) rli_free_param(&dut->params[i]);
  rli_clear(&dut->arrived);
  rli_clear(&dut->leaving);
  free(dut->held);
  free(dut->params);
  free(dut->unix_path);
  free(dut->seed);
  free(dut->trace_path);
  free(dut->input.bytes);
  free(dut->output.bytes);
  free(dut);
}

rl_dut *rl_open(const char *address) {
  rl_dut *dut = (rl_dut *)calloc(1, sizeof *dut);
  if (dut == NULL) {
    rli_refuse(address, "out of memory");
    return NULL;
  }
  dut->in = dut->out = -1;
  dut->lookahead = RLI_DEFAULT_LOOKAHEAD_PS;
  if (!rli_open_address(dut, address)) {
    rli_free(dut);
    return NULL;
  }
  return dut;
}

/* A socket that is closed with bytes unread may take the last answer with it: read them, for a second at most. */
static void rli_drain(rl_dut *dut) {
  char rest[4096];
  shutdown(dut->out, SHUT_WR);
  for (;;) {
    fd_set readable;
    struct timeval limit;
    if (dut->in >= FD_SETSIZE) return;
    FD_ZERO(&readable);
    FD_SET(dut->in, &readable);
    limit.tv_sec = 1;
    limit.tv_usec = 0;
    if (select(dut->in + 1, &readable, NULL, NULL, &limit) <= 0) return;
    if (read(dut->in, rest, sizeof rest) <= 0) return;
  }
}

int rl_close(rl_dut *dut) {
  int status;
  if (dut->owes_bye) {
    dut->is_over = 0;
    rli_frame(dut, RLI_BYE_OK, NULL, 0);
  }
  if (dut->is_socket) rli_drain(dut);
  status = dut->status;
  rli_free(dut);
  return status;
}

/* ---- Parameters ------------------------------------------------------------------------------------------------ */

size_t rl_param_count(const rl_dut *dut) { return dut->param_count; }

const rl_param *rl_param_at(const rl_dut *dut, size_t index) {
  return index < dut->param_count ? &dut->params[index] : NULL;
}

const rl_param *rl_find_param(const rl_dut *dut, const char *name) {
  size_t i;
  for (i = 0; i < dut->param_count; i++) {
    if (strcmp(dut->params[i].name, name) == 0) return &dut->params[i];
  }
  return NULL;
}

double rl_number(const rl_dut *dut, const char *name, double otherwise) {
  const rl_param *param = rl_find_param(dut, name);
  return param != NULL && param->type == RL_NUMBER ? param->number : otherwise;
}

int rl_flag(const rl_dut *dut, const char *name, int otherwise) {
  const rl_param *param = rl_find_param(dut, name);
  return param != NULL && param->type == RL_FLAG ? param->flag : otherwise;
}

const char *rl_text(const rl_dut *dut, const char *name, const char *otherwise) {
  const rl_param *param = rl_find_param(dut, name);
  return param != NULL && param->type == RL_TEXT ? param->text : otherwise;
}

/* The parameter of that name, made if there is none; NULL without memory. Its text is freed. */
static rl_param *rli_param(rl_dut *dut, const char *name) {
  rl_param *param = (rl_param *)rl_find_param(dut, name);
  if (param == NULL) {
    if (dut->param_count == dut->param_capacity) {
      size_t capacity = dut->param_capacity == 0 ? 32 : 2 * dut->param_capacity;
      rl_param *params = (rl_param *)realloc(dut->params, capacity * sizeof *params);
      if (params == NULL) {
        rl_fatal(dut, "out of memory: %lu parameters", (unsigned long)capacity);
        return NULL;
      }
      dut->params = params;
      dut->param_capacity = capacity;
    }
    param = &dut->params[dut->param_count];
    memset(param, 0, sizeof *param);
    param->name = rli_copy_text(dut, name, strlen(name));
    if (param->name == NULL) return NULL;
    dut->param_count++;
  }
  free(param->text);
  param->text = NULL;
  return param;
}

void rl_set_number(rl_dut *dut, const char *name, double value) {
  rl_param *param = rli_param(dut, name);
  if (param == NULL) return;
  param->type = RL_NUMBER;
  param->number = value;
}

void rl_set_flag(rl_dut *dut, const char *name, int value) {
  rl_param *param = rli_param(dut, name);
  if (param == NULL) return;
  param->type = RL_FLAG;
  param->flag = value != 0;
}

void rl_set_text(rl_dut *dut, const char *name, const char *value) {
  /* Copied first: it may be the text that is replaced. */
  char *copy = rli_copy_text(dut, value, strlen(value));
  rl_param *param = copy == NULL ? NULL : rli_param(dut, name);
  if (param == NULL) {
    free(copy);
    return;
  }
  param->type = RL_TEXT;
  param->text = copy;
}

/* ---- JSON, as far as HELLO needs it ---------------------------------------------------------------------------- */

typedef struct {
  rl_dut *dut;
  const char *start;
  const char *at;
  const char *end;
} rli_json;

/* FATAL with the place; 0, for the caller to return. */
static int rli_json_fail(rli_json *json, const char *expected) {
  rl_fatal(json->dut, "HELLO: the JSON has no %s at byte %lu", expected, (unsigned long)(json->at - json->start));
  return 0;
}

/* The next character after white space, 0 at the end. */
static char rli_json_peek(rli_json *json) {
  while (json->at < json->end && *json->at != '\0' && strchr(" \t\r\n", *json->at) != NULL) json->at++;
  return json->at < json->end ? *json->at : '\0';
}

/* Takes that character, if it is the next one. */
static int rli_json_take_here(rli_json *json, char wanted) {
  if (json->at == json->end || *json->at != wanted) return 0;
  json->at++;
  return 1;
}

/* The same after white space. */
static int rli_json_take(rli_json *json, char wanted) {
  (void)rli_json_peek(json);
  return rli_json_take_here(json, wanted);
}

/* Takes a word such as `true`. */
static int rli_json_word(rli_json *json, const char *word) {
  size_t length = strlen(word);
  (void)rli_json_peek(json);
  if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0) return 0;
  json->at += length;
  return 1;
}

static size_t rli_put_utf8(char *to, uint32_t code) {
  if (code < 0x80) {
    to[0] = (char)code;
    return 1;
  }
  if (code < 0x800) {
    to[0] = (char)(0xC0 | (code >> 6));
    to[1] = (char)(0x80 | (code & 0x3F));
    return 2;
  }
  if (code < 0x10000) {
    to[0] = (char)(0xE0 | (code >> 12));
    to[1] = (char)(0x80 | ((code >> 6) & 0x3F));
    to[2] = (char)(0x80 | (code & 0x3F));
    return 3;
  }
  to[0] = (char)(0xF0 | (code >> 18));
  to[1] = (char)(0x80 | ((code >> 12) & 0x3F));
  to[2] = (char)(0x80 | ((code >> 6) & 0x3F));
  to[3] = (char)(0x80 | (code & 0x3F));
  return 4;
}

/* Four hexadecimal digits. */
static int rli_json_hex(rli_json *json, uint32_t *value) {
  int i;
  *value = 0;
  if (json->end - json->at < 4) return 0;
  for (i = 0; i < 4; i++) {
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *found = strchr(digits, *json->at);
    if (*json->at == '\0' || found == NULL) return 0;
    *value = *value * 16 + (uint32_t)((found - digits) % 16);
    json->at++;
  }
  return 1;
}

/* What follows \u: one character, which may take a second \u. NUL is refused: texts are C strings here. */
static int rli_json_unicode(rli_json *json, uint32_t *code) {
  uint32_t low;
  if (!rli_json_hex(json, code) || *code == 0) return 0;
  if (*code < 0xD800 || *code > 0xDFFF) return 1;
  if (*code > 0xDBFF || json->end - json->at < 6 || memcmp(json->at, "\\u", 2) != 0) return 0;
  json->at += 2;
  if (!rli_json_hex(json, &low) || low < 0xDC00 || low > 0xDFFF) return 0;
  *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
  return 1;
}

/* What follows a backslash, appended to `to`; the number of bytes, 0 if it is no escape. */
static size_t rli_json_escape(rli_json *json, char *to) {
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  const char *found;
  uint32_t code;
  if (json->at == json->end) return 0;
  if (*json->at == 'u') {
    json->at++;
    return rli_json_unicode(json, &code) ? rli_put_utf8(to, code) : 0;
  }
  found = *json->at == '\0' ? NULL : strchr(names, *json->at);
  if (found == NULL) return 0;
  json->at++;
  *to = values[found - names];
  return 1;
}

/* The characters up to the closing quote, decoded into `text`; 0 after FATAL. */
static int rli_json_characters(rli_json *json, char *text) {
  size_t length = 0;
  while (json->at < json->end && *json->at != '"' && (unsigned char)*json->at >= 0x20) {
    size_t step = 1;
    if (*json->at == '\\') {
      json->at++;
      step = rli_json_escape(json, text + length);
      if (step == 0) break;
    } else {
      text[length] = *json->at++;
    }
    length += step;
  }
  text[length] = '\0';
  return rli_json_take_here(json, '"') || rli_json_fail(json, "character of a string, or its end,");
}

/* A string, to be freed by the caller; NULL after FATAL. Decoded it is never longer than written. */
static char *rli_json_string(rli_json *json) {
  char *text;
  if (!rli_json_take(json, '"')) {
    rli_json_fail(json, "string");
    return NULL;
  }
  text = (char *)malloc((size_t)(json->end - json->at) + 1);
  if (text == NULL) {
    rl_fatal(json->dut, "out of memory: HELLO");
    return NULL;
  }
  if (rli_json_characters(json, text)) return text;
  free(text);
  return NULL;
}

static int rli_json_digits(rli_json *json, uint64_t *mantissa, int *dropped) {
  const char *first = json->at;
  *dropped = 0;
  for (; json->at < json->end && *json->at >= '0' && *json->at <= '9'; json->at++) {
    if (*mantissa > (UINT64_MAX - 9) / 10) (*dropped)++;
    else *mantissa = *mantissa * 10 + (uint64_t)(*json->at - '0');
  }
  return (int)(json->at - first);
}

/* mantissa × 10^exponent. Not strtod: its decimal point is the locale's. Exact for whole numbers below 2^53. */
static double rli_scale(uint64_t mantissa, long exponent) {
  double value = (double)mantissa;
  double power = 1;
  double base = 10;
  unsigned long left = (unsigned long)(exponent < 0 ? -exponent : exponent);
  if (mantissa == 0) return 0;
  for (; left != 0; left >>= 1, base *= base) {
    if (left & 1) power *= base;
  }
  return exponent < 0 ? value / power : value * power;
}

/* The part behind `e`, added to `exponent`; beyond the range of a double it stays at its end. */
static int rli_json_exponent(rli_json *json, long *exponent) {
  uint64_t digits = 0;
  int dropped, is_negative;
  if (json->at == json->end || (*json->at != 'e' && *json->at != 'E')) return 1;
  json->at++;
  is_negative = json->at < json->end && *json->at == '-';
  if (json->at < json->end && (*json->at == '-' || *json->at == '+')) json->at++;
  if (rli_json_digits(json, &digits, &dropped) == 0) return 0;
  if (digits > 400) digits = 400;
  *exponent += is_negative ? -(long)digits : (long)digits;
  return 1;
}

static int rli_json_number(rli_json *json, double *value) {
  int is_negative = rli_json_take(json, '-');
  uint64_t mantissa = 0;
  long exponent = 0;
  int dropped, count;
  int has_zero = json->at < json->end && *json->at == '0';
  count = rli_json_digits(json, &mantissa, &dropped);
  if (count == 0 || (has_zero && count > 1)) return rli_json_fail(json, "number");
  exponent = dropped;
  if (json->at < json->end && *json->at == '.') {
    json->at++;
    count = rli_json_digits(json, &mantissa, &dropped);
    if (count == 0) return rli_json_fail(json, "digit");
    exponent -= count - dropped;
  }
  if (!rli_json_exponent(json, &exponent)) return rli_json_fail(json, "digit");
  *value = rli_scale(mantissa, exponent);
  if (is_negative) *value = -*value;
  return 1;
}

/* Handles the value of a member; returns 0 after FATAL. */
typedef int (*rli_member)(rli_json *json, const char *name, int depth);

static int rli_json_object(rli_json *json, rli_member member, int depth) {
  if (!rli_json_take(json, '{')) return rli_json_fail(json, "object");
  if (rli_json_take(json, '}')) return 1;
  do {
    char *name;
    int is_good;
    (void)rli_json_peek(json);
    name = rli_json_string(json);
    if (name == NULL) return 0;
    is_good = rli_json_take(json, ':') ? member(json, name, depth) : rli_json_fail(json, "colon");
    free(name);
    if (!is_good) return 0;
  } while (rli_json_take(json, ','));
  return rli_json_take(json, '}') || rli_json_fail(json, "comma or end of an object");
}

static int rli_json_skip(rli_json *json, const char *name, int depth);

static int rli_json_skip_array(rli_json *json, int depth) {
  json->at++;
  if (rli_json_take(json, ']')) return 1;
  do {
    if (!rli_json_skip(json, "", depth)) return 0;
  } while (rli_json_take(json, ','));
  return rli_json_take(json, ']') || rli_json_fail(json, "comma or end of an array");
}

/* Passes over any value: members that a later minor version may add. */
static int rli_json_skip(rli_json *json, const char *name, int depth) {
  double number;
  char *text;
  (void)name;
  if (depth >= RLI_JSON_DEPTH) return rli_json_fail(json, "end of nesting");
  switch (rli_json_peek(json)) {
    case '{': return rli_json_object(json, rli_json_skip, depth + 1);
    case '[': return rli_json_skip_array(json, depth + 1);
    case '"':
      text = rli_json_string(json);
      free(text);
      return text != NULL;
    case 't': return rli_json_word(json, "true") || rli_json_fail(json, "value");
    case 'f': return rli_json_word(json, "false") || rli_json_fail(json, "value");
    case 'n': return rli_json_word(json, "null") || rli_json_fail(json, "value");
    default: return rli_json_number(json, &number);
  }
}

static int rli_take_param(rli_json *json, const char *name, int depth) {
  char first = rli_json_peek(json);
  double number;
  (void)depth;
  if (first == '"') {
    char *text = rli_json_string(json);
    if (text != NULL) rl_set_text(json->dut, name, text);
    free(text);
    return text != NULL;
  }
  if (rli_json_word(json, "true") || rli_json_word(json, "false")) {
    rl_set_flag(json->dut, name, first == 't');
    return 1;
  }
  if (first != '-' && (first < '0' || first > '9')) {
    return rli_json_fail(json, "number, boolean or string (a parameter)");
  }
  if (!rli_json_number(json, &number)) return 0;
  rl_set_number(json->dut, name, number);
  return 1;
}

/* A whole number of low..high; FATAL with `what` if the value is anything else. */
static int rli_json_whole(rli_json *json, const char *what, uint64_t low, uint64_t high, uint64_t *result) {
  double value;
  const char first = rli_json_peek(json);
  if (first != '-' && (first < '0' || first > '9')) return rli_json_fail(json, what);
  if (!rli_json_number(json, &value)) return 0;
  if (!(value >= (double)low && value <= (double)high)) return rli_json_fail(json, what);
  *result = (uint64_t)value;
  return (double)*result == value || rli_json_fail(json, what);
}

static int rli_take_stall(rli_json *json) {
  uint64_t stall;
  if (!rli_json_whole(json, "stall of 0..900", 0, RLI_STALL_MAX, &stall)) return 0;
  json->dut->stall = (int)stall;
  return 1;
}

static int rli_take_hello_member(rli_json *json, const char *name, int depth) {
  rl_dut *dut = json->dut;
  if (strcmp(name, "params") == 0) return rli_json_object(json, rli_take_param, depth + 1);
  if (strcmp(name, "lookaheadPs") == 0) {
    return rli_json_whole(json, "lookaheadPs of 1..2^53 - 1", 1, RL_TIME_MAX, &dut->lookahead);
  }
  if (strcmp(name, "stall") == 0) return rli_take_stall(json);
  if (strcmp(name, "seed") == 0) {
    free(dut->seed);
    dut->seed = rli_json_string(json);
    return dut->seed != NULL;
  }
  return rli_json_skip(json, name, depth);
}

static void rli_parse_hello_json(rl_dut *dut, const uint8_t *bytes, size_t length) {
  rli_json json;
  if (rli_text_length(bytes, length) != length) {
    rl_fatal(dut, "HELLO: the JSON is not UTF-8 text");
    return;
  }
  json.dut = dut;
  json.start = json.at = (const char *)bytes;
  json.end = json.start + length;
  if (!rli_json_object(&json, rli_take_hello_member, 0)) return;
  if (rli_json_peek(&json) != '\0') rli_json_fail(&json, "end");
}

/* ---- JSON of HELLO_OK ------------------------------------------------------------------------------------------ */

static void rli_put_json_text(rl_dut *dut, const char *text) {
  rli_put_text(dut, "\"");
  for (; *text != '\0'; text++) {
    char escaped[8];
    if ((unsigned char)*text >= 0x20 && *text != '"' && *text != '\\') {
      rli_put(dut, text, 1);
      continue;
    }
    snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)(unsigned char)*text);
    rli_put_text(dut, escaped);
  }
  rli_put_text(dut, "\"");
}

static void rli_put_json_number(rl_dut *dut, double value) {
  char text[40];
  char *at;
  if (value >= -(double)RL_TIME_MAX && value <= (double)RL_TIME_MAX && value == (double)(int64_t)value) {
    snprintf(text, sizeof text, "%lld", (long long)value);
  } else {
    snprintf(text, sizeof text, "%.17g", value);
    /* The locale's decimal point is none in JSON. */
    for (at = text; *at != '\0'; at++) {
      if (strchr("+-.0123456789e", *at) == NULL) *at = '.';
    }
  }
  rli_put_text(dut, text);
}

static void rli_put_json_param(rl_dut *dut, const rl_param *param) {
  rli_put_json_text(dut, param->name);
  rli_put_text(dut, ":");
  if (param->type == RL_NUMBER) rli_put_json_number(dut, param->number);
  else if (param->type == RL_FLAG) rli_put_text(dut, param->flag ? "true" : "false");
  else rli_put_json_text(dut, param->text);
}

/* ---- Requests -------------------------------------------------------------------------------------------------- */

static const char *rli_request_name(uint8_t type) {
  switch (type) {
    case RLI_HELLO: return "HELLO";
    case RLI_STEP: return "STEP";
    case RLI_RESET: return "RESET";
    case RLI_TRACE: return "TRACE";
    default: return "BYE";
  }
}

static void rli_take_hello(rl_dut *dut, const rl_tlp *payload) {
  unsigned major;
  if (dut->has_hello) {
    rl_fatal(dut, "a second HELLO");
    return;
  }
  if (payload->length < 4) {
    rl_fatal(dut, "HELLO of %lu bytes: it has no version", (unsigned long)payload->length);
    return;
  }
  /* The minor version needs no look: of two minor versions the lower rules, and none is lower than 0. */
  major = (unsigned)rli_read_le(payload->bytes, 2);
  if (major != RL_MAJOR) {
    rl_fatal(dut, "version %u of the DUT protocol: this device knows version %d", major, RL_MAJOR);
    return;
  }
  dut->has_hello = 1;
  rli_parse_hello_json(dut, payload->bytes + 4, payload->length - 4);
  if (!dut->is_over && dut->seed == NULL) dut->seed = rli_copy_text(dut, "", 0);
}

/* Whether the TLP at `at` is one of this STEP, after one of time `last`; its length with its head, or 0 after FATAL. */
static size_t rli_check_arrival(rl_dut *dut, const uint8_t *at, size_t left, uint64_t last) {
  uint64_t time, length;
  if (left < 12) {
    rl_fatal(dut, "STEP: the payload ends within a TLP");
    return 0;
  }
  time = rli_read_le(at, 8);
  length = rli_read_le(at + 8, 4);
  if (time <= dut->now || time > dut->until || time < last) {
    rl_fatal(dut, "STEP: a TLP at %llu ps: expected %llu..%llu ps", (unsigned long long)time,
             (unsigned long long)(last > dut->now ? last : dut->now + 1), (unsigned long long)dut->until);
    return 0;
  }
  if (length > left - 12) {
    rl_fatal(dut, "STEP: the payload ends within a TLP of %lu bytes", (unsigned long)length);
    return 0;
  }
  return 12 + (size_t)length;
}

static void rli_take_arrivals(rl_dut *dut, const uint8_t *at, size_t left, uint32_t count) {
  uint64_t last = 0;
  for (; count > 0; count--) {
    rl_tlp tlp;
    size_t size = rli_check_arrival(dut, at, left, last);
    if (size == 0) return;
    last = rli_read_le(at, 8);
    tlp.bytes = at + 12;
    tlp.length = size - 12;
    rli_insert(dut, &dut->arrived, last, &tlp);
    if (last < dut->promise) dut->promise = last;
    at += size;
    left -= size;
  }
  if (left != 0) rl_fatal(dut, "STEP: %lu bytes after the last TLP", (unsigned long)left);
}

static void rli_take_step(rl_dut *dut, const rl_tlp *payload) {
  uint64_t until;
  uint32_t count;
  if (payload->length < 12) {
    rl_fatal(dut, "STEP of %lu bytes: expected 12 or more", (unsigned long)payload->length);
    return;
  }
  until = rli_read_le(payload->bytes, 8);
  count = (uint32_t)rli_read_le(payload->bytes + 8, 4);
  if (until <= dut->now || until > RL_TIME_MAX) {
    rl_fatal(dut, "STEP until %llu ps: expected later than now = %llu ps, and at most 2^53 - 1", (unsigned long long)until,
             (unsigned long long)dut->now);
    return;
  }
  if (count > 0 && until - dut->now > dut->lookahead) {
    rl_fatal(dut, "STEP of %llu ps with TLPs: longer than the look-ahead of %llu ps",
             (unsigned long long)(until - dut->now), (unsigned long long)dut->lookahead);
    return;
  }
  dut->until = until;
  rli_take_arrivals(dut, payload->bytes + 12, payload->length - 12, count);
}

static void rli_take_reset(rl_dut *dut, const rl_tlp *payload) {
  if (payload->length != 1 || payload->bytes[0] > 1) {
    rl_fatal(dut, "RESET: expected one byte, 0 (cold) or 1 (hot)");
    return;
  }
  dut->reset_kind = (rl_reset)payload->bytes[0];
  rli_clear(&dut->arrived);
  rli_clear(&dut->leaving);
  dut->promise = 0;
}

static void rli_take_trace(rl_dut *dut, const rl_tlp *payload) {
  if (payload->length == 0 || payload->bytes[0] > 1 ||
      rli_text_length(payload->bytes + 1, payload->length - 1) != payload->length - 1) {
    rl_fatal(dut, "TRACE: expected one byte, 0 (off) or 1 (on), and a path in UTF-8");
    return;
  }
  free(dut->trace_path);
  dut->trace_on = payload->bytes[0];
  dut->trace_path = rli_copy_text(dut, (const char *)payload->bytes + 1, payload->length - 1);
}

static rl_request rli_take_bye(rl_dut *dut, const rl_tlp *payload) {
  if (payload->length != 0) {
    rl_fatal(dut, "BYE of %lu bytes: expected none", (unsigned long)payload->length);
    return RL_END;
  }
  dut->is_over = 1;
  dut->owes_bye = 1;
  return RL_END;
}

static rl_request rli_dispatch(rl_dut *dut, uint8_t type, const rl_tlp *payload) {
  if (type < RLI_HELLO || type > RLI_TRACE) {
    rl_fatal(dut, "a frame of unknown type 0x%02x", (unsigned)type);
    return RL_END;
  }
  if (!dut->has_hello && type != RLI_HELLO) {
    rl_fatal(dut, "%s before HELLO", rli_request_name(type));
    return RL_END;
  }
  dut->pending = type;
  switch (type) {
    case RLI_HELLO: rli_take_hello(dut, payload); return RL_HELLO;
    case RLI_STEP: rli_take_step(dut, payload); return RL_STEP;
    case RLI_RESET: rli_take_reset(dut, payload); return RL_RESET;
    case RLI_TRACE: rli_take_trace(dut, payload); return RL_TRACE;
    default: return rli_take_bye(dut, payload);
  }
}

rl_request rl_wait(rl_dut *dut) {
  uint8_t type;
  rl_tlp payload;
  rl_request request;
  if (!dut->is_over && dut->pending != 0) {
    rl_fatal(dut, "the device asked for the next request before it had answered %s", rli_request_name(dut->pending));
  }
  if (dut->is_over || !rli_read_frame(dut, &type, &payload)) return RL_END;
  request = rli_dispatch(dut, type, &payload);
  return dut->is_over ? RL_END : request;
}

/* Whether `type` is what is to be answered now; FATAL if it is something else. */
static int rli_answers(rl_dut *dut, uint8_t type) {
  if (dut->is_over) return 0;
  if (dut->pending != type) {
    rl_fatal(dut, "the device answered %s, which nobody asked for", rli_request_name(type));
    return 0;
  }
  dut->pending = 0;
  return 1;
}

void rl_accept(rl_dut *dut, const char *name, const char *version, int can_trace) {
  size_t i;
  if (!rli_answers(dut, RLI_HELLO)) return;
  rli_begin_frame(dut, RLI_HELLO_OK);
  rli_put_le(dut, RL_MAJOR, 2);
  rli_put_le(dut, RL_MINOR, 2);
  rli_put_text(dut, "{\"name\":");
  rli_put_json_text(dut, name);
  rli_put_text(dut, ",\"version\":");
  rli_put_json_text(dut, version);
  rli_put_text(dut, ",\"params\":{");
  for (i = 0; i < dut->param_count; i++) {
    if (i > 0) rli_put_text(dut, ",");
    rli_put_json_param(dut, &dut->params[i]);
  }
  rli_put_text(dut, can_trace ? "},\"features\":[\"trace\"]}" : "},\"features\":[]}");
  rli_end_frame(dut);
}

/* ---- Stepping -------------------------------------------------------------------------------------------------- */

uint64_t rl_now(const rl_dut *dut) { return dut->now; }
uint64_t rl_lookahead(const rl_dut *dut) { return dut->lookahead; }
const char *rl_seed(const rl_dut *dut) { return dut->seed == NULL ? "" : dut->seed; }
int rl_stall(const rl_dut *dut) { return dut->stall; }
uint64_t rl_next_arrival(const rl_dut *dut) { return rli_first_time(&dut->arrived); }
rl_reset rl_reset_kind(const rl_dut *dut) { return dut->reset_kind; }
int rl_trace_on(const rl_dut *dut) { return dut->trace_on; }
const char *rl_trace_path(const rl_dut *dut) { return dut->trace_path == NULL ? "" : dut->trace_path; }

uint64_t rl_step_end(const rl_dut *dut) {
  uint64_t leaving = rli_first_time(&dut->leaving);
  if (dut->is_over || dut->pending != RLI_STEP) return dut->now;
  return dut->until - dut->now > dut->lookahead && leaving < dut->until ? leaving : dut->until;
}

void rl_send_tlp(rl_dut *dut, uint64_t time, const uint8_t *bytes, size_t length) {
  uint64_t earliest = dut->time > dut->now ? dut->time : dut->now + 1;
  rl_tlp tlp;
  if (dut->is_over) return;
  if (time < earliest || time > RL_TIME_MAX) {
    rl_fatal(dut, "the device sends a TLP at %llu ps: expected %llu ps or later", (unsigned long long)time,
             (unsigned long long)earliest);
    return;
  }
  if (time < dut->promise) {
    rl_fatal(dut, "the device sends a TLP at %llu ps, but had said that nothing happens before %llu ps",
             (unsigned long long)time, (unsigned long long)dut->promise);
    return;
  }
  tlp.bytes = bytes;
  tlp.length = length;
  rli_insert(dut, &dut->leaving, time, &tlp);
}

int rl_next_tlp(rl_dut *dut, uint64_t time, rl_tlp *tlp) {
  free(dut->held);
  dut->held = NULL;
  if (dut->is_over) return 0;
  if (time < dut->time || time > rl_step_end(dut)) {
    rl_fatal(dut, "the device is at %llu ps: expected %llu..%llu ps", (unsigned long long)time,
             (unsigned long long)dut->time, (unsigned long long)rl_step_end(dut));
    return 0;
  }
  dut->time = time;
  if (rli_first_time(&dut->arrived) > time) return 0;
  dut->held = rli_shift(&dut->arrived);
  tlp->time = dut->held->time;
  tlp->bytes = dut->held->bytes;
  tlp->length = dut->held->length;
  return 1;
}

/* The TLPs that leave up to `end`, into the frame; their number. */
static uint32_t rli_put_leaving(rl_dut *dut, uint64_t end) {
  uint32_t count = 0;
  while (!dut->is_over && rli_first_time(&dut->leaving) <= end) {
    rli_node *node = rli_shift(&dut->leaving);
    rli_put_le(dut, node->time, 8);
    rli_put_le(dut, node->length, 4);
    rli_put(dut, node->bytes, node->length);
    free(node);
    count++;
    if (dut->output.length > (size_t)RLI_FRAME_MAX + 4) break;
  }
  return count;
}

void rl_finish_step(rl_dut *dut, uint64_t next) {
  uint64_t end = rl_step_end(dut);
  uint32_t count;
  int i;
  if (!rli_answers(dut, RLI_STEP)) return;
  if (dut->time > end || next <= end) {
    rl_fatal(dut, "the device is at %llu ps with next = %llu ps at the end of a STEP until %llu ps",
             (unsigned long long)dut->time, (unsigned long long)next, (unsigned long long)end);
    return;
  }
  rli_begin_frame(dut, RLI_STEP_OK);
  rli_put_le(dut, end, 8);
  rli_put_le(dut, 0, 8);
  rli_put_le(dut, 0, 4);
  count = rli_put_leaving(dut, end);
  if (dut->is_over) return;
  if (rli_first_time(&dut->leaving) < next) next = rli_first_time(&dut->leaving);
  if (next > RL_TIME_MAX) next = RL_NEVER;
  for (i = 0; i < 8; i++) dut->output.bytes[13 + i] = (uint8_t)(next >> (8 * i));
  for (i = 0; i < 4; i++) dut->output.bytes[21 + i] = (uint8_t)(count >> (8 * i));
  rli_end_frame(dut);
  dut->now = dut->time = dut->until = end;
  dut->promise = next;
}

void rl_finish_reset(rl_dut *dut) {
  if (rli_answers(dut, RLI_RESET)) rli_frame(dut, RLI_RESET_OK, NULL, 0);
}

void rl_finish_trace(rl_dut *dut, int supported) {
  uint8_t answer = supported != 0;
  if (rli_answers(dut, RLI_TRACE)) rli_frame(dut, RLI_TRACE_OK, &answer, 1);
}

/* ---- Callbacks ------------------------------------------------------------------------------------------------- */

/* The device's own events at `time`; the time of its next one. */
static uint64_t rli_advance(rl_dut *dut, const rl_device *device, void *user, uint64_t time) {
  uint64_t next = device->advance == NULL || dut->is_over ? RL_NEVER : device->advance(dut, user, time);
  if (!dut->is_over && next <= time) {
    rl_fatal(dut, "advance(%llu) returned %llu: expected a later time or RL_NEVER", (unsigned long long)time,
             (unsigned long long)next);
  }
  return next;
}

/* From one time at which something happens to the next: where the STEP ends has no say in what the device is told. */
static uint64_t rli_run_step(rl_dut *dut, const rl_device *device, void *user, uint64_t next) {
  for (;;) {
    uint64_t arrival = rl_next_arrival(dut);
    uint64_t time = arrival < next ? arrival : next;
    rl_tlp tlp;
    if (dut->is_over || time > rl_step_end(dut)) break;
    while (rl_next_tlp(dut, time, &tlp)) device->tlp(dut, user, tlp.time, tlp.bytes, tlp.length);
    next = rli_advance(dut, device, user, time);
  }
  rl_finish_step(dut, next);
  return next;
}

static void rli_run_hello(rl_dut *dut, const rl_device *device, void *user) {
  if (device->hello != NULL) device->hello(dut, user);
  rl_accept(dut, device->name, device->version, device->trace != NULL);
}

int rl_serve(const char *address, const rl_device *device, void *user) {
  uint64_t next = RL_NEVER;
  rl_request request;
  rl_dut *dut;
  if (device->name == NULL || device->version == NULL || device->tlp == NULL || device->reset == NULL) {
    fprintf(stderr, "ridgeline-dut: a device needs name, version, tlp and reset\n");
    return 1;
  }
  dut = rl_open(address);
  if (dut == NULL) return 1;
  while ((request = rl_wait(dut)) != RL_END) {
    if (request == RL_HELLO) {
      rli_run_hello(dut, device, user);
      next = rli_advance(dut, device, user, rl_now(dut));
    } else if (request == RL_STEP) {
      next = rli_run_step(dut, device, user, next);
    } else if (request == RL_RESET) {
      device->reset(dut, user, rl_reset_kind(dut));
      next = rli_advance(dut, device, user, rl_now(dut));
      rl_finish_reset(dut);
    } else {
      rl_finish_trace(dut, device->trace != NULL && device->trace(dut, user, rl_trace_on(dut), rl_trace_path(dut)));
    }
  }
  if (device->end != NULL) device->end(dut, user);
  return rl_close(dut);
}

#ifdef __cplusplus
}
#endif
#endif /* RIDGELINE_DUT_IMPLEMENTATION */
