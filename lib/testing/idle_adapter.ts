/** An adapter from outside that answers at once and keeps nothing: whatever takes time around it is the bench's own. */
import { fakeAdapter } from "./fake_adapter.ts";

export default {
  ...fakeAdapter({ canWatch: false }),
  id: "idle",
  title: "Nothing",
  options: {},
  counters: [],
  open: () =>
    Promise.resolve({
      write: () => {},
      batch: () => {},
      read: () => [],
      close: () => {},
    }),
};
