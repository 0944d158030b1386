// Closure: how the merged coverage grew, overall and by group, and which runs made it grow.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { percentText } from '#record/percent-text';
import { ClosureChart, GROUP_COLOURS } from './closure-chart.tsx';
import { closureSteps, runsSinceLastStep, type ClosureStep } from './curve-values.ts';
import { DataTable, type TableColumn } from './data-table.tsx';
import { countText, nounText } from './format.ts';
import { Chip, Empty, RunLink, SearchBox, VerdictBadge } from './parts.tsx';
import { listParam, listText } from './route.ts';
import { matchesTerms, parseTerms } from './search-terms.ts';
import { goTo, pageState, params, setParams } from './state.ts';
import type { Curve } from './unpack.ts';

const CHART_HEIGHT = 330;

export function ClosureView(): VNode {
  const { regression } = pageState();
  const { curves, runs } = regression;
  const { groups: groupText, sort = '-gain', q = '', x } = params.value;
  const chosen = useMemo(() => listParam(groupText), [groupText]);
  const shown = useMemo(() => chosenCurves(curves, chosen), [chosen]);
  const subject = shown.length === 2 ? shown[1] : shown[0];
  const rows = useMemo(() => {
    if (subject === undefined) return [];
    const terms = parseTerms(q);
    const steps = closureSteps(subject, runs).filter(({ run }) =>
      matchesTerms(terms, `${run.test} ${run.seed} ${run.verdict} ${run.cause}`.toLowerCase()),
    );
    return sortSteps(steps, sort);
  }, [subject, sort, q]);
  if (subject === undefined || runs.length === 0) {
    return <Empty title="No closure curve">This record does not say how its coverage grew.</Empty>;
  }
  return (
    <div class="view main">
      <section class="card closure-card">
        <GroupChips curves={curves} chosen={chosen} />
        <ClosureChart curves={shown} height={CHART_HEIGHT} isLogarithmic={x === 'log'} />
      </section>
      <div class="filters">
        <SearchBox hint="Search runs that added coverage" />
        <span class="muted result">
          {nounText(rows.length, 'run')} of {countText(runs.length)} moved{' '}
          {subject.group ?? 'the overall curve'},{' '}
          {idleText(runsSinceLastStep(subject, runs.length))}
        </span>
      </div>
      <DataTable
        label="Runs that added coverage"
        rows={rows}
        columns={COLUMNS}
        keyOf={({ run }) => run.index}
        onOpen={({ run }) => goTo('runs', { run: String(run.index) })}
        order={sort}
        onOrder={(order) => setParams({ sort: order })}
        minWidth={420}
        empty={<Empty title="No run matches" />}
      />
    </div>
  );
}

function idleText(idle: number): string {
  if (idle === 0) return 'the last one among them';
  return idle === 1 ? 'the last one did not' : `none of the last ${countText(idle)}`;
}

/** Cut as percentages are, so that gains add up to no more than there is. */
function gainText(gain: number): string {
  const size = Math.abs(gain);
  const text = size < 0.01 ? '<0.01' : (Math.floor(size * 100) / 100).toFixed(2);
  return `${gain < 0 ? '−' : '+'}${text} %`;
}

/** The overall curve, and those of the groups that are chosen. */
function chosenCurves(curves: readonly Curve[], chosen: readonly string[]): readonly Curve[] {
  return curves.filter(({ group }) => group === null || chosen.includes(group));
}

function sortSteps(steps: readonly ClosureStep[], sort: string): ClosureStep[] {
  const down = sort.startsWith('-') ? -1 : 1;
  const by: Readonly<Record<string, (step: ClosureStep) => number>> = {
    gain: ({ gain }) => gain,
    bins: ({ run }) => run.newBins ?? 0,
    run: ({ run }) => run.index,
  };
  const key = by[sort.replace('-', '')] ?? (({ gain }) => gain);
  return [...steps].sort((a, b) => down * (key(a) - key(b)) || a.run.index - b.run.index);
}

function GroupChips({
  curves,
  chosen,
}: {
  readonly curves: readonly Curve[];
  readonly chosen: readonly string[];
}): VNode {
  const names = curves.flatMap(({ group }) => (group === null ? [] : [group]));
  const set = (groups: readonly string[]): void =>
    setParams({ groups: listText(groups) || undefined });
  return (
    <div class="chips" role="group" aria-label="Curves of covergroups">
      <Chip
        isOn={chosen.length === names.length && names.length > 0}
        onToggle={() => set(chosen.length === names.length ? [] : names)}
      >
        all groups
      </Chip>
      <Chip
        isOn={params.value['x'] === 'log'}
        onToggle={() => setParams({ x: params.value['x'] === 'log' ? undefined : 'log' })}
      >
        logarithmic runs
      </Chip>
      <span class="chips-gap" />
      {names.map((name) => {
        const isOn = chosen.includes(name);
        const next = isOn ? chosen.filter((one) => one !== name) : [...chosen, name];
        // Colours go by the place among the curves that are shown.
        const place = names.filter((one) => chosen.includes(one)).indexOf(name);
        return (
          <Chip
            key={name}
            isOn={isOn}
            kind={isOn ? `curve-${place % GROUP_COLOURS}` : ''}
            onToggle={() => set(names.filter((one) => next.includes(one)))}
          >
            {name}
          </Chip>
        );
      })}
    </div>
  );
}

const COLUMNS: readonly TableColumn<ClosureStep>[] = [
  {
    key: 'run',
    title: '#',
    width: '64px',
    isNumber: true,
    order: 'run',
    cell: ({ run }) => <span class="faint">{countText(run.index + 1)}</span>,
  },
  {
    key: 'name',
    title: 'Run',
    width: 'minmax(140px, 1fr)',
    cell: ({ run }) => <RunLink run={run} />,
  },
  {
    key: 'verdict',
    title: 'Verdict',
    width: '90px',
    fromWidth: 520,
    cell: ({ run }) => <VerdictBadge verdict={run.verdict} />,
  },
  {
    key: 'gain',
    title: 'Gain',
    width: '100px',
    isNumber: true,
    order: '-gain',
    cell: ({ gain }) => gainText(gain),
  },
  {
    key: 'percent',
    title: 'Merged',
    width: '100px',
    isNumber: true,
    cell: ({ percent }) => percentText(percent),
  },
  {
    key: 'bins',
    title: 'New bins',
    width: '100px',
    isNumber: true,
    order: '-bins',
    fromWidth: 480,
    hint: 'Bins of all groups that no run before it had hit',
    cell: ({ run }) => countText(run.newBins ?? 0),
  },
];
