/*
 * A small, complete PCIe device on ridgeline-dut.h: one function, one BAR, one doorbell. A driver writes where to copy
 * from and to, and rings; the device reads host memory, writes what it has read elsewhere, and sends a message (a memory
 * write, as MSI does). What each register does is in README.md; ../python-device does the same, TLP for TLP.
 *
 *     cc -O2 -I ../../clients/c copy-device.c -o copy-device
 *     ./copy-device [stdio | unix:PATH | tcp:PORT]
 */
#define RIDGELINE_DUT_IMPLEMENTATION
#include "ridgeline-dut.h"

#include "ridgeline-srd-params.h"

enum {
  ANSWER_PS = 20000, /* from a request to its completion */
  THINK_PS = 10000,  /* from a cause to the next step of a job */
  BAR_BYTES = 4096,
  QUEUE_LENGTH = 4,
  CHUNK_BYTES = 64, /* one naturally aligned line: its completion is never split (RCB 64) */
  LENGTH_MAX = 256
};

/* Header byte 0: Fmt and Type. */
enum {
  MRD32 = 0x00, MRD64 = 0x20, MRDLK32 = 0x01, MRDLK64 = 0x21, MWR32 = 0x40, MWR64 = 0x60,
  IORD = 0x02, IOWR = 0x42, CFGRD0 = 0x04, CFGWR0 = 0x44, CFGRD1 = 0x05, CFGWR1 = 0x45,
  CPL = 0x0A, CPLD = 0x4A, CPLLK = 0x0B
};
enum { STATUS_SC = 0, STATUS_UR = 1, STATUS_CA = 4 };

/* Configuration registers and registers behind the BAR, by offset. */
enum { CFG_ID = 0x00, CFG_COMMAND = 0x04, CFG_CLASS = 0x08, CFG_BAR0 = 0x10, CFG_SUBSYSTEM = 0x2C };
enum { COMMAND_MEMORY = 2, COMMAND_MASTER = 4 };
enum { REG_ID = 0x00, REG_STATUS = 0x04, REG_DROPPED = 0x08, REG_JOB = 0x10, REG_DOORBELL = 0x30 };
/* Words of a job, from REG_JOB on. */
enum { SOURCE, SOURCE_HIGH, TARGET, TARGET_HIGH, LENGTH, MESSAGE, MESSAGE_HIGH, MESSAGE_DATA, JOB_WORDS };

typedef enum { IDLE, READ, WAIT, WRITE, END } job_state;
typedef enum { NO_ERROR, BAD_LENGTH, READ_FAILED, TIMED_OUT } job_error;

typedef struct {
  uint32_t words[JOB_WORDS];
} job;

typedef struct {
  uint32_t id;         /* Device and Vendor ID, as CFG_ID reads */
  uint64_t timeout_ps; /* of a completion */
  uint64_t now;        /* time of what is happening, picoseconds */
  uint8_t bus;         /* captured from Configuration Writes */
  uint32_t command, bar;
  job registers;           /* what a doorbell copies */
  job queue[QUEUE_LENGTH]; /* queue[0] runs */
  int queued;
  job_state state;
  job_error error;         /* of the job that runs; of the last one when none does */
  uint64_t wake;           /* time of the next step of the job, or RL_NEVER */
  uint32_t position;       /* bytes of the job that are written */
  uint8_t chunk[CHUNK_BYTES];
  uint8_t tag;             /* of the read that is outstanding, or was last */
  uint32_t done, dropped;
} copy_device;

/* A request, taken apart. */
typedef struct {
  const uint8_t *header;
  const uint8_t *data;
  int type;         /* byte 0 */
  uint32_t dwords;  /* Length */
  int first_be, last_be;
  int is_poisoned;
  uint64_t address; /* of its first DW, for memory requests */
} tlp;

/* ---- TLPs ------------------------------------------------------------------------------------------------------ */

static uint32_t read_be32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void write_be32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
}

static uint32_t read_le32(const uint8_t *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void write_le32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)value;
  at[1] = (uint8_t)(value >> 8);
  at[2] = (uint8_t)(value >> 16);
  at[3] = (uint8_t)(value >> 24);
}

