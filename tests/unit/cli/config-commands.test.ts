// Commands that a configuration adds: registered, helped with, refused; and what happens without them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BUILT_IN_COMMANDS } from '#cli/find-config';
import { runProgram } from '#cli/program';
import { checkCommands, type CommandEntry } from '#run/command-entry';
import { FakeTerminal } from './fake-terminal.ts';

const TINY = new URL('../../e2e/fixtures/tiny/ridgeline.config.ts', import.meta.url);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder whose configuration is the tiny one with more, given as source text. */
function project(more: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-commands-'));
  folders.push(folder);
  writeFileSync(
    join(folder, 'ridgeline.config.ts'),
    `import tiny from '${TINY.href}';\nexport default { ...tiny, ${more} };\n`,
  );
  return folder;
}

async function ridgeline(
  cwd: string,
  ...args: string[]
): Promise<{ status: number; out: string; notes: string }> {
  const terminal = new FakeTerminal(cwd);
  terminal.input = ['one', 'two'];
  const status = await runProgram(args, terminal);
  return { status, out: terminal.out, notes: terminal.notes };
}

/** A command that prints how it was called. */
const ECHO = `{
  name: 'echo-call', summary: 'says how it was called', onDevice: true, details: 'More of it.',
  arguments: [{ name: 'first', summary: 'a word' }, { name: 'more', summary: 'words', isOptional: true, isVariadic: true }],
  options: [
    { name: 'all-of-it', summary: 'a switch' },
    { name: 'size', value: 'N', default: '7', summary: 'a value' },
    { name: 'rid', value: 'R', summary: 'another' },
  ],
  async run({ words, options, target }, io) {
    io.note('called\\n');
    const lines = [];
    for await (const line of io.readLines()) lines.push(line);
    io.print(JSON.stringify({ words, options, target, lines }));
    return words[0] === 'bad' ? 3 : 1;
  },
}`;

describe('a command of the configuration', () => {
  const folder = project(`commands: [${ECHO}]`);

  it('gets its words, options, target and input, and gives the exit status', async () => {
    const target = ['--profile', 'small', '--param', 'delayNs=5', '--fault', 'late'];
    const words = ['a', 'b', 'c', '--all-of-it', '--rid', '5'];
    const { status, out, notes } = await ridgeline(folder, 'echo-call', ...words, ...target);
    expect([status, notes]).toEqual([1, 'called\n']);
    expect(JSON.parse(out)).toEqual({
      words: ['a', 'b', 'c'],
      options: { 'all-of-it': true, size: '7', rid: '5' },
      target: {
        device: 'echo',
        dut: null,
        fault: 'late',
        profile: 'small',
        parameters: { delayNs: 5 },
      },
      lines: ['one', 'two'],
    });
    expect((await ridgeline(folder, 'echo-call', 'bad')).status).toBe(3);
  });

  it('stands in the help, with its own', async () => {
    expect((await ridgeline(folder, '--help')).out).toMatch(/\n {2}echo-call \[options\] <first>/);
    expect((await ridgeline(folder)).notes).toMatch(/\n {2}echo-call \[options\] <first>/);
    const { status, out } = await ridgeline(folder, 'echo-call', '--help');
    expect(status).toBe(0);
    for (const text of [
      '--all-of-it',
      '--size <N>',
      '(default: "7")',
      '--fault <NAME>',
      'More of it.',
    ]) {
      expect(out).toContain(text);
    }
    expect((await ridgeline(folder, 'help', 'echo-call')).out).toBe(out);
  });

  it.each([
    [['echo-call'], "missing required argument 'first'"],
    [['echo-call', 'a', '--sise', '3'], "unknown option '--sise'\n(Did you mean --size?)"],
    [['echo-call', 'a', '--fault', 'lat'], "there is no fault 'lat' (did you mean 'late'?)"],
    [['echo-call', 'a', '--param', 'width=1'], "--param width '1': allowed is 8, 16, 32, 64"],
    [
      ['ecko-call'],
      "unknown command 'ecko-call' (did you mean 'echo-call'?); there are: help, run,",
    ],
  ])('refuses %j', async (args, message) => {
    const { status, out, notes } = await ridgeline(folder, ...args);
    expect(notes).toContain(message);
    expect([status, out]).toEqual([2, '']);
  });
});

describe('a project of its own', () => {
  it('does not show the SIOV commands, and does not know them', async () => {
    const folder = project('');
    const help = await ridgeline(folder, '--help');
    expect(help.status).toBe(0);
    for (const name of ['tlp', 'config-space']) expect(help.out).not.toContain(`\n  ${name}`);
    const none = `The configuration (${join(folder, 'ridgeline.config.ts')}) adds no commands.`;
    expect(help.out).toContain(`\n${none}\n`);
    const { status, notes } = await ridgeline(folder, 'tlp', '00');
    expect([status, notes]).toEqual([
      2,
      `ridgeline: unknown command 'tlp'; there are: help, run, regress, replay, list, serve-device, cover\n  ${none}\n`,
    ]);
  });

  it('has help and version even when its configuration is broken; a word it cannot know says why', async () => {
    const folder = project("commands: [{ name: 'run', summary: '', run: () => 0 }]");
    const message = "configuration: command 'run': the name is taken by the built-in 'run'";
    const help = await ridgeline(folder, '--help');
    expect([help.status, help.notes]).toEqual([
      0,
      `ridgeline: without the commands of the configuration: ${message}\n`,
    ]);
    expect(await ridgeline(folder, '--version')).toMatchObject({ status: 0, notes: '' });
    for (const args of [['list', 'tests'], ['run', 'pass'], ['unknown']]) {
      const { status, notes } = await ridgeline(folder, ...args);
      expect([status, notes]).toEqual([2, `ridgeline: ${message}\n`]);
    }
  });
});

describe('names that are taken', () => {
  it('are those of all built-in commands', async () => {
    const { out } = await ridgeline(project(''), '--help');
    const shown = [...out.matchAll(/^ {2}([a-z-]+) (?:\[|<| )/gm)].map(([, name]) => name);
    expect(shown.toSorted()).toEqual([...BUILT_IN_COMMANDS].toSorted());
  });

  const run = (): number => 0;
  const command = (more: Partial<CommandEntry>): CommandEntry => ({
    name: 'x',
    summary: '',
    run,
    ...more,
  });
  const word = { name: 'w', summary: '' };
  it.each([
    [[command({}), command({})], "command 'x': the name is taken by another command"],
    [[command({ name: 'Big' })], "command 'Big': a name has lower-case letters, digits and -"],
    [
      [command({ arguments: [{ ...word, isVariadic: true }, word] })],
      "command 'x': argument 'w' is optional or variadic, and not the last one",
    ],
    [[command({ options: [{ name: '--a', summary: '' }] })], "option '--a': a name has"],
    [[command({ options: [{ name: 'no-a', summary: '' }] })], "option 'no-a': no-… is how"],
    [[command({ options: [{ name: 'help', summary: '' }] })], 'there are two options --help'],
    [
      [command({ onDevice: true, options: [{ name: 'fault', summary: '' }] })],
      'there are two options --fault',
    ],
    [
      [command({ options: [{ name: 'a', default: '1', summary: '' }] })],
      'option --a is a switch, and has a default',
    ],
  ])('and other things that cannot be registered: %#', (commands, message) => {
    expect(() => checkCommands(commands)).toThrow(message);
  });
});
