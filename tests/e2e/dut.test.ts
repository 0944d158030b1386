// Devices outside: the real command with real processes and sockets. Digests are those of the same run in one process; a bad
// device is an ERROR with its text, and leaves nothing behind. Source: DUT protocol; issue "any device".
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '#record/run-record';
import { NIMBUS_FAULTS } from '../siov/nimbus/nimbus-faults.ts';
import { CHAOS, chaosOf } from './fixtures/dut/chaos-device.ts';
import { SIOV, until, Workplace } from './ridgeline-process.ts';

const BIN = fileURLToPath(new URL('../../bin.js', import.meta.url));
const CHAOS_DEVICE = fileURLToPath(new URL('fixtures/dut/chaos-device.ts', import.meta.url));
const NODE = process.execPath;
const SERVE = `'${NODE}' '${BIN}' serve-device`;
const TIMEOUT_MS = 120_000;

const place = new Workplace(SIOV);
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => place.remove());

/** Every process whose command line holds `text`. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}

async function runOf(...args: string[]): Promise<RunRecord> {
  const { out, notes } = await place.ridgeline('run', ...args, '--json', '--out', 'one');
  if (out === '') throw new Error(notes);
  return JSON.parse(out) as RunRecord;
}

/** Everything that the run decides. */
function decided({
  digests,
  counts,
  verdict,
  evaluations,
  coverage,
  failures,
}: RunRecord): unknown {
  return { digests, counts, verdict, evaluations, coverage, failures };
}

/** A server on a socket, ready for connections. */
async function serving(where: string, ...args: string[]): Promise<ChildProcess> {
  const { child } = await place.serve(where, ...args);
  children.push(child);
  return child;
}

