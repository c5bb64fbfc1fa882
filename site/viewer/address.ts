/**
 * What a reader has chosen, as the fragment of the address: `#metric=done_ns&adapters=a~b`. A fragment without `=` is a
 * place on the page. Pages opened from disk may change nothing else of their address.
 */

/** The choices in the address; none where the fragment is a place. */
export function addressChoices(): URLSearchParams {
  const fragment = location.hash.slice(1);
  return new URLSearchParams(fragment.includes("=") ? fragment : "");
}

/** Writes choices, empty ones left out. Not pushed: whoever types a word would fill the history of the browser. */
export function writeAddress(choices: Readonly<Record<string, string>>): void {
  const chosen = new URLSearchParams(Object.entries(choices).filter(([, value]) => value !== ""));
  const fragment = chosen.toString();
  try {
    history.replaceState(null, "", fragment === "" ? location.pathname + location.search : `#${fragment}`);
  } catch {
    // Browsers refuse what comes too often; the next choice writes all of it again.
  }
}

/** The place on the page that the address names; empty for none. */
export function addressPlace(): string {
  const fragment = location.hash.slice(1);
  return fragment.includes("=") ? addressChoices().get("at") ?? "" : fragment;
}