/* Takes a TLP apart; 0 if its bytes are not one whole TLP. */
static int parse(const uint8_t *bytes, size_t length, tlp *into) {
  size_t header_bytes, data_bytes;
  /* End-to-end prefixes say nothing that this device listens to. */
  while (length >= 4 && (bytes[0] & 0xF0) == 0x90) bytes += 4, length -= 4;
  if (length < 12 || (bytes[0] & 0x80) != 0 || (bytes[2] & 0x80) != 0) return 0;
  header_bytes = (bytes[0] & 0x20) != 0 ? 16 : 12;
  into->header = bytes;
  into->data = bytes + header_bytes;
  into->type = bytes[0];
  into->dwords = (uint32_t)(bytes[2] & 3) << 8 | bytes[3];
  if (into->dwords == 0) into->dwords = 1024;
  into->first_be = bytes[7] & 15;
  into->last_be = bytes[7] >> 4;
  into->is_poisoned = (bytes[2] & 0x40) != 0;
  data_bytes = (bytes[0] & 0x40) != 0 ? 4 * (size_t)into->dwords : 0;
  if (length != header_bytes + data_bytes) return 0;
  into->address = header_bytes == 16 ? (uint64_t)read_be32(bytes + 8) << 32 | read_be32(bytes + 12) : read_be32(bytes + 8);
  into->address &= ~(uint64_t)3;
  return 1;
}

/* The rules on byte enables and 4 KiB that a receiver checks. */
static int is_memory_malformed(const tlp *request) {
  if (request->address % 4096 + 4 * request->dwords > 4096) return 1;
  if (request->dwords == 1) return request->last_be != 0;
  return request->first_be == 0 || request->last_be == 0;
}

/* Number of the lowest bit that is set; 4 for none. */
static int lowest(int bits) {
  int i = 0;
  while (i < 4 && (bits >> i & 1) == 0) i++;
  return i;
}

/* Bytes from the first that is enabled to the last, both included; 1 for a zero-length request. */
static uint32_t byte_count(const tlp *request) {
  int last = request->dwords == 1 ? request->first_be : request->last_be;
  int unused = 0;
  if (request->first_be == 0) return 1;
  while ((last << unused & 8) == 0) unused++;
  return 4 * request->dwords - (uint32_t)lowest(request->first_be) - (uint32_t)unused;
}

static int is_locked_read(int type) { return (type & 0xDF) == MRDLK32; }
static int is_memory_read(int type) { return (type & 0xDF) == MRD32 || is_locked_read(type); }
static int is_memory_write(int type) { return (type & 0xDF) == MWR32; }
static int is_atomic(int type) { return (type & 0xDC) == 0x4C && (type & 0x1F) != 0x0F; }

static uint16_t device_rid(const copy_device *device) { return (uint16_t)(device->bus << 8); }

/* Sends the completion of `request`, with one DW of data if `data` is not NULL. */
static void complete(rl_dut *dut, const copy_device *device, const tlp *request, int status, const uint8_t *data) {
  const int is_read = is_memory_read(request->type);
  const int skew = request->first_be == 0 ? 0 : lowest(request->first_be);
  uint32_t count = is_read ? byte_count(request) : 4;
  uint8_t bytes[16] = {0};
  bytes[0] = (uint8_t)(is_locked_read(request->type) ? CPLLK : CPL);
  bytes[1] = (uint8_t)(request->header[1] & 0xFC); /* TC, T9, T8, IDO */
  bytes[2] = (uint8_t)(request->header[2] & 0x30); /* attributes */
  if (data != NULL) {
    bytes[0] = CPLD;
    bytes[3] = 1;
    memcpy(bytes + 12, data, 4);
  }
  bytes[4] = device->bus;
  bytes[6] = (uint8_t)(status << 5 | (int)(count >> 8 & 15));
  bytes[7] = (uint8_t)count;
  memcpy(bytes + 8, request->header + 4, 3); /* Requester ID and tag */
  if (is_read) bytes[11] = (uint8_t)((request->address & 0x7C) | (uint64_t)skew);
  rl_send_tlp(dut, device->now + ANSWER_PS, bytes, data == NULL ? 12 : 16);
}

