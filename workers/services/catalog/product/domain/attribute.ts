import type { FieldError } from "#kernel/errors";
import type { AttributeValues, ProductOption } from "./product.ts";

/** What a category's template says of an attribute, as far as a product must obey it. */
export type AttributeRule = {
  readonly code: string;
  readonly type: "text" | "number" | "boolean" | "enum";
  readonly required: boolean;
  readonly variantAxis: boolean;
  readonly values?: readonly { readonly code: string }[] | undefined;
};

const problem = (code: string, kind: string, message: string): FieldError => ({
  path: `attributes.${code}`,
  code: kind,
  message,
});

/** Every value is of the type that the template gives it, and the template knows it. */
export function checkAttributes(
  rules: readonly AttributeRule[],
  values: AttributeValues,
): readonly FieldError[] {
  return Object.entries(values).flatMap(([code, value]) => {
    const rule = rules.find((one) => one.code === code);
    if (!rule) return [problem(code, "unknown", "The category has no such attribute.")];
    return isOfType(rule, value) ? [] : [problem(code, "type", `This attribute is of type ${rule.type}.`)];
  });
}

function isOfType(rule: AttributeRule, value: string | number | boolean): boolean {
  switch (rule.type) {
    case "text":
      return typeof value === "string" && value.trim() !== "";
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "boolean":
      return typeof value === "boolean";
    case "enum":
      return typeof value === "string" && (rule.values ?? []).some(({ code }) => code === value);
  }
}

/** A draft may be incomplete; what is offered to buyers may not. An option of the same code answers too. */
export function checkComplete(
  rules: readonly AttributeRule[],
  values: AttributeValues,
  options: readonly ProductOption[],
): readonly FieldError[] {
  return rules
    .filter(({ code, required }) => required && values[code] === undefined)
    .filter(({ code }) => !options.some((option) => option.code === code))
    .map(({ code }) => problem(code, "required", "The category asks for this attribute."));
}

/** An option that the template knows must be an axis there, with the template's values. */
export function checkOptions(
  rules: readonly AttributeRule[],
  options: readonly ProductOption[],
): readonly FieldError[] {
  return options.flatMap((option, i) => {
    const rule = rules.find(({ code }) => code === option.code);
    if (!rule) return [];
    const path = `options.${i}`;
    if (!rule.variantAxis) {
      return [{ path, code: "axis", message: "Variants of this category do not differ in it." }];
    }
    const isKnown = (code: string) => (rule.values ?? []).some((value) => value.code === code);
    const strange = rule.type === "enum" ? option.values.filter(({ code }) => !isKnown(code)) : [];
    return strange.map(({ code }) => ({ path, code: "value", message: `The category knows no ${code}.` }));
  });
}
