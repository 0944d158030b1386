// `ridgeline serve-device`: a device of the configuration behind the DUT protocol. Source: issue "any device"; DUT protocol,
// Transport.
import { existsSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import type { Command } from 'commander';
import { UsageError } from '#base/assert';
import { parseDutAddress, type DutAddress } from '#dut/dut-address';
import type { DutHello, DutPort } from '#dut/dut-port';
import { serveSocket } from '#dut/serve-socket';
import { serveStdio } from '#dut/serve-stdio';
import type { CommandTarget } from '#run/command-entry';
import { DEFAULT_LOOKAHEAD_PS, profileParameters, type RidgelineConfig } from '#run/config';
import { findProject } from './find-config.ts';
import { withFaultOptions } from './device-options.ts';
import { targetOf, type DeviceOptions } from './target.ts';
import { EXIT, type Terminal } from './terminal.ts';

interface ServeOptions extends DeviceOptions {
  readonly fixed?: true;
  readonly once?: true;
}

const DETAILS = `
What --profile and --param say holds where the HELLO of the testbench says nothing; with --fixed it holds
always, as in hardware, and the testbench is told so in HELLO_OK.
On a socket each connection gets a device of its own.

  ridgeline regress --dut 'exec:ridgeline serve-device'
  ridgeline serve-device --profile rtl --fixed unix:/tmp/dut.sock`;

export function addServeCommand(
  program: Command,
  { terminal, done }: { readonly terminal: Terminal; readonly done: (status: number) => void },
): void {
  withFaultOptions(
    program
      .command('serve-device')
      .argument('[where]', 'stdio, unix:PATH or tcp:PORT', 'stdio')
      .description('a device of the configuration behind the DUT protocol'),
  )
    .option('--fixed', 'take no other values from HELLO than those of --profile and --param')
    .option('--once', 'end after the first session on a socket')
    .addHelpText('after', DETAILS)
    .action(async (where: string, options: ServeOptions) =>
      done(await runServe(where, options, terminal)),
    );
}

async function runServe(where: string, options: ServeOptions, terminal: Terminal): Promise<number> {
  const place = where === 'stdio' ? undefined : socketOf(where);
  const { config } = await findProject(terminal);
  const target = targetOf(config, options);
  const device = (): DutPort => deviceOf(config, target, options.fixed === true);
  // A fault or a device that there is not is said before anybody connects.
  const first = device();
  if (place === undefined) return serveOnStdio(first, terminal);
  if (place.kind === 'unix') await freePath(place.path);
  try {
    await serveSocket(place.kind === 'unix' ? { path: place.path } : place, {
      device,
      once: options.once === true,
      onListening: () => terminal.note(`ridgeline: listening on ${where}\n`),
      onTrouble: (text) => terminal.note(`ridgeline: ${text}\n`),
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new UsageError('bad-dut', `serve-device ${where}: somebody listens there already`, {
      hint: 'End what listens there, or take another place.',
    });
  }
  return EXIT.PASS;
}

function serveOnStdio(device: DutPort, terminal: Terminal): number {
  const end = serveStdio(device);
  if (end?.kind !== 'fatal') return EXIT.PASS;
  terminal.note(`ridgeline: FATAL: ${end.text}\n`);
  return EXIT.ERROR;
}

/** `tcp:PORT` listens on 127.0.0.1. */
function socketOf(where: string): Exclude<DutAddress, { kind: 'exec' }> {
  const address = parseDutAddress(where, 'serve-device');
  if (address.kind !== 'exec') return address;
  throw new UsageError(
    'bad-dut',
    `serve-device '${where}': a device is served on stdio, unix:PATH or tcp:PORT`,
  );
}

/** A socket file that nobody listens on any more is in the way, and removed; anything else is not touched. */
async function freePath(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const isOld = statSync(path).isSocket() && !(await isListening(path));
  if (!isOld) {
    throw new UsageError('bad-dut', `serve-device unix:${path}: there is something at this path`, {
      hint: 'End what listens there, or take another path.',
    });
  }
  rmSync(path);
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A device of the configuration that stands alone; what is asked for here goes into its HELLO. */
function deviceOf(config: RidgelineConfig, target: CommandTarget, isFixed: boolean): DutPort {
  const { open } = config.devices[target.device];
  const own = { ...profileParameters(config, target.profile), ...target.parameters };
  const port = open?.({
    test: '',
    seed: 0,
    fault: target.fault ?? undefined,
    parameters: own,
    lookaheadPs: config.lookaheadPs ?? DEFAULT_LOOKAHEAD_PS,
    dut: undefined,
  });
  if (port === undefined) {
    throw new UsageError(
      'bad-dut',
      `device '${target.device}' has no DUT port that could be served`,
      {
        hint: 'A device of the configuration with `open` has one.',
      },
    );
  }
  return {
    hello: (hello) => port.hello(withParameters(hello, own, isFixed)),
    step: (untilPs, arriving) => port.step(untilPs, arriving),
    reset: (kind) => port.reset(kind),
    bye: () => port.bye(),
  };
}

function withParameters(hello: DutHello, own: DutHello['params'], isFixed: boolean): DutHello {
  const params = isFixed ? { ...hello.params, ...own } : { ...own, ...hello.params };
  return { ...hello, params };
}
