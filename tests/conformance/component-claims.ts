// Claims about components and transaction objects: IEEE 1800.2 clauses 5.3, 13.1, 16 and F.7.
import { expect } from 'vitest';
import { Component } from '#uvm/component';
import { field } from '#uvm/field-kinds';
import { fields } from '#uvm/object-fields';
import { SequenceItem } from '#uvm/sequence-item';
import { Test } from '#uvm/test';
import { elaborate } from '../unit/uvm/bench-test.ts';
import type { ClaimChapter } from './claim.ts';

class Leaf extends Component {}
class Env extends Component {
  readonly child = this.children({ leaf: Leaf, other: Leaf });
}
class TreeTest extends Test {
  readonly child = this.children({ env: Env });
}

class Item extends SequenceItem {
  address = 0;
  data: readonly number[] = [];
  note = '';
}
const item = fields(Item, {
  address: field.hex(32),
  data: field.list(field.hex(8)),
  note: field.except(field.text(), 'compare'),
});
const made = (change: Partial<Item>): Item => Object.assign(new Item(), change);

export const COMPONENT_CHAPTER: ClaimChapter = {
  title: 'UVM components and objects',
  source: 'IEEE 1800.2-2020 clauses 5.3, 13.1, 16 and F.7',
  claims: [
    {
      id: 'COMP-1',
      feature: 'a static tree: names, full names, parent, children, depth',
      support: 'yes',
      verify() {
        const { test } = elaborate(TreeTest);
        const { leaf } = test.child.env.child;
        expect([leaf.name, leaf.fullPath, leaf.depth]).toEqual(['leaf', 'test.env.leaf', 3]);
        expect(leaf.parent).toBe(test.child.env);
        expect(test.child.env.childComponents.map(({ name }) => name)).toEqual(['leaf', 'other']);
      },
    },
    {
      id: 'COMP-2',
      feature: 'two children of one name, and children created after the build phase, are refused',
      support: 'yes',
      verify() {
        class Twice extends Test {
          override buildPhase(): void {
            this.createChild('a', Leaf);
            this.createChild('a', Leaf);
          }
        }
        class Late extends Test {
          override connectPhase(): void {
            this.createChild('a', Leaf);
          }
        }
        expect(() => elaborate(Twice)).toThrow(/two children named 'a'/);
        expect(() => elaborate(Late)).toThrow(/'a' is created outside the build phase/);
      },
    },
    {
      id: 'COMP-3',
      feature: 'lookup of a relative path or one from the top',
      support: 'differs',
      note: 'An unknown path throws, with the nearest name (UVM: warning and null).',
      verify() {
        const { test } = elaborate(TreeTest);
        expect(test.lookup('env.leaf')).toBe(test.child.env.child.leaf);
        expect(test.child.env.lookup('.test.env.leaf')).toBe(test.child.env.child.leaf);
        expect(() => test.lookup('env.laef')).toThrow(
          /no component 'env\.laef' \(did you mean 'leaf'/,
        );
      },
    },
    {
      id: 'COMP-4',
      feature: 'uvm_root::find and find_all by pattern',
      support: 'differs',
      note: '`find` throws when none or several match.',
      verify() {
        const { test } = elaborate(TreeTest);
        expect(test.find('**.leaf').fullPath).toBe('test.env.leaf');
        expect(test.findAll('env.*').map(({ name }) => name)).toEqual(['leaf', 'other']);
        expect(() => test.find('env.*')).toThrow(/2 components match/);
      },
    },
    {
      id: 'COMP-5',
      feature: 'print_topology, as a table (Name, Type, Size, Value), a tree or a line',
      support: 'yes',
      verify() {
        const lines = elaborate(TreeTest).test.printTopology().split('\n');
        expect(lines[1]).toMatch(/^Name +Type +Size +Value$/);
        expect(
          lines.slice(3, 7).map((line) => line.split(/ {2,}/).filter((cell) => cell !== '')),
        ).toEqual([
          ['test', 'TreeTest', '-', '@1'],
          ['env', 'Env', '-', '@2'],
          ['leaf', 'Leaf', '-', '@3'],
          ['other', 'Leaf', '-', '@4'],
        ]);
      },
    },
    {
      id: 'COMP-6',
      feature: 'run_test, uvm_top, singletons',
      support: 'no',
      note: 'There is no global state: `TestRunner` takes a testbench and a test, and a process may hold many.',
    },
    {
      id: 'COMP-7',
      feature: 'suspend and resume of components; set_phase_imp; transaction recording (begin_tr)',
      support: 'no',
      note: 'A run leaves a record of operations and of the last TLPs instead.',
    },
    {
      id: 'OBJ-1',
      feature: 'copy and clone of objects, deep',
      support: 'differs',
      note: 'By a table of fields beside the class, `fields(…)`, in the place of field macros and do_copy.',
      verify() {
        const from = made({ address: 4, data: [1, 2] });
        const clone = item.clone(from);
        expect([clone.address, clone.data]).toEqual([4, [1, 2]]);
        expect(clone.data).not.toBe(from.data);
        expect(clone).toBeInstanceOf(Item);
      },
    },
    {
      id: 'OBJ-2',
      feature: 'compare, with a list of miscompares; fields left out by policy (UVM_NOCOMPARE)',
      support: 'differs',
      note: '`equals` answers, `differences` lists; -0 equals 0.',
      verify() {
        const expected = made({ address: 0x10, data: [1, 2], note: 'a' });
        const seen = made({ address: 0x11, data: [1, 3], note: 'b' });
        expect(item.equals(expected, seen)).toBe(false);
        expect(item.differences(expected, seen)).toEqual([
          { path: 'address', expected: "'h10", seen: "'h11" },
          { path: 'data[1]', expected: "'h2", seen: "'h3" },
        ]);
        expect(item.equals(expected, made({ address: 0x10, data: [1, 2] }))).toBe(true);
      },
    },
    {
      id: 'OBJ-3',
      feature: 'print and sprint by table, tree and line printer',
      support: 'differs',
      note: '`sprint` only: nothing is printed inside a run. The radix belongs to the field.',
      verify() {
        const one = made({ address: 0x10, data: [7] });
        expect(item.sprint(one)).toMatch(/\n {2}address +integral +32 +'h10\n/);
        expect(item.sprint(one, { format: 'line', name: 'req' })).toBe(
          "req: (Item) { address: 'h10 data: (list(integral)) { [0]: 'h7 } note:  }\n",
        );
        expect(item.sprint(one, { format: 'tree' })).toMatch(
          /^Item: \(Item\) \{\n {2}address: 'h10\n/,
        );
      },
    },
    {
      id: 'OBJ-4',
      feature: 'pack and unpack; record; do_execute_op; set_local',
      support: 'no',
      note: 'Formats on a wire have codecs of their own, from one table each (`src/pcie`).',
    },
  ],
};
