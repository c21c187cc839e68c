import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const GRAVE: readonly (string | null | undefined)[] = ["serious", "critical"];

/** Nothing on this page keeps people from it who hear it, or use its keys alone. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // By the debugger and not by a script element: the page's own policy stays in force.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  const grave = violations
    .filter(({ impact }) => GRAVE.includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  expect(grave, what).toEqual([]);
}
