// The first thing that is seen: verdict, what was run, how much was seen, what is missing, what broke.
import type { ComponentChildren, VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { percentText } from '#record/percent-text';
import { ClosureChart } from './closure-chart.tsx';
import { runsSinceLastStep } from './curve-values.ts';
import { countText, nounText, secondsText, timeText, utcText } from './format.ts';
import {
  Card,
  CopyButton,
  Empty,
  PercentBar,
  RunLink,
  VerdictBadge,
  VerdictBar,
} from './parts.tsx';
import { ExclusionsCard } from './exclusions-card.tsx';
import { bucketsOf } from './run-filter.ts';
import { hrefOf, pageState } from './state.ts';
import type { CoverGroup, Regression } from './unpack.ts';
import { bannerSentences, bannerVerdict, verdictCounts } from './verdict-words.ts';

const CHART_HEIGHT = 250;
const BUCKETS_SHOWN = 8;
const SEEDS_SHOWN = 4;
const IDLE_SHOWN = 8;

export function OverviewView(): VNode {
  const { regression } = pageState();
  return (
    <div class="view scrolls">
      <Banner regression={regression} />
      <Tiles regression={regression} />
      <div class="columns">
        <div class="column wide">
          <ClosureCard regression={regression} />
          <TestsCard regression={regression} />
          <ExclusionsCard regression={regression} />
        </div>
        <div class="column">
          <FailuresCard regression={regression} />
          <GroupsCard regression={regression} />
          <IdleRulesCard regression={regression} />
        </div>
      </div>
    </div>
  );
}

function Banner({ regression }: { readonly regression: Regression }): VNode {
  const verdict = bannerVerdict(regression);
  const [first, ...others] = bannerSentences(regression);
  return (
    <section class={`banner verdict-${verdict}`} aria-label="Verdict">
      <div class="banner-verdict">
        <VerdictBadge verdict={verdict} />
        <div>
          <h1>{first}</h1>
          {others.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      </div>
      <Facts regression={regression} />
    </section>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ regression: { head, tests } }: { readonly regression: Regression }): VNode {
  const { baseSeed, device, profile, fault, code, askedParameters, wall } = head;
  const asked = Object.entries(askedParameters).map((pair) => pair.join('='));
  const had = head.overruledParameters?.map((one) => `${one.name}=${one.had.join(' or ')}`);
  const timePs = tests.reduce((sum, test) => sum + test.timePs, 0);
  const called = device.name === '' ? device.dut : `${device.name} ${device.version}`.trim();
  return (
    <dl class="facts">
      <Fact name="Base seed">
        <code>{baseSeed}</code>
        <CopyButton text={String(baseSeed)} label="Copy the base seed" />
      </Fact>
      <Fact name="Device">
        {called}
        {device.name !== '' && <span class="muted"> as {device.dut}</span>}
      </Fact>
      <Fact name="Profile">{profile ?? <span class="muted">none</span>}</Fact>
      <Fact name="Planted fault">
        {fault === null ? <span class="muted">none</span> : <span class="text-FAIL">{fault}</span>}
      </Fact>
      {asked.length > 0 && <Fact name="Asked for">{asked.join(', ')}</Fact>}
      {had && <Fact name="Device had">{had.join(', ')}</Fact>}
      <Fact name="Code">
        {code.version}
        {code.commit !== null && (
          <>
            {' at '}
            <code title={code.commit}>{code.commit.slice(0, 10)}</code>
          </>
        )}
        {code.dirty && (
          <span class="tag warning" title="The working copy had changes that are in no commit">
            dirty
          </span>
        )}
      </Fact>
      <Fact name="Simulated">{timeText(timePs)}</Fact>
      {wall !== undefined && (
        <Fact name="Run">
          {utcText(wall.startedUtc)}
          <span class="muted">
            {' '}
            on {wall.host}, {nounText(wall.jobs, 'job')}, {secondsText(wall.seconds)}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function Tile({
  name,
  value,
  href,
  children,
}: {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly href: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <a class="tile" href={href}>
      <span class="tile-name">{name}</span>
      <span class="tile-value">{value}</span>
      <span class="tile-more">{children}</span>
    </a>
  );
}

function Tiles({ regression }: { readonly regression: Regression }): VNode {
  const { groups, percent, rules, runs, exclusions } = regression;
  const counts = verdictCounts(regression);
  const bins = groups.reduce((sum, group) => sum + group.bins, 0);
  const covered = groups.reduce((sum, group) => sum + group.covered, 0);
  const idle = rules.filter(({ evaluations }) => evaluations === 0).length;
  const evaluations = rules.reduce((sum, rule) => sum + rule.evaluations, 0);
  return (
    <div class="tiles">
      <Tile name="Functional coverage" value={percentText(percent)} href={hrefOf('coverage')}>
        {bins === 0 ? (
          'nothing is countable'
        ) : (
          <>
            weighted mean of {nounText(groups.length, 'group')}
            {counts.FAIL + counts.ERROR > 0 && '; runs that did not pass count, too'}
          </>
        )}
      </Tile>
      <Tile
        name="Bins covered"
        value={
          <>
            {countText(covered)} <small>of {countText(bins)}</small>
          </>
        }
        href={hrefOf('coverage', { state: 'hole,low' })}
      >
        {holesText(bins, covered)}
        {exclusions.excluded > 0 && `, ${countText(exclusions.excluded)} excluded`}
      </Tile>
      <Tile
        name="Runs"
        value={
          <>
            {countText(counts.PASS)} <small>of {countText(runs.length)} passed</small>
          </>
        }
        href={hrefOf('runs')}
      >
        <VerdictBar counts={counts} />
      </Tile>
      <Tile
        name="Rules evaluated"
        value={
          <>
            {countText(rules.length - idle)} <small>of {countText(rules.length)}</small>
          </>
        }
        href={hrefOf('rules', idle > 0 ? { show: 'never' } : {})}
      >
        {idle > 0 ? (
          <span class="text-ERROR">{countText(idle)} never evaluated</span>
        ) : (
          <>{nounText(evaluations, 'evaluation')}</>
        )}
      </Tile>
    </div>
  );
}

function holesText(bins: number, covered: number): string {
  if (bins === 0) return 'nothing is countable';
  return covered === bins ? 'no holes' : `${nounText(bins - covered, 'hole')} to close`;
}

function ClosureCard({ regression: { curves, runs } }: { readonly regression: Regression }): VNode {
  const overall = curves.slice(0, 1);
  if (overall.length === 0 || runs.length === 0) {
    return (
      <Card title="Closure">
        <Empty title="No closure curve">This record does not say how its coverage grew.</Empty>
      </Card>
    );
  }
  const idle = runsSinceLastStep(overall[0], runs.length);
  const words =
    idle === 0 ? 'the last run still added coverage' : `${nounText(idle, 'run')} without gain`;
  return (
    <Card
      title="Closure"
      more={
        <>
          {words} · <a href={hrefOf('closure')}>by group</a>
        </>
      }
    >
      <OverallChart />
    </Card>
  );
}

function OverallChart(): VNode {
  const { curves } = pageState().regression;
  // The same list at every rendering: the chart is drawn anew for another one.
  const overall = useMemo(() => curves.slice(0, 1), [curves]);
  return <ClosureChart curves={overall} height={CHART_HEIGHT} isLogarithmic={false} />;
}

function TestsCard({ regression: { tests } }: { readonly regression: Regression }): VNode {
  return (
    <Card title="Tests" more={<a href={hrefOf('runs')}>all runs</a>}>
      {tests.length === 0 && <Empty title="No tests">The plan had no test.</Empty>}
      <div class="plain-scroll">
        <table class="plain">
          <thead>
            <tr>
              <th>Test</th>
              <th class="is-number">Runs</th>
              <th>Verdicts</th>
              <th class="is-number">Fail</th>
              <th class="is-number">Error</th>
              <th class="is-number">Skip</th>
              <th class="is-number">Simulated</th>
              <th class="is-number">Own coverage</th>
            </tr>
          </thead>
          <tbody>
            {tests.map(
              ({ test, runs, planned, pass, fail, error, skip, timePs, coveragePercent }) => (
                <tr key={test}>
                  <td>
                    <a href={hrefOf('runs', { test })}>{test}</a>
                  </td>
                  <td class="is-number">
                    {countText(runs)}
                    {runs < planned && <span class="muted"> of {countText(planned)}</span>}
                  </td>
                  <td class="bar-cell">
                    <VerdictBar counts={{ PASS: pass, FAIL: fail, ERROR: error, SKIP: skip }} />
                  </td>
                  <Tally count={fail} kind="text-FAIL" />
                  <Tally count={error} kind="text-ERROR" />
                  <Tally count={skip} kind="muted" />
                  <td class="is-number">{timeText(timePs)}</td>
                  <td class="is-number">{percentText(coveragePercent)}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Tally({ count, kind }: { readonly count: number; readonly kind: string }): VNode {
  return <td class={`is-number ${count === 0 ? 'faint' : kind}`}>{countText(count)}</td>;
}

function FailuresCard({ regression: { runs } }: { readonly regression: Regression }): VNode | null {
  const buckets = bucketsOf(runs);
  if (buckets.length === 0) return null;
  return (
    <Card title="What went wrong" more={<a href={hrefOf('failures')}>all failures</a>}>
      <ul class="buckets-short">
        {buckets.slice(0, BUCKETS_SHOWN).map(({ verdict, cause, runs: own }) => (
          <li key={`${verdict} ${cause}`}>
            <a class={`text-${verdict}`} href={hrefOf('failures', { q: `"${cause}"` })}>
              {cause === '' ? verdict : cause}
            </a>
            <span class="muted">{nounText(own.length, 'run')}</span>
            <span class="seeds">
              {own.slice(0, SEEDS_SHOWN).map((run) => (
                <RunLink key={run.index} run={run} />
              ))}
              {own.length > SEEDS_SHOWN && <span class="muted">…</span>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function GroupsCard({ regression: { groups } }: { readonly regression: Regression }): VNode {
  const order = [...groups].sort((a, b) => (a.percent ?? 101) - (b.percent ?? 101));
  return (
    <Card
      title="Covergroups"
      more={<a href={hrefOf('coverage', { state: 'hole,low' })}>all holes</a>}
    >
      {groups.length === 0 && <Empty title="No coverage">The tests sampled no covergroup.</Empty>}
      <ul class="groups-short">
        {order.map((group) => (
          <GroupLine key={group.type} group={group} />
        ))}
      </ul>
    </Card>
  );
}

function GroupLine({
  group: { type, percent, bins, covered },
}: {
  readonly group: CoverGroup;
}): VNode {
  return (
    <li>
      <a href={hrefOf('coverage', { group: type })} title={type}>
        {type}
      </a>
      <PercentBar percent={percent} />
      <span class="holes muted">{covered === bins ? '' : nounText(bins - covered, 'hole')}</span>
    </li>
  );
}

function IdleRulesCard({
  regression: { rules },
}: {
  readonly regression: Regression;
}): VNode | null {
  const idle = rules.filter(({ evaluations }) => evaluations === 0);
  if (idle.length === 0) return null;
  return (
    <Card title="Rules never evaluated" more={<a href={hrefOf('rules', { show: 'never' })}>all</a>}>
      <ul class="idle-rules">
        {idle.slice(0, IDLE_SHOWN).map(({ id, sentence }) => (
          <li key={id}>
            <a href={hrefOf('rules', { q: `"${id}"` })}>{id}</a> {sentence}
          </li>
        ))}
      </ul>
    </Card>
  );
}
