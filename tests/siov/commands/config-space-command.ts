// `ridgeline config-space`: the configuration space of the device's functions, in the form that `lspci -F` reads. Source: SRD §2,
// §3, §8; design, "Rooms" and decisions 3 (TLPs and nothing else), 8 (exit status).
import { UsageError } from '#base/assert';
import { printRid } from '#pcie/routing-id';
import type { CommandCall, CommandEntry, CommandIo, CommandTarget } from '#run/command-entry';
import type { RidgelineConfig, RunContext } from '#run/config';
import { executeRun } from '#run/execute-run';
import type { RunSpec } from '#run/run-spec';
import type { SrdParams } from '#siov/srd-params';
import type { Testbench } from '#uvm/testbench';
import { LateLink, lateLink } from '../late-link.ts';
import { effectiveParams } from '../tb-top.ts';
import {
  ConfigSpaceReader,
  configSpaceResult,
  type ConfigSpaceResult,
  type ConfigSpaceWish,
} from './config-space-reader.ts';
import { configSpaceJson, functionName, lspciText } from './config-space-text.ts';

const NAME = 'config-space';
const EXIT = { FOUND: 0, MISSING: 1, NO_VERDICT: 3 } as const;
const VFS_MAX = 0xffff;
const RID_MAX = 0xffff;
const DUT_TIMEOUT_SECONDS = 30;

const DETAILS = `A host enumerates the device over the link, sets Memory Space and Bus Master Enable, enables VFs, and
reads each DW by a Configuration Request. Without --rid and --all the PF is shown. An SDI has a
Routing ID, but no configuration space: it answers Unsupported Request, like a VF that is not enabled.

Exit status: 0 shown, 1 a Routing ID does not answer or VFs were refused, 2 wrong command line,
3 the device gave no answer at all.

  ridgeline config-space --all --vfs 2 > space.txt && lspci -F space.txt -vvv
  ridgeline config-space --vfs 1 --rid 01:00.1 --json`;

export const configSpaceCommand: CommandEntry = {
  name: NAME,
  summary: 'print the configuration space of the device as lspci -F reads it',
  options: [
    { name: 'rid', value: 'R', summary: 'the function to show: 01:00.1, 0x0101 or 257' },
    { name: 'all', summary: 'show all functions: the PF and the enabled VFs' },
    {
      name: 'vfs',
      value: 'N',
      summary: 'enable N VFs first; without it none, with --all TotalVFs of them',
    },
    { name: 'json', summary: 'one JSON object per function: {rid, function, fields}' },
  ],
  onDevice: true,
  details: DETAILS,
  run: runConfigSpace,
};

async function runConfigSpace(call: CommandCall, io: CommandIo): Promise<number> {
  const { options, target, config } = call;
  if (target === undefined) throw new UsageError('bad-value', `${NAME} works on a device`);
  const isAll = options['all'] === true;
  if (isAll && options['rid'] !== undefined) {
    throw new UsageError('bad-value', '--rid and --all: allowed is one of them');
  }
  const rid = options['rid'] === undefined ? undefined : ridValue(String(options['rid']));
  const none = isAll ? undefined : 0;
  const vfCount = options['vfs'] === undefined ? none : vfsValue(String(options['vfs']));
  const result = await readSpaces(config, target, {
    vfCount,
    rids: isAll ? undefined : [rid ?? PF],
  });
  if (typeof result === 'string') {
    io.note(`ridgeline: ${result}\n`);
    return EXIT.NO_VERDICT;
  }
  return printSpaces(result, io, options['json'] === true);
}

/** Bus 1, function 0: where the host puts the PF. */
const PF = 0x0100;

