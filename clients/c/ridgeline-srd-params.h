/*
 * ridgeline-srd-params.h: the parameters of the SIOV reference device (SRD, section 1) for devices on ridgeline-dut.h.
 * HELLO_OK has to name them all; an unknown name or a value out of range is refused. In a hello callback:
 *
 *     if (!rl_take_srd_params(dut)) return;                    // refused, with FATAL
 *     device->sdi_count = (int)rl_number(dut, "totalSdis", 0);
 *     rl_set_number(dut, "totalVfs", 0);                       // what this device cannot do: it goes on with its own
 *
 * Include it after ridgeline-dut.h, where you need it: it holds static functions only.
 */
#ifndef RIDGELINE_SRD_PARAMS_H
#define RIDGELINE_SRD_PARAMS_H

#include <stdio.h>
#include <string.h>

#include "ridgeline-dut.h"

/* How a number may be: any whole one of low..high, or also a power of two. */
typedef enum { RL_SRD_WHOLE, RL_SRD_POWER_OF_TWO, RL_SRD_FLAG } rl_srd_kind;

/* A row of the table; `values` by profile: standard, hyperscale, rtl. */
typedef struct {
  const char *name;
  rl_srd_kind kind;
  double low, high;
  double values[3];
} rl_srd_row;

static const char *const rl_srd_profiles[3] = {"standard", "hyperscale", "rtl"};

static const rl_srd_row rl_srd_table[] = {
    {"vendorId", RL_SRD_WHOLE, 0, 0xFFFF, {0x1234, 0x1234, 0x1234}},
    {"deviceId", RL_SRD_WHOLE, 0, 0xFFFF, {0x510F, 0x510F, 0x510F}},
    {"totalVfs", RL_SRD_WHOLE, 0, 255, {16, 64, 4}},
    {"firstVfOffset", RL_SRD_WHOLE, 1, 0xFFFF, {1, 1, 1}},
    {"vfStride", RL_SRD_WHOLE, 1, 0xFFFF, {1, 1, 1}},
    {"totalSdis", RL_SRD_WHOLE, 1, 60000, {256, 16384, 16}},
    {"firstSdiOffset", RL_SRD_WHOLE, 1, 0xFFFF, {0x100, 0x100, 0x10}},
    {"sdiStride", RL_SRD_WHOLE, 1, 0xFFFF, {1, 1, 1}},
    {"mixedIov", RL_SRD_FLAG, 0, 1, {1, 1, 1}},
    {"softwareRids", RL_SRD_FLAG, 0, 1, {1, 1, 1}},
    {"pageCount", RL_SRD_WHOLE, 1, 65535, {512, 32768, 32}},
    {"imsCount", RL_SRD_WHOLE, 1, 65535, {512, 32768, 32}},
    {"engineCount", RL_SRD_WHOLE, 1, 64, {4, 4, 1}},
    {"maxPayload", RL_SRD_POWER_OF_TWO, 128, 4096, {512, 512, 128}},
    {"ringMax", RL_SRD_POWER_OF_TWO, 2, 4096, {256, 256, 16}},
    {"completionTimeoutNs", RL_SRD_WHOLE, 5000, 10000000, {50000, 50000, 50000}},
    {"atomics", RL_SRD_FLAG, 0, 1, {1, 1, 0}},
    {"crc32", RL_SRD_FLAG, 0, 1, {1, 1, 0}},
    {"pasid", RL_SRD_FLAG, 0, 1, {1, 1, 0}},
};

enum { RL_SRD_ROWS = (int)(sizeof rl_srd_table / sizeof rl_srd_table[0]) };

static const rl_srd_row *rl_srd_find(const char *name) {
  int i;
  for (i = 0; i < RL_SRD_ROWS; i++) {
    if (strcmp(rl_srd_table[i].name, name) == 0) return &rl_srd_table[i];
  }
  return NULL;
}

/* Column of a profile, -1 if there is none of that name. */
static int rl_srd_profile(const char *name) {
  int i;
  for (i = 0; i < 3; i++) {
    if (strcmp(rl_srd_profiles[i], name) == 0) return i;
  }
  return -1;
}

static int rl_srd_accepts(const rl_srd_row *row, const rl_param *param) {
  uint64_t whole;
  if (row->kind == RL_SRD_FLAG) return param->type == RL_FLAG;
  if (param->type != RL_NUMBER || !(param->number >= row->low && param->number <= row->high)) return 0;
  whole = (uint64_t)param->number;
  if ((double)whole != param->number) return 0;
  return row->kind == RL_SRD_WHOLE || (whole & (whole - 1)) == 0;
}

/* What a row takes, for people. */
static void rl_srd_range(const rl_srd_row *row, char *text, size_t size) {
  if (row->kind == RL_SRD_FLAG) snprintf(text, size, "true or false");
  else
    snprintf(text, size, "%s%.0f..%.0f", row->kind == RL_SRD_POWER_OF_TWO ? "a power of two " : "", row->low, row->high);
}

/* FATAL unless SRD has that parameter and takes that value. */
static int rl_srd_check(rl_dut *dut, const rl_param *param) {
  const rl_srd_row *row;
  char range[64];
  if (strcmp(param->name, "profile") == 0) {
    if (param->type == RL_TEXT && rl_srd_profile(param->text) >= 0) return 1;
    rl_fatal(dut, "parameter 'profile': expected standard, hyperscale or rtl");
    return 0;
  }
  row = rl_srd_find(param->name);
  if (row == NULL) {
    rl_fatal(dut, "unknown parameter '%s'", param->name);
    return 0;
  }
  if (rl_srd_accepts(row, param)) return 1;
  rl_srd_range(row, range, sizeof range);
  if (param->type == RL_NUMBER) rl_fatal(dut, "parameter '%s': expected %s, got %.17g", row->name, range, param->number);
  else rl_fatal(dut, "parameter '%s': expected %s", row->name, range);
  return 0;
}

/*
 * Checks what HELLO gives and adds what it leaves to the profile, so that all parameters of SRD are there.
 * Returns 0 after FATAL.
 */
static int rl_take_srd_params(rl_dut *dut) {
  size_t i;
  int row, profile;
  for (i = 0; i < rl_param_count(dut); i++) {
    if (!rl_srd_check(dut, rl_param_at(dut, i))) return 0;
  }
  profile = rl_srd_profile(rl_text(dut, "profile", "standard"));
  rl_set_text(dut, "profile", rl_srd_profiles[profile]);
  for (row = 0; row < RL_SRD_ROWS; row++) {
    const rl_srd_row *at = &rl_srd_table[row];
    if (rl_find_param(dut, at->name) != NULL) continue;
    if (at->kind == RL_SRD_FLAG) rl_set_flag(dut, at->name, at->values[profile] != 0);
    else rl_set_number(dut, at->name, at->values[profile]);
  }
  return 1;
}

#endif /* RIDGELINE_SRD_PARAMS_H */
