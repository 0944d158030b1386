// A configuration that cannot be loaded is bad usage, said in a few lines with what to write: not a stack, and not exit status
// 3. In a process of its own, because the errors are those of Node's own import.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Workplace } from './ridgeline-process.ts';

const place = new Workplace();
afterAll(() => place.remove());

it.each([
  [
    "import './alu-model';",
    /Cannot find module [^]*\n {2}Imports name the whole file: write alu-model\.ts\.\n$/,
  ],
  [
    "import './alu-modle.ts';",
    /\n {2}There is no .*alu-modle\.ts \(did you mean 'alu-model\.ts'\?\)\.\n$/,
  ],
  ["import './nowhere/x.ts';", /\n {2}There is no folder .*nowhere\.\n$/],
  [
    "import { nobody } from './alu-model.ts';",
    /does not provide an export named 'nobody'\n {2}file:.*config\.ts:1\n$/,
  ],
  ["throw new Error('no licence');", /cannot be loaded: no licence\n {2}at .*config\.ts:1:7\)?\n$/],
  ["import './broken.ts';", /cannot be loaded: Unexpected token[^]*\n {2}file:.*broken\.ts:1\n$/],
  ['export default { test: {} };', /it has an unknown key 'test' \(did you mean 'tests'\?\)/],
])('%s', async (text, message) => {
  writeFileSync(join(place.path, 'alu-model.ts'), '');
  writeFileSync(join(place.path, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(place.path, 'broken.ts'), 'export default {,};');
  writeFileSync(join(place.path, 'ridgeline.config.ts'), text);
  const { status, out, notes } = await place.ridgeline('run', 'random');
  expect([status, out]).toEqual([2, '']);
  expect(notes).toMatch(/^ridgeline: configuration: /);
  expect(notes).toMatch(message);
  expect(notes.split('\n').length).toBeLessThan(8);
});
