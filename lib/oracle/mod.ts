/**
 * The oracle: what every query must show after every commit, and a verdict on what it did show.
 *
 *     const truth = new Truth(program.tables, program.seeds);
 *     const expectation = truth.advance(phase, operations); // before the phase runs
 *     const judgement = expectation.judge(log, { phase: phase.name, iteration }); // after its clock has stopped
 */
export { Truth } from "./truth.ts";
export type { PhasePlace } from "./findings.ts";
export type { PhaseExpectation } from "./phase_expectation.ts";
export { describeArgs, describeTable } from "./describe_difference.ts";
export { acceptsRows, type State, type Ties } from "./state.ts";
export type { MatchFault } from "./match_stream.ts";
export type { StreamTrace } from "./trace_stream.ts";
