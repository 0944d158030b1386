// `ridgeline conform`: whether a device keeps the DUT protocol and SRD, step by step, for whoever builds one. Source: issue,
// "The conformance kit"; design decision 8 (exit status).
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { CommandCall, CommandEntry, CommandIo, CommandTarget } from '#run/command-entry';
import { profileParameters, type RidgelineConfig } from '#run/config';
import { parseSeconds } from '#run/duration';
import { parseDutAddress } from '#dut/dut-address';
import { channelTo } from '#dut/open-channel';
import type { DutParams } from '#dut/dut-port';
import { ALL_STEPS, type StagedStep } from '../conform/all-steps.ts';
import type { ConformDevice } from '../conform/device-stream.ts';
import { junitText } from '../conform/conform-junit.ts';
import { headText, stepText, summaryText } from '../conform/conform-text.ts';
import { OutsideStream } from '../conform/outside-stream.ts';
import { exitStatusOf, runConformance, type ConformResult } from '../conform/runner.ts';
import { ServedStream } from '../conform/served-stream.ts';
import { LOOKAHEAD_PS } from '../conform/session.ts';
import { STAGES } from '../conform/step.ts';
import { watchedCommand } from '../conform/watched-command.ts';

const DETAILS = `Each step starts the device anew, sends what it names, and stops at the first thing that is wrong: what was
sent, what came back, what should have, and the paragraph that says so. A stage is skipped when a
basic step of a stage below it did not pass. What the device does not have (HELLO_OK) is not asked.

Stages: ${STAGES.join(', ')}.

A device with parameters of its own, which checkDeviceParameters of the configuration accepts, is
asked hello, stepping and cuts: the other stages know the registers of SRD.

Exit status: 0 nothing is wrong, 1 something is wrong, 2 wrong command line, 3 a step has no verdict
because the device died or did not answer, or no step was run.

  ridgeline conform --only hello,stepping
  ridgeline conform --only dma/copy --param maxPayload=256
  ridgeline conform --profile rtl --junit out/conform.xml`;

export const conformCommand: CommandEntry = {
  name: 'conform',
  summary: 'check step by step that a device keeps the DUT protocol and SRD',
  options: [
    { name: 'only', value: 'S', summary: 'stages or steps (stage/step), several with commas' },
    {
      name: 'dut-timeout',
      value: 'S',
      default: '30',
      summary: 'wall-clock limit for an answer of the device: 30, 90s, 5m',
    },
    { name: 'seed', value: 'S', default: '1', summary: 'the seed that HELLO carries' },
    { name: 'list', summary: 'list the steps, and run none' },
    { name: 'junit', value: 'FILE', summary: 'write the result as JUnit, too' },
    { name: 'json', summary: 'one JSON object: {verdict, device, steps}; with --list, an array' },
  ],
  onDevice: true,
  details: DETAILS,
  run: runConform,
};

async function runConform(
  { options, target, config }: CommandCall,
  io: CommandIo,
): Promise<number> {
  if (target === undefined) throw new UsageError('bad-value', 'conform works on a device');
  const only = options['only'];
  const steps = only === undefined ? ALL_STEPS : chosenSteps(String(only));
  const isJson = options['json'] === true;
  if (options['list'] === true) {
    io.print(isJson ? listJson(steps) : listText(steps));
    return 0;
  }
  const limit = secondsValue(String(options['dut-timeout']));
  const { parameters: known, checkParameters: checkAsked } = config;
  const device: ConformDevice = {
    ...(target.dut === null ? deviceOf(config, target) : outside(target.dut, limit)),
    parameters: { known, checkAsked, checkSaid: config.checkDeviceParameters },
  };
  const seed = seedValue(String(options['seed']));
  const asked = { params: askedParams(config, target), seed };
  const junit = options['junit'];
  // Nobody waits for steps whose result cannot be written.
  if (junit !== undefined) writeReport(io, String(junit), '');
  const told = isJson ? undefined : (one: StepResultText): void => io.print(stepText(one));
  const result = await runConformance(device, asked, steps, told);
  if (junit !== undefined) writeReport(io, String(junit), junitText(result));
  io.print(
    isJson ? `${JSON.stringify(resultJson(result))}\n` : headText(result) + summaryText(result),
  );
  return exitStatusOf(result);
}

