import assert from "node:assert/strict";
import {
  type Column,
  type Operation,
  type Pacing,
  type Program,
  type ProgramContext,
  type Query,
  type Row,
  SCALES,
  sweptSizes,
  type Table,
  tableNamed,
  unqualified,
  type Value,
  watchedIn,
  workloadKey,
} from "../lib/model/mod.ts";
import { argumentsOf, MemoryDatabase, phasesOf, PUBLISHED, statementOf, statementsIn } from "./_testing.ts";
import { findWorkload, newestWorkloads, WORKLOADS } from "./mod.ts";

const OTHER: ProgramContext = { blockIndex: 3, seed: 99 };

/** Everything that a program holds, functions evaluated; the later phases' first when `backwards`. */
function evaluate(program: Program, backwards = false): unknown {
  const phases = phasesOf(program);
  const operations = new Map(
    (backwards ? phases.toReversed() : phases).map((phase) => [phase, phase.operations()]),
  );
  return {
    tables: program.tables,
    seeds: program.seeds.map((seed) => ({
      ...seed,
      row: [seed.rowCount - 1, 0, Math.floor(seed.rowCount / 2)].map(seed.row),
    })),
    iterations: program.iterations.map((iteration) => ({
      ...iteration,
      phases: iteration.phases.map((phase) => ({ ...phase, operations: operations.get(phase) })),
    })),
  };
}

/** Every query of a program, with its arguments. */
function queriesOf(program: Program): { query: Query; args: readonly Value[] }[] {
  return phasesOf(program).flatMap((phase) => [
    ...watchedIn(phase, phase.operations()),
    ...phase.checks,
    ...phase.operations().filter((operation) => operation.kind === "read"),
  ]);
}

/** Phases that are not played in every recorded pass. */
const OWN_PACE: readonly string[] = [
  "after-close",
  "changes",
  "after-kill",
  "empty",
  "paging",
  "visits",
  "alone",
];

/** Workloads without writes, whose caller goes on at once. */
const READ_ONLY: readonly string[] = ["reads", "raw-reads"];

/** Workloads whose first version is resqlite's, to the bit. */
const ADOPTED: ReadonlySet<string> = new Set([
  "chat-sim",
  "feed-paging",
  "sync-burst",
  "large-working-set",
  "keyed-pk",
  "fan-out",
  "overlap",
  "column-granularity",
]);

Deno.test("WORKLOADS names every workload file when a file is added", () => {
  const files = [...Deno.readDirSync(new URL(".", import.meta.url))]
    .map((entry) => entry.name)
    .filter((name) =>
      name.endsWith(".ts") && !name.startsWith("_") && !name.endsWith("_test.ts") && name !== "mod.ts"
    );
  const registered = new Set(WORKLOADS.map((workload) => `${workload.id.replaceAll("-", "_")}.ts`));
  assert.deepEqual(new Set(files), registered);
});

Deno.test("WORKLOADS holds all versions of each workload from 1 on, next to each other", () => {
  const keys = newestWorkloads().flatMap(({ id, version }) =>
    Array.from({ length: version }, (_, before) => `${id}@${before + 1}`)
  );
  assert.deepEqual(WORKLOADS.map(workloadKey), keys);
});

Deno.test("findWorkload() finds the newest version by id and any version by key", () => {
  assert.equal(findWorkload("keyed-pk").version, 4);
  assert.equal(findWorkload("keyed-pk@1").version, 1);
  for (const workload of WORKLOADS) assert.equal(findWorkload(workloadKey(workload)), workload);
});

Deno.test("findWorkload() suggests the nearest and lists all when the name is unknown", () => {
  const ids = newestWorkloads().map((workload) => workload.id).join(", ");
  assert.throws(() => findWorkload("keyed-kp"), {
    name: "UsageError",
    message: `Cannot find workload "keyed-kp" (did you mean "keyed-pk"?): workloads are ${ids}`,
  });
  assert.throws(() => findWorkload("fanout@1"), /did you mean "fan-out@1"\?/);
  assert.throws(() => findWorkload("pglite"), {
    name: "UsageError",
    message: `Cannot find workload "pglite": workloads are ${ids}`,
  });
});

