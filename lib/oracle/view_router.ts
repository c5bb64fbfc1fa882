/** Finds the views that a written row may matter to, without visiting all of them. */
import type { Row, Value } from "../model/value.ts";
import type { RowChange } from "./apply_write.ts";
import { keyOf } from "./value_order.ts";
import type { View } from "./view.ts";

/**
 * Views by table and, where a view asks for one value of a column, by that value.
 *
 * A changed row visits the views that ask for a value which it has or had, and all views of its table that ask for
 * no single value.
 */
export class ViewRouter {
  readonly #routes = new Map<string, TableRoutes>();

  /** Starts to note changes in a view. */
  add(view: View): void {
    const { plan } = view;
    const routes = this.#routesOf(plan.table.name);
    if (plan.access.kind === "equal") {
      const { column, value } = plan.access;
      const byValue = entryOf(routes.byColumn, column, () => new Map<Value, View[]>());
      entryOf(byValue, keyOf(value), () => []).push(view);
    } else {
      routes.others.push(view);
    }
    if (plan.kind === "select" && plan.join !== undefined) {
      this.#routesOf(plan.join.table.name).others.push(view);
    }
  }

  /** Lets the views note a change and adds those that did to `visited`. */
  dispatch(change: RowChange, visited: Set<View>): void {
    const routes = this.#routes.get(change.table);
    if (routes === undefined) return;
    const visit = (view: View) => {
      view.note(change);
      visited.add(view);
    };
    routes.others.forEach(visit);
    for (const [column, byValue] of routes.byColumn) {
      for (const value of valuesOf(column, change.before, change.after)) byValue.get(value)?.forEach(visit);
    }
  }

  #routesOf(table: string): TableRoutes {
    return entryOf(this.#routes, table, () => ({ byColumn: new Map(), others: [] }));
  }
}

interface TableRoutes {
  readonly byColumn: Map<string, Map<Value, View[]>>;
  readonly others: View[];
}

function valuesOf(column: string, before: Row | undefined, after: Row | undefined): Value[] {
  const values = [before, after].flatMap((row) => row === undefined ? [] : [keyOf(row[column]!)]);
  return values[0] === values[1] ? values.slice(1) : values;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
