// Starts the real command as a user would, in a process of its own, and reads what it left.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RegressionRecord } from '#record/regression-record';
import type { RunRecord } from '#record/run-record';

const BIN = fileURLToPath(new URL('../../bin.js', import.meta.url));
const TINY = new URL('fixtures/tiny/ridgeline.config.ts', import.meta.url);
/** The configuration of the project itself. */
export const SIOV = new URL('../../ridgeline.config.ts', import.meta.url);

/** Time in which a served device listens, also on a busy machine. */
const SERVE_SECONDS = 60;

export interface Served {
  readonly child: ChildProcess;
  readonly address: string;
}

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly notes: string;
}

/** A folder with a configuration of its own name, so that its processes can be told from others. */
export class Workplace {
  readonly path = mkdtempSync(join(tmpdir(), 'ridgeline-e2e-'));

  constructor(config: URL = TINY) {
    const text = `export { default } from '${config.href}';\n`;
    writeFileSync(join(this.path, 'ridgeline.config.ts'), text);
  }

  /** Runs the command to its end. */
  ridgeline(...args: string[]): Promise<Ended> {
    return new Promise((resolve) => {
      const options = { cwd: this.path, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, [BIN, ...args], options, (error, out, notes) => {
        const status = error === null ? 0 : Number(error.code);
        resolve({ status, out, notes });
      });
    });
  }

  /** Serves a device on a socket: the process, which its caller ends, and the address that it has said on standard error. */
  async serve(where: string, ...args: string[]): Promise<Served> {
    const child = spawn(process.execPath, [BIN, 'serve-device', where, ...args], {
      cwd: this.path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    try {
      await until(() => text.includes('listening on'), `serve-device ${where}`, SERVE_SECONDS);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return { child, address: /listening on (\S+)/.exec(text)?.[1] ?? '' };
  }

  /** Starts the command, to be interrupted. */
  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [BIN, ...args], { cwd: this.path, stdio: 'ignore' });
  }

  has(path: string): boolean {
    return existsSync(join(this.path, path));
  }

  read(path: string): string {
    return readFileSync(join(this.path, path), 'utf8');
  }

  summary(out: string): RegressionRecord {
    return JSON.parse(this.read(join(out, 'summary.json'))) as RegressionRecord;
  }

  run(out: string, name: string): RunRecord {
    return JSON.parse(this.read(join(out, 'runs', name, 'run.json'))) as RunRecord;
  }

  /** Process ids of workers on this configuration that still live. */
  workers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => commandLine(pid).includes(join(this.path, 'ridgeline.config.ts')))
      .map(Number);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/** Waits until something holds. @throws Error when it does not within `seconds`. */
export async function until(holds: () => boolean, what: string, seconds = 10): Promise<void> {
  const endMs = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
