// Makes the published form: compiled JavaScript with declarations in out/package, packed as out/ridgeline-VERSION.tgz; or both
// in the folder that is named, so that two of them can be made at the same time. Source:
// design decision 12. Node never strips types under node_modules, so what is installed is compiled; its `node` dependency
// brings the right Node to whoever starts it by npx.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = resolve(process.argv[2] ?? join(ROOT, 'out'));
const PACKAGE = join(OUT, 'package');
const COPIED = ['bin.js', 'README.md', 'CHANGELOG.md', 'LICENSE'];
/** For authors of devices in other languages: as they are. */
const COPIED_FOLDERS = ['clients', 'examples/c-device', 'examples/python-device'];

/** The part of package.json that is rewritten. */
interface PackageJson {
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

rmSync(PACKAGE, { recursive: true, force: true });
execFileSync('npx', ['tsc', '-p', join(ROOT, 'build/tsconfig.json'), '--outDir', PACKAGE], {
  cwd: ROOT,
  stdio: 'inherit',
});
for (const name of COPIED) {
  if (existsSync(join(ROOT, name))) copyFileSync(join(ROOT, name), join(PACKAGE, name));
}
for (const name of COPIED_FOLDERS) {
  const filter = (path: string): boolean => !path.endsWith('__pycache__');
  cpSync(join(ROOT, name), join(PACKAGE, name), { recursive: true, filter });
}
chmodSync(join(PACKAGE, 'bin.js'), 0o755);
const source = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageJson;
const published = `${JSON.stringify(publishedForm(source), null, 2)}\n`;
writeFileSync(join(PACKAGE, 'package.json'), published);
execFileSync('npm', ['pack', PACKAGE, '--pack-destination', OUT], { cwd: ROOT, stdio: 'inherit' });

/** Paths of compiled files, no tools, the commit it was made from, and Node itself. */
function publishedForm(from: PackageJson): Record<string, unknown> {
  const { devDependencies, scripts: _scripts, private: _private, ...kept } = from;
  return {
    ...kept,
    exports: mapped(from.exports, (path) =>
      path.endsWith('.ts')
        ? { types: compiled(path, '.d.ts'), default: compiled(path, '.js') }
        : path,
    ),
    imports: mapped(from.imports, (path) => compiled(path, '.js')),
    dependencies: { ...from.dependencies, node: devDependencies['node'] },
    gitHead: headCommit(),
  };
}

function mapped<T>(
  paths: Readonly<Record<string, string>>,
  to: (path: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, to(path)]));
}

function compiled(path: string, ending: string): string {
  return path.replace(/\.ts$/, ending);
}

/** The commit, for the record of runs of an installed package; undefined outside a repository. */
function headCommit(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
