// One run in this process, on the tiny configuration: verdicts, parameters, digests (design decisions 1 and 8).
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '#record/run-record';
import { us } from '#kernel/time';
import type { RidgelineConfig } from '#run/config';
import { executeRun } from '#run/execute-run';
import { AFTER_FAILURE_PS } from '#run/run-session';
import { replayCommand, runName, type RunSpec } from '#run/run-spec';
import tiny from '../../e2e/fixtures/tiny/ridgeline.config.ts';

function spec(test: string, over: Partial<RunSpec> = {}): RunSpec {
  return {
    test,
    seed: 1,
    device: 'echo',
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0.0.0', commit: null, dirty: false },
    verbosity: null,
    dutTimeoutSeconds: 1,
    ...over,
  };
}

async function run(test: string, over: Partial<RunSpec> = {}): Promise<RunRecord> {
  return executeRun(tiny, spec(test, over));
}

describe('waves', () => {
  /** The tiny configuration with a device that says what it is asked. */
  function traced(calls: (string | undefined)[], supported: boolean): RidgelineConfig {
    const { echo } = tiny.devices;
    const open: typeof echo.open = (context) => {
      const port = echo.open?.(context);
      if (port === undefined) throw new Error('the echo has a port');
      const trace = (path: string | undefined): Promise<boolean> => {
        calls.push(path);
        return Promise.resolve(supported);
      };
      return Object.assign(port, { trace });
    };
    return { ...tiny, devices: { echo: { ...echo, open } } };
  }

  it('are switched on before the run and off after it', async () => {
    const calls: (string | undefined)[] = [];
    const logs: string[] = [];
    const hooks = { onDeviceLog: (line: string) => logs.push(line) };
    const traceSpec = spec('pass', { trace: '/tmp/w.vcd' });
    const { verdict } = await executeRun(traced(calls, true), traceSpec, hooks);
    expect([verdict, calls, logs]).toEqual(['PASS', ['/tmp/w.vcd', undefined], []]);
    await executeRun(traced([], false), traceSpec, hooks);
    await executeRun(tiny, traceSpec, hooks);
    const warning = 'DUT warning: no waves: this device does not write any (TRACE)';
    expect(logs).toEqual([warning, warning]);
  });
});