/* The header of a memory request of the device itself; its length. */
static size_t request_header(const copy_device *device, int type, uint64_t address, uint32_t length, uint8_t *bytes) {
  const int is_long = address >> 32 != 0;
  memset(bytes, 0, 16);
  bytes[0] = (uint8_t)(type | (is_long ? 0x20 : 0));
  bytes[3] = (uint8_t)(length / 4);
  bytes[4] = (uint8_t)(device_rid(device) >> 8);
  bytes[5] = (uint8_t)device_rid(device);
  bytes[6] = device->tag;
  bytes[7] = length == 4 ? 0x0F : 0xFF;
  if (is_long) write_be32(bytes + 8, (uint32_t)(address >> 32));
  write_be32(bytes + (is_long ? 12 : 8), (uint32_t)address);
  return is_long ? 16 : 12;
}

static void send_write(rl_dut *dut, const copy_device *device, uint64_t address, const uint8_t *data, uint32_t length) {
  uint8_t bytes[16 + CHUNK_BYTES];
  size_t header = request_header(device, MWR32, address, length, bytes);
  memcpy(bytes + header, data, length);
  rl_send_tlp(dut, device->now, bytes, header + length);
}

/* ---- Jobs ------------------------------------------------------------------------------------------------------ */

static uint64_t job_address(const job *running, int word) {
  return (uint64_t)running->words[word + 1] << 32 | running->words[word];
}

/* Bytes of the next read: up to the end of the line, or of the job. */
static uint32_t chunk_length(const copy_device *device) {
  const job *running = &device->queue[0];
  uint32_t in_line = CHUNK_BYTES - (running->words[SOURCE] + device->position) % CHUNK_BYTES;
  uint32_t left = running->words[LENGTH] - device->position;
  return left < in_line ? left : in_line;
}

/* The job goes on with `state`, a moment from now. */
static void think(copy_device *device, job_state state) {
  device->state = state;
  device->wake = device->now + THINK_PS;
}

static void fail_job(copy_device *device, job_error error) {
  device->error = error;
  think(device, END);
}

static void start_job(copy_device *device) {
  const uint32_t length = device->queue[0].words[LENGTH];
  device->position = 0;
  device->error = NO_ERROR;
  think(device, READ);
  if (length == 0 || length > LENGTH_MAX) fail_job(device, BAD_LENGTH);
}

static void send_read(rl_dut *dut, copy_device *device) {
  uint8_t bytes[16];
  uint64_t address = job_address(&device->queue[0], SOURCE) + device->position;
  device->tag = (uint8_t)((device->tag + 1) % 32);
  rl_send_tlp(dut, device->now, bytes, request_header(device, MRD32, address, chunk_length(device), bytes));
  device->state = WAIT;
  device->wake = device->now + device->timeout_ps;
}

/* Writes what has been read, in two parts if a 4 KiB boundary lies between. */
static void write_chunk(rl_dut *dut, copy_device *device) {
  uint64_t address = job_address(&device->queue[0], TARGET) + device->position;
  uint32_t length = chunk_length(device);
  uint32_t room = 4096 - (uint32_t)(address % 4096);
  uint32_t first = length < room ? length : room;
  send_write(dut, device, address, device->chunk, first);
  if (first < length) send_write(dut, device, address + first, device->chunk + first, length - first);
  device->position += length;
}

static void end_job(rl_dut *dut, copy_device *device) {
  const job *running = &device->queue[0];
  uint8_t data[4];
  write_le32(data, running->words[MESSAGE_DATA]);
  send_write(dut, device, job_address(running, MESSAGE), data, 4);
  device->done++;
  device->queued--;
  memmove(device->queue, device->queue + 1, sizeof device->queue - sizeof device->queue[0]);
  device->state = IDLE;
  device->wake = RL_NEVER;
  if (device->queued > 0) start_job(device);
}

/* The next step of the job that runs. */
static void step_job(rl_dut *dut, copy_device *device) {
  if (device->state == WAIT) {
    fail_job(device, TIMED_OUT);
    return;
  }
  if ((device->command & COMMAND_MASTER) == 0) {
    device->wake = RL_NEVER; /* until Bus Master Enable is set */
    return;
  }
  if (device->state == WRITE) {
    write_chunk(dut, device);
    device->state = device->position < device->queue[0].words[LENGTH] ? READ : END;
  }
  if (device->state == READ) send_read(dut, device);
  else end_job(dut, device);
}

static void ring(copy_device *device) {
  if (device->queued == QUEUE_LENGTH) {
    device->dropped++;
    return;
  }
  device->queue[device->queued++] = device->registers;
  if (device->queued == 1) start_job(device);
}

