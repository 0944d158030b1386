// Random packets without a testbench: no run, no component. Its constraints are the subject of the chapter; show-packet.mjs prints
// what they give.
import { arrayOf, compute, flag, rand, span, staticBlock, Streams, uint } from 'ridgeline';

class Packet {
  urgent = false;
  size = 0;
  step = 0;
  lanes: number[] = [];
  /** The number of a lane. */
  pick = 0;
  /** The value of a lane. */
  used = 0;
  /** Not random: bytes that are taken. */
  taken = 4;

  room(): number {
    return 16 - this.taken;
  }
}

const packetClass = rand(
  Packet,
  {
    urgent: flag(),
    size: uint(4),
    step: uint(2),
    lanes: arrayOf(uint(3), { size: 3 }),
    pick: uint(2),
    used: uint(3),
  },
  {
    urgency: (v) => v.urgent.implies(v.size.le(4).and(v.step.is(1)), v.step.isNot(1)),
    fits: (v, state) => v.size.le(state.number((packet) => packet.room())),
    steps: (v) => v.size.mod(v.step).is(0),
    picked: (v) => v.lanes.at(v.pick).is(7),
    used: (v) => v.used.inside(v.lanes),
    quiet: (v) => v.lanes.forEach((lane) => lane.is(0).soft()),
    notEmpty: staticBlock((v) => v.size.ge(1)),
  },
);

/** What was drawn and counted. */
export const lines: string[] = [];

const streams = new Streams(1);
const packet = packetClass.create(streams.stream('packets', 'values'));
packet.randomize();
lines.push(`quiet lanes: ${packet.lanes.filter((lane) => lane === 0).length}`);

class Tagged extends Packet {
  tag = 0;
}
const taggedClass = packetClass.derive(
  Tagged,
  { tag: span(1, 9) },
  { tagged: (v) => v.tag.lt(v.size) },
);
const tagged = taggedClass.create(streams.stream('packets', 'tagged'));
tagged.randomize((v) => v.size.is(2));
lines.push(`tag below 2: ${tagged.tag}`);

const ones = (value: number): number => value.toString(2).replaceAll('0', '').length;
packet.randomize((v) => [
  compute(ones, v.used).is(3),
  v.lanes.bitXor().is(7),
  v.lanes.product((lane) => lane.plus(1)).ge(8),
]);
lines.push(`three ones: ${packet.used}`);

packet.constraintMode('notEmpty', false);
lines.push(`the block of the other object is on: ${tagged.constraintMode('notEmpty')}`);

class Roll {
  low = 0;
  high = 0;
}
const rollClass = rand(
  Roll,
  { low: span(1, 6), high: span(1, 6) },
  { order: (v) => v.low.lt(v.high), small: (v) => v.high.le(2).soft() },
);
const roll = new Roll();
lines.push(`solutions: ${rollClass.count(roll, (v) => v.high.is(4))}`);
const chances = rollClass.marginals('low', roll, (v) => v.high.is(4)) ?? [];
lines.push(chances.map(({ low, chance }) => `${low}: ${chance.toFixed(2)}`).join(', '));
lines.push(`dropped: ${rollClass.droppedSoft(roll, (v) => v.high.is(4)).join(', ')}`);
