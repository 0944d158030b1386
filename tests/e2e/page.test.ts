// The closure page in a browser: offline, without an error or a request; searching, filtering, links, keys, both schemes, hostile
// text, and ten thousand bins and runs.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RegressionRecord } from '#record/regression-record';
import {
  asPage,
  EVERY_KIND,
  EXCLUSIONS,
  largeRegression,
  regressionOf,
  type PageRun,
} from '../unit/reports/page-records.ts';
import { sampleRegression } from '../unit/reports/sample-records.ts';
import { hasChromium, PageBrowser, type OpenPage } from './page-browser.ts';

const HOSTILE = '</script><img src=x onerror=alert(1)>';

/** Wall-clock bound for a page of 10 000 bins and 10 000 runs to answer, on a machine that does other things, too. */
const LARGE_MS = 20_000;

const RUNS: readonly PageRun[] = [
  { verdict: 'PASS', test: 'dma', swarm: { mode: 'calm', tenants: 1 } },
  { verdict: 'PASS', test: 'dma', coverage: { groups: [EVERY_KIND] }, swarm: { mode: 'calm' } },
  { verdict: 'FAIL', test: 'reset', swarm: { mode: 'wild', tenants: 7 } },
  { verdict: 'ERROR', test: 'dma', swarm: { mode: 'wild', tenants: 2 } },
  { verdict: 'SKIP', test: 'reset', swarm: { mode: 'calm' } },
  { verdict: 'FAIL', test: 'dma', swarm: { mode: 'wild', tenants: 9 }, rule: 'R-2' },
];
const REGRESSION = regressionOf(RUNS);

/** Texts of the rows of the table that is shown, its heading left out. */
async function rows(page: Page): Promise<string[]> {
  const texts = await page.locator('.table-row:not(.table-head)').allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

/** The page draws when the browser comes to it, and the machine may do other things, too. */
function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 15_000 });
}

/** `#/runs?verdict=FAIL` of the page as it is. */
function hashOf(page: Page): string {
  return new URL(page.url()).hash;
}

