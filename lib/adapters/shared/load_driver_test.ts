import assert from "node:assert/strict";
import { DriverUnavailableError } from "../../model/errors.ts";
import { loadDriver } from "./load_driver.ts";

Deno.test("loadDriver() hands on what was imported", async () => {
  assert.equal(await loadDriver("x", async () => 7), 7);
});

Deno.test("loadDriver() throws a DriverUnavailableError with the driver's own message", async () => {
  const cause = new TypeError("libfoo.so: cannot open shared object file");
  await assert.rejects(
    loadDriver("foo", () => {
      throw cause;
    }),
    (error) => {
      assert.ok(error instanceof DriverUnavailableError);
      assert.equal(error.message, 'Cannot load driver "foo": libfoo.so: cannot open shared object file');
      assert.equal(error.cause, cause);
      return true;
    },
  );
});

Deno.test("loadDriver() keeps hosts out of the reason", async () => {
  await assert.rejects(
    loadDriver(
      "foo",
      () => Promise.reject(new Error("Import 'https://packages.example.com/foo/meta.json' failed")),
    ),
    { message: `Cannot load driver "foo": Import 'foo/meta.json' failed` },
  );
});

Deno.test("loadDriver() says in one line what could not be downloaded and what to do", async () => {
  const message =
    "Failed caching npm package 'foo@1.2.3'\n    0: client error\n    1: Connection refused (os error 111)";
  await assert.rejects(loadDriver("foo", () => Promise.reject(new TypeError(message))), {
    name: "DriverUnavailableError",
    message:
      `Cannot download driver "foo": Failed caching npm package 'foo@1.2.3': Connection refused (os error 111); ` +
      "run it once where the package registry can be reached, and it will be kept",
  });
});

Deno.test("loadDriver() tells the causes of a failure, and what to look at", async () => {
  const root = new Error("/opt/libfoo.so: file too short");
  const error = new Error("Failed to load", { cause: new TypeError("dlopen failed", { cause: root }) });
  await assert.rejects(loadDriver("foo", () => Promise.reject(error), () => "FOO_PATH names it"), {
    message:
      'Cannot load driver "foo": Failed to load: dlopen failed: /opt/libfoo.so: file too short; FOO_PATH names it',
  });
});

Deno.test("loadDriver() says a cause once when the message has it already", async () => {
  const error = new Error("Failed: no such file", { cause: new Error("no such file", { cause: "no such" }) });
  await assert.rejects(loadDriver("foo", () => Promise.reject(error)), {
    message: 'Cannot load driver "foo": Failed: no such file',
  });
});

Deno.test("loadDriver() gives no advice about a package that was not there", async () => {
  const message = "npm package 'foo' does not exist";
  const advise = () => assert.fail("nothing to look at");
  await assert.rejects(loadDriver("foo", () => Promise.reject(new Error(message)), advise), {
    message: /^Cannot download driver "foo": /,
  });
});