/* A completion: that of the read that is outstanding, or nobody's. */
static void take_completion(copy_device *device, const tlp *completion) {
  const uint8_t *header = completion->header;
  const int status = header[6] >> 5;
  const int has_data = completion->type == CPLD;
  uint32_t count = (uint32_t)(header[6] & 15) << 8 | header[7];
  uint32_t length = device->state == WAIT ? chunk_length(device) : 0;
  if (device->state != WAIT || header[10] != device->tag || (header[1] & 0x88) != 0) return;
  if (header[8] != device->bus || header[9] != 0) return;
  if (status != STATUS_SC) {
    fail_job(device, READ_FAILED);
    return;
  }
  if (!has_data || count != length || completion->dwords != length / 4) return; /* goes on waiting */
  if (completion->is_poisoned) {
    fail_job(device, READ_FAILED);
    return;
  }
  memcpy(device->chunk, completion->data, length);
  think(device, WRITE);
}

/* ---- Registers ------------------------------------------------------------------------------------------------- */

/* The bytes of `value` that are enabled replace those of `old`. */
static uint32_t merge(uint32_t old, uint32_t value, int enables) {
  int i;
  for (i = 0; i < 4; i++) {
    const uint32_t mask = (uint32_t)0xFF << (8 * i);
    if ((enables >> i & 1) != 0) old = (old & ~mask) | (value & mask);
  }
  return old;
}

static uint32_t read_config(const copy_device *device, uint32_t offset) {
  switch (offset) {
    case CFG_ID: case CFG_SUBSYSTEM: return device->id;
    case CFG_COMMAND: return device->command;
    case CFG_CLASS: return 0x12000001;
    case CFG_BAR0: return device->bar;
    default: return 0;
  }
}

static void write_config(copy_device *device, uint32_t offset, uint32_t value, int enables) {
  if (offset == CFG_BAR0) device->bar = merge(device->bar, value, enables) & ~(uint32_t)(BAR_BYTES - 1);
  if (offset != CFG_COMMAND) return;
  device->command = merge(device->command, value, enables) & (COMMAND_MEMORY | COMMAND_MASTER);
  /* A job that waits for Bus Master Enable has no time of its own. */
  if ((device->command & COMMAND_MASTER) != 0 && device->state != IDLE && device->wake == RL_NEVER) {
    think(device, device->state);
  }
}

static uint32_t read_register(const copy_device *device, uint32_t offset) {
  if (offset == REG_ID) return 0x31434C52; /* "RLC1" */
  if (offset == REG_STATUS) return (uint32_t)device->queued | (uint32_t)device->error << 8 | device->done << 16;
  if (offset == REG_DROPPED) return device->dropped;
  if (offset >= REG_JOB && offset < REG_DOORBELL) return device->registers.words[(offset - REG_JOB) / 4];
  return 0;
}

static void write_register(copy_device *device, uint32_t offset, uint32_t value, int enables) {
  if (offset == REG_DOORBELL && enables != 0) ring(device);
  if (offset >= REG_JOB && offset < REG_DOORBELL) {
    const int word = (int)(offset - REG_JOB) / 4;
    const int is_whole = word == SOURCE_HIGH || word == TARGET_HIGH || word == MESSAGE_HIGH || word == MESSAGE_DATA;
    const uint32_t kept = is_whole ? 0xFFFFFFFF : 0xFFFFFFFC; /* addresses and length are whole DWs */
    device->registers.words[word] = merge(device->registers.words[word], value, enables) & kept;
  }
}

/* ---- What arrives ---------------------------------------------------------------------------------------------- */

static void take_config(rl_dut *dut, copy_device *device, const tlp *request) {
  const uint32_t offset = (uint32_t)(request->header[10] & 15) << 8 | (request->header[11] & 0xFC);
  const int is_write = (request->type & 0x40) != 0;
  const int is_ours = (request->type & 0x1F) == CFGRD0 && request->header[9] == 0;
  uint8_t data[4];
  if (request->dwords != 1 || request->last_be != 0) return; /* malformed */
  if (!is_ours || (is_write && request->is_poisoned)) {
    complete(dut, device, request, STATUS_UR, NULL);
    return;
  }
  if (is_write) {
    device->bus = request->header[8];
    write_config(device, offset, read_le32(request->data), request->first_be);
    complete(dut, device, request, STATUS_SC, NULL);
    return;
  }
  write_le32(data, read_config(device, offset));
  complete(dut, device, request, STATUS_SC, data);
}

