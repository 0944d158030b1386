// Small parts that every view uses: verdicts, bars, chips, search box, copy button, empty states.
import type { ComponentChildren, VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { percentText } from '#record/percent-text';
import type { Verdict } from '#record/run-record';
import type { BinState } from './bin-table.ts';
import { countText, shortDigest } from './format.ts';
import {
  CloseIcon,
  CopyIcon,
  ErrorIcon,
  FailIcon,
  PassIcon,
  SearchIcon,
  SkipIcon,
} from './icons.tsx';
import { hrefOf, params, setParams } from './state.ts';
import type { Run } from './unpack.ts';
import type { BannerVerdict } from './verdict-words.ts';

const VERDICT_ICONS = {
  PASS: PassIcon,
  FAIL: FailIcon,
  ERROR: ErrorIcon,
  SKIP: SkipIcon,
  NONE: SkipIcon,
} as const;

/** Verdict with sign and word: colour alone says nothing. */
export function VerdictBadge({ verdict }: { readonly verdict: BannerVerdict }): VNode {
  const Icon = VERDICT_ICONS[verdict];
  return (
    <span class={`badge verdict-${verdict}`}>
      <Icon />
      {verdict === 'NONE' ? 'NO VERDICT' : verdict}
    </span>
  );
}

const STATE_WORDS: Readonly<Record<BinState, string>> = {
  hole: 'hole',
  low: 'low',
  covered: 'covered',
  illegal: 'illegal',
  excluded: 'excluded',
};

export function StateMark({
  state,
  count,
}: {
  readonly state: BinState;
  readonly count: number;
}): VNode {
  const isHit = state === 'illegal' && count > 0;
  return <span class={`state state-${state} ${isHit ? 'is-hit' : ''}`}>{STATE_WORDS[state]}</span>;
}

/** Percentage with a bar; "n/a" with none. */
export function PercentBar({ percent }: { readonly percent: number | null }): VNode {
  return (
    <span class="percent">
      <span class="bar" aria-hidden="true">
        <span
          class={percent === 100 ? 'fill is-full' : 'fill'}
          style={{ width: `${percent ?? 0}%` }}
        />
      </span>
      <span class={percent === null ? 'number muted' : 'number'}>{percentText(percent)}</span>
    </span>
  );
}

/** A plain bar, 0..1. */
export function ShareBar({
  share,
  kind = '',
}: {
  readonly share: number;
  readonly kind?: string;
}): VNode {
  return (
    <span class="bar" aria-hidden="true">
      <span class={`fill ${kind}`} style={{ width: `${100 * share}%` }} />
    </span>
  );
}

/** Verdicts of some runs side by side in one bar. */
export function VerdictBar({
  counts,
}: {
  readonly counts: Readonly<Record<Verdict, number>>;
}): VNode {
  const total = counts.PASS + counts.FAIL + counts.ERROR + counts.SKIP;
  const parts = (['FAIL', 'ERROR', 'SKIP', 'PASS'] as const).filter((one) => counts[one] > 0);
  const words = parts.map((one) => `${counts[one]} ${one}`).join(', ');
  return (
    <span class="verdict-bar" role="img" aria-label={words} title={words}>
      {parts.map((one) => (
        <span key={one} class={`verdict-${one}`} style={{ flexGrow: counts[one] / total }} />
      ))}
    </span>
  );
}

export function CopyButton({
  text,
  label,
}: {
  readonly text: string;
  readonly label: string;
}): VNode {
  const [copies, setCopies] = useState(0);
  const copy = (event: Event): void => {
    event.stopPropagation();
    event.preventDefault();
    copyText(text);
    setCopies(copies + 1);
  };
  return (
    <button type="button" class="icon-button copy" onClick={copy} title={label} aria-label={label}>
      <CopyIcon />
      {copies > 0 && (
        <span key={copies} class="copied" role="status">
          copied
        </span>
      )}
    </button>
  );
}

function copyText(text: string): void {
  if (navigator.clipboard === undefined) copyBySelection(text);
  else navigator.clipboard.writeText(text).catch(() => copyBySelection(text));
}

/** For browsers that give files no clipboard. */
function copyBySelection(text: string): void {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** A line of a shell with its copy button. */
export function CommandLine({ text }: { readonly text: string }): VNode {
  return (
    <span class="command">
      <code title={text}>{text}</code>
      <CopyButton text={text} label="Copy the replay line" />
    </span>
  );
}

export function Digest({ name, value }: { readonly name: string; readonly value: string }): VNode {
  if (value === '') return <span class="muted">none: the run never came to its end</span>;
  return (
    <span class="command">
      <code title={value}>{shortDigest(value)}</code>
      <CopyButton text={value} label={`Copy the ${name} digest`} />
    </span>
  );
}

/** The search box of a view; `/` puts the cursor here. */
export function SearchBox({ hint }: { readonly hint: string }): VNode {
  const input = useRef<HTMLInputElement>(null);
  const clear = (): void => {
    setParams({ q: undefined });
    input.current?.focus();
  };
  const query = params.value['q'] ?? '';
  return (
    <label class="search">
      <SearchIcon />
      <input
        ref={input}
        type="search"
        data-search
        value={query}
        placeholder={hint}
        aria-label={hint}
        title={'Words must all occur; -word must not; "quotes" keep words together'}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => setParams({ q: event.currentTarget.value })}
      />
      {query === '' ? (
        <kbd aria-hidden="true">/</kbd>
      ) : (
        <button type="button" class="icon-button" aria-label="Clear the search" onClick={clear}>
          <CloseIcon />
        </button>
      )}
    </label>
  );
}

/** A filter that is on or off. */
export function Chip({
  isOn,
  onToggle,
  kind = '',
  count,
  children,
}: {
  readonly isOn: boolean;
  readonly onToggle: () => void;
  readonly kind?: string;
  readonly count?: number;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <button type="button" class={`chip ${kind}`} aria-pressed={isOn} onClick={onToggle}>
      {children}
      {count !== undefined && <span class="chip-count">{countText(count)}</span>}
    </button>
  );
}

/** A filter that is set, with a button that takes it away. */
export function FilterTag({
  text,
  onRemove,
}: {
  readonly text: string;
  readonly onRemove: () => void;
}): VNode {
  return (
    <span class="filter-tag">
      <bdi title={text}>{text}</bdi>
      <button
        type="button"
        class="icon-button"
        aria-label={`Remove the filter ${text}`}
        onClick={onRemove}
      >
        <CloseIcon />
      </button>
    </span>
  );
}

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children !== undefined && <span>{children}</span>}
    </div>
  );
}

/** `dma 7`, which opens the run. */
export function RunLink({ run }: { readonly run: Run }): VNode {
  return (
    <a
      href={hrefOf('runs', { run: String(run.index) })}
      title={`run ${run.index + 1}: ${run.replay}`}
    >
      {run.test} {run.seed}
    </a>
  );
}

export function Card({
  title,
  more,
  children,
  kind = '',
}: {
  readonly title: ComponentChildren;
  /** At the right of the title. */
  readonly more?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly kind?: string;
}): VNode {
  return (
    <section class={`card ${kind}`}>
      <header>
        <h2>{title}</h2>
        {more !== undefined && <span class="more">{more}</span>}
      </header>
      {children}
    </section>
  );
}
