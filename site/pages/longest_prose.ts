/** Longest sentence of a record that a page shows, in UTF-16 units: more than a name has. */
export const LONGEST_PROSE = 2000;