Deno.test("findWorkload() lists the versions when only the version is unknown", () => {
  assert.throws(() => findWorkload("overlap@4"), {
    name: "UsageError",
    message: `Cannot find workload "overlap@4": versions are overlap@1, overlap@2, overlap@3`,
  });
  assert.throws(() => findWorkload("overlap@"), /versions are/);
});

/** By phase, the pacing of each recorded iteration. */
function recordedPacings({ iterations }: Program): Map<string, Pacing[]> {
  const pacings = new Map<string, Pacing[]>();
  for (const { warmup, phases } of iterations) {
    for (const { name, pacing } of warmup ? [] : phases) {
      pacings.set(name, [...pacings.get(name) ?? [], pacing]);
    }
  }
  return pacings;
}

for (const workload of WORKLOADS) {
  const key = workloadKey(workload);
  const isAdopted = workload.version === 1 && ADOPTED.has(workload.id);

  Deno.test(`${key} has declared phases, positive sizes and complete texts`, () => {
    for (const text of [workload.title, workload.question, workload.unfair]) assert.notEqual(text.trim(), "");
    const declared = workload.phases.map((phase) => phase.name);
    for (const scale of SCALES) {
      const sizes = workload.parameters[scale];
      for (const [name, size] of Object.entries(sizes)) {
        assert.ok(
          Number.isInteger(size) && size >= (name === "warmupIterationCount" ? 0 : 1),
          `${scale} ${name}`,
        );
      }
      const program = workload.program(sizes, PUBLISHED);
      assert.deepEqual([...new Set(phasesOf(program).map((phase) => phase.name))], declared);
      assert.ok(program.iterations.some((iteration) => !iteration.warmup));
    }
  });

  Deno.test(`${key} gives the same program twice, in any order of asking`, () => {
    for (const context of [PUBLISHED, OTHER]) {
      const sizes = workload.parameters.standard;
      assert.deepEqual(
        evaluate(workload.program(sizes, context)),
        evaluate(workload.program(sizes, context), true),
      );
    }
  });

  Deno.test(`${key} binds one argument per parameter`, () => {
    for (const scale of SCALES) {
      const program = workload.program(workload.parameters[scale], OTHER);
      for (const { query, args } of queriesOf(program)) {
        assert.equal(args.length, query.params.length, query.sql);
      }
      for (const operation of phasesOf(program).flatMap(statementsIn)) {
        const statement = statementOf(operation);
        for (const args of argumentsOf(operation)) {
          assert.equal(args.length, statement.params.length);
          const { columns } = tableNamed(program.tables, statement.table);
          for (const [index, arg] of args.entries()) {
            const column = columns.find(({ name }) => name === statement.params[index]);
            // Bounds and limits are parameters without a column.
            assert.ok(fits(column ?? { name: "", type: "integer" }, arg), `${statement.sql} with ${args}`);
          }
        }
      }
    }
  });

  Deno.test(`${key} copes with the least and a larger value of every size that may be swept`, () => {
    for (const [name, { size, least, most }] of Object.entries(workload.sweeps ?? {})) {
      for (const scale of SCALES) {
        assert.ok(workload.parameters[scale][size] !== undefined, `${scale} ${size}`);
      }
      for (const value of [least, Math.min(most, 30 * least)]) {
        const sizes = sweptSizes(workload, "smoke", { [name]: String(value) })!;
        const program = workload.program(sizes, OTHER);
        using database = new MemoryDatabase(program);
        for (const phase of phasesOf(program)) {
          for (const operation of phase.operations()) database.run(operation);
          for (const watch of phase.watches) {
            assert.notEqual(database.read(watch).length, 0, `${name}=${value}`);
          }
        }
      }
    }
  });

  Deno.test(`${key} seeds whole rows with dense keys`, () => {
    for (const scale of SCALES) {
      const program = workload.program(workload.parameters[scale], OTHER);
      for (const seed of program.seeds) {
        const table = tableNamed(program.tables, seed.table);
        for (const index of [0, 1, Math.floor(seed.rowCount / 2), seed.rowCount - 1]) {
          const row = seed.row(index);
          assert.deepEqual(Object.keys(row), table.columns.map((column) => column.name));
          assert.equal(row[table.primaryKey], seed.firstKey + index);
          for (const column of table.columns) {
            const value = row[column.name]!;
            assert.ok(fits(column, value), `${seed.table}.${column.name}`);
          }
        }
      }
    }
  });

  Deno.test(`${key} reads results with a total order or at most one row`, () => {
    const program = workload.program(workload.parameters.standard, PUBLISHED);
    for (const query of new Set(queriesOf(program).map((bound) => bound.query))) {
      // The exceptions rest on the data: chat_sim_test.ts proves that reads never meet equal `sent_at`, and
      // large_working_set_test.ts that all rows of version 1 are equal.
      const isProvenByData = workload.id === "chat-sim" && query.table === "messages" ||
        key === "large-working-set@1";
      assert.ok(isTotallyOrdered(query, program.tables) || isProvenByData, query.sql);
    }
  });

  Deno.test(`${key} runs on SQLite at smoke scale`, () => {
    for (const context of [PUBLISHED, OTHER]) {
      const program = workload.program(workload.parameters.smoke, context);
      let database = new MemoryDatabase(program);
      for (const iteration of program.iterations) {
        if (iteration.freshSession) {
          database[Symbol.dispose]();
          database = new MemoryDatabase(program);
        }
        for (const phase of iteration.phases) {
          for (const operation of phase.operations()) {
            const before = updatedRow(database, program, operation);
            const rows = database.run(operation);
            if (operation.kind === "read") assert.notEqual(rows.length, 0, operation.query.sql);
            // What was adopted repeats its values on purpose.
            if (before !== undefined && !isAdopted) {
              assert.notDeepEqual(updatedRow(database, program, operation), before);
            }
          }
          for (const bound of [...watchedIn(phase, phase.operations()), ...phase.checks]) {
            const rows = database.read(bound);
            // Before anything is stored there are counts to see, and nothing else.
            if (rows.length === 0 && workload.id === "first-start") continue;
            assert.notEqual(rows.length, 0, `${bound.query.sql} with ${bound.args}`);
            assert.deepEqual(Object.keys(rows[0]!), resultColumns(bound.query));
          }
        }
      }
      database[Symbol.dispose]();
    }
  });

  if (isAdopted) {
    Deno.test(`${key} does the same in every block whatever the seed`, () => {
      for (const scale of SCALES) {
        const sizes = workload.parameters[scale];
        assert.deepEqual(
          evaluate(workload.program(sizes, OTHER)),
          evaluate(workload.program(sizes, PUBLISHED)),
        );
      }
    });
  } else {
    Deno.test(`${key} paces its caller as its version says, and as it is told`, () => {
      const sizes = workload.parameters.standard;
      const pacings = recordedPacings(workload.program(sizes, PUBLISHED));
      const mixed = [{ turns: 0 }, { turns: 1 }, { turns: 4 }, { pauseMs: 1 }];
      for (const [phase, found] of pacings) {
        const isMixed = (workload.version >= 3 || !ADOPTED.has(workload.id)) &&
          !OWN_PACE.includes(phase) && !READ_ONLY.includes(workload.id);
        const repetitionCount = Number(sizes["repetitionCount"] ?? 0);
        // A repetition holds all pacings again, so that it weighs them as the first one did.
        if (isMixed) {
          assert.deepEqual(
            found,
            Array.from({ length: 1 + repetitionCount }, () => mixed).flat(),
            phase,
          );
        } else assert.deepEqual(new Set(found.map((each) => JSON.stringify(each))).size, 1, phase);
      }
      const told = recordedPacings(workload.program(sizes, { ...PUBLISHED, pacing: { turns: 7 } }));
      for (const [, found] of told) for (const each of found) assert.deepEqual(each, { turns: 7 });
    });

    Deno.test(`${key} never writes a value again, over iterations and two blocks`, () => {
      for (const scale of SCALES) {
        const written = new Set<string>();
        for (const blockIndex of [0, 1]) {
          const program = workload.program(workload.parameters[scale], { blockIndex, seed: 0 });
          for (const operation of phasesOf(program).flatMap(statementsIn)) {
            if (operation.kind === "read") continue;
            const { statement } = operation;
            if (statement.kind === "insert") continue;
            const assigned = assignedColumns(operation);
            const seed = program.seeds.find((candidate) => candidate.table === statement.table);
            for (const args of argumentsOf(operation)) {
              for (const column of assigned) {
                const value = args[statement.params.indexOf(column)]!;
                const entry = `${column}=${value}`;
                assert.ok(!written.has(entry), `${statement.sql} writes ${entry} again`);
                written.add(entry);
                if (seed !== undefined) {
                  const row = seed.row(Number(args.at(-1)) - seed.firstKey);
                  assert.notEqual(value, row[column], `${statement.sql} writes the seeded value`);
                }
              }
            }
          }
        }
      }
    });

    // Column granularity, nested transactions and starts draw nothing: their ids ascend.
    if (!["column-granularity", "nested-transactions", "cold-start", "first-start"].includes(workload.id)) {
      Deno.test(`${key} varies its traffic with the seed of the run`, () => {
        const sizes = workload.parameters.standard;
        assert.notDeepEqual(
          evaluate(workload.program(sizes, { blockIndex: 0, seed: 1 })),
          evaluate(workload.program(sizes, PUBLISHED)),
        );
      });
    }
  }
}

