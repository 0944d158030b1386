/*
 * ridgeline-dut.h behind DPI-C, for ../systemverilog/ridgeline_dut_pkg.sv. Compile it with the simulator's C compiler and
 * link it in. Only int, longint, real, string, byte and chandle cross the border, and bytes one by one, so no header of
 * the simulator is needed (svdpi.h neither). A handle is one connection; there is no global state.
 */
#define RIDGELINE_DUT_IMPLEMENTATION
#include "ridgeline-dut.h"

#include "ridgeline-srd-params.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a chandle points to. */
typedef struct {
  rl_dut *dut;
  rl_tlp tlp;       /* the last one taken */
  uint8_t *sending; /* bytes of the next one to send */
  size_t length, capacity;
} rl_dpi;

void *rl_dpi_open(const char *address);
int rl_dpi_close(void *handle);
int rl_dpi_wait(void *handle);
unsigned long long rl_dpi_now(void *handle);
unsigned long long rl_dpi_lookahead(void *handle);
const char *rl_dpi_seed(void *handle);
int rl_dpi_stall(void *handle);
int rl_dpi_take_srd_params(void *handle);
double rl_dpi_number(void *handle, const char *name, double otherwise);
int rl_dpi_flag(void *handle, const char *name, int otherwise);
const char *rl_dpi_text(void *handle, const char *name, const char *otherwise);
void rl_dpi_set_number(void *handle, const char *name, double value);
void rl_dpi_set_flag(void *handle, const char *name, int value);
void rl_dpi_set_text(void *handle, const char *name, const char *value);
void rl_dpi_accept(void *handle, const char *name, const char *version, int can_trace);
unsigned long long rl_dpi_step_end(void *handle);
unsigned long long rl_dpi_next_arrival(void *handle);
int rl_dpi_next_tlp(void *handle, unsigned long long time);
unsigned long long rl_dpi_tlp_time(void *handle);
unsigned char rl_dpi_tlp_byte(void *handle, int index);
void rl_dpi_put_byte(void *handle, unsigned char value);
void rl_dpi_send(void *handle, unsigned long long time);
void rl_dpi_finish_step(void *handle, unsigned long long next);
int rl_dpi_reset_kind(void *handle);
void rl_dpi_finish_reset(void *handle);
int rl_dpi_trace_on(void *handle);
const char *rl_dpi_trace_path(void *handle);
void rl_dpi_finish_trace(void *handle, int supported);
void rl_dpi_log(void *handle, int level, const char *text);
void rl_dpi_fatal(void *handle, const char *text);

static rl_dut *rl_dpi_dut(void *handle) { return ((rl_dpi *)handle)->dut; }

/* A null handle if the address cannot be served; why is on standard error. */
void *rl_dpi_open(const char *address) {
  rl_dpi *dpi = (rl_dpi *)calloc(1, sizeof *dpi);
  if (dpi == NULL) return NULL;
  dpi->dut = rl_open(address);
  if (dpi->dut == NULL) {
    free(dpi);
    return NULL;
  }
  return dpi;
}

int rl_dpi_close(void *handle) {
  rl_dpi *dpi = (rl_dpi *)handle;
  int status = rl_close(dpi->dut);
  free(dpi->sending);
  free(dpi);
  return status;
}

int rl_dpi_wait(void *handle) { return (int)rl_wait(rl_dpi_dut(handle)); }
unsigned long long rl_dpi_now(void *handle) { return rl_now(rl_dpi_dut(handle)); }
unsigned long long rl_dpi_lookahead(void *handle) { return rl_lookahead(rl_dpi_dut(handle)); }
const char *rl_dpi_seed(void *handle) { return rl_seed(rl_dpi_dut(handle)); }
int rl_dpi_stall(void *handle) { return rl_stall(rl_dpi_dut(handle)); }
int rl_dpi_take_srd_params(void *handle) { return rl_take_srd_params(rl_dpi_dut(handle)); }

double rl_dpi_number(void *handle, const char *name, double otherwise) {
  return rl_number(rl_dpi_dut(handle), name, otherwise);
}

