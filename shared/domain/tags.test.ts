import { expect, test } from "vitest";
import { stackNameOf, tagList, tagsOf } from "./tags.ts";

test("tags survive the way from ECS's list and back", () => {
  const list = [
    { key: "team", value: "orders" },
    { key: "reflex:oom:mode", value: "act" },
  ];
  expect(tagList(tagsOf(list))).toEqual(list);
});

test("a tag without a value is kept, one without a key is not, no list is no tags", () => {
  expect(tagsOf([{ key: "empty" }, { value: "lost" }])).toEqual({ empty: "" });
  expect(tagsOf()).toEqual({});
});

test("keys that only AWS may write are not sent, whatever their case", () => {
  expect(tagList({ "aws:cloudformation:stack-name": "s", "AWS:x": "y", awsome: "z" })).toEqual([
    { key: "awsome", value: "z" },
  ]);
});

test("the stack is read from CloudFormation's own tag", () => {
  expect(stackNameOf({ "aws:cloudformation:stack-name": "ReflexPlatform" })).toBe("ReflexPlatform");
  expect(stackNameOf({})).toBeUndefined();
});
