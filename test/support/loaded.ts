import { CONSUMERS } from "../../workers/catalogue.ts";

// The runtime's own queues may bring a message at any time. Modules that were loaded in its turn belong to that
// turn in the test runner, and a test that waits for the same one would wait for ever.
await CONSUMERS();