int rl_dpi_flag(void *handle, const char *name, int otherwise) { return rl_flag(rl_dpi_dut(handle), name, otherwise); }

const char *rl_dpi_text(void *handle, const char *name, const char *otherwise) {
  return rl_text(rl_dpi_dut(handle), name, otherwise);
}

void rl_dpi_set_number(void *handle, const char *name, double value) { rl_set_number(rl_dpi_dut(handle), name, value); }
void rl_dpi_set_flag(void *handle, const char *name, int value) { rl_set_flag(rl_dpi_dut(handle), name, value); }

void rl_dpi_set_text(void *handle, const char *name, const char *value) {
  rl_set_text(rl_dpi_dut(handle), name, value);
}

void rl_dpi_accept(void *handle, const char *name, const char *version, int can_trace) {
  rl_accept(rl_dpi_dut(handle), name, version, can_trace);
}

unsigned long long rl_dpi_step_end(void *handle) { return rl_step_end(rl_dpi_dut(handle)); }
unsigned long long rl_dpi_next_arrival(void *handle) { return rl_next_arrival(rl_dpi_dut(handle)); }

/* The length of the next TLP that has arrived by `time`, -1 if there is none. Its bytes are valid until the next call. */
int rl_dpi_next_tlp(void *handle, unsigned long long time) {
  rl_dpi *dpi = (rl_dpi *)handle;
  dpi->tlp.length = 0;
  return rl_next_tlp(dpi->dut, time, &dpi->tlp) ? (int)dpi->tlp.length : -1;
}

unsigned long long rl_dpi_tlp_time(void *handle) { return ((rl_dpi *)handle)->tlp.time; }

/* 0 past the end: a design that reads whole beats need not look where the last one ends. */
unsigned char rl_dpi_tlp_byte(void *handle, int index) {
  const rl_tlp *tlp = &((rl_dpi *)handle)->tlp;
  return index >= 0 && (size_t)index < tlp->length ? tlp->bytes[index] : 0;
}

/* Appends a byte to the TLP that rl_dpi_send sends. */
void rl_dpi_put_byte(void *handle, unsigned char value) {
  rl_dpi *dpi = (rl_dpi *)handle;
  if (dpi->length == dpi->capacity) {
    size_t capacity = dpi->capacity == 0 ? 8192 : 2 * dpi->capacity;
    uint8_t *larger = (uint8_t *)realloc(dpi->sending, capacity);
    if (larger == NULL) {
      rl_fatal(dpi->dut, "out of memory: a TLP of %lu bytes", (unsigned long)dpi->length);
      return;
    }
    dpi->sending = larger;
    dpi->capacity = capacity;
  }
  dpi->sending[dpi->length++] = value;
}

void rl_dpi_send(void *handle, unsigned long long time) {
  rl_dpi *dpi = (rl_dpi *)handle;
  rl_send_tlp(dpi->dut, time, dpi->sending, dpi->length);
  dpi->length = 0;
}

void rl_dpi_finish_step(void *handle, unsigned long long next) { rl_finish_step(rl_dpi_dut(handle), next); }
int rl_dpi_reset_kind(void *handle) { return (int)rl_reset_kind(rl_dpi_dut(handle)); }
void rl_dpi_finish_reset(void *handle) { rl_finish_reset(rl_dpi_dut(handle)); }
int rl_dpi_trace_on(void *handle) { return rl_trace_on(rl_dpi_dut(handle)); }
const char *rl_dpi_trace_path(void *handle) { return rl_trace_path(rl_dpi_dut(handle)); }
void rl_dpi_finish_trace(void *handle, int supported) { rl_finish_trace(rl_dpi_dut(handle), supported); }

void rl_dpi_log(void *handle, int level, const char *text) {
  rl_log(rl_dpi_dut(handle), (rl_level)level, "%s", text);
}

void rl_dpi_fatal(void *handle, const char *text) { rl_fatal(rl_dpi_dut(handle), "%s", text); }

#ifdef __cplusplus
}
#endif
