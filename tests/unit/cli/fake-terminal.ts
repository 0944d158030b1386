// A terminal that keeps what is printed.
import type { Terminal } from '#cli/terminal';

export class FakeTerminal implements Terminal {
  readonly cwd: string;
  readonly isInteractive: boolean;
  readonly hasColors = false;
  out = '';
  notes = '';
  input: readonly string[] = [];
  readonly files = new Map<string, string>();

  constructor(cwd: string, isInteractive = false) {
    this.cwd = cwd;
    this.isInteractive = isInteractive;
  }
  print(text: string): void {
    this.out += text;
  }
  note(text: string): void {
    this.notes += text;
  }
  writeFile(path: string, content: string): void {
    this.files.set(path, content);
  }
  async *readLines(): AsyncIterable<string> {
    yield* this.input;
  }
}
