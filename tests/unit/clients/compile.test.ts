// Every C file that an author is given compiles without a warning in each way that the clients promise: C99 and C++11,
// strict, with and without the sanitizers; and the header alone in the second file of a program.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  ALL_BUILDS,
  C99,
  CLOCKED,
  COPY_DEVICE,
  PYTHON,
  PYTHON_CLIENT,
  removeBuilds,
  ROOT,
} from './client-builds.ts';

const COMPILE_MS = 120_000;
const place = mkdtempSync(join(tmpdir(), 'ridgeline-compile-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
afterAll(removeBuilds);

describe.each(ALL_BUILDS.filter((build) => build !== PYTHON))('$name compiles$lacking', (build) => {
  it.skipIf(build.lacking !== '').each([COPY_DEVICE.c, CLOCKED.c])(
    '%s',
    (source) => {
      expect(() => build.command(source)).not.toThrow();
    },
    COMPILE_MS,
  );
});

/** The compiler's words on a program of these files; empty when it has none. */
function complaint(compiler: readonly string[], files: Readonly<Record<string, string>>): string {
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(place, name), text);
    return join(place, name);
  });
  const strict = ['-Wall', '-Wextra', '-Werror', '-pedantic', '-I', join(ROOT, 'clients/c')];
  const [file, ...args] = [...compiler, ...strict, ...paths, '-o', join(place, 'program')];
  return spawnSync(file, args, { encoding: 'utf8' }).stderr;
}

describe.skipIf(C99.lacking !== '')(`the header in two files of one program${C99.lacking}`, () => {
  const user = '#include "ridgeline-dut.h"\nvoid use(rl_dut *d) { rl_log(d, RL_INFO, "%d", 1); }\n';
  const owner =
    '#define RIDGELINE_DUT_IMPLEMENTATION\n#include "ridgeline-dut.h"\n#include "ridgeline-dut.h"\n' +
    'void use(rl_dut *d);\nint main(void) { rl_dut *d = rl_open("none"); if (d) use(d); return d != NULL; }\n';

  it.each([
    ['C', ['cc', '-std=c99'], 'c'],
    ['C++', ['c++', '-std=c++11'], 'cpp'],
  ])(
    '%s',
    (_name, compiler, ending) => {
      expect(complaint(compiler, { [`owner.${ending}`]: owner, [`user.${ending}`]: user })).toBe(
        '',
      );
      const ended = spawnSync(join(place, 'program'), { encoding: 'utf8' });
      expect(ended).toMatchObject({ status: 0, stdout: '' });
      expect(ended.stderr).toContain("cannot serve 'none'");
    },
    COMPILE_MS,
  );

  it(
    'checks the format of what is logged',
    () => {
      const wrong = user.replace('1)', '"one")');
      expect(complaint(['cc', '-std=c99'], { 'owner.c': owner, 'user.c': wrong })).toMatch(
        /format/,
      );
    },
    COMPILE_MS,
  );
});

describe.skipIf(PYTHON.lacking !== '')(`the Python client${PYTHON.lacking}`, () => {
  it('uses nothing that Python 3.8 has not', () => {
    const check =
      'import ast, sys\nfor path in sys.argv[1:]:\n' +
      '    ast.parse(open(path).read(), path, feature_version=(3, 8))\n';
    const files = ['ridgeline_dut.py', 'ridgeline_srd_params.py'].map((name) =>
      join(PYTHON_CLIENT, name),
    );
    const [python] = PYTHON.command('');
    const ended = spawnSync(python, ['-c', check, ...files, COPY_DEVICE.python], {
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });
});
