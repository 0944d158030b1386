// `index.html`: the closure page of a regression, one file that needs no network and no server. Source: design, "What a run
// leaves behind". The page itself is built from `reports/page` into `page.generated` (`npm run page`); here a record is put in.
//
// The record stands in it as JSON in a script element of a type that no browser runs. The only way out of such an element is
// `</script` or `<!--`, so `<` is written `\u003c`, and hostile text stays text.
import type { ReportWriter } from '#record/report-writer';
import type { RegressionRecord } from '#record/regression-record';
import { PAGE_AFTER_PAYLOAD, PAGE_BEFORE_PAYLOAD } from './page.generated.ts';
import { pagePayload } from './page-payload.ts';

/** The closure page of a regression, `index.html`: one file that needs no network and no server. */
export function htmlReport(): ReportWriter {
  return {
    name: 'html',
    writeRegression: (record) => [{ path: 'index.html', content: pageText(record) }],
  };
}

function pageText(record: RegressionRecord): string {
  const json = JSON.stringify(pagePayload(record)).replaceAll('<', String.raw`\u003c`);
  return PAGE_BEFORE_PAYLOAD + json + PAGE_AFTER_PAYLOAD;
}
