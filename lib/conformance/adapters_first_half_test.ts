/** Every second registered adapter against the suite, beginning with the first. */
import { tryEverySecond } from "./_try_registered.ts";

tryEverySecond(0);
