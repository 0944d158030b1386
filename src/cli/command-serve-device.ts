// `ridgeline serve-device`: a device of the configuration behind the DUT protocol. Source: issue "any device"; DUT protocol,
// Transport.
import type { Command } from 'commander';
import { UsageError } from '#base/assert';
import { parseServePlace } from '#dut/dut-address';
import type { DutHello, DutPort } from '#dut/dut-port';
import { DEFAULT_LOOKAHEAD_PS } from '#dut/frame';
import { serveSocket } from '#dut/serve-socket';
import { serveStdio } from '#dut/serve-stdio';
import type { CommandTarget } from '#run/command-entry';
import { profileParameters, type RidgelineConfig } from '#run/config';
import { findProject } from './find-config.ts';
import { withFaultOptions } from './device-options.ts';
import { freePlace, listeningText, placeError, removeAtSignal } from './serve-place.ts';
import { targetOf, type DeviceOptions } from './target.ts';
import { EXIT, type Terminal } from './terminal.ts';

interface ServeOptions extends DeviceOptions {
  readonly fixed?: true;
  readonly once?: true;
}

const DETAILS = `
What --profile and --param say holds where the HELLO of the testbench says nothing; with --fixed it holds
always, as in hardware, and the testbench is told so in HELLO_OK.
On a socket each connection gets a device of its own; what it listens on is said on standard error.

  ridgeline regress --dut 'exec:ridgeline serve-device'
  ridgeline serve-device --profile rtl --fixed unix:/tmp/dut.sock`;

export function addServeCommand(
  program: Command,
  { terminal, done }: { readonly terminal: Terminal; readonly done: (status: number) => void },
): void {
  withFaultOptions(
    program
      .command('serve-device')
      .argument(
        '[where]',
        'stdio, unix:PATH, tcp:PORT or tcp:HOST:PORT; port 0: any that is free',
        'stdio',
      )
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
  const place = where === 'stdio' ? undefined : parseServePlace(where);
  const { config } = await findProject(terminal);
  const target = targetOf(config, options);
  const device = (): DutPort => deviceOf(config, target, options.fixed === true);
  // A fault or a device that there is not is said before anybody connects.
  const first = device();
  if (place === undefined) return serveOnStdio(first, terminal);
  await freePlace(place, terminal.cwd);
  try {
    await serveSocket(place.kind === 'unix' ? { path: place.path } : place, {
      device,
      once: options.once === true,
      onListening: (server) => {
        removeAtSignal(place);
        terminal.note(`ridgeline: listening on ${listeningText(place, server)}\n`);
      },
      onTrouble: (text) => terminal.note(`ridgeline: ${text}\n`),
    });
  } catch (error) {
    throw placeError(place, error) ?? error;
  }
  return EXIT.PASS;
}

function serveOnStdio(device: DutPort, terminal: Terminal): number {
  const end = serveStdio(device);
  if (end?.kind !== 'fatal') return EXIT.PASS;
  terminal.note(`ridgeline: FATAL: ${end.text}\n`);
  return EXIT.ERROR;
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
