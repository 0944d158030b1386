// One run in full: why it did not pass, how to replay it, its digests, what it broke, what it was the first to cover, what was
// drawn for it.
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { BinName } from './bin-columns.tsx';
import { countText, exactTimeText, nounText, timeText } from './format.ts';
import { CloseIcon } from './icons.tsx';
import { CommandLine, Digest, VerdictBadge } from './parts.tsx';
import { listText } from './route.ts';
import { hrefOf, pageState, setParams } from './state.ts';
import type { Run } from './unpack.ts';

const FIRSTS_SHOWN = 60;

export function RunDetail({ run }: { readonly run: Run }): VNode {
  const panel = useRef<HTMLElement>(null);
  const close = (): void => setParams({ run: undefined });
  useEffect(() => {
    if (panel.current !== null) panel.current.scrollTop = 0;
  }, [run]);
  const { test, seed, verdict, index } = run;
  return (
    <aside ref={panel} class="detail" aria-label={`Run ${test} seed ${seed}`}>
      <header>
        <VerdictBadge verdict={verdict} />
        <h2>
          {test} seed {seed}
        </h2>
        <span class="muted">run {countText(index + 1)}</span>
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <CloseIcon />
        </button>
      </header>
      <Reason run={run} />
      <h3>Replay</h3>
      <CommandLine text={run.replay} />
      {verdict !== 'PASS' && (
        <p class="muted">
          In full in <FailureFile run={run} /> beside this page.
        </p>
      )}
      <Numbers run={run} />
      <Broken run={run} />
      <FirstHits run={run} />
      <Drawn run={run} kind="swarm" title="Drawn from the seed" />
      <Drawn run={run} kind="parameter" title="Device parameters" />
    </aside>
  );
}

/** The folder of a run has no other name than this; the page stands beside `runs`. */
function FailureFile({ run: { test, seed } }: { readonly run: Run }): VNode {
  const path = `runs/${test}-${seed}/failure.md`;
  return (
    <a href={path.split('/').map(encodeURIComponent).join('/')}>
      <code>{path}</code>
    </a>
  );
}

function Reason({ run: { cause, reason, verdict } }: { readonly run: Run }): VNode | null {
  const rule = pageState().regression.rules.find(({ id }) => id === cause);
  if (cause === '' && reason === '') return null;
  return (
    <div class={`reason-box verdict-${verdict}`}>
      {cause !== '' && (
        <strong>
          {rule === undefined ? cause : <a href={hrefOf('rules', { q: `"${cause}"` })}>{cause}</a>}
        </strong>
      )}
      {rule !== undefined && <p class="muted">{rule.sentence}</p>}
      {reason !== '' && <p class="words">{reason}</p>}
    </div>
  );
}

function Numbers({ run }: { readonly run: Run }): VNode {
  return (
    <dl class="pairs">
      <dt>TLPs</dt>
      <dd>
        {countText(run.tlpsUp)} up, {countText(run.tlpsDown)} down
      </dd>
      <dt>Operations</dt>
      <dd>{countText(run.operations)}</dd>
      <dt>Simulated</dt>
      <dd>{timeText(run.timePs)}</dd>
      <dt>Digest of TLPs</dt>
      <dd>
        <Digest name="TLP" value={run.tlpDigest} />
      </dd>
      <dt>Digest of draws</dt>
      <dd>
        <Digest name="draws" value={run.drawsDigest} />
      </dd>
    </dl>
  );
}

function Broken({ run: { broken } }: { readonly run: Run }): VNode | null {
  if (broken.length === 0) return null;
  return (
    <>
      <h3>Rules broken, the first is the verdict</h3>
      <ul class="lines">
        {broken.map(({ rule, subjects, count, timePs }) => (
          <li key={rule}>
            <a href={hrefOf('rules', { q: `"${rule}"` })}>{rule}</a>
            <span class="muted">
              {nounText(count, 'time')}, {nounText(subjects, 'subject')}, first at{' '}
              {exactTimeText(timePs)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The bins that this run was the first to hit: what it was worth. */
function FirstHits({ run: { index, newBins } }: { readonly run: Run }): VNode | null {
  const { bins } = pageState();
  const rows = useMemo(() => bins.firstHitBy(index), [index]);
  if (newBins === null) return null;
  return (
    <>
      <h3>First to hit {nounText(rows.length, 'bin')}</h3>
      <ul class="lines bin-lines">
        {rows.slice(0, FIRSTS_SHOWN).map((row) => (
          <li key={row}>
            <BinName {...bins.at(row)} />
          </li>
        ))}
        {rows.length > FIRSTS_SHOWN && (
          <li class="muted">and {countText(rows.length - FIRSTS_SHOWN)} more</li>
        )}
      </ul>
    </>
  );
}

interface DrawnProps {
  readonly run: Run;
  readonly kind: 'swarm' | 'parameter';
  readonly title: string;
}

function Drawn({ run, kind, title }: DrawnProps): VNode | null {
  const { columns } = pageState();
  const own = columns.filter((one) => one.kind === kind && one.values[run.index] !== null);
  if (own.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <dl class="pairs drawn">
        {own.map(({ name, values }) => {
          const value = String(values[run.index]);
          return [
            <dt key={name} title={name}>
              <a href={hrefOf('configuration', { by: name })}>{name}</a>
            </dt>,
            <dd key={`${name} value`}>
              <a
                title="Runs with this value"
                href={hrefOf('runs', { where: listText([`${name}=${value}`]) })}
              >
                {value === '' ? '(empty)' : value}
              </a>
            </dd>,
          ];
        })}
      </dl>
    </>
  );
}
