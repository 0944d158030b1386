// Env: a reusable assembly of agents, scoreboards and coverage.
import { Component } from './component.ts';

/**
 * The base of environments, which hold agents, scoreboards and coverage and can be used again in a larger environment
 * (IEEE 1800.2 clause 13). It adds nothing to `Component`.
 */
export abstract class Env extends Component {}
