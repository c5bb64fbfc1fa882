/** An adapter from outside that shows wrong values, or breaks another promise when told so by its option. */
import { fakeAdapter } from "./fake_adapter.ts";

const honest = fakeAdapter();

export default {
  ...honest,
  id: "liar",
  options: { sin: { ...honest.options["sin"]!, default: "shows-a-wrong-value" } },
};