/** Whether a column may hold a value. */
function fits({ type, nullable = false }: Column, value: Value): boolean {
  if (value === null) return nullable;
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "text":
      return typeof value === "string";
    case "real":
      return typeof value === "number";
    case "blob":
      return value instanceof Uint8Array;
  }
}

/** Columns that a write sets to a parameter, its conflict target and key excluded. */
function assignedColumns(operation: Operation & { kind: "write" | "batch" }): readonly string[] {
  const { statement } = operation;
  if (statement.kind === "update") {
    return statement.set.flatMap((term) => "param" in term ? [term.column] : []);
  }
  if (statement.kind === "upsert") {
    return statement.columns.filter((column) => column !== statement.conflictColumn);
  }
  return [];
}

/** The row that an update names, absent for every other operation. */
function updatedRow(database: MemoryDatabase, program: Program, operation: Operation): Row | undefined {
  if (operation.kind !== "write" || operation.statement.kind !== "update") return undefined;
  const { table, keyColumn } = operation.statement;
  assert.equal(keyColumn, tableNamed(program.tables, table).primaryKey);
  const row = database.all(`SELECT * FROM ${table} WHERE ${keyColumn} = ?`, [operation.args.at(-1)!])[0];
  assert.ok(row !== undefined, `${operation.statement.sql} finds no row ${operation.args.at(-1)}`);
  return row;
}

function resultColumns(query: Query): string[] {
  return query.kind === "select" ? query.columns.map(unqualified) : [query.as];
}

function isTotallyOrdered(query: Query, tables: readonly Table[]): boolean {
  if (query.kind !== "select") return true;
  const table = tableNamed(tables, query.table);
  const unique = [
    table.primaryKey,
    ...table.columns.filter((column) => column.unique).map((column) => column.name),
  ];
  return query.where.some((filter) =>
    filter.kind === "equal" && unique.includes(unqualified(filter.column))
  ) ||
    query.orderBy.some((term) => unique.includes(unqualified(term.column)));
}
