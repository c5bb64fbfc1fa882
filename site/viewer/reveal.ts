/** Goes to an element, unfolding what it is in: what is folded away cannot be scrolled to. Does nothing without one. */
export function reveal(id: string): void {
  const target = id === "" ? null : document.getElementById(id);
  if (target === null) return;
  for (let one: Element | null = target; one !== null; one = one.parentElement) {
    if (one instanceof HTMLDetailsElement) one.open = true;
  }
  const own = target.querySelector<HTMLDetailsElement>(":scope > details.folded");
  if (own !== null) own.open = true;
  target.scrollIntoView();
}
