// Env: a reusable assembly of agents, scoreboards and coverage.
import { Component } from './component.ts';

export abstract class Env extends Component {}
