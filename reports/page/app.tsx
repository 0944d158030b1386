// The frame of the page: verdict and tabs at the top, one view below, keys that work everywhere.
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { percentText } from '#record/percent-text';
import { ClosureView } from './closure-view.tsx';
import { ConfigurationView } from './configuration-view.tsx';
import { CoverageView } from './coverage-view.tsx';
import { FailuresView } from './failures-view.tsx';
import { countText } from './format.ts';
import { AutoIcon, CloseIcon, MoonIcon, RidgeMark, SunIcon } from './icons.tsx';
import { OverviewView } from './overview-view.tsx';
import { VerdictBadge } from './parts.tsx';
import { VIEWS, type View } from './route.ts';
import { RulesView } from './rules-view.tsx';
import { RunsView } from './runs-view.tsx';
import { goTo, hrefOf, nextTheme, pageState, params, route, setParams, theme } from './state.ts';
import { bannerVerdict, verdictCounts } from './verdict-words.ts';

const VIEW_NAMES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  coverage: 'Coverage',
  closure: 'Closure',
  runs: 'Runs',
  failures: 'Failures',
  rules: 'Rules',
  configuration: 'Configuration',
};

const VIEW_PARTS: Readonly<Record<View, () => VNode>> = {
  overview: OverviewView,
  coverage: CoverageView,
  closure: ClosureView,
  runs: RunsView,
  failures: FailuresView,
  rules: RulesView,
  configuration: ConfigurationView,
};

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'search in the view'],
  ['1 – 7', 'the views, from the left'],
  ['↑ ↓ or j k', 'move in a table that has the focus'],
  ['Enter', 'open the row'],
  ['Escape', 'close what is open; leave the search'],
  ['t', 'light, dark, as the system has it'],
  ['?', 'this list'],
];

export function App(): VNode {
  const help = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => globalKey(event, help.current);
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const { view } = route.value;
  const Part = VIEW_PARTS[view];
  return (
    <>
      <TopBar view={view} onHelp={() => help.current?.showModal()} />
      <main id="view" tabIndex={-1}>
        <Part key={view} />
      </main>
      <dialog ref={help} class="help" aria-label="Keys">
        <form method="dialog">
          <header>
            <h2>Keys</h2>
            <button class="icon-button" aria-label="Close">
              <CloseIcon />
            </button>
          </header>
        </form>
        <dl>
          {KEYS.map(([key, words]) => [
            <dt key={key}>
              <kbd>{key}</kbd>
            </dt>,
            <dd key={`${key} words`}>{words}</dd>,
          ])}
        </dl>
        <p class="muted">
          Every filter stands in the address: copy it, and somebody else sees the same.
        </p>
      </dialog>
    </>
  );
}

function TopBar({ view, onHelp }: { readonly view: View; readonly onHelp: () => void }): VNode {
  const { regression } = pageState();
  const { baseSeed, fault } = regression.head;
  const ThemeIcon = { auto: AutoIcon, light: SunIcon, dark: MoonIcon }[theme.value];
  const counts = tabCounts();
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = tabs.current?.querySelector('[aria-current]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [view]);
  return (
    <div class="top">
      <a class="skip" href="#view" onClick={skipToView}>
        Skip to the view
      </a>
      <a class="brand" href={hrefOf('overview')}>
        <RidgeMark />
        Ridgeline
      </a>
      <VerdictBadge verdict={bannerVerdict(regression)} />
      <nav ref={tabs} class="tabs" aria-label="Views">
        {VIEWS.map((one) => (
          <a key={one} href={hrefOf(one)} aria-current={one === view ? 'page' : undefined}>
            {VIEW_NAMES[one]}
            {counts[one] !== undefined && <span class="tab-count">{counts[one]}</span>}
          </a>
        ))}
      </nav>
      <span class="top-facts muted">
        <span class="base-seed">base seed {baseSeed}</span>
        {fault !== null && <span class="text-FAIL"> fault {fault}</span>}
      </span>
      <button
        type="button"
        class="icon-button"
        title={`Colours: ${theme.value} (t)`}
        aria-label={`Colours: ${theme.value}`}
        onClick={nextTheme}
      >
        <ThemeIcon />
      </button>
      <button type="button" class="icon-button" title="Keys (?)" aria-label="Keys" onClick={onHelp}>
        ?
      </button>
    </div>
  );
}

/** The hash is the route, so that the link itself must not be followed. */
function skipToView(event: Event): void {
  event.preventDefault();
  document.getElementById('view')?.focus();
}

function tabCounts(): Partial<Record<View, string>> {
  const { regression } = pageState();
  const { FAIL, ERROR } = verdictCounts(regression);
  return {
    coverage: percentText(regression.percent),
    runs: countText(regression.runs.length),
    failures: countText(FAIL + ERROR),
    rules: countText(regression.rules.length),
  };
}

/** Keys that mean the same everywhere but where text is typed. */
function globalKey(event: KeyboardEvent, help: HTMLDialogElement | null): void {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || help?.open === true) return;
  const isTyping = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
  if (key === 'Escape') {
    if (isTyping) target.blur();
    else if (params.value['run'] !== undefined) setParams({ run: undefined });
    return;
  }
  if (isTyping) return;
  const view = VIEWS[Number(key) - 1];
  if (key === '/') document.querySelector<HTMLInputElement>('[data-search]')?.focus();
  else if (key === 't') nextTheme();
  else if (key === '?') help?.showModal();
  else if (view !== undefined) goTo(view);
  else return;
  event.preventDefault();
}
