// The command of a device with a watch beside it: when the testbench is killed, and cannot end the device itself, a device that
// does not look at its standard input would stay for ever. Source: issue, "any device" (no orphan process).

/**
 * A command for a shell that leads a process group of its own, as `exec:` starts it. The watch holds none of the device's
 * pipes, is no child of the shell (a `wait` of the command does not wait for it), and ends the whole group, itself included,
 * within a second of the shell's parent.
 */
export function watchedCommand(command: string): string {
  const watch = 'while kill -0 "$PPID"; do sleep 1; done; kill -s KILL -- "-$$"';
  return `( ( ${watch} ) </dev/null >/dev/null 2>&1 & )\n${command}`;
}
