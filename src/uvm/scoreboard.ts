// Scoreboard: compares what was observed with what was predicted, and reports by rules.
import { Subscriber } from './subscriber.ts';

export abstract class Scoreboard<T> extends Subscriber<T> {}