static int is_in_bar(const copy_device *device, const tlp *request) {
  return (device->command & COMMAND_MEMORY) != 0 && (request->address & ~(uint64_t)(BAR_BYTES - 1)) == device->bar;
}

static void take_memory_read(rl_dut *dut, copy_device *device, const tlp *request) {
  uint8_t data[4];
  if (is_memory_malformed(request)) return;
  if (is_locked_read(request->type) || !is_in_bar(device, request)) {
    complete(dut, device, request, STATUS_UR, NULL);
  } else if (request->dwords != 1) {
    complete(dut, device, request, STATUS_CA, NULL);
  } else {
    write_le32(data, read_register(device, (uint32_t)(request->address % BAR_BYTES)));
    complete(dut, device, request, STATUS_SC, data);
  }
}

static void take_memory_write(copy_device *device, const tlp *request) {
  if (is_memory_malformed(request) || request->is_poisoned) return;
  if (!is_in_bar(device, request) || request->dwords != 1) return;
  write_register(device, (uint32_t)(request->address % BAR_BYTES), read_le32(request->data), request->first_be);
}

static void on_tlp(rl_dut *dut, void *user, uint64_t time, const uint8_t *bytes, size_t length) {
  copy_device *device = (copy_device *)user;
  tlp request;
  device->now = time;
  if (!parse(bytes, length, &request)) return; /* malformed: dropped */
  switch (request.type) {
    case CFGRD0: case CFGWR0: case CFGRD1: case CFGWR1: take_config(dut, device, &request); return;
    case CPL: case CPLD: take_completion(device, &request); return;
    case IORD: case IOWR: complete(dut, device, &request, STATUS_UR, NULL); return;
    default: break;
  }
  if (is_memory_read(request.type)) take_memory_read(dut, device, &request);
  else if (is_memory_write(request.type)) take_memory_write(device, &request);
  else if (is_atomic(request.type)) complete(dut, device, &request, STATUS_UR, NULL);
  /* All else is Messages, which this device does not listen to, and types that it does not know. */
}

/* ---- Life ------------------------------------------------------------------------------------------------------ */

static uint64_t on_advance(rl_dut *dut, void *user, uint64_t until) {
  copy_device *device = (copy_device *)user;
  device->now = until;
  if (device->wake <= until) step_job(dut, device);
  return device->wake;
}

/* Power-up values; what HELLO said stays. */
static void on_reset(rl_dut *dut, void *user, rl_reset kind) {
  copy_device *device = (copy_device *)user;
  copy_device fresh;
  (void)dut;
  (void)kind;
  memset(&fresh, 0, sizeof fresh);
  fresh.id = device->id;
  fresh.timeout_ps = device->timeout_ps;
  fresh.wake = RL_NEVER;
  *device = fresh;
}

static void on_hello(rl_dut *dut, void *user) {
  static const char *const lacking[] = {"mixedIov", "softwareRids", "atomics", "crc32", "pasid"};
  copy_device *device = (copy_device *)user;
  size_t i;
  if (!rl_take_srd_params(dut)) return;
  for (i = 0; i < sizeof lacking / sizeof lacking[0]; i++) rl_set_flag(dut, lacking[i], 0);
  rl_set_number(dut, "totalVfs", 0);
  rl_set_number(dut, "engineCount", 1);
  rl_set_number(dut, "maxPayload", 128);
  device->id = (uint32_t)rl_number(dut, "deviceId", 0) << 16 | (uint32_t)rl_number(dut, "vendorId", 0);
  device->timeout_ps = (uint64_t)rl_number(dut, "completionTimeoutNs", 0) * 1000;
  on_reset(dut, device, RL_COLD);
}

int main(int argc, char **argv) {
  copy_device state;
  rl_device device;
  memset(&state, 0, sizeof state);
  memset(&device, 0, sizeof device);
  device.name = "ridgeline-copy-device";
  device.version = "1.0";
  device.hello = on_hello;
  device.tlp = on_tlp;
  device.advance = on_advance;
  device.reset = on_reset;
  return rl_serve(argc > 1 ? argv[1] : "stdio", &device, &state);
}