/** Runs the reader against the device; why there is no result, as text. */
async function readSpaces(
  config: RidgelineConfig,
  target: CommandTarget,
  wish: ConfigSpaceWish,
): Promise<ConfigSpaceResult | string> {
  let result: ConfigSpaceResult | undefined;
  const bind = (top: Testbench, run: RunContext): LateLink => {
    const params = effectiveParams(run);
    result = { wish, params, functions: [], spaces: [], troubles: [] };
    const link = new LateLink();
    top.config.set('**', lateLink, link);
    top.config.set('**', configSpaceResult, result);
    return link;
  };
  const { device: name, ...asked } = target;
  const device = { ...config.devices[name], bind };
  const test = { test: ConfigSpaceReader, seeds: 1 };
  const own = { ...config, tests: { [NAME]: test }, devices: { [name]: device }, rules: [] };
  const spec: RunSpec = {
    ...asked,
    device: name,
    test: NAME,
    seed: 1,
    code: { version: '', commit: null, dirty: false },
    verbosity: null,
    dutTimeoutSeconds: DUT_TIMEOUT_SECONDS,
  };
  const { verdict, error } = await executeRun(own, spec);
  if (result !== undefined && verdict === 'PASS') return result;
  return error === null
    ? `the device gave no answer: ${verdict}`
    : `${error.code}: ${error.message}`;
}

function printSpaces(result: ConfigSpaceResult, io: CommandIo, isJson: boolean): number {
  const { spaces, troubles, params } = result;
  for (const trouble of troubles) io.note(`ridgeline: ${trouble}\n`);
  let status: number = troubles.length > 0 ? EXIT.MISSING : EXIT.FOUND;
  for (const space of spaces) {
    if (isJson) io.print(`${JSON.stringify(configSpaceJson(space, params))}\n`);
    if (space.status !== 'SC') {
      status = EXIT.MISSING;
      io.note(`ridgeline: ${missingText(space.rid, space.status, result)}\n`);
      continue;
    }
    if (!isJson) io.print(lspciText(space));
    if (space.unread.length > 0) {
      status = EXIT.MISSING;
      const offsets = space.unread.map((at) => `0x${at.toString(16).padStart(3, '0')}`).join(', ');
      io.note(`ridgeline: ${printRid(space.rid)} did not answer with data at ${offsets}\n`);
    }
  }
  return status;
}

/** That a Routing ID answers with no data, whose it may be, and which there are. */
function missingText(
  rid: number,
  status: string,
  { functions, params }: ConfigSpaceResult,
): string {
  const shown = printRid(rid);
  const answer = status === 'UR' ? 'UR (Unsupported Request)' : status;
  const there = functions.map((one, vf) => `${printRid(one)} (${functionName(vf)})`).join(', ');
  const lines = [`${shown} answers ${answer}: there is no function`, `there are: ${there}`];
  const owner = ownerText(rid, params);
  if (owner !== undefined) lines.push(`${shown} is for ${owner}`);
  return lines.join('\n  ');
}

/** Whose Routing ID it is by the arithmetic of SRD §2: a VF's that is not enabled, or an SDI's. */
function ownerText(rid: number, params: SrdParams): string | undefined {
  const vf = stridedIndex(rid, params.firstVfOffset, params.vfStride, params.totalVfs);
  if (vf !== undefined) return `VF ${vf + 1}: --vfs ${vf + 1} enables it`;
  const sdi = stridedIndex(rid, params.firstSdiOffset, params.sdiStride, params.totalSdis);
  return sdi === undefined ? undefined : `SDI ${sdi}: an SDI has no configuration space (SRD §2)`;
}

function stridedIndex(
  rid: number,
  first: number,
  ...[stride, count]: readonly [number, number]
): number | undefined {
  for (let i = 0; i < count; i++) {
    if (((PF + first + i * stride) & RID_MAX) === rid) return i;
  }
  return undefined;
}

/** `bb:dd.f` (hexadecimal), or a number, decimal or 0x…. */
function ridValue(text: string): number {
  const parts = /^([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i.exec(text);
  if (parts !== null && parseInt(parts[2], 16) <= 0x1f) {
    const [, bus, device, fn] = parts;
    return (parseInt(bus, 16) << 8) | (parseInt(device, 16) << 3) | Number(fn);
  }
  const value = /^(?:0x[0-9a-f]{1,4}|\d{1,5})$/i.test(text) ? Number(text) : Number.NaN;
  if (value <= RID_MAX) return value;
  throw new UsageError(
    'bad-value',
    `--rid '${text}': allowed is bus:device.function as in 01:00.1, or a number up to 0xffff`,
  );
}

function vfsValue(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= VFS_MAX) return value;
  throw new UsageError('bad-value', `--vfs '${text}': allowed is a whole number, 0..${VFS_MAX}`);
}
