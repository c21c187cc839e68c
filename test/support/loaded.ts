import { loadEngines } from "#objects/own-ctx";
import { CONSUMERS } from "../../workers/catalogue.ts";

// The runtime's own queues may bring a message at any time. Modules that its turn began to load belong to
// that turn in the test runner, and a test that waits for the same ones would wait for ever.
await CONSUMERS();

// The same of an object, whose alarm may ring long after the test that made it.
await loadEngines();
