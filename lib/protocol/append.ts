const { defineProperty } = Object;

/**
 * Puts an item at the end of a list. Neither `push` nor an assignment will do beside an adapter: it can replace the
 * one, and put a setter on the prototype that takes the other.
 */
export function append<T>(list: T[], item: T): void {
  defineProperty(list, list.length, { configurable: true, enumerable: true, writable: true, value: item });
}
