/**
 * How the random fields of a class are laid out as variables of the solver: one for a number, flag or choice, two for a wide integer,
 * one for the size of an array and those of every element that it may have, and those of nested objects in place.
 *
 *     header: nested(headerClass)                     header.tag            variable 0
 *     items:  arrayOf(uint(8), { size: span(0, 2) })  items.length          variable 1
 *                                                     items[0], items[1]    variables 2, 3
 *     address: wide(64)                               high, low             variables 4, 5
 */
import { UsageError, assertNever } from '#base/assert';
import { type Domain, type Scalar } from './domain.ts';
import type { FieldDomain, WideDomain } from './field-domain.ts';
import type { VariableNames, WideName } from './print.ts';

/** Steps from the object that is randomized to a part of it. */
export type Steps = readonly (string | number)[];

interface Place {
  /** Name of the field, or number of the element. */
  readonly key: string | number;
  /** As people read it: `header.items[2]`. */
  readonly path: string;
}
export interface ScalarSlot extends Place {
  readonly kind: 'scalar';
  readonly index: number;
  readonly domain: Domain<Scalar>;
  readonly isCyclic: boolean;
}
export interface WideSlot extends Place {
  readonly kind: 'wide';
  readonly high: number;
  readonly low: number;
  readonly domain: WideDomain;
}
export interface ArraySlot extends Place {
  readonly kind: 'array';
  /** Variable of the size; undefined: it has always `elements.length` elements. */
  readonly size: number | undefined;
  /** As many as there can be. */
  readonly elements: readonly Slot[];
  readonly isBytes: boolean;
}
/** An element is there only when the size of its array is greater than its number. */
export interface Guard {
  /** Variable of the size. */
  readonly size: number;
  readonly element: number;
}
export interface ObjectSlot extends Place {
  readonly kind: 'object';
  readonly steps: Steps;
  /** Whether it is there at all, for objects in arrays of random size. */
  readonly guards: readonly Guard[];
  readonly shape: Shape;
  readonly fields: readonly Slot[];
}
export type Slot = ScalarSlot | WideSlot | ArraySlot | ObjectSlot;

/** A cyclic field, or an element of a list of them, and the object that has it. */
export interface CyclicSlot {
  readonly slot: ScalarSlot;
  readonly owner: Steps;
  /** As the object names it: `id`, `ids[2]`. Lists are made anew in each call, objects are not. */
  readonly field: string;
  readonly guards: readonly Guard[];
}

/** An array of random size. */
export interface SizedArray {
  readonly slot: ArraySlot;
  /** Variable of the size. */
  readonly size: number;
  /** Whether it is there at all, for arrays of objects in arrays. */
  readonly guards: readonly Guard[];
}

/** What the layout needs to know of a random class. */
export interface Shape {
  readonly name: string;
  readonly itemClass: new () => object;
  readonly fieldDomains: Readonly<Record<string, FieldDomain>>;
}

/** The variables of a class. */
export class Layout {
  readonly root: ObjectSlot;
  readonly names: VariableNames;
  /** Slots of cyclic fields, in the order of declaration. */
  readonly cyclic: readonly CyclicSlot[];
  /** Objects inside, the inner ones before those that hold them; the last one is the root. */
  readonly objects: readonly ObjectSlot[];
  /** Arrays whose size is random. */
  readonly arrays: readonly SizedArray[];
  /** Wide integers of which not every combination of halves is in the domain. */
  readonly partialWides: readonly WideSlot[];

  /** @throws UsageError `bad-domain` when a domain cannot be a random variable's. */
  constructor(shape: Shape) {
    const builder = new LayoutBuilder();
    this.root = builder.object({ key: '', path: '' }, [], shape);
    const { fields, domains, wides } = builder;
    const lowHalves = new Set([...wides.values()].map(({ low }) => low));
    this.names = { fields, domains, wides, lowHalves, truths: [] };
    this.cyclic = builder.cyclic;
    this.objects = builder.objects;
    this.partialWides = builder.partialWides;
    this.arrays = builder.arrays;
  }

  get variableCount(): number {
    return this.names.fields.length;
  }
}

class LayoutBuilder {
  readonly fields: string[] = [];
  readonly domains: Domain<Scalar>[] = [];
  readonly wides = new Map<number, WideName>();
  readonly cyclic: CyclicSlot[] = [];
  readonly objects: ObjectSlot[] = [];
  readonly partialWides: WideSlot[] = [];
  readonly arrays: SizedArray[] = [];
  private readonly open: Shape[] = [];
  private guards: readonly Guard[] = [];
  /** The object that fields are laid out for. */
  private owner: { readonly steps: Steps; readonly path: string } = { steps: [], path: '' };

