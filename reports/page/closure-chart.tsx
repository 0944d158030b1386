// The closure curve: merged coverage after each run in plan order, with a mark for each run that did not pass. A run under the
// pointer or the arrow keys is told in words, a click or Enter opens it.
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { percentText } from '#record/percent-text';
import { curvePath, marksPath, runAt, runTicks, xOf, yOf, type ChartScale } from './chart-scale.ts';
import { curveValueAt } from './curve-values.ts';
import { countText, nounText } from './format.ts';
import { goTo, pageState } from './state.ts';
import type { Curve, Run } from './unpack.ts';

const MARGIN = { left: 58, right: 16, top: 12, bottom: 26 };
const PERCENTS = [0, 25, 50, 75, 100];
/** Colours of the style sheet for the curves of groups, in their order. */
export const GROUP_COLOURS = 8;

export interface ChartProps {
  /** Overall first, drawn strongest. */
  readonly curves: readonly Curve[];
  readonly height: number;
  /** Early runs get more room. */
  readonly isLogarithmic: boolean;
}

export function ClosureChart({ curves, height, isLogarithmic }: ChartProps): VNode {
  const { runs } = pageState().regression;
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const [hovered, setHovered] = useState<number | null>(null);
  useLayoutEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const scale = useMemo(
    (): ChartScale => ({
      runCount: runs.length,
      isLogarithmic,
      left: MARGIN.left,
      right: Math.max(MARGIN.left + 50, width - MARGIN.right),
      top: MARGIN.top,
      bottom: height - MARGIN.bottom,
    }),
    [width, height, isLogarithmic],
  );
  const drawing = useMemo(() => <Drawing {...{ scale, curves, runs }} />, [scale, curves]);
  const open = (): void => {
    if (hovered !== null) goTo('runs', { run: String(hovered) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') open();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setHovered(Math.max(0, Math.min(runs.length - 1, (hovered ?? -1) + step)));
  };
  const onMove = ({ offsetX }: MouseEvent): void => setHovered(runAt(scale, offsetX));
  return (
    <figure class="chart">
      <div
        ref={holder}
        class="chart-holder"
        tabIndex={0}
        role="img"
        aria-label={chartWords(curves)}
        style={{ height: `${height}px` }}
        onKeyDown={onKeyDown}
        onMouseMove={onMove}
        onMouseLeave={() => setHovered(null)}
        onBlur={() => setHovered(null)}
        onClick={open}
      >
        <svg width={width} height={height} aria-hidden="true">
          {drawing}
          {hovered !== null && <Hovered {...{ scale, curves }} run={hovered} />}
        </svg>
      </div>
      <figcaption aria-live="polite">
        {hovered === null ? (
          <Key curves={curves} runs={runs} />
        ) : (
          <RunWords curves={curves} run={runs[hovered]} />
        )}
      </figcaption>
    </figure>
  );
}

/** The chart in words, for who does not see it. */
function chartWords(curves: readonly Curve[]): string {
  const parts = curves.map(
    ({ group, percents }) => `${group ?? 'all groups'} ${percentText(percents.at(-1))}`,
  );
  return `Merged coverage after the last run: ${parts.join(', ')}. Arrow keys read single runs.`;
}

interface DrawingProps {
  readonly scale: ChartScale;
  readonly curves: readonly Curve[];
}

function Drawing({ scale, curves, runs }: DrawingProps & { readonly runs: readonly Run[] }): VNode {
  const { left, right, bottom } = scale;
  const isAlone = curves.length === 1;
  return (
    <>
      {PERCENTS.map((percent) => {
        const y = Math.round(yOf(scale, percent)) + 0.5;
        return (
          <g key={percent}>
            <line class="chart-grid" x1={left} x2={right} y1={y} y2={y} />
            <text class="chart-text" x={left - 8} y={y + 3.5} text-anchor="end">
              {percent} %
            </text>
          </g>
        );
      })}
      {runTicks(scale).map((run) => (
        <text key={run} class="chart-text" x={xOf(scale, run)} y={bottom + 18} text-anchor="middle">
          {countText(run + 1)}
        </text>
      ))}
      {curves.map((curve, at) => {
        const path = curvePath(scale, curve);
        const [first = 0] = curve.runs;
        const area = `${path}V${bottom}H${xOf(scale, first)}Z`;
        return (
          <g key={curve.group ?? ''} class={colourClass(curve, at)}>
            {isAlone && path !== '' && <path class="chart-area" d={area} />}
            <path class="chart-curve" d={path} />
          </g>
        );
      })}
      {(['SKIP', 'ERROR', 'FAIL'] as const).map((verdict) => (
        <path
          key={verdict}
          class={`chart-mark verdict-${verdict}`}
          d={marksPath(
            scale,
            runs.filter((run) => run.verdict === verdict),
          )}
        />
      ))}
    </>
  );
}

function colourClass({ group }: Curve, at: number): string {
  return group === null ? 'curve-all' : `curve-${(at - 1) % GROUP_COLOURS}`;
}

function Hovered({ scale, curves, run }: DrawingProps & { readonly run: number }): VNode {
  const x = Math.round(xOf(scale, run)) + 0.5;
  return (
    <>
      <line class="chart-cursor" x1={x} x2={x} y1={scale.top} y2={scale.bottom} />
      {curves.map((curve, at) => {
        const percent = curveValueAt(curve, run);
        return percent === null ? null : (
          <circle
            key={curve.group ?? ''}
            class={`chart-dot ${colourClass(curve, at)}`}
            cx={x}
            cy={yOf(scale, percent)}
            r={3.5}
          />
        );
      })}
    </>
  );
}

/** What the lines and marks are, while no run is pointed at. */
function Key({
  curves,
  runs,
}: {
  readonly curves: readonly Curve[];
  readonly runs: readonly Run[];
}): VNode {
  const count = (verdict: Run['verdict']): number =>
    runs.filter((run) => run.verdict === verdict).length;
  return (
    <>
      {curves.map((curve, at) => (
        <span key={curve.group ?? ''} class={`key ${colourClass(curve, at)}`}>
          <i />
          {curve.group ?? 'all groups'} {percentText(curve.percents.at(-1))}
        </span>
      ))}
      {(['FAIL', 'ERROR', 'SKIP'] as const).map(
        (verdict) =>
          count(verdict) > 0 && (
            <span key={verdict} class={`key is-mark verdict-${verdict}`}>
              <i />
              {countText(count(verdict))} {verdict}
            </span>
          ),
      )}
      <span class="muted">merged after each of {nounText(runs.length, 'run')}, in plan order</span>
    </>
  );
}

function RunWords({
  curves,
  run,
}: {
  readonly curves: readonly Curve[];
  readonly run: Run;
}): VNode {
  const { test, seed, verdict, cause, newBins, index } = run;
  return (
    <>
      <strong>
        {test} {seed}
      </strong>
      <span class="muted">run {countText(index + 1)}</span>
      {verdict !== 'PASS' && <span class={`text-${verdict}`}>{`${verdict} ${cause}`.trim()}</span>}
      {newBins !== null && newBins > 0 && <span>{nounText(newBins, 'new bin')}</span>}
      {curves.map((curve, at) => (
        <span key={curve.group ?? ''} class={`key ${colourClass(curve, at)}`}>
          <i />
          {curve.group ?? 'all groups'} {percentText(curveValueAt(curve, index))}
        </span>
      ))}
    </>
  );
}