describe.skipIf(!hasChromium)('the closure page in a browser', { timeout: 60_000 }, () => {
  const browser = new PageBrowser();
  const opened: OpenPage[] = [];

  // Whatever a test did: no error, no message, no dialog, no request.
  afterEach(async () => {
    const troubles = opened.splice(0).flatMap((one) => one.troubles);
    await browser.closePages();
    expect(troubles).toEqual([]);
  });

  async function open(record: RegressionRecord, hash = ''): Promise<Page> {
    const one = await browser.open(record, hash);
    opened.push(one);
    return one.page;
  }

  beforeAll(() => browser.start(), 60_000);
  afterAll(() => browser.stop());

  it('opens with the verdict and what was run', async () => {
    const page = await open(REGRESSION);
    expect(await page.title()).toBe('FAIL, base seed 1: Ridgeline regression');
    const banner = page.getByRole('region', { name: 'Verdict' });
    expect(await banner.locator('h1').innerText()).toBe(
      'Of 6 runs, 2 broke a rule, 1 ended without a verdict and 1 was skipped.',
    );
    const facts = await banner.locator('.facts').innerText();
    for (const fact of ['sample 1.2', 'c0ffee', 'Base seed']) expect(facts).toContain(fact);
    expect(facts).not.toContain('dirty');
    const dirty = await open(sampleRegression());
    expect(await dirty.locator('.facts').innerText()).toContain('dirty');
  });

  it.each(['coverage', 'closure', 'runs', 'failures', 'rules', 'configuration'])(
    'shows the view %s of a regression, and of one without any run',
    async (view) => {
      const page = await open(REGRESSION);
      await page
        .getByRole('link', { name: new RegExp(`^${view}`, 'i') })
        .first()
        .click();
      expect(hashOf(page)).toBe(`#/${view}`);
      await page.waitForSelector('main .view');
      const empty = await open(regressionOf([]), `#/${view}`);
      expect((await empty.locator('main').innerText()).length).toBeGreaterThan(10);
    },
  );

  it('finds runs by words, filters by verdict, and keeps both in its address', async () => {
    const page = await open(REGRESSION, '#/runs');
    expect(await rows(page)).toHaveLength(6);
    await page.keyboard.press('/');
    await page.keyboard.type('dma -hung');
    await eventually(() => rows(page)).toHaveLength(3);
    await page.getByRole('button', { name: /^FAIL/ }).click();
    await eventually(() => rows(page)).toHaveLength(1);
    expect(hashOf(page)).toBe('#/runs?q=dma+-hung&verdict=FAIL');
    const again = await open(REGRESSION, hashOf(page));
    expect(await rows(again)).toEqual(await rows(page));
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await eventually(() => rows(page)).toHaveLength(2);
  });

  it('sorts a table by its headings', async () => {
    const page = await open(REGRESSION, '#/runs');
    await page.getByRole('columnheader', { name: 'Verdict' }).getByRole('button').click();
    await eventually(async () => (await rows(page))[0]).toContain('FAIL reset');
    const heading = page.getByRole('columnheader', { name: 'Verdict' });
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    await heading.getByRole('button').click();
    await eventually(async () => (await rows(page))[0]).toContain('PASS');
  });

  it('opens a run with its replay line, rules and what was drawn', async () => {
    const page = await open(REGRESSION, '#/runs');
    await page.locator('.table-row', { hasText: 'FAIL' }).first().click();
    const panel = page.getByRole('complementary');
    await panel.waitFor();
    expect(hashOf(page)).toBe('#/runs?run=2');
    const text = await panel.innerText();
    for (const part of [
      'npx ridgeline run reset --seed 3',
      'R-1',
      'mode',
      'wild',
      'runs/reset-3/failure.md',
    ]) {
      expect(text).toContain(part);
    }
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    const second = await open(REGRESSION, '#/runs?run=1');
    expect(await second.getByRole('complementary').innerText()).toContain('FIRST TO HIT 7 BINS');
  });

  it('copies the line that replays a run', async () => {
    const page = await open(REGRESSION, '#/runs?run=2');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy the replay line' }).click();
    await page.getByText('copied').waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toBe('npx ridgeline run reset --seed 3');
  });

  it('works by keys: views, rows, help, and leaving all of them', async () => {
    const page = await open(REGRESSION);
    await page.keyboard.press('4');
    await eventually(() => hashOf(page)).toBe('#/runs');
    await page.getByRole('table').focus();
    for (const key of ['ArrowDown', 'j', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await eventually(() => hashOf(page)).toBe('#/runs?run=2');
    await page.keyboard.press('Escape');
    await eventually(() => hashOf(page)).toBe('#/runs');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('lists bins, holes first, with goal, state and the run that hit them first', async () => {
    const page = await open(REGRESSION, '#/coverage');
    const all = await rows(page);
    expect(all[0]).toMatch(/^illegal KindCoverage\.size odd 2/);
    expect(all.filter((row) => row.startsWith('hole'))).toHaveLength(4);
    expect(all.find((row) => row.includes('KindCoverage.size small'))).toMatch(/5 2 dma 2$/);
    expect(all.find((row) => row.includes('KindCoverage.size large'))).toMatch(/^low /);
    await page.getByRole('button', { name: /^holes only/ }).click();
    await eventually(() => rows(page)).toHaveLength(5);
    expect(hashOf(page)).toBe('#/coverage?state=hole%2Clow');
  });

  it('does not repeat in each row what all bins have in common, and shows no depth of holes', async () => {
    const page = await open(REGRESSION, '#/coverage?group=KindCoverage');
    const all = await rows(page);
    expect(all.find((row) => row.includes('size small'))).toMatch(/^covered size small /);
    expect(all.some((row) => row.includes('KindCoverage'))).toBe(false);
    const depth = page.locator('.table-head').getByText('Depth');
    expect(await depth.count()).toBe(1);
    await page.goto(page.url().replace(/#.*$/, '#/coverage?group=KindCoverage&state=hole'));
    await eventually(() => depth.count()).toBe(0);
  });

  it('says n/a where nothing is countable, and never 100', async () => {
    const page = await open(REGRESSION, '#/coverage?group=KindCoverage&item=nothing');
    expect(await page.locator('.selection').innerText()).toContain('n/a');
    expect(await page.locator('.table .empty').innerText()).toContain('n/a');
    const none = await open(regressionOf([{ verdict: 'PASS' }]));
    expect(await none.locator('.tile').first().innerText()).toContain('n/a');
    expect(await none.locator('body').innerText()).not.toContain('100.00');
  });

  it('shows excluded bins apart, with reason, owner, end and proof, and says what was dropped', async () => {
    const record = regressionOf(RUNS, EXCLUSIONS);
    const page = await open(record);
    const card = page.getByRole('table', { name: 'Exclusions' });
    const lines = await card.locator('tbody tr').allInnerTexts();
    expect(lines.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^KindCoverage\/way\/down dropped: expired 1 1 ann 2026-06-14 cannot/),
      expect.stringMatching(/^KindCoverage\/size\/large dropped: its bins changed 1 1 ann no end /),
      expect.stringMatching(
        /^KindCoverage\/size\/huge holds 1 0 ann 2026-12-31 .*Proof: size <= 4/,
      ),
      expect.stringMatching(/^KindCoverage\/sizeByWay\/size=huge\* holds 1 0 bob no end /),
      expect.stringMatching(
        /^KindCoverage\/way\/up holds, was hit 1 1 ann no end cannot <b>happen/,
      ),
    ]);
    expect(await page.locator('.tiles').innerText()).toContain(', 3 excluded');
    expect(await page.locator('.tile').first().innerText()).toContain('70.00 %');
    await page.getByRole('link', { name: '3 bins not counted' }).click();
    await eventually(() => rows(page)).toEqual([
      expect.stringMatching(/^excluded KindCoverage\.size huge cannot .*\(ann, until 2026-12-31\)/),
      expect.stringMatching(/^excluded KindCoverage\.way up cannot <b>happen<\/b> \(ann\)/),
      expect.stringMatching(/^excluded KindCoverage\.sizeByWay size=huge way=up .*\(bob\)/),
    ]);
    const usual = await open(record, '#/coverage');
    expect((await rows(usual)).filter((row) => row.startsWith('excluded'))).toEqual([]);
    const cross = await open(record, '#/coverage?group=KindCoverage&item=sizeByWay');
    expect(await cross.locator('.selection').innerText()).toMatch(/1 bin excluded/);
    await cross.getByRole('gridcell', { name: 'excluded' }).hover();
    expect(await cross.getByRole('tooltip').innerText()).toBe(
      'size=huge way=up\nexcluded: cannot <b>happen</b> (bob)',
    );
  });

  it('shows a cross as a grid whose cells say what they are, to the pointer and to the keys', async () => {
    const page = await open(REGRESSION, '#/coverage?group=KindCoverage&item=sizeByWay');
    const grid = page.getByRole('grid');
    expect(await grid.getByRole('gridcell').count()).toBe(6);
    const tooltip = page.getByRole('tooltip');
    await grid.locator('.cell').first().hover();
    expect(await tooltip.innerText()).toBe('size=small way=up\n3 hits, first by dma 2');
    await grid.locator('.is-hole').first().hover();
    expect(await tooltip.innerText()).toBe('size=small way=down\nhole: never hit');
    await grid.locator('.is-out').hover();
    expect(await tooltip.innerText()).toContain('size=huge way=down\nnot counted');
    await page.mouse.move(0, 0);
    await tooltip.waitFor({ state: 'detached' });
    await grid.focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    expect(await tooltip.innerText()).toContain('size=large way=up\n1 hit');
    await eventually(() => page.locator('.cell-words').innerText()).toContain(
      'size=large way=up 1 hit',
    );
  });

  it('reads the closure curve run by run and opens a run from it', async () => {
    const page = await open(REGRESSION, '#/closure?groups=KindCoverage');
    const chart = page.locator('.chart-holder');
    expect(await chart.getAttribute('aria-label')).toContain('all groups');
    await chart.focus();
    for (let press = 0; press < 2; press++) await page.keyboard.press('ArrowRight');
    await eventually(() => page.locator('figcaption').innerText()).toMatch(
      /^dma 2\s*run 2\s*7 new bins/,
    );
    await page.keyboard.press('Enter');
    await eventually(() => hashOf(page)).toBe('#/runs?run=1');
  });

  it('puts failures into buckets and says what they have in common', async () => {
    const page = await open(REGRESSION, '#/failures');
    const headings = await page.locator('.bucket h2').allInnerTexts();
    expect(headings).toEqual(['R-1', 'R-2', 'tb-hung']);
    const first = page.locator('.bucket').first();
    expect(await first.locator('.suspects').innerText()).toContain('mode = wild');
    expect(await first.innerText()).toContain('npx ridgeline run reset --seed 3');
    await first.getByRole('link', { name: 'as a list' }).click();
    await eventually(() => rows(page)).toHaveLength(1);
  });

  it('shows verdicts by value, and filters by a value', async () => {
    const page = await open(REGRESSION, '#/configuration?by=mode');
    const table = page.locator('.by-value tbody tr');
    expect(await table.allInnerTexts()).toEqual([
      expect.stringMatching(/^calm\s+3\s+2\s+0\s+0\s+1$/),
      expect.stringMatching(/^wild\s+3\s+0\s+2\s+1\s+0$/),
    ]);
    await page.locator('.by-value').getByRole('button', { name: 'wild' }).click();
    await eventually(() => rows(page)).toHaveLength(3);
    expect(hashOf(page)).toBe('#/configuration?by=mode&where=mode%3Dwild');
    await page.getByRole('checkbox', { name: 'Show tenants in the table' }).uncheck();
    await eventually(() => page.getByRole('columnheader', { name: 'tenants' }).count()).toBe(0);
  });

  it('flags rules that were never evaluated', async () => {
    const page = await open(REGRESSION, '#/rules');
    await page.getByRole('button', { name: /^never evaluated/ }).click();
    await eventually(() => rows(page)).toEqual([expect.stringMatching(/^R-2 never 1 run/)]);
  });

  it('leaves hostile text as text, in every view', async () => {
    const sample = sampleRegression();
    const spoilt = JSON.parse(
      JSON.stringify(sample, (key, value: unknown) =>
        typeof value === 'string' &&
        !['schema', 'verdict', 'stop', 'startedUtc', 'replay'].includes(key)
          ? `${value}${HOSTILE}`
          : value,
      ),
    ) as RegressionRecord;
    const record = { ...spoilt, evaluations: sample.evaluations };
    for (const view of asPageViews()) {
      const page = await open(record, view);
      expect(await page.locator('main').innerText()).toContain(HOSTILE);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(2);
    }
  });

  it('runs no script and asks for nothing that is not its own, even if it were to have it', async () => {
    const { page, troubles } = await browser.open(REGRESSION);
    // That these tests notice a message, an error, a dialog and a request is seen here, too.
    await page.evaluate(
      'console.log("noticed"); setTimeout(() => { throw new Error("noticed"); });',
    );
    await eventually(() => troubles).toEqual(['console log: noticed', 'error: noticed']);
    await page.evaluate('alert("noticed")');
    expect(troubles.pop()).toBe('dialog: noticed');
    troubles.length = 0;
    const planted =
      '<img src="https://example.invalid/a.png" onerror="alert(1)"><a onclick="alert(2)">x</a>';
    const refused = page.waitForEvent('requestfailed');
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(planted)})`,
    );
    expect((await refused).failure()?.errorText).toBe('csp');
    await page.evaluate('document.querySelector("body > a").click()');
    const isPolicy = (trouble: string): boolean =>
      /^console error: .*Content Security Policy/s.test(trouble);
    await eventually(() => troubles.filter(isPolicy).length).toBeGreaterThanOrEqual(2);
    const others = troubles.filter((trouble) => !isPolicy(trouble));
    expect(others).toEqual(['request: https://example.invalid/a.png']);
  });

  it('is dark where the system is, and the other way by a key', async () => {
    const page = await open(REGRESSION);
    const background = (): Promise<unknown> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    expect([light, dark]).toEqual(['rgb(245, 246, 248)', 'rgb(15, 18, 23)']);
    await page.keyboard.press('t');
    await eventually(background).toBe(light);
    await page.keyboard.press('t');
    await eventually(background).toBe(dark);
    await page.keyboard.press('t');
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(background).toBe(light);
  });

  it('fits a small screen', async () => {
    const page = await open(REGRESSION);
    await page.setViewportSize({ width: 390, height: 800 });
    for (const view of asPageViews()) {
      await page.goto(page.url().replace(/#.*$/, '') + view);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width, view).toBeLessThanOrEqual(390);
    }
  });

  it('shows the chosen tab and the planted fault where there is little room', async () => {
    const page = await open({ ...REGRESSION, fault: 'rid-swap' });
    await page.setViewportSize({ width: 800, height: 600 });
    for (const view of ['#/rules', '#/configuration', '#/overview']) {
      await page.goto(page.url().replace(/#.*$/, view));
      const inSight =
        'const one = document.querySelector(".tabs [aria-current]").getBoundingClientRect();' +
        'const all = document.querySelector(".tabs").getBoundingClientRect();' +
        'one.left >= all.left - 1 && one.right <= all.right + 1';
      await eventually(() => page.evaluate(`{ ${inSight} }`)).toBe(true);
    }
    expect(await page.locator('.top-facts').getByText('fault rid-swap').isVisible()).toBe(true);
  });

  it('answers with 10 000 bins and 10 000 runs, and holds only what is in sight', async () => {
    const record = largeRegression(10_000, 10_000);
    const bins = asPage(record).groups.reduce((sum, group) => sum + group.bins, 0);
    expect(bins).toBeGreaterThanOrEqual(10_000);
    const startMs = Date.now();
    const page = await open(record, '#/runs');
    expect((await rows(page)).length).toBeLessThan(100);
    expect(Date.now() - startMs).toBeLessThan(LARGE_MS);
    const table = page.getByRole('table');
    await table.focus();
    await page.keyboard.press('End');
    await eventually(async () => (await rows(page)).at(-1)).toMatch(
      /^10\s?000 PASS interrupts 10000/,
    );
    expect((await rows(page)).length).toBeLessThan(100);
    const typedMs = Date.now();
    await page.keyboard.press('/');
    await page.keyboard.type('reset 9998');
    await eventually(() => rows(page)).toHaveLength(1);
    await page.goto(`${page.url().replace(/#.*$/, '')}#/coverage?state=hole,low&q=xByY`);
    await eventually(async () => (await rows(page)).length).toBeGreaterThan(20);
    expect(await page.locator('.table-row:not(.table-head)').count()).toBeLessThan(100);
    await page.goto(`${page.url().replace(/#.*$/, '')}#/configuration?by=swarm.column9`);
    await page.locator('.by-value tbody tr').nth(10).waitFor();
    expect(Date.now() - typedMs).toBeLessThan(LARGE_MS);
  });
});

function asPageViews(): string[] {
  return ['#/overview', '#/coverage', '#/runs?run=1', '#/failures', '#/rules', '#/configuration'];
}