  object(place: Place, steps: Steps, shape: Shape): ObjectSlot {
    if (this.open.includes(shape)) {
      const message = `${shape.name} is nested in itself at ${place.path}: it would have endless fields`;
      throw new UsageError('bad-domain', message);
    }
    this.open.push(shape);
    const outside = this.owner;
    this.owner = { steps, path: place.path };
    const fields = Object.entries(shape.fieldDomains).map(([key, domain]) => {
      const path = place.path === '' ? key : `${place.path}.${key}`;
      return this.slot({ key, path }, [...steps, key], domain);
    });
    this.open.pop();
    this.owner = outside;
    const { guards } = this;
    const made: ObjectSlot = { kind: 'object', ...place, steps, guards, shape, fields };
    this.objects.push(made);
    return made;
  }

  private slot(place: Place, steps: Steps, domain: FieldDomain): Slot {
    switch (domain.kind) {
      case 'nested':
        return this.object(place, steps, shapeOf(domain.random));
      case 'array':
      case 'bytes':
        return this.array(place, steps, domain);
      case 'wide':
        return this.wide(place, domain);
      case 'cyclic': {
        const made = this.scalar(place, domain.domain, true);
        const { steps: owner, path } = this.owner;
        const field = path === '' ? place.path : place.path.slice(path.length + 1);
        this.cyclic.push({ slot: made, owner, field, guards: this.guards });
        return made;
      }
      case 'integer':
      case 'flag':
      case 'choice':
        return this.scalar(place, domain, false);
      default:
        return assertNever(domain);
    }
  }

  private scalar(place: Place, domain: Domain<Scalar>, isCyclic: boolean): ScalarSlot {
    if (!domain.isUniform) {
      const owner = this.open[0].name;
      throw new UsageError('bad-domain', `${owner}.${place.path} has a mix() as its domain`, {
        hint: 'mix() is for drawing; give a plain domain and a dist constraint.',
      });
    }
    return { kind: 'scalar', ...place, index: this.variable(place.path, domain), domain, isCyclic };
  }

  private wide(place: Place, domain: WideDomain): WideSlot {
    const high = this.variable(`${place.path}.high`, domain.high);
    const low = this.variable(`${place.path}.low`, domain.low);
    this.wides.set(high, { path: place.path, domain, low });
    const made: WideSlot = { kind: 'wide', ...place, high, low, domain };
    if (!domain.isWhole) this.partialWides.push(made);
    return made;
  }

  private array(
    place: Place,
    steps: Steps,
    domain: Extract<FieldDomain, { readonly kind: 'array' | 'bytes' }>,
  ): ArraySlot {
    const { ranges } = domain.size;
    const sizeMax = ranges[ranges.length - 1][1];
    const size =
      domain.size.size === 1 ? undefined : this.variable(`${place.path}.length`, domain.size);
    const outside = this.guards;
    const elements = Array.from({ length: sizeMax }, (_, i) => {
      if (size !== undefined) this.guards = [...outside, { size, element: i }];
      return this.slot({ key: i, path: `${place.path}[${i}]` }, [...steps, i], domain.element);
    });
    this.guards = outside;
    const made: ArraySlot = {
      kind: 'array',
      ...place,
      size,
      elements,
      isBytes: domain.kind === 'bytes',
    };
    if (size !== undefined) this.arrays.push({ slot: made, size, guards: this.guards });
    return made;
  }

  private variable(name: string, domain: Domain<Scalar>): number {
    this.fields.push(name);
    this.domains.push(domain);
    return this.fields.length - 1;
  }
}

function shapeOf(random: unknown): Shape {
  return random as Shape;
}

/** Calls `visit` with the number of each variable of a field. */
export function visitSlot(slot: Slot, visit: (index: number) => void): void {
  switch (slot.kind) {
    case 'scalar':
      visit(slot.index);
      return;
    case 'wide':
      visit(slot.high);
      visit(slot.low);
      return;
    case 'array':
      if (slot.size !== undefined) visit(slot.size);
      for (const element of slot.elements) visitSlot(element, visit);
      return;
    case 'object':
      for (const field of slot.fields) visitSlot(field, visit);
      return;
    default:
      assertNever(slot);
  }
}
