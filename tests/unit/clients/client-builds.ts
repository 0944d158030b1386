// The devices that the tests of the clients start: C files compiled in every way that the clients promise to take, and
// Python files. What this machine lacks is said in the name of the test that is then skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const PYTHON_CLIENT = join(ROOT, 'clients/python');
const STRICT = ['-Wall', '-Wextra', '-Werror', '-pedantic', '-I', join(ROOT, 'clients/c')];
const SANITIZE = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** A way to make a program of a device's source. */
export interface Build {
  readonly name: string;
  /** Why not on this machine; empty if it works. */
  readonly lacking: string;
  /** The command that starts the device. @throws Error with the compiler's words. */
  command(source: string): string[];
}

const place = mkdtempSync(join(tmpdir(), 'ridgeline-clients-'));

/** To be called when the tests of a file are over. */
export function removeBuilds(): void {
  rmSync(place, { recursive: true, force: true });
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

function compile(compiler: readonly string[], source: string, program: string): string {
  const [file, ...args] = [...compiler, ...STRICT, source, '-o', program];
  const ended = spawnSync(file, args, { encoding: 'utf8' });
  return ended.status === 0 ? '' : `${[file, ...args].join(' ')}\n${ended.stderr}`;
}

function compiled(name: string, compiler: readonly string[], lacking: string): Build {
  const command = (source: string): string[] => {
    const program = join(place, `${basename(source, '.c')}-${name.replace(/\W+/g, '-')}`);
    const complaint = compile(compiler, source, program);
    if (complaint !== '') throw new Error(complaint);
    return [program];
  };
  return { name, lacking, command };
}

/** Compiles and starts an empty program with the sanitizers: their libraries may be missing. */
function lacksSanitizers(): string {
  const source = join(place, 'empty.c');
  writeFileSync(source, 'int main(void) { return 0; }\n');
  const program = join(place, 'empty');
  const isGood =
    compile(['cc', ...SANITIZE], source, program) === '' && spawnSync(program).status === 0;
  return isGood ? '' : ' (skipped: cc has no sanitizers here)';
}

const noC = isInstalled('cc') ? '' : ' (skipped: there is no cc; apt-get install gcc)';
const noCpp = isInstalled('c++') ? '' : ' (skipped: there is no c++; apt-get install g++)';
/** The interpreter itself: `python3` may be a script that looks for it, each time. */
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim();
const noPython = python ? '' : ' (skipped: there is no python3)';

export const C99 = compiled('C99', ['cc', '-std=c99'], noC);
export const CPP11 = compiled('C++11', ['c++', '-x', 'c++', '-std=c++11'], noCpp);
export const SANITIZED = compiled(
  'C99 with sanitizers',
  ['cc', '-std=c99', ...SANITIZE],
  noC === '' ? lacksSanitizers() : noC,
);
export const SANITIZED_CPP = compiled(
  'C++11 with sanitizers',
  ['c++', '-x', 'c++', '-std=c++11', ...SANITIZE],
  noCpp === '' ? SANITIZED.lacking : noCpp,
);
export const PYTHON: Build = {
  name: 'Python',
  lacking: noPython,
  command: (source) => [
    python,
    '-c',
    `import sys, runpy; sys.argv[:1] = []; sys.path.insert(0, ${JSON.stringify(PYTHON_CLIENT)}); ` +
      'runpy.run_path(sys.argv[0], run_name="__main__")',
    source,
  ],
};

/** Two sources of one device, for C and for Python. */
export interface DeviceSources {
  readonly c: string;
  readonly python: string;
}

const FIXTURES = fileURLToPath(new URL('./fixtures', import.meta.url));
export const PROBE: DeviceSources = {
  c: join(FIXTURES, 'probe.c'),
  python: join(FIXTURES, 'probe.py'),
};
export const CLOCKED: DeviceSources = {
  c: join(ROOT, 'clients/c/clocked-example.c'),
  python: join(FIXTURES, 'clocked.py'),
};
export const COPY_DEVICE: DeviceSources = {
  c: join(ROOT, 'examples/c-device/copy-device.c'),
  python: join(ROOT, 'examples/python-device/copy_device.py'),
};

/** Every language once, C under the sanitizers where there are some: for tests that start many devices. */
export const CLIENTS: readonly Build[] = [
  SANITIZED.lacking === '' ? SANITIZED : C99,
  CPP11,
  PYTHON,
];
/** Every way. */
export const ALL_BUILDS: readonly Build[] = [C99, CPP11, SANITIZED, SANITIZED_CPP, PYTHON];

export function commandOf(build: Build, sources: DeviceSources): string[] {
  return build.command(build === PYTHON ? sources.python : sources.c);
}
