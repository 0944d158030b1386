// A browser for the tests of the closure page: Debian's chromium, offline, with a profile of its own; every request, console
// message, error and dialog is kept. Where there is no chromium, the tests say so and are skipped.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { RegressionRecord } from '#record/regression-record';
import { htmlReport } from '#reports/index';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) {
  process.stderr.write(
    `tests of the closure page are skipped: there is no ${CHROMIUM} (apt-get install chromium, or set CHROMIUM)\n`,
  );
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a page did that it must not do, and its address. */
export interface OpenPage {
  readonly page: Page;
  readonly url: string;
  readonly troubles: string[];
}

export class PageBrowser {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ridgeline-page-'));
  private context: BrowserContext | undefined;
  private pages = 0;

  async start(): Promise<void> {
    this.context = await chromium.launchPersistentContext(join(this.folder, 'profile'), {
      executablePath: CHROMIUM,
      headless: true,
      offline: true,
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
      args: FLAGS,
    });
  }

  async stop(): Promise<void> {
    await this.context?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Closes every page; the first tab stays, or the browser would end. */
  async closePages(): Promise<void> {
    const [, ...others] = this.context?.pages() ?? [];
    await Promise.all(others.map((page) => page.close()));
  }

  /** Writes the closure page of a record and opens it by its file address. */
  async open(record: RegressionRecord, hash = ''): Promise<OpenPage> {
    const folder = join(this.folder, `page-${this.pages++}`);
    mkdirSync(folder);
    const [{ content }] = htmlReport().writeRegression?.(record) ?? [];
    writeFileSync(join(folder, 'index.html'), content);
    const url = pathToFileURL(join(folder, 'index.html')).href;
    const page = await this.context!.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(`console ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(url) && !asked.startsWith('data:')) troubles.push(`request: ${asked}`);
    });
    await page.goto(url + hash);
    await page.waitForSelector('main > *');
    return { page, url, troubles };
  }
}
