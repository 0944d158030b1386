// Rules that are SRD's own: configuration space, registers, admin commands, error bits (design decision 14: they come and go
// with SRD's DeviceDriver). Source: SRD §3-§9.
import { defineRules } from '#uvm/rules';
import { CAPABILITY_ROWS, STALE_ROW, type ForeignRule } from '../device/device-rules.ts';

export const SRD_RULES = defineRules({
  ...CAPABILITY_ROWS,
  config: [
    'SRD-3.2',
    'binding configuration bits read what was written or their reset value',
    'SRD §3, §8; config-space table',
    'SRD',
  ],
  aer: [
    'SRD-9.2',
    'the AER status bits that SRD names are set by their causes, and by nothing else',
    'SRD §9',
    'PCIe',
  ],
  pfConstants: [
    'SRD-4.2',
    'ID, VERSION, PAGES and IMS_ENTRIES are those of the device',
    'SRD §4',
    'SRD',
  ],
  pfStatus: ['SRD-4.3', 'STATUS is ready, and counts the SDIs that are ENABLED', 'SRD §4', 'SRD'],
  errors: ['SRD-4.4', 'ERRORS shows its causes within 1 µs, and nothing else', 'SRD §4, §9', 'SRD'],
  lateCompletions: [
    'SRD-4.5',
    'LATE_COMPLETIONS counts the completions of aborted requests',
    'SRD §4, §6.2',
    'SRD',
  ],
  arguments: ['SRD-4.6', 'ARG0..ARG5 read what was written', 'SRD §4', 'SRD'],
  ims: [
    'SRD-4.7',
    'an interrupt entry reads what was written to it or its reset value',
    'SRD §4, §6, §8',
    'SRD',
  ],
  commandStatus: [
    'SRD-5.1',
    'an admin command ends with the status of the first check that fails, in the order of the page',
    'SRD §5, Status codes',
    'SRD',
  ],
  commandRegister: [
    'SRD-5.2',
    'COMMAND_STATUS shows busy, status and sequence number of the commands; RESULT is 0 where none is',
    'SRD §4',
    'SRD',
  ],
  query: [
    'SRD-5.3',
    'QUERY_SDI tells the state, Routing ID and outstanding requests of an SDI',
    'SRD §5',
    'SRD',
  ],
  lifetime: [
    'SRD-6.4',
    'LIFETIME_OPS counts the descriptors that ended, and survives reset, destroy and create',
    'SRD §5, §6.4',
    'SRD',
  ],
  resetting: ['SRD-6.7', 'pages of an SDI that is RESETTING read all ones', 'SRD §6.7', 'SRD'],
  stale: STALE_ROW,
  workPage: [
    'SRD-7.13',
    'registers and scratch of a work page read what was written or their reset value',
    'SRD §7, control page',
    'SRD',
  ],
  state: [
    'SRD-7.14',
    'STATE shows whether the SDI is enabled, executes and is halted',
    'SRD §7, STATE',
    'SRD',
  ],
  counters: [
    'SRD-7.15',
    'HEAD and OPS count what was fetched and what ended, within 1 µs',
    'SRD §7, HEAD and OPS; §4 (c), (d)',
    'SRD',
  ],
});

/** A rule of this table, or one that another family owns. */
export type SrdRuleKey = keyof typeof SRD_RULES | ForeignRule;
