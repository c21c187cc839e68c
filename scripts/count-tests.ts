/** Reads a report of the test runner and prints the run in one plain line; fails where no test ran. */
import { existsSync, readFileSync } from "node:fs";

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
};

const [file = ""] = process.argv.slice(2);
if (existsSync(file)) {
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  // A file that does not load has no tests to fail, and is a failure all the same.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
  console.log(`${report.numPassedTests} passed, ${failed} failed${skipped}`);
  if (failed > 0 || report.numPassedTests === 0) process.exitCode = 1;
} else {
  console.log("the test run left no report: it did not end");
  process.exitCode = 1;
}
