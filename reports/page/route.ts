// Which view and filters the address means: `#/runs?verdict=FAIL&q=rid`. Everything that a user can set stands in the hash, so
// that an address can be sent to somebody who then sees the same.
export const VIEWS = [
  'overview',
  'coverage',
  'closure',
  'runs',
  'failures',
  'rules',
  'configuration',
] as const;
export type View = (typeof VIEWS)[number];

/** Parameters of a view by name; one that is empty is not there. */
export type RouteParams = Readonly<Record<string, string | undefined>>;

export interface Route {
  readonly view: View;
  readonly params: RouteParams;
}

/** What is not known means the overview. */
export function parseHash(hash: string): Route {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const view = VIEWS.find((one) => one === path) ?? 'overview';
  return { view, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function hashOf({ view, params }: Route): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return `#/${view}${text === '' ? '' : `?${text}`}`;
}

/** A list in one parameter: `PASS,FAIL`; commas in its entries are escaped. */
export function listParam(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  return text.split(',').map((part) => part.replaceAll('%2C', ',').replaceAll('%25', '%'));
}

export function listText(list: readonly string[]): string {
  return list.map((part) => part.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}
