// The committed page is what its sources build: otherwise a change of reports/page would never reach a user.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pageModule } from '../../../build/page-module.ts';

it('is built from reports/page, byte for byte', { timeout: 120_000 }, async () => {
  const committed = readFileSync('reports/page.generated.ts', 'utf8');
  const isSame = (await pageModule()) === committed;
  expect(isSame, 'reports/page.generated.ts is stale: run `npm run page` and commit it').toBe(true);
});
