// `npm run page`: builds the closure page into reports/page.generated.ts, which is committed, so that a regression needs no build.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pageModule } from './page-module.ts';

const target = fileURLToPath(new URL('../reports/page.generated.ts', import.meta.url));
writeFileSync(target, await pageModule());
