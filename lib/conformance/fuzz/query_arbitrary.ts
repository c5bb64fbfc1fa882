/** Random queries with arguments. */
import fc from "fast-check";
import type { Column, Table } from "../../model/schema.ts";
import { count, type Filter, type Operand, type OrderTerm, select, sum } from "../../model/statement.ts";
import type { Value } from "../../model/value.ts";
import type { BoundQuery } from "../../model/workload.ts";
import { knownColumns, PARTNER_COLUMN, rarely, uniqueColumn, valueArbitrary } from "./schema_arbitrary.ts";

/** A value that a statement names: a parameter with its argument, or a literal. */
interface DraftOperand {
  readonly value: Value;
  readonly isLiteral: boolean;
}

type DraftFilter =
  | { readonly kind: "equal"; readonly column: string; readonly operand: DraftOperand }
  | {
    readonly kind: "range";
    readonly column: string;
    readonly from: DraftOperand | null;
    readonly below: DraftOperand | null;
  }
  | {
    readonly kind: "before";
    readonly columns: readonly string[];
    readonly operands: readonly DraftOperand[];
  };

interface DraftSelect {
  readonly columns: readonly string[];
  readonly where: readonly DraftFilter[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: DraftOperand | null;
}

/** Any query over the tables. */
export function queryArbitrary(tables: readonly Table[]): fc.Arbitrary<BoundQuery> {
  const [first, partner, slots] = tables as [Table, Table, Table];
  return fc.oneof(
    { weight: 6, arbitrary: selectArbitrary(first) },
    { weight: 2, arbitrary: selectArbitrary(partner) },
    { weight: 2, arbitrary: selectArbitrary(slots) },
    { weight: 2, arbitrary: rowArbitrary(first) },
    { weight: 3, arbitrary: fc.constantFrom(...tables).chain(countArbitrary) },
    { weight: 3, arbitrary: joinArbitrary(first, partner) },
    { weight: 2, arbitrary: fc.constantFrom(...tables).chain(sumArbitrary) },
  );
}

function rowArbitrary(table: Table): fc.Arbitrary<BoundQuery> {
  return fc.record({ columns: columnsArbitrary(table), key: fc.nat({ max: 7 }) }).map(({ columns, key }) => ({
    query: select({
      table: table.name,
      columns,
      where: [{ kind: "equal", column: table.primaryKey, operand: { param: "key" } }],
      orderBy: [],
    }),
    args: [key],
  }));
}

function countArbitrary(table: Table): fc.Arbitrary<BoundQuery> {
  return filtersArbitrary(table).map((where) => {
    const names = new Names();
    return {
      query: count({ table: table.name, as: "total", where: where.map((filter) => names.filter(filter)) }),
      args: names.args,
    };
  });
}

/** Sums of keys: those of other columns may be more than a number holds exactly. */
function sumArbitrary(table: Table): fc.Arbitrary<BoundQuery> {
  const column = uniqueColumn(table);
  return filtersArbitrary(table).map((where) => {
    const names = new Names();
    return {
      query: sum({
        table: table.name,
        column,
        as: "total",
        where: where.map((filter) => names.filter(filter)),
      }),
      args: names.args,
    };
  });
}

function selectArbitrary(table: Table): fc.Arbitrary<BoundQuery> {
  return draftArbitrary(table).map((draft) => {
    const names = new Names();
    const { columns, orderBy } = draft;
    return { query: select({ table: table.name, columns, orderBy, ...names.rest(draft) }), args: names.args };
  });
}

function joinArbitrary(first: Table, partner: Table): fc.Arbitrary<BoundQuery> {
  const shared = new Set(knownColumns(first).map(({ name }) => name));
  const own = partner.columns.filter(({ name }) => !shared.has(name));
  return fc.record({
    draft: draftArbitrary(first),
    partnerColumns: fc.subarray(own.map(({ name }) => name), { minLength: 1 }),
    partnerFilters: fc.oneof(
      { weight: 4, arbitrary: fc.constant<DraftFilter[]>([]) },
      { weight: 1, arbitrary: fc.array(filterArbitrary(own), { minLength: 1, maxLength: 1 }) },
    ),
  }).map(({ draft, partnerColumns, partnerFilters }) => {
    const names = new Names();
    const left = (column: string) => `x.${column}`;
    const right = (column: string) => `y.${column}`;
    const where = [
      ...draft.where.map((filter) => qualified(filter, left)),
      ...partnerFilters.map((filter) => qualified(filter, right)),
    ];
    return {
      query: select({
        table: first.name,
        as: "x",
        columns: [...draft.columns.map(left), ...partnerColumns.map(right)],
        join: {
          table: partner.name,
          as: "y",
          left: left(PARTNER_COLUMN),
          right: right(partner.primaryKey),
        },
        orderBy: draft.orderBy.map(({ column, descending }) => ({ column: left(column), descending })),
        ...names.rest({ where, limit: draft.limit }),
      }),
      args: names.args,
    };
  });
}

/** 0 now and then: several libraries take it for none. */
const limits: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);

