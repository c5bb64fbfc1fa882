/**
 * Writes a file as a comment of the pull request at hand, or over the comment that an earlier run left: one comment for
 * each key, found by a line that is not shown. A comment that cannot be written is a warning and no failure: tokens of
 * forks may not write, and the gate is another step.
 *
 *     node comment.mjs <file>
 *
 * Reads what GitHub gives every step (GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH), GITHUB_TOKEN and COMMENT_KEY.
 */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";

/** GitHub takes no longer comment. */
const LONGEST_BODY = 65_536;
const PAGE_SIZE = 100;
/** Nobody looks for a comment behind so many others. */
const MOST_PAGES = 30;
const TIMEOUT_MS = 30_000;

const CUT = "\n\nThe rest was cut: the job's summary has it.\n";

/** The text with the mark in front, as long as GitHub takes it. */
function bodyOf(mark, text) {
  const body = `${mark}\n${text}`;
  return body.length <= LONGEST_BODY ? body : body.slice(0, LONGEST_BODY - CUT.length) + CUT;
}

/** Asks the API and returns its answer. Throws an Error with the status and what GitHub says. */
async function ask(method, path, content) {
  const { GITHUB_API_URL = "https://api.github.com", GITHUB_TOKEN = "" } = process.env;
  const response = await fetch(GITHUB_API_URL + path, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${GITHUB_TOKEN}`,
      "content-type": "application/json",
      "user-agent": "watchbench",
    },
    ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.ok) return await response.json();
  const said = await response.json().catch(() => ({}));
  throw new Error(`GitHub answered ${response.status} ${said.message ?? response.statusText}`);
}

/** Id of the comment that begins with the mark; `undefined` where there is none. */
async function findComment(comments, mark) {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const found = await ask("GET", `${comments}?per_page=${PAGE_SIZE}&page=${page}`);
    const own = found.find(({ body }) => body?.startsWith(mark));
    if (own !== undefined) return own.id;
    if (found.length < PAGE_SIZE) return undefined;
  }
  return undefined;
}

async function main(file) {
  const { GITHUB_REPOSITORY: repository, GITHUB_EVENT_PATH: eventPath, COMMENT_KEY: key = "watchbench" } = process.env;
  if (!/^[\w.-]{1,60}$/.test(key)) {
    throw new Error(`comment-key must be up to 60 letters, digits, ".", "_" or "-": got "${key}"`);
  }
  const number = JSON.parse(readFileSync(eventPath, "utf8")).pull_request?.number;
  if (number === undefined) throw new Error("the event must be of a pull request");
  const mark = `<!-- watchbench:${key} -->`;
  const issues = `/repos/${repository}/issues`;
  const body = bodyOf(mark, readFileSync(file, "utf8"));
  const id = await findComment(`${issues}/${number}/comments`, mark);
  if (id === undefined) await ask("POST", `${issues}/${number}/comments`, { body });
  else await ask("PATCH", `${issues}/comments/${id}`, { body });
  console.log(id === undefined ? "Wrote a comment" : "Brought the comment up to date");
}

const [file] = process.argv.slice(2);
if (file !== undefined && existsSync(file)) {
  try {
    await main(file);
  } catch (error) {
    console.log(`::warning title=Watchbench::Cannot write the comment: ${error.message}`);
  }
}
