/** Reads loosely typed template properties and inputs: text, number or object, or undefined. */
import type { Json, JsonObject } from "../../contract.ts";

/** The text itself; undefined for anything else. */
export const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

/** A number, or a text that CloudFormation takes for one. */
export const numberOf = (value: Json | undefined): number | undefined => {
  if (value === undefined || value === null || value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
};

/** A boolean, or CloudFormation's text for one. */
export const booleanOf = (value: Json | undefined): boolean | undefined => {
  if (typeof value === "boolean") return value;
  return value === "true" ? true : value === "false" ? false : undefined;
};

/** The object itself; an empty one for anything else. */
export const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** The list itself; an empty one for anything else. */
export const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
