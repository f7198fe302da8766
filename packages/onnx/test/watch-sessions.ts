import { Sessions } from '../src/graph/sessions.ts';

/** What the session cache did since `reset`. */
export interface Watched {
  built: number;
  runs: number;
  /** Nodes and outputs of each run. */
  readonly programs: { readonly nodes: number; readonly outputs: number }[];
  reset(): void;
}

/** Counts the sessions that are built from now on, and the runs. */
export function watchSessions(): Watched {
  const watched: Watched = {
    built: 0,
    runs: 0,
    programs: [],
    reset: () => Object.assign(watched, { built: 0, runs: 0, programs: [] }),
  };
  const { run } = Sessions.prototype;
  Sessions.prototype.run = function (program, weights): void {
    const before = this.built;
    run.call(this, program, weights);
    watched.built += this.built - before;
    watched.runs++;
    watched.programs.push({ nodes: program.nodes.length, outputs: program.outputs.length });
  };
  return watched;
}
