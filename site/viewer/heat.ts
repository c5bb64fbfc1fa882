/** Style class of a field by how far it is from the best; empty where nothing is known. */
export function heatClass(ratio: number | undefined): string {
  if (ratio === undefined) return "";
  return ratio <= 1.1 ? "heat0" : ratio <= 2 ? "heat1" : ratio <= 10 ? "heat2" : "heat3";
}
