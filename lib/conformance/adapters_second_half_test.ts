/** Every second registered adapter against the suite, beginning with the second. */
import { tryEverySecond } from "./_try_registered.ts";

tryEverySecond(1);
