/**
 * Commits of other connections to the same file, in this process or in another one.
 *
 * SQLite does not tell who changed what. It tells each connection whether anybody else has committed since it last asked
 * (`data_version`), which the writer's connection can be asked between two requests.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AccessRecorder } from "../sqlite/access.ts";

/** Watches the file for commits that are not the writer's own. */
export class ExternalCommits {
  readonly #recorder: AccessRecorder;
  readonly #dataVersion: StatementSync;
  readonly #schemaVersion: StatementSync;
  #knownData: number;
  #knownSchema: number;

  constructor(db: DatabaseSync, recorder: AccessRecorder) {
    this.#recorder = recorder;
    this.#dataVersion = recorder.ignore(() => db.prepare("PRAGMA data_version"));
    this.#schemaVersion = recorder.ignore(() => db.prepare("PRAGMA schema_version"));
    this.#knownData = this.#read(this.#dataVersion);
    this.#knownSchema = this.#read(this.#schemaVersion);
  }

  /** What others have committed since the last look. `schema` also when the writer itself has changed it meanwhile. */
  look(): "nothing" | "rows" | "schema" {
    const data = this.#read(this.#dataVersion);
    if (data === this.#knownData) return "nothing";
    this.#knownData = data;
    const schema = this.#read(this.#schemaVersion);
    if (schema === this.#knownSchema) return "rows";
    this.#knownSchema = schema;
    return "schema";
  }

  /** True when others have committed since the last look, of which the next one will tell. */
  get isNews(): boolean {
    return this.#read(this.#dataVersion) !== this.#knownData;
  }

  /** Takes what was committed until now for known. */
  adopt(): void {
    this.#knownData = this.#read(this.#dataVersion);
    this.#knownSchema = this.#read(this.#schemaVersion);
  }

  #read(version: StatementSync): number {
    return Object.values(this.#recorder.ignore(() => version.get()!))[0] as number;
  }
}