function draftArbitrary(table: Table): fc.Arbitrary<DraftSelect> {
  return fc.record({
    columns: columnsArbitrary(table),
    where: filtersArbitrary(table),
    order: orderArbitrary(table),
    limit: fc.option(operandArbitrary(limits, true), { freq: 2 }),
    cursor: rarely(fc.tuple(...knownColumns(table).map((column) => valueArbitrary(column)))),
  }).map(({ columns, where, order, limit, cursor }) => {
    const isWalk = cursor !== null && order.length > 0 && order.length < 3 &&
      order.every(({ descending }) => descending);
    const names = knownColumns(table).map(({ name }) => name);
    const before: DraftFilter[] = !isWalk ? [] : [{
      kind: "before",
      columns: order.map(({ column }) => column),
      operands: order.map(({ column }) => ({ value: cursor[names.indexOf(column)]!, isLiteral: false })),
    }];
    // Which rows a limit without an order leaves is nobody's promise: some libraries refuse to say.
    return {
      columns,
      where: [...where, ...before],
      orderBy: order,
      limit: order.length === 0 ? null : limit,
    };
  });
}

function columnsArbitrary(table: Table): fc.Arbitrary<string[]> {
  return fc.subarray(knownColumns(table).map(({ name }) => name), { minLength: 1 });
}

function orderArbitrary(table: Table): fc.Arbitrary<OrderTerm[]> {
  const term = (column: fc.Arbitrary<string>) => fc.record({ column, descending: fc.boolean() });
  const unique = uniqueColumn(table);
  const others = knownColumns(table).map(({ name }) => name).filter((name) => name !== unique);
  return fc.record({
    terms: fc.uniqueArray(term(fc.constantFrom(...others)), {
      maxLength: 2,
      selector: ({ column }) => column,
    }),
    last: fc.option(term(fc.constant(unique)), { freq: 4 }),
  }).map(({ terms, last }) => last === null ? terms : [...terms, last]);
}

function filtersArbitrary(table: Table): fc.Arbitrary<DraftFilter[]> {
  return fc.uniqueArray(filterArbitrary(knownColumns(table)), { maxLength: 2, selector: columnsOf });
}

function filterArbitrary(columns: readonly Column[]): fc.Arbitrary<DraftFilter> {
  return fc.constantFrom(...columns).chain((column): fc.Arbitrary<DraftFilter> => {
    const isNumber = column.type === "integer";
    const operand = operandArbitrary(valueArbitrary(column), isNumber);
    const bound = fc.option(operandArbitrary(valueArbitrary({ ...column, nullable: false }), isNumber), {
      freq: 2,
    });
    return fc.oneof(
      {
        weight: 3,
        arbitrary: operand.map((operand) => ({ kind: "equal" as const, column: column.name, operand })),
      },
      {
        weight: 2,
        arbitrary: fc.record({ from: bound, below: bound }).filter(({ from, below }) =>
          from !== null || below !== null
        ).map(({ from, below }) => ({ kind: "range" as const, column: column.name, from, below })),
      },
    );
  });
}

function columnsOf(filter: DraftFilter): string {
  return filter.kind === "before" ? filter.columns.join() : filter.column;
}

/** Only numbers may be literals. */
function operandArbitrary(value: fc.Arbitrary<Value>, isNumber: boolean): fc.Arbitrary<DraftOperand> {
  if (!isNumber) return value.map((value) => ({ value, isLiteral: false }));
  return fc.record({ value, isLiteral: fc.boolean() }).map(({ value, isLiteral }) => ({
    value,
    isLiteral: isLiteral && value !== null,
  }));
}

function qualified(filter: DraftFilter, of: (column: string) => string): DraftFilter {
  return filter.kind === "before"
    ? { ...filter, columns: filter.columns.map(of) }
    : { ...filter, column: of(filter.column) };
}

/** Names parameters in the order in which SQL takes their arguments. */
class Names {
  readonly args: Value[] = [];

  rest({ where, limit }: Pick<DraftSelect, "where" | "limit">): {
    readonly where: readonly Filter[];
    readonly limit?: Operand;
  } {
    const filters = where.map((filter) => this.filter(filter));
    return { where: filters, ...(limit === null ? {} : { limit: this.#operand(limit) }) };
  }

  filter(filter: DraftFilter): Filter {
    switch (filter.kind) {
      case "equal":
        return { kind: "equal", column: filter.column, operand: this.#operand(filter.operand) };
      case "range": {
        const { column, from, below } = filter;
        return {
          kind: "range",
          column,
          ...(from === null ? {} : { from: this.#operand(from) }),
          ...(below === null ? {} : { below: this.#operand(below) }),
        };
      }
      case "before":
        return {
          kind: "before",
          columns: filter.columns,
          operands: filter.operands.map((operand) => this.#operand(operand)),
        };
    }
  }

  #operand({ value, isLiteral }: DraftOperand): Operand {
    if (isLiteral) return { value };
    return { param: `v${this.args.push(value) - 1}` };
  }
}