describe('the same run', () => {
  it.each(['dma', 'reset', 'errors'])(
    '%s has the same results with the device in a child process',
    async (test) => {
      const here = await runOf(test, '--seed', '7');
      const there = await runOf(test, '--seed', '7', '--dut', `exec:${SERVE}`);
      expect(decided(there)).toEqual(decided(here));
      expect(there.device).toEqual({
        ...here.device,
        dut: `exec:${SERVE}`,
        binding: here.device.dut,
      });
      expect(there.replay).toContain(`--dut 'exec:`);
    },
    TIMEOUT_MS,
  );

  it(
    'on a socket, several times, and with a device that listens a little later',
    async () => {
      const here = await runOf('dma', '--seed', '3');
      const path = join(place.path, 'd.sock');
      const late = runOf('dma', '--seed', '3', '--dut', `unix:${path}`);
      await serving(`unix:${path}`);
      expect(decided(await late)).toEqual(decided(here));
      expect(decided(await runOf('dma', '--seed', '3', '--dut', `unix:${path}`))).toEqual(
        decided(here),
      );
      const port = String(20_000 + (process.pid % 20_000));
      const once = await serving(`tcp:${port}`, '--once');
      const tcp = await runOf('dma', '--seed', '3', '--dut', `tcp:127.0.0.1:${port}`);
      expect(decided(tcp)).toEqual(decided(here));
      await until(() => once.exitCode === 0, 'serve-device --once ends');
    },
    TIMEOUT_MS,
  );

  it(
    'a regression in parallel, and a replay of its failure, agree with the device in the process',
    async () => {
      const args = ['--tests', 'dma,mixed-iov', '--seeds', '3', '--jobs', '2'];
      const fault = ['--fault', 'rid-swap'];
      const here = await place.ridgeline('regress', ...args, ...fault, '--out', 'here');
      const dut = `exec:${SERVE} ${fault.join(' ')}`;
      const there = await place.ridgeline('regress', ...args, '--dut', dut, '--out', 'there');
      expect([here.status, there.status]).toEqual([1, 1]);
      const [one, other] = [place.summary('here'), place.summary('there')];
      expect(other.evaluations).toEqual(one.evaluations);
      expect(other.coverage).toEqual(one.coverage);
      const ids = (record: typeof one): unknown =>
        record.runs.map(({ test, seed, verdict, digests }) => [test, seed, verdict, digests]);
      expect(ids(other)).toEqual(ids(one));
      const [red] = readdirSync(join(place.path, 'there', 'runs'));
      const replay = await place.ridgeline('replay', join('there', 'runs', red));
      expect(replay.out).toContain('same as recorded');
      expect(replay.status).toBe(1);
      expect(processesWith('serve-device')).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('parameters', () => {
  it(
    'that a device does not take are its own, and a test that needs others is a SKIP',
    async () => {
      const dut = `exec:${SERVE} --fixed --param totalVfs=0`;
      const record = await runOf('mixed-iov', '--seed', '1', '--dut', dut);
      expect(record.verdict).toBe('SKIP');
      expect(record.skipReason).toContain('totalVfs');
      expect(record.device.parameters['totalVfs']).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'that were asked for in vain are named in the summary of a regression, beside what the runs had',
    async () => {
      const { status, out } = await place.ridgeline(
        ...['regress', '--tests', 'dma', '--seeds', '2', '--param', 'totalSdis=20'],
        ...['--dut', `exec:${SERVE} --fixed --param totalSdis=16`, '--out', 'vain'],
      );
      expect(status).toBe(0);
      expect(out).toContain(
        '\nparameter totalSdis=20 was asked for: the device had 16 in 2 of 2 runs\n',
      );
      const { askedParameters, overruledParameters, configuration } = place.summary('vain');
      expect(askedParameters).toEqual({ totalSdis: 20 });
      expect(overruledParameters).toEqual([{ name: 'totalSdis', asked: 20, had: [16], runs: 2 }]);
      expect(configuration?.parameters).toContainEqual({ name: 'totalSdis', values: [16] });
    },
    TIMEOUT_MS,
  );

  it(
    'of serve-device hold where HELLO says nothing',
    async () => {
      const bare = await runOf('dma', '--seed', '2', '--dut', `exec:${SERVE} --param vendorId=7`);
      expect(bare.device.parameters['vendorId']).toBe(7);
      const said = await runOf(
        ...['dma', '--seed', '2', '--param', 'vendorId=9'],
        ...['--dut', `exec:${SERVE} --param vendorId=7`],
      );
      expect(said.device.parameters['vendorId']).toBe(9);
      expect([bare.verdict, said.verdict]).toEqual(['PASS', 'PASS']);
    },
    TIMEOUT_MS,
  );
});

describe('a bad device', () => {
  it(
    'is an ERROR with its code in every case, the regression goes on, and nothing is left behind',
    async () => {
      const count = Object.keys(CHAOS).length;
      const { status } = await place.ridgeline(
        ...['regress', '--tests', 'dma', '--seeds', String(count), '--jobs', '2'],
        ...['--dut', `exec:'${NODE}' '${CHAOS_DEVICE}'`, '--dut-timeout', '3', '--out', 'chaos'],
      );
      expect(status).toBe(3);
      const { runs } = place.summary('chaos');
      expect(runs.length).toBe(count);
      for (const { seed, verdict } of runs) {
        expect([seed, verdict]).toEqual([seed, 'ERROR']);
        const record = place.run('chaos', `dma-${seed}`);
        expect([seed, record.error?.code]).toEqual([seed, CHAOS[chaosOf(seed).kind]]);
        expect(place.has(`chaos/runs/dma-${seed}/failure.md`)).toBe(true);
      }
      expect(processesWith(CHAOS_DEVICE)).toEqual([]);
      expect(place.run('chaos', 'dma-2').error).toMatchObject({
        message: 'the device ended before it answered STEP: exit status 3',
        detail: expect.stringContaining('assertion failed in fifo.c') as string,
      });
      expect(place.read('chaos/runs/dma-6/failure.md')).toContain('hello from print');
    },
    TIMEOUT_MS,
  );

  it(
    'that cannot be started says what the shell says',
    async () => {
      const record = await runOf('dma', '--dut', 'exec:no-such-simulator --fast');
      expect(record.error?.code).toBe('dut-died');
      expect(record.error?.message).toContain('before it answered HELLO: exit status 127');
      expect(record.error?.detail).toMatch(/no-such-simulator.*not found/);
    },
    TIMEOUT_MS,
  );

  it.each([
    [
      'unix:nobody.sock',
      /not reached: nobody came to listen in 0\.8 s \(ENOENT\): is the device started/,
    ],
    ['unix:ridgeline.config.ts', /not reached: there is a file at this path, and no socket/],
    ['unix:.', /not reached: there is a folder at this path, and no socket/],
  ])(
    'that is not there: %s',
    async (dut, message) => {
      const record = await runOf('dma', '--dut', dut, '--dut-timeout', '1');
      expect([record.error?.code, record.device.name]).toEqual(['dut-died', dut]);
      expect(record.error?.message).toMatch(message);
    },
    TIMEOUT_MS,
  );

  it(
    'says on the terminal what it said last, and which bytes are wrong',
    async () => {
      const dead = await place.ridgeline('run', 'dma', '--dut', 'exec:echo no licence >&2; exit 3');
      expect(dead.out).toContain('exit status 3\n    it said last: no licence\n');
      const loud = await place.ridgeline('run', 'dma', '--dut', 'exec:echo hello; sleep 5');
      expect(loud.out).toMatch(/its bytes: 0000 {2}68 65 6c 6c 6f 0a +hello\./);
    },
    TIMEOUT_MS,
  );

  it(
    'may take its time to end after BYE, and is replayed where it is now',
    async () => {
      // It closes its standard output at once, and writes its coverage for a while.
      const slow = `exec:${SERVE}; exec >&-; sleep 1.5; touch written`;
      const record = await runOf('dma', '--dut', slow);
      expect([record.verdict, place.has('written')]).toEqual(['PASS', true]);
      const moved = await place.ridgeline('replay', 'one/runs/dma-1', '--dut', `exec:${SERVE}`);
      expect(moved.out).toContain('same as recorded');
      const lost = await place.ridgeline('replay', 'one/runs/dma-1', '--dut', 'exec:false');
      expect(lost.out).toContain('exit status 1');
      // What never began is not compared line by line.
      expect(lost.out).not.toContain('digest');
      expect([moved.status, lost.status]).toEqual([0, 3]);
    },
    TIMEOUT_MS,
  );

  it(
    'that hangs is killed with everything it has started',
    async () => {
      const mark = `987654${process.pid}`;
      const dut = `exec:sleep ${mark} & sleep ${mark}; cat`;
      const record = await runOf('dma', '--dut', dut, '--dut-timeout', '1');
      expect(record.error).toMatchObject({
        code: 'dut-hung',
        message: 'the device did not answer HELLO within 1 s',
      });
      expect(processesWith(`sleep\0${mark}`)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'says dut-protocol for HELLO_OK without all parameters, and dut-fatal for a refusal',
    async () => {
      const script = join(place.path, 'short.mjs');
      writeFileSync(
        script,
        `import { readSync, writeSync } from 'node:fs';
readSync(0, Buffer.alloc(9000));
const json = Buffer.from('{"name":"d","version":"1","params":{"totalSdis":4}}');
const head = Buffer.alloc(9);
head.writeUInt32LE(5 + json.length, 0); head[4] = 0x81; head.writeUInt16LE(1, 5);
writeSync(1, Buffer.concat([head, json]));
readSync(0, Buffer.alloc(9000));`,
      );
      const short = await runOf('dma', '--dut', `exec:'${NODE}' '${script}'`);
      expect(short.error?.code).toBe('dut-protocol');
      expect(short.error?.message).toContain(
        'the parameters of HELLO_OK: missing: profile, vendorId',
      );
      const refused = await runOf(
        ...['dma', '--dut', `exec:${SERVE} --fixed --param firstSdiOffset=1 --param vfStride=0`],
      );
      expect(refused.error?.code).toBe('dut-died');
      expect(refused.error?.detail).toContain('vfStride');
    },
    TIMEOUT_MS,
  );

  it(
    'ends with the command, even when that is killed',
    async () => {
      const mark = `876543${process.pid}`;
      const command = spawn(
        NODE,
        [BIN, 'run', 'dma', '--dut', `exec:sleep ${mark}; cat`, '--dut-timeout', '60'],
        { cwd: place.path, stdio: 'ignore' },
      );
      children.push(command);
      await until(() => processesWith(`sleep\0${mark}`).length > 0, 'the device starts', 30);
      command.kill('SIGKILL');
      await until(() => processesWith(`sleep\0${mark}`).length === 0, 'the device ends');
    },
    TIMEOUT_MS,
  );

  it(
    'ends with its worker, when that is killed',
    async () => {
      const mark = `765432${process.pid}`;
      const ended = place.ridgeline(
        ...['run', 'dma', '--dut', `exec:sleep ${mark}; cat`, '--dut-timeout', '60'],
        ...['--json', '--out', 'orphan'],
      );
      await until(() => processesWith(`sleep\0${mark}`).length > 0, 'the device starts', 30);
      for (const pid of place.workers()) process.kill(pid, 'SIGKILL');
      const { out } = await ended;
      expect((JSON.parse(out) as RunRecord).error).toMatchObject({ code: 'run-died' });
      await until(() => processesWith(`sleep\0${mark}`).length === 0, 'the device ends');
    },
    TIMEOUT_MS,
  );
});

describe('a device of another vendor, served', () => {
  it(
    'has the runs that it has in this process, and its faults are found',
    async () => {
      const nimbus = new Workplace(new URL('fixtures/dut/nimbus.config.ts', import.meta.url));
      const run = async (...args: string[]): Promise<RunRecord> => {
        const { out, notes } = await nimbus.ridgeline('run', ...args, '--json');
        if (out === '') throw new Error(notes);
        return JSON.parse(out) as RunRecord;
      };
      try {
        for (const test of ['dma', 'errors']) {
          const here = await run(test, '--seed', '2');
          const there = await run(test, '--seed', '2', '--dut', `exec:${SERVE}`);
          expect(here.verdict).toBe('PASS');
          expect(there.device.name).toBe('nimbus');
          expect(decided(there)).toEqual(decided(here));
        }
        const wrong = await run('dma', '--dut', `exec:${SERVE} --fault ${NIMBUS_FAULTS[0].name}`);
        expect(wrong.verdict).toBe('FAIL');
        const skipped = await run('mixed-iov', '--dut', `exec:${SERVE}`);
        expect([skipped.verdict, skipped.skipReason]).toEqual([
          'SKIP',
          expect.stringContaining('no SR-IOV'),
        ]);
      } finally {
        nimbus.remove();
      }
    },
    TIMEOUT_MS,
  );
});

describe('a stalled link', () => {
  /** The first frame that the device got; its JSON begins after length, type and version. */
  function helloJson(): unknown {
    const bytes = readFileSync(join(place.path, 'to-device'));
    return JSON.parse(bytes.subarray(9, 4 + bytes.readUInt32LE(0)).toString('utf8'));
  }
  const tapped = `exec:tee to-device | ${SERVE}`;

  it(
    'is told to the device in HELLO, recorded, and replayed',
    async () => {
      const fixed = await runOf('dma', '--dut', tapped, '--stall', '300');
      expect(helloJson()).toMatchObject({ stall: 300 });
      expect(fixed.device.stall).toBe(300);
      expect(fixed.replay).toContain('--stall 300');
      const drawn = await runOf('dma', '--seed', '2', '--dut', tapped, '--stall', 'random');
      const { stall } = drawn.device;
      expect(stall).toBeGreaterThan(0);
      expect(helloJson()).toMatchObject({ stall });
      expect(drawn.replay).toContain('--stall random');
      writeFileSync(join(place.path, 'to-device'), '');
      const replay = await place.ridgeline('replay', join('one', 'runs', 'dma-2'));
      expect([replay.status, replay.notes]).toEqual([0, '']);
      expect(helloJson()).toMatchObject({ stall });
      expect((await runOf('dma', '--dut', tapped)).device).not.toHaveProperty('stall');
      expect(helloJson()).not.toHaveProperty('stall');
    },
    TIMEOUT_MS,
  );
});

describe('bad usage', () => {
  it.each([
    [['run', 'dma', '--dut', 'sim'], "--dut 'sim': an address begins with exec:, unix: or tcp:"],
    [
      ['run', 'dma', '--dut', 'exec:x', '--fault', 'rid-swap'],
      'a fault is planted in the device of',
    ],
    [['run', 'dma', '--trace', 'w.vcd'], 'the built-in device has no waves'],
    [['run', 'dma', '--trace', 'w.txt', '--dut', 'exec:x'], 'a file that ends in .vcd or .fst'],
    [['run', 'dma', '--stall', '5'], 'the built-in device is never held up'],
    [
      ['regress', '--stall', '901', '--dut', 'exec:x'],
      "allowed is a whole number, 0..900, or 'random'",
    ],
    [
      ['run', 'dma', '--dut', 'exec:x', '--fault', 'rid-swop'],
      "there is no fault 'rid-swop' (did you mean 'rid-swap'?)",
    ],
    [['serve-device', 'exec:x'], 'A device is served on stdio, unix:PATH or tcp:PORT'],
    [['serve-device', '--fault', 'rid-swop'], "did you mean 'rid-swap'?"],
    [
      ['serve-device', 'unix:ridgeline.config.ts'],
      'there is a file that is no socket at this path',
    ],
  ])(
    '%j',
    async (args, message) => {
      const { status, notes } = await place.ridgeline(...args);
      expect(notes).toContain(message);
      expect(status).toBe(2);
    },
    TIMEOUT_MS,
  );

  it(
    'a device without a DUT port',
    async () => {
      const tiny = new Workplace(new URL('fixtures/dut/no-port.config.ts', import.meta.url));
      try {
        const run = await tiny.ridgeline('run', 'nothing', '--dut', 'exec:x');
        expect(run.notes).toContain('is bound without a link that a device outside could be on');
        const serve = await tiny.ridgeline('serve-device');
        expect(serve.notes).toContain('has no DUT port that could be served');
        expect([run.status, serve.status]).toEqual([2, 2]);
      } finally {
        tiny.remove();
      }
    },
    TIMEOUT_MS,
  );
});