describe('verdicts', () => {
  it('PASS, with everything that a record holds', async () => {
    const record = await run('pass');
    expect(record).toMatchObject({
      schema: 'ridgeline.run/1',
      verdict: 'PASS',
      failures: [],
      error: null,
      device: { name: 'echo', version: '1.0', dut: 'echo', fault: null },
      replay: 'npx ridgeline run pass --seed 1',
      window: [],
    });
    expect(record.swarm['mood']).toMatch(/^(calm|hasty)$/);
    expect(record.counts.tlpsUp).toBeGreaterThan(0);
    expect(record.evaluations['TINY-1']).toBe(record.counts.tlpsUp);
    expect(record.evaluations['TINY-3']).toBe(0);
    expect(record.operations.length).toBe(record.counts.operations);
    expect(record.coverage.groups.map(({ type }) => type)).toEqual(['EchoCoverage']);
  });

  it('FAIL by the first failure, whatever follows', async () => {
    const { verdict, failures, error, window, counts } = await run('fail');
    expect(verdict).toBe('FAIL');
    expect(failures.map(({ rule }) => rule)).toEqual(['TINY-1', 'TINY-2']);
    expect(error?.code).toBe('tb-exception'); // what follows is kept, too
    expect(error?.message).toBe('test.run: follows from the failure\n  at tiny/tiny-tests.ts(128)');
    expect(window.length).toBeGreaterThan(0);
    expect(window.every(({ timePs }) => timePs <= failures[0].timePs + 250_000)).toBe(true);
    expect(counts.timePs).toBeLessThanOrEqual(failures[0].timePs + AFTER_FAILURE_PS + 250_000);
  });

  it('FAIL for a fault of the device', async () => {
    const { verdict, failures, replay } = await run('pass', { fault: 'wrong-byte' });
    expect([verdict, failures[0].rule]).toEqual(['FAIL', 'TINY-2']);
    expect(replay).toBe('npx ridgeline run pass --seed 1 --fault wrong-byte');
  });

  it('FAIL for what the testbench reports as an error', async () => {
    const { verdict, failures } = await run('report');
    expect(verdict).toBe('FAIL');
    expect(failures[0]).toMatchObject({
      rule: 'UVM_ERROR',
      subject: 'BAD',
      seen: 'reported as an error',
    });
  });

  it.each([
    [
      'hang',
      'tb-hung',
      /not over at the limit of 2 ms of simulated time: test objects: 'echoes' \(raised at 0 ps, tiny/,
    ],
    [
      'stuck',
      'tb-hung',
      /nothing will ever happen again after [\d.]+ us, .*: test objects: 'echoes' \(raised at/,
    ],
    ['throw', 'tb-exception', /test.run: the testbench is broken/],
  ])('ERROR %s: %s', async (test, code, message) => {
    const { verdict, error } = await run(test);
    expect(verdict).toBe('ERROR');
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
  });

  it('says who waits for what when it hangs', async () => {
    const { error } = await run('stuck');
    expect(error?.detail).toMatch(/echoes/);
    expect(error?.detail).toMatch(/reset over/);
  });

  it('ERROR tb-hung at the time-out of a phase, and no failure, although it is a fatal report', async () => {
    class Timed extends tiny.tests['hang'].test {
      override buildPhase(): void {
        super.buildPhase();
        this.testbench.phases.setTimeout(us(300));
      }
    }
    const config: RidgelineConfig = { ...tiny, tests: { timed: { test: Timed, seeds: 1 } } };
    const { verdict, error, failures, counts } = await executeRun(config, spec('timed'));
    expect([verdict, error?.code, failures]).toEqual(['ERROR', 'tb-hung', []]);
    expect(error?.message).toMatch(
      /^\[PH_TIMEOUT\] phase run has not ended after 300 us: test objects: 'echoes'/,
    );
    expect(counts.timePs).toBe(us(300));
  });

  it('ERROR run-hung at the limit of wall-clock time', async () => {
    const config: RidgelineConfig = { ...tiny, limits: { wallSeconds: 0.1 } };
    const { verdict, error } = await executeRun(config, spec('slow'));
    expect([verdict, error?.code]).toEqual(['ERROR', 'run-hung']);
  });

  it('ERROR of the device: it throws, or refuses its parameters', async () => {
    const thrown = await run('pass', { fault: 'throws' });
    expect([thrown.verdict, thrown.error?.code]).toEqual(['ERROR', 'dut-died']);
    const refused = await run('pass', { parameters: { width: 32 } });
    expect([refused.error?.code, refused.error?.message]).toEqual([
      'dut-fatal',
      'width 32 is too heavy',
    ]);
  });

  it('ERROR dut-hung when an answer does not come', async () => {
    const config: RidgelineConfig = {
      ...tiny,
      devices: { echo: { ...tiny.devices['echo'], open: () => ({ ...silent }) } },
    };
    const { verdict, error } = await executeRun(config, spec('pass', { dutTimeoutSeconds: 0.05 }));
    expect([verdict, error?.code]).toEqual(['ERROR', 'dut-hung']);
  });

  it('ERROR run-hung when the run has no more time, whatever an answer may take', async () => {
    const config: RidgelineConfig = {
      ...tiny,
      devices: { echo: { ...tiny.devices['echo'], open: () => ({ ...silent }) } },
    };
    const limits = { dutTimeoutSeconds: 60, wallSeconds: 0.05 };
    const { verdict, error, device } = await executeRun(config, spec('pass', limits));
    expect([verdict, error?.code]).toEqual(['ERROR', 'run-hung']);
    expect(error?.message).toBe('no end after 0.05 s of wall-clock time');
    expect(device.parameters).not.toEqual({});
  });

  it('ERROR where only a device outside could be, and none was named', async () => {
    const { bind } = tiny.devices['echo'];
    const config: RidgelineConfig = { ...tiny, devices: { echo: { bind, isOutside: true } } };
    const { verdict, error } = await executeRun(config, spec('pass'));
    expect(verdict).toBe('ERROR');
    expect(error?.message).toContain("there is no model of device 'echo' here");
  });

  it('SKIP, with the reason', async () => {
    expect(await run('needy')).toMatchObject({
      verdict: 'SKIP',
      skipReason: 'wants width 64, the device has 16',
      error: null,
    });
    expect((await run('needy', { profile: 'wide' })).verdict).toBe('PASS');
  });
});

const silent = {
  hello: (): Promise<never> => new Promise(() => {}),
  step: (): Promise<never> => new Promise(() => {}),
  reset: (): void => {},
  bye: (): void => {},
};

describe('parameters', () => {
  it('are what the seed draws, under the profile, under --param', async () => {
    const drawn = (await run('pass', { seed: 3 })).device.parameters;
    expect(drawn['width']).toBe(16);
    expect(drawn['delayNs']).toBeGreaterThanOrEqual(1);
    const profiled = (await run('pass', { seed: 3, profile: 'small' })).device.parameters;
    expect(profiled).toEqual({ width: 8, delayNs: drawn['delayNs'] });
    const parameters = { width: 64, delayNs: 7 };
    expect((await run('pass', { profile: 'small', parameters })).device.parameters).toEqual(
      parameters,
    );
  });
});

describe('digests', () => {
  it('are the same on repetition, whatever is printed, and in any company', async () => {
    const first = await run('pass', { seed: 9 });
    await run('flaky', { seed: 3 });
    const texts: string[] = [];
    const again = await executeRun(tiny, spec('pass', { seed: 9, verbosity: 500 }), {
      onReport: ({ text }) => texts.push(text),
    });
    expect(again.digests).toEqual(first.digests);
    expect(texts.length).toBeGreaterThan(0);
    expect((await run('pass', { seed: 10 })).digests).not.toEqual(first.digests);
  });

  it('of TLPs are the same when the recorded operations are played', async () => {
    const first = await run('pass', { seed: 4 });
    const { delayNs } = first.device.parameters;
    const parameters = { delayNs };
    const played = await run('pass', { seed: 4, parameters, operations: first.operations });
    expect(played.digests.tlp).toBe(first.digests.tlp);
    expect(played.operations).toEqual(first.operations);
    const cut = await run('pass', { seed: 4, parameters, operations: first.operations.slice(1) });
    expect(cut.counts.operations).toBe(first.counts.operations - 1);
  });
});

describe('names', () => {
  it('that the configuration does not have get the nearest one', async () => {
    await expect(run('flakey')).rejects.toThrow(/no test 'flakey' \(did you mean 'flaky'\?\)/);
    await expect(run('pass', { device: 'ecko' })).rejects.toThrow(
      /no device 'ecko' \(did you mean 'echo'/,
    );
    await expect(run('toString')).rejects.toThrow(/no test 'toString'/);
  });

  it('of a run and its replay', () => {
    const parameters = { width: 8, name: "it's", on: true };
    const one = spec('dma', {
      seed: 5,
      device: 'rtl',
      profile: 'standard',
      parameters,
      fault: 'f',
    });
    expect(runName(one)).toBe('dma-5');
    expect(replayCommand(one, 'model')).toBe(
      "npx ridgeline run dma --seed 5 --device rtl --profile standard --param width=8 --param 'name=it'\\''s' --param on=true --fault f",
    );
    expect(replayCommand(spec('dma'), 'echo')).toBe('npx ridgeline run dma --seed 1');
  });
});

describe('a device entry', () => {
  it('must give port and link, or neither', async () => {
    const config = { ...tiny, devices: { echo: { bind: tiny.devices['echo'].bind } } };
    const { error } = await executeRun(config, spec('pass'));
    expect(error?.message).toMatch(/gives a link but no DUT port/);
  });
});
