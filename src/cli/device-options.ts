// Options that say which device: shared by the built-in commands and those of a configuration. Source: issue "The command".
import type { Command } from 'commander';

/** Which device, wherever it is. */
export function withDeviceOptions(command: Command): Command {
  return withFaultOptions(command).option(
    '--dut <ADDRESS>',
    "device outside: exec:'COMMAND', unix:PATH or tcp:HOST:PORT",
  );
}

/** Which device of the configuration. */
export function withFaultOptions(command: Command): Command {
  return command
    .option('--profile <P>', 'set of device parameters')
    .option(
      '--param <NAME=VALUE>',
      'device parameter, above the profile; as often as needed',
      collect,
    )
    .option('--fault <NAME>', "planted fault of the device, as in 'ridgeline list faults'")
    .option('--device <NAME>', 'device of the configuration; without it, the first');
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
