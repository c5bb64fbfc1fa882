/** The rules of signal maps of schemaVersion 2, for maps that anybody may have written. */
export type { SignalFault } from "./fault_log.ts";
export type { IndexStatus, OutcomeVocabulary, SignalContext } from "./read_map.ts";
export { validateSignals } from "./validate_signals.ts";
export { type AssembledMap, assembleMap, isMapInParts } from "./assemble_map.ts";
