// Claims about TLM and comparators; the chapter that has those about events, too. Source: IEEE 1800.2-2020 clauses 10-13.
import { expect } from 'vitest';
import { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { AlgorithmicComparator, InOrderComparator } from '#uvm/comparator';
import { InOrderScoreboard, OutOfOrderScoreboard } from '#uvm/matching-scoreboard';
import {
  AnalysisImp,
  AnalysisPort,
  BlockingGetPort,
  BlockingPutPort,
  GetPeekPort,
  MasterPort,
  NonblockingPutPort,
  PutPort,
  SlavePort,
  TransportPort,
} from '#uvm/ports';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { RequestResponseChannel, TransportChannel } from '#uvm/tlm-channel';
import { AnalysisFifo, TlmFifo } from '#uvm/tlm-fifo';
import type { ClaimChapter } from './claim.ts';
import { EVENT_CLAIMS } from './event-claims.ts';
import { alone, runAll } from './tlm-bench.ts';

const brokenRules = ({ rules }: Testbench): string[] => rules.failures.map(({ rule }) => rule);

class ByTag extends OutOfOrderScoreboard<{ tag: number; value: number }, number> {
  protected override keyOf({ tag }: { tag: number }): number {
    return tag;
  }
}
class Doubled extends AlgorithmicComparator<number, number> {
  override transform(before: number): number {
    return 2 * before;
  }
}

export const TLM_CHAPTER: ClaimChapter = {
  title: 'TLM, events, barriers, comparators',
  source: 'IEEE 1800.2-2020 clauses 10 (events, barriers, callbacks), 11 (pools), 12 (TLM), 13',
  claims: [
    {
      id: 'TLM-1',
      feature: 'Put, get, peek and get_peek ports: blocking, nonblocking, and both',
      support: 'yes',
      verify: () => {
        const fifo = new TlmFifo<number>('fifo', 1);
        const [put, tryPut] = [
          new BlockingPutPort<number>('a'),
          new NonblockingPutPort<number>('b'),
        ];
        const [get, both] = [new BlockingGetPort<number>('c'), new GetPeekPort<number>('d')];
        for (const port of [put, tryPut, get, both]) (port as PutPort<number>).connect(fifo);
        const log = runAll(new Kernel(), put.put(1), both.peek(), get.get());
        expect([log, tryPut.tryPut(2), tryPut.canPut(), both.tryGet()]).toEqual([
          [undefined, 1, 1],
          true,
          false,
          2,
        ]);
      },
    },
    {
      id: 'TLM-2',
      feature: 'Transport, master and slave ports',
      support: 'yes',
      verify: () => {
        const channel = new RequestResponseChannel<number, string>('bus');
        const [master, slave] = [
          new MasterPort<number, string>('m'),
          new SlavePort<number, string>('s'),
        ];
        master.connect(channel.master);
        slave.connect(channel.slave);
        master.tryPut(1);
        slave.tryPut(`answer ${slave.tryGet()}`);
        expect(master.tryGet()).toBe('answer 1');
        const port = new TransportPort<number, string>('t');
        port.connect({
          *transport() {
            return 'waited';
          },
          tryTransport: () => undefined,
        });
        expect([runAll(new Kernel(), port.transport(1)), port.tryTransport(1)]).toEqual([
          ['waited'],
          undefined,
        ]);
      },
    },
    {
      id: 'TLM-3',
      feature: 'Exports',
      support: 'differs',
      note: "An export is a port with `role: 'export'`; there are no classes of their own, as the type of a port is that of its interface.",
      verify: () => {
        const entry = new PutPort<number>('into', undefined, { role: 'export' });
        entry.connect(new TlmFifo<number>('fifo', 1));
        const port = new PutPort<number>('out');
        port.connect(entry);
        expect(port.tryPut(1)).toBe(true);
        expect(() => entry.connect(port)).toThrow(/is connected already/);
        const other = new PutPort<number>('other', undefined, { role: 'export' });
        expect(() => other.connect(new PutPort<number>('p'))).toThrow(
          /cannot be connected to port 'p'/,
        );
      },
    },
    {
      id: 'TLM-4',
      feature: 'Imps',
      support: 'differs',
      note: 'What has the methods implements the interface: a component, a FIFO, an object. The compiler checks it.',
      verify: () => {
        const taken: number[] = [];
        const port = new NonblockingPutPort<number>('out');
        port.connect({ tryPut: (one) => taken.push(one) > 0, canPut: () => true });
        expect([port.tryPut(7), taken]).toEqual([true, [7]]);
      },
    },
    {
      id: 'TLM-5',
      feature:
        'Hierarchical connections: port to port, port to export, export to export, export to imp',
      support: 'yes',
      verify: () => {
        const fifo = new TlmFifo<number>('fifo', 1);
        const [a, b] = [new PutPort<number>('a'), new PutPort<number>('b')];
        const [c, d] = ['c', 'd'].map(
          (name) => new PutPort<number>(name, undefined, { role: 'export' }),
        );
        d.connect(fifo);
        c.connect(d);
        b.connect(c);
        a.connect(b);
        a.tryPut(3);
        expect(fifo.tryGet()).toBe(3);
      },
    },
    {
      id: 'TLM-6',
      feature: 'Connections are checked at the end of elaboration: minimum and maximum',
      support: 'differs',
      note: 'Too few: an error that names every port and what to do, not one report each. Too many, late or in a loop: an error at once. A port without owner is checked when it is used.',
      verify: () => {
        class Loose extends Test {
          readonly out = new PutPort<number>('out', this);
        }
        const elaborate = (): unknown =>
          new TestRunner(new Testbench({ runSeed: 1 }), Loose).elaborate();
        expect(elaborate).toThrow(/port 'test\.out' has 0 connections and wants at least 1/);
        const port = new PutPort<number>('out');
        port.connect(new TlmFifo('a'));
        expect(() => port.connect(new TlmFifo('b'))).toThrow(/is connected already/);
      },
    },
    {
      id: 'TLM-7',
      feature: 'debug_connected_to and debug_provided_to',
      support: 'yes',
      verify: () => {
        const [a, b] = [new PutPort<number>('a'), new PutPort<number>('b')];
        a.connect(b);
        b.connect(new TlmFifo('fifo'));
        expect(a.debugConnectedTo()).toEqual([
          'a (PutPort)',
          '  b (PutPort)',
          '    fifo (TlmFifo)',
        ]);
        expect(b.debugProvidedTo()).toEqual(['b (PutPort)', '  a (PutPort)']);
      },
    },
    {
      id: 'TLM-8',
      feature: 'Analysis port: any number of subscribers, none included; never blocks',
      support: 'yes',
      verify: () => {
        const seen: number[] = [];
        const port = new AnalysisPort<number>();
        port.write(1);
        port.connect({ write: (one) => seen.push(one) }, { write: (one) => seen.push(10 * one) });
        port.write(2);
        expect(seen).toEqual([2, 20]);
      },
    },
    {
      id: 'TLM-9',
      feature: 'Several analysis inputs of one component (`uvm_analysis_imp_decl)',
      support: 'differs',
      note: 'An AnalysisImp per input, with its method and type; no macro, no suffix.',
      verify: () => {
        const seen: string[] = [];
        const owner = { fullPath: 'test.scoreboard' };
        const a = new AnalysisImp<number>('a', owner, (one) => void seen.push(`a${one}`));
        const b = new AnalysisImp<string>('b', owner, (one) => void seen.push(`b${one}`));
        a.write(1);
        b.write('x');
        expect([seen, a.fullPath]).toEqual([['a1', 'bx'], 'test.scoreboard.a']);
      },
    },
    {
      id: 'TLM-10',
      feature: 'TLM FIFO: bounded or unbounded, used, is_empty, is_full, flush, put_ap, get_ap',
      support: 'differs',
      note: 'It is no component and has no phases; `depth` 0 is unbounded up to a limit that is said.',
      verify: () => {
        const fifo = new TlmFifo<number>('fifo', 1);
        const seen: string[] = [];
        fifo.putAnalysis.connect({ write: (one) => seen.push(`put ${one}`) });
        fifo.getAnalysis.connect({ write: (one) => seen.push(`get ${one}`) });
        expect([fifo.isEmpty, fifo.tryPut(1), fifo.isFull, fifo.used, fifo.tryPut(2)]).toEqual([
          true,
          true,
          true,
          1,
          false,
        ]);
        fifo.tryGet();
        fifo.tryPut(3);
        fifo.flush();
        expect([seen, fifo.isEmpty]).toEqual([['put 1', 'get 1', 'put 3'], true]);
      },
    },
    {
      id: 'TLM-11',
      feature:
        'Those that wait at a FIFO are served in the order of waiting (mailbox, IEEE 1800 clause 15.4)',
      support: 'yes',
      verify: () => {
        const kernel = new Kernel();
        const fifo = new TlmFifo<number>('fifo', 1);
        const log = runAll(kernel, fifo.get(), fifo.get());
        expect([fifo.tryPut(1), fifo.tryGet(), fifo.tryPut(2)]).toEqual([true, undefined, true]);
        kernel.runUntil(1);
        expect(log).toEqual([1, 2]);
      },
    },
    {
      id: 'TLM-12',
      feature: 'Analysis FIFO',
      support: 'yes',
      verify: () => {
        const fifo = new AnalysisFifo<number>('fifo');
        for (let i = 0; i < 100; i++) fifo.write(i);
        expect([fifo.used, fifo.tryGet()]).toEqual([100, 0]);
      },
    },
    {
      id: 'TLM-13',
      feature: 'Request-response channel and transport channel',
      support: 'yes',
      verify: () => {
        const channel = new TransportChannel<number, number>('bus');
        const slave = function* (): Process {
          yield* channel.slave.put((yield* channel.slave.get()) + 1);
        };
        expect(runAll(new Kernel(), channel.transport(5), slave())).toContain(6);
      },
    },
    {
      id: 'TLM-14',
      feature: 'TLM2: sockets, generic payload, b_transport, nb_transport',
      support: 'no',
      note: 'A TransportPort with request and response types of your own does what b_transport does between untimed models.',
    },
    ...EVENT_CLAIMS,
    {
      id: 'CMP-1',
      feature: 'In-order comparator: matches, mismatches, pairs, flush; either side may be ahead',
      support: 'differs',
      note: 'Mismatches break the rule COMPARE-EQUAL; what is left over at the end breaks COMPARE-LEFTOVER, which UVM does not look at.',
      verify: () => {
        const [compare, testbench] = alone(InOrderComparator<number>);
        compare.actual.write(1);
        for (const value of [1, 2, 3]) compare.expected.write(value);
        compare.actual.write(9);
        compare.checkPhase();
        expect([compare.matches, compare.mismatches]).toEqual([1, 1]);
        expect(brokenRules(testbench)).toEqual(['COMPARE-EQUAL', 'COMPARE-LEFTOVER']);
      },
    },
    {
      id: 'CMP-2',
      feature: 'Algorithmic comparator: a transformation of what goes in against what comes out',
      support: 'yes',
      verify: () => {
        const [compare] = alone(Doubled);
        compare.before.write(2);
        compare.actual.write(4);
        expect(compare.matches).toBe(1);
      },
    },
    {
      id: 'CMP-3',
      feature:
        'Scoreboard bases, in order and by key, with bounded memory and a failure for what never comes',
      support: 'yes',
      note: 'More than UVM has: its uvm_scoreboard is empty.',
      verify: () => {
        const [board, testbench] = alone(ByTag);
        board.outstandingMax = 2;
        for (const tag of [1, 2, 3]) board.expected.write({ tag, value: 0 });
        board.actual.write({ tag: 2, value: 0 });
        board.actual.write({ tag: 7, value: 0 });
        board.checkPhase();
        expect([board.matches, board.unexpected, board.outstanding]).toEqual([1, 1, 1]);
        expect(brokenRules(testbench)).toEqual([
          'SCOREBOARD-OUTSTANDING',
          'SCOREBOARD-EXPECTED',
          'SCOREBOARD-COMPLETE',
        ]);
      },
    },
    {
      id: 'CMP-4',
      feature: 'A check that was never evaluated shows',
      support: 'yes',
      note: 'More than UVM has.',
      verify: () => {
        const [board, testbench] = alone(InOrderScoreboard<number>);
        board.checkPhase();
        expect(testbench.rules.evaluations()).toMatchObject({
          'SCOREBOARD-EQUAL': 0,
          'SCOREBOARD-COMPLETE': 1,
        });
      },
    },
  ],
};