/** @throws UsageError when the file cannot be written. */
function writeReport(io: CommandIo, path: string, text: string): void {
  try {
    io.writeFile(path, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError('bad-value', `--junit '${path}': it cannot be written: ${why}`);
  }
}

/** @throws UsageError for anything but a whole number below 2^53. */
function seedValue(text: string): string {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return text;
  throw new UsageError('bad-value', `--seed '${text}': allowed is a whole number below 2^53`);
}

type StepResultText = Parameters<typeof stepText>[0];

/** @throws UsageError for a word that names neither a stage nor a step. */
function chosenSteps(text: string): readonly StagedStep[] {
  const words = text.split(',').map((word) => word.trim());
  const known = [...STAGES, ...ALL_STEPS.map(({ id }) => id)];
  for (const word of words) {
    if (known.includes(word)) continue;
    const hint = suggest(word, known);
    throw new UsageError(
      'bad-value',
      `--only '${word}': there is no such stage or step${hint}; stages are ${STAGES.join(', ')}; 'ridgeline conform --list' shows the steps`,
    );
  }
  return ALL_STEPS.filter(({ stage, id }) => words.includes(stage) || words.includes(id));
}

function listText(steps: readonly StagedStep[]): string {
  const width = Math.max(...steps.map(({ id }) => id.length));
  return steps
    .map(({ id, step }) => `${id.padEnd(width)}  ${step.title} (${step.paragraph.where})\n`)
    .join('');
}

function listJson(steps: readonly StagedStep[]): string {
  const list = steps.map(({ id, stage, step }) => ({
    name: id,
    stage,
    title: step.title,
    paragraph: step.paragraph.where,
  }));
  return `${JSON.stringify(list)}\n`;
}

function resultJson(result: ConformResult): object {
  const verdicts = { 0: 'PASS', 1: 'FAIL', 3: 'ERROR' } as const;
  const steps = result.steps.map(({ id, evidence, error, ...rest }) => ({
    name: id,
    ...rest,
    evidence: evidence ?? null,
    error: error ?? null,
  }));
  const { device, info } = result;
  return { verdict: verdicts[exitStatusOf(result)], device, info: info ?? null, steps };
}

/** What HELLO asks for: `--param` over `--profile`, as runs ask for it. */
function askedParams(config: RidgelineConfig, target: CommandTarget): DutParams {
  return { ...profileParameters(config, target.profile), ...target.parameters };
}

/** As `run` takes it: `90`, `90s`, `5m`, `1h`. @throws UsageError for anything else, and for 0. */
function secondsValue(text: string): number {
  const seconds = parseSeconds(text) ?? Number.NaN;
  if (seconds > 0) return seconds;
  throw new UsageError(
    'bad-value',
    `--dut-timeout '${text}': allowed is a duration above 0, such as 30, 90s or 5m`,
  );
}

/** A device in another process, started or connected to for each step anew. */
function outside(text: string, limitSeconds: number): ConformDevice {
  const address = parseDutAddress(text);
  const isChild = address.kind === 'exec';
  const open = channelTo(
    isChild ? { ...address, command: watchedCommand(address.command) } : address,
  );
  return { name: text, open: () => new OutsideStream(open, limitSeconds) };
}

/** A device of the configuration, in this process, as a peer of the protocol. */
function deviceOf(config: RidgelineConfig, target: CommandTarget): ConformDevice {
  const { device: name, fault } = target;
  const parameters = askedParams(config, target);
  const run = { test: 'conform', seed: 1, fault: fault ?? undefined, parameters, dut: undefined };
  const { open } = config.devices[name];
  const port = open?.({ ...run, lookaheadPs: LOOKAHEAD_PS });
  if (open === undefined || port === undefined) {
    throw new UsageError(
      'bad-value',
      `--device ${name}: it has no DUT port, and cannot be checked`,
    );
  }
  return {
    name: fault === null ? name : `${name} with fault ${fault}`,
    open: () => new ServedStream(open({ ...run, lookaheadPs: LOOKAHEAD_PS }) ?? port),
  };
}
