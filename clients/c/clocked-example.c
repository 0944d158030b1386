/*
 * A clocked device on the requests of ridgeline-dut.h (the second way): the main loop of a Verilated design with a small
 * design in the place of the model. What it shows: edges and picoseconds; TLPs that arrive between edges wait for the
 * next one; idle edges are skipped; STEPs of any length; `stall` and `seed`; RESET.
 *
 *     cc -O2 clocked-example.c -o clocked-example
 *
 * For Verilator, `edge` becomes: push arrived TLPs into your receive queue, then
 *     top->clk = 1; top->eval(); context->time(t); top->clk = 0; top->eval();
 * and collect what the design has handed over at its transmit interface; `design` becomes the model.
 */
#define RIDGELINE_DUT_IMPLEMENTATION
#include "ridgeline-dut.h"

enum {
  PERIOD_PS = 4000, /* 250 MHz; edges at 4000, 8000, ... */
  PIPELINE = 3,     /* edges from in to out */
  QUEUE_MAX = 256,
  TLP_BYTES_MAX = 4 + 16 + 4096
};

/* A pipeline that sends back what it gets, one TLP per edge, in order. */
typedef struct {
  uint64_t edge; /* time of the last rising edge that was simulated */
  uint64_t seed;
  int count;     /* TLPs inside */
  int first;
  struct {
    uint64_t ready; /* edge at which it may leave */
    size_t length;
    uint8_t bytes[TLP_BYTES_MAX];
  } queue[QUEUE_MAX];
} design;

/* A number for each edge, from the seed: the link is stalled or not whatever happened before. */
static unsigned per_mille(uint64_t seed, uint64_t edge) {
  uint64_t x = seed ^ (edge / PERIOD_PS * UINT64_C(0x9E3779B97F4A7C15));
  x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
  return (unsigned)((x ^ (x >> 31)) % 1000);
}

static void take(rl_dut *dut, design *model, const rl_tlp *tlp) {
  const int at = (model->first + model->count) % QUEUE_MAX;
  if (model->count == QUEUE_MAX || tlp->length > TLP_BYTES_MAX) {
    rl_log(dut, RL_ERROR, "a TLP of %lu bytes does not fit: dropped", (unsigned long)tlp->length);
    return;
  }
  model->queue[at].ready = model->edge + PIPELINE * PERIOD_PS;
  model->queue[at].length = tlp->length;
  if (tlp->length > 0) memcpy(model->queue[at].bytes, tlp->bytes, tlp->length);
  model->count++;
}

/* One rising edge of the clock. */
static void edge(rl_dut *dut, design *model, uint64_t time) {
  rl_tlp tlp;
  model->edge = time;
  while (rl_next_tlp(dut, time, &tlp)) take(dut, model, &tlp);
  if (model->count == 0 || model->queue[model->first].ready > time) return;
  /* tready is low: the TLP stays where it is. */
  if (per_mille(model->seed, time) < (unsigned)rl_stall(dut)) return;
  rl_send_tlp(dut, time, model->queue[model->first].bytes, model->queue[model->first].length);
  model->first = (model->first + 1) % QUEUE_MAX;
  model->count--;
}

/* The next edge that matters. A design that cannot say whether it is idle always returns edge + PERIOD_PS. */
static uint64_t next_edge(const rl_dut *dut, const design *model) {
  const uint64_t arrival = rl_next_arrival(dut);
  if (model->count > 0) return model->edge + PERIOD_PS;
  return arrival == RL_NEVER ? RL_NEVER : (arrival + PERIOD_PS - 1) / PERIOD_PS * PERIOD_PS;
}

static void step(rl_dut *dut, design *model) {
  uint64_t next = next_edge(dut, model);
  /* The end of the STEP is asked for each time: in a long one it moves to the first edge at which something is sent. */
  while (next <= rl_step_end(dut)) {
    edge(dut, model, next);
    next = next_edge(dut, model);
  }
  rl_finish_step(dut, next);
}

static void reset(design *model, const rl_dut *dut) {
  memset(model, 0, sizeof *model);
  model->edge = rl_now(dut) / PERIOD_PS * PERIOD_PS;
  model->seed = strtoull(rl_seed(dut), NULL, 10);
}

int main(int argc, char **argv) {
  static design model;
  rl_dut *dut = rl_open(argc > 1 ? argv[1] : "stdio");
  if (dut == NULL) return 1;
  for (;;) {
    switch (rl_wait(dut)) {
      case RL_HELLO:
        reset(&model, dut);
        rl_accept(dut, "clocked-example", "1.0", 0);
        break;
      case RL_STEP: step(dut, &model); break;
      case RL_RESET:
        reset(&model, dut);
        rl_finish_reset(dut);
        break;
      case RL_TRACE: rl_finish_trace(dut, 0); break;
      case RL_END: return rl_close(dut);
    }
  }
}
