/** The element with what the page carries: deflated, in base64; no browser executes it. */
export function dataElement(): HTMLElement {
  return document.getElementById("page-data")!;
}

/** Reads what a page of lists carries. */
export async function pageData<T>(): Promise<T> {
  return await inflateJson<T>(dataElement().textContent);
}

/** Parses JSON that was deflated and written in base64. */
export async function inflateJson<T>(base64: string): Promise<T> {
  return JSON.parse(await inflateText(base64)) as T;
}

/** Text that was deflated and written in base64. */
export async function inflateText(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).text();
}
