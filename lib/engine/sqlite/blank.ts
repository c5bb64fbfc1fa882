/**
 * What SQLite passes over before a statement.
 *
 * @module
 */

/**
 * How much of the text's beginning SQLite passes over before a statement: white space, byte-order marks, comments and
 * semicolons, as its tokenizer (tokenize.c) knows them.
 */
export function blankLength(sql: string): number {
  return blank.exec(sql)![0].length;
}

// A vertical tab is white space to SQLite only behind other white space. A comment that is opened by the last two characters
// is none: they are a division and a multiplication.
const blank = /^(?:[\t\n\f\r ][\t-\r ]*|\ufeff|;|--[^\n]*|\/\*(?=[^])(?:[^]*?\*\/|[^]*$))*/;
