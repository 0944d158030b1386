// What the command prints to and where it stands: given to every command, so that tests can give another.
import { mkdirSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import pc from 'picocolors';

export const EXIT = { PASS: 0, FAIL: 1, USAGE: 2, ERROR: 3, INTERRUPTED: 130 } as const;

export interface Terminal {
  /** Folder in which the command was started. */
  readonly cwd: string;
  /** Whether progress may rewrite its line. */
  readonly isInteractive: boolean;
  readonly hasColors: boolean;
  /** Results. */
  print(text: string): void;
  /** Progress, warnings, errors. */
  note(text: string): void;
  /** Standard input, line by line. */
  readLines(): AsyncIterable<string>;
  /** Writes a whole file, and makes its folder; a relative path counts from `cwd`. */
  writeFile(path: string, content: string): void;
}

export function terminal(): Terminal {
  return {
    cwd: process.cwd(),
    isInteractive: process.stderr.isTTY && process.env['CI'] === undefined,
    hasColors: process.stdout.isTTY && pc.isColorSupported,
    print: (text) => writeWhole(process.stdout.fd, text),
    note: (text) => writeWhole(process.stderr.fd, text),
    readLines: () => createInterface({ input: process.stdin, crlfDelay: Infinity }),
    writeFile: (path, content) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    },
  };
}

/** Writes at once and to the end: the process may exit right after. A reader that has gone is no error. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}

const PAINT: Readonly<Record<string, (text: string) => string>> = {
  PASS: pc.green,
  FAIL: pc.red,
  ERROR: pc.magenta,
  SKIP: pc.yellow,
};

/** Colours the four verdicts wherever they stand as words. */
export function paint(text: string, hasColors: boolean): string {
  if (!hasColors) return text;
  return text.replaceAll(/\b(?:PASS|FAIL|ERROR|SKIP)\b/g, (word) => PAINT[word](word));
}
