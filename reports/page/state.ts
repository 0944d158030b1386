// What the views of the page share: the regression, the route that the address has, the theme.
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { BinTable } from './bin-table.ts';
import { runColumns } from './column-values.ts';
import { hashOf, parseHash, type RouteParams, type View } from './route.ts';
import type { Payload } from './payload.ts';
import { unpack, type Column, type Regression } from './unpack.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const THEME_KEY = 'ridgeline-theme';

export interface PageState {
  readonly regression: Regression;
  readonly bins: BinTable;
  /** Test and configuration of the runs. */
  readonly columns: readonly Column[];
}

let page: PageState | undefined;

/** Reads the payload out of the document, once, before anything is shown. */
export function loadPage(text: string): PageState {
  const regression = unpack(JSON.parse(text) as Payload);
  page = { regression, bins: new BinTable(regression), columns: runColumns(regression) };
  return page;
}

export function pageState(): PageState {
  if (page === undefined) throw new Error('the page is not loaded');
  return page;
}

export const route = signal(parseHash(location.hash));

export const params: ReadonlySignal<RouteParams> = computed(() => route.value.params);

addEventListener('hashchange', () => {
  if (hashOf(route.value) !== location.hash) route.value = parseHash(location.hash);
});

/** Address of a view, for links. */
export function hrefOf(view: View, parameters: RouteParams = {}): string {
  return hashOf({ view, params: parameters });
}

/** Goes to a view as a link does: Back returns. */
export function goTo(view: View, parameters: RouteParams = {}): void {
  location.hash = hrefOf(view, parameters);
}

/** Changes filters of the view; Back leaves the view and does not undo each letter typed. */
export function setParams(changes: RouteParams): void {
  const { view, params: before } = route.value;
  route.value = { view, params: { ...before, ...changes } };
  history.replaceState(null, '', hashOf(route.value));
}

export const theme = signal<Theme>(storedTheme());

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  applyTheme();
  try {
    localStorage.setItem(THEME_KEY, theme.value);
  } catch {
    // A browser that keeps nothing for files: the choice holds for this page.
  }
}

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === 'auto') delete dataset['theme'];
  else dataset['theme'] = theme.value;
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(THEME_KEY);
    return THEMES.find((one) => one === stored) ?? 'auto';
  } catch {
    return 'auto';
  }
}
