import { expect, test } from "vitest";
import { compilePattern, isRefused } from "./compile.ts";
import { matches } from "./match.ts";

type Row = readonly [what: string, pattern: string, event: string, matches: boolean];

const killed = `{"detail": {"containers": [
  {"name": "app", "exitCode": 137, "reason": "OutOfMemoryError"}, {"name": "log", "exitCode": 0}]}}`;

// biome-ignore format: a table reads as a table
const ROWS: readonly Row[] = [
  ["a string equals itself",                   '{"a": ["x"]}',                                  '{"a": "x"}',               true],
  ["a string differs in case",                 '{"a": ["x"]}',                                  '{"a": "X"}',               false],
  ["any value of the list will do",            '{"a": ["x", "y"]}',                             '{"a": "y"}',               true],
  ["an array shares one value",                '{"a": ["y"]}',                                  '{"a": ["x", "y"]}',        true],
  ["every path must match",                    '{"a": ["x"], "b": ["y"]}',                      '{"a": "x", "b": "z"}',     false],
  ["exactly is a string",                      '{"a": [{"exactly": "x"}]}',                     '{"a": "x"}',               true],
  ["a number is no string",                    '{"a": [512]}',                                  '{"a": "512"}',             false],
  ["a string is no number",                    '{"a": ["512"]}',                                '{"a": 512}',               false],
  ["numbers are quantities",                   '{"a": [3.0e2]}',                                '{"a": 300}',               true],
  ["too long a number equals its own text",    '{"a": [1e400]}',                                '{"a": 1e400}',             true],
  ["too long a number has no other spelling",  '{"a": [1e400]}',                                '{"a": 10e399}',            false],
  ["digits beyond a double tell apart",        '{"a": [9007199254740993]}',                     '{"a": 9007199254740992}',  false],
  ["true is not its text",                     '{"a": [true]}',                                 '{"a": "true"}',            false],
  ["null is null",                             '{"a": [null]}',                                 '{"a": null}',              true],
  ["null is not missing",                      '{"a": [null]}',                                 '{"b": 1}',                 false],
  ["an address in another spelling",           '{"a": ["2001:db8::1"]}',                        '{"a": "2001:DB8:0::1"}',   true],
  ["prefix",                                   '{"a": [{"prefix": "ab"}]}',                     '{"a": "abc"}',             true],
  ["prefix is at the beginning",               '{"a": [{"prefix": "bc"}]}',                     '{"a": "abc"}',             false],
  ["prefix of a number is none",               '{"a": [{"prefix": "1"}]}',                      '{"a": 123}',               false],
  ["prefix in either case",                    '{"a": [{"prefix": {"equals-ignore-case": "AB"}}]}', '{"a": "abc"}',         true],
  ["prefix in either case is no infix",        '{"a": [{"prefix": {"equals-ignore-case": "BC"}}]}', '{"a": "abc"}',         false],
  ["suffix",                                   '{"a": [{"suffix": "bc"}]}',                     '{"a": "abc"}',             true],
  ["suffix is at the end",                     '{"a": [{"suffix": "ab"}]}',                     '{"a": "abc"}',             false],
  ["suffix in either case",                    '{"a": [{"suffix": {"equals-ignore-case": "BC"}}]}', '{"a": "abc"}',         true],
  ["suffix in either case is no prefix",       '{"a": [{"suffix": {"equals-ignore-case": "AB"}}]}', '{"a": "abc"}',         false],
  ["either case beyond ASCII",                 '{"a": [{"equals-ignore-case": "ÉA"}]}',         '{"a": "éa"}',              true],
  ["either case without expansion",            '{"a": [{"equals-ignore-case": "STRASSE"}]}',    '{"a": "straße"}',          false],
  ["either case is the whole value",           '{"a": [{"equals-ignore-case": "ab"}]}',         '{"a": "ABC"}',             false],
  ["signs stand for themselves in any case",   '{"a": [{"equals-ignore-case": "a.c"}]}',        '{"a": "abc"}',             false],
  ["wildcard",                                 '{"a": [{"wildcard": "a*c*e"}]}',                '{"a": "abcde"}',           true],
  ["wildcard matches nothing too",             '{"a": [{"wildcard": "a*"}]}',                   '{"a": "a"}',               true],
  ["wildcard parts do not overlap",            '{"a": [{"wildcard": "ab*ba"}]}',                '{"a": "aba"}',             false],
  ["wildcard keeps its order",                 '{"a": [{"wildcard": "*b*a*"}]}',                '{"a": "ab"}',              false],
  ["wildcard without star is exact",           '{"a": [{"wildcard": "b"}]}',                    '{"a": "abc"}',             false],
  ["wildcard does not match numbers",          '{"a": [{"wildcard": "*"}]}',                    '{"a": 5}',                 false],
  ["an escaped star is a star",                '{"a": [{"wildcard": "a\\\\*b"}]}',              '{"a": "axb"}',             false],
  ["anything-but a string",                    '{"a": [{"anything-but": "x"}]}',                '{"a": "y"}',               true],
  ["anything-but digits, told as a number",    '{"a": [{"anything-but": "123"}]}',              '{"a": 123}',               true],
  ["anything-but this string",                 '{"a": [{"anything-but": "x"}]}',                '{"a": "x"}',               false],
  ["anything-but needs the field",             '{"a": [{"anything-but": "x"}]}',                '{"b": "x"}',               false],
  ["anything-but takes null",                  '{"a": [{"anything-but": "x"}]}',                '{"a": null}',              true],
  ["anything-but over an array: one differs",  '{"a": [{"anything-but": "x"}]}',                '{"a": ["x", "y"]}',        true],
  ["anything-but over an array: none differs", '{"a": [{"anything-but": ["x", "y"]}]}',         '{"a": ["x", "y"]}',        false],
  ["anything-but a number, told as text",      '{"a": [{"anything-but": 123}]}',                '{"a": "123"}',             true],
  ["anything-but a number",                    '{"a": [{"anything-but": [1, 2]}]}',             '{"a": 2.0}',               false],
  ["anything-but prefix",                      '{"a": [{"anything-but": {"prefix": "ab"}}]}',   '{"a": "abc"}',             false],
  ["anything-but several prefixes",            '{"a": [{"anything-but": {"prefix": ["b", "c"]}}]}', '{"a": "abc"}',         true],
  ["anything-but suffix",                      '{"a": [{"anything-but": {"suffix": ["bc"]}}]}', '{"a": "abc"}',             false],
  ["anything-but suffix takes numbers",        '{"a": [{"anything-but": {"suffix": "3"}}]}',    '{"a": 123}',               true],
  ["anything-but wildcard",                    '{"a": [{"anything-but": {"wildcard": "a*c"}}]}', '{"a": "abc"}',            false],
  ["anything-but several wildcards",           '{"a": [{"anything-but": {"wildcard": ["x*", "*y"]}}]}', '{"a": "abc"}',     true],
  ["anything-but in either case",              '{"a": [{"anything-but": {"equals-ignore-case": "ABC"}}]}', '{"a": "abc"}',  false],
  ["numeric equality",                         '{"a": [{"numeric": ["=", 0.3]}]}',              '{"a": 3e-1}',              true],
  ["numeric below",                            '{"a": [{"numeric": ["<", 5]}]}',                '{"a": 5}',                 false],
  ["numeric up to",                            '{"a": [{"numeric": ["<=", 5]}]}',               '{"a": 5}',                 true],
  ["numeric above",                            '{"a": [{"numeric": [">", 5]}]}',                '{"a": 5}',                 false],
  ["numeric from",                             '{"a": [{"numeric": [">=", 5]}]}',               '{"a": 5}',                 true],
  ["numeric range, inside",                    '{"a": [{"numeric": [">", 0, "<=", 5]}]}',       '{"a": 5}',                 true],
  ["numeric range, above",                     '{"a": [{"numeric": [">", 0, "<=", 5]}]}',       '{"a": 5.1}',               false],
  ["numeric range, below",                     '{"a": [{"numeric": [">", 0, "<=", 5]}]}',       '{"a": 0}',                 false],
  ["numeric never matches a string",           '{"a": [{"numeric": [">", 0]}]}',                '{"a": "1"}',               false],
  ["cidr holds its last address",              '{"a": [{"cidr": "10.0.0.0/24"}]}',              '{"a": "10.0.0.255"}',      true],
  ["cidr ends there",                          '{"a": [{"cidr": "10.0.0.0/24"}]}',              '{"a": "10.0.1.0"}',        false],
  ["cidr from inside the block",               '{"a": [{"cidr": "10.0.0.9/24"}]}',              '{"a": "10.0.0.1"}',        true],
  ["cidr of the other family",                 '{"a": [{"cidr": "::/0"}]}',                     '{"a": "10.0.0.1"}',        false],
  ["exists on null",                           '{"a": [{"exists": true}]}',                     '{"a": null}',              true],
  ["exists on an empty array",                 '{"a": [{"exists": true}]}',                     '{"a": []}',                false],
  ["exists on an object",                      '{"a": [{"exists": true}]}',                     '{"a": {"b": 1}}',          false],
  ["does not exist",                           '{"a": [{"exists": false}]}',                    '{"b": 1}',                 true],
  ["does not exist, or is x",                  '{"a": [{"exists": false}, "x"]}',               '{"a": "x"}',               true],
  ["does not exist, or is x: is y",            '{"a": [{"exists": false}, "x"]}',               '{"a": "y"}',               false],
  ["prototype members are ordinary names",     '{"toString": [{"exists": true}]}',              '{"a": 1}',                 false],
  ["either branch of $or",                     '{"$or": [{"a": [1]}, {"b": [2]}]}',             '{"a": 0, "b": 2}',         true],
  ["no branch of $or",                         '{"$or": [{"a": [1]}, {"b": [2]}]}',             '{"a": 0, "b": 0}',         false],
  ["$or beside a path",                        '{"c": [1], "$or": [{"a": [1]}, {"b": [2]}]}',   '{"b": 2}',                 false],
  ["$or inside $or",                           '{"$or": [{"a": [1]}, {"$or": [{"b": [2]}, {"c": [3]}]}]}', '{"c": 3}',      true],
  ["$or below a path",                         '{"d": {"$or": [{"a": [1]}, {"b": [2]}]}}',      '{"d": {"b": 2}}',          true],
  ["a branch replaces what stood outside",     '{"a": ["x"], "$or": [{"a": ["y"]}, {"b": [2]}]}', '{"a": "y"}',             true],
  ["dots are nesting, in the pattern",         '{"a.b": [1]}',                                  '{"a": {"b": 1}}',          true],
  ["dots are nesting, in the event",           '{"a": {"b": [1]}}',                             '{"a.b": 1}',               true],
  ["the last of a repeated path counts",       '{"a": ["x"], "a": ["y"]}',                      '{"a": "x"}',               false],
  ["name and code in one element",  '{"detail": {"containers": {"name": ["app"], "exitCode": [137]}}}', killed,                true],
  ["name and code in two elements", '{"detail": {"containers": {"name": ["log"], "exitCode": [137]}}}', killed,                false],
  ["absent in that element",        '{"detail": {"containers": {"name": ["log"], "reason": [{"exists": false}]}}}', killed,    true],
  ["present in that element",       '{"detail": {"containers": {"name": ["app"], "reason": [{"exists": false}]}}}', killed,    false],
  ["arrays in arrays",              '{"a": {"b": {"c": [1], "d": [2]}}}', '{"a": [[{"b": [{"c": 1, "d": 3}, {"c": 1, "d": 2}]}]]}', true],
];

test.each(ROWS)("%s", (_, pattern, event, expected) => {
  const compiled = compilePattern(pattern);
  if (isRefused(compiled)) throw new Error(compiled.message);
  expect(matches(compiled, event)).toBe(expected);
});

test("an event given as a value is matched like its text", () => {
  const compiled = compilePattern({ detail: { containers: { name: ["app"], exitCode: [{ numeric: [">", 100] }] } } });
  if (isRefused(compiled)) throw new Error(compiled.message);
  expect(matches(compiled, JSON.parse(killed))).toBe(true);
});

// biome-ignore format: a table reads as a table
test.each([
  ["not-json", '{"a": [1,]}'], ["not-json", '{"a": [01]}'], ["not-json", ""], ["not-json", '{"a": ["x"]} x'],
  ["not-an-object", "[1]"], ["empty-object", "{}"], ["empty-object", '{"a": {}}'], ["empty-array", '{"a": []}'],
  ["not-an-object-or-array", '{"a": "x"}'], ["unsupported-value", '{"a": [[1]]}'],
  ["several-operators", '{"a": [{"prefix": "a", "suffix": "b"}]}'], ["several-operators", '{"a": [{}]}'],
  ["unknown-operator", '{"a": [{"regex": "x"}]}'], ["unknown-operator", '{"a": [{"EXISTS": true}]}'],
  ["operand-of-exactly", '{"a": [{"exactly": 1}]}'], ["operand-of-prefix", '{"a": [{"prefix": 1}]}'],
  ["operand-of-prefix", '{"a": [{"prefix": {"wildcard": "a"}}]}'], ["operand-of-suffix", '{"a": [{"suffix": ["a"]}]}'],
  ["operand-of-equals-ignore-case", '{"a": [{"equals-ignore-case": ["a"]}]}'], ["operand-of-wildcard", '{"a": [{"wildcard": 1}]}'],
  ["operand-of-exists", '{"a": [{"exists": 1}]}'], ["operand-of-cidr", '{"a": [{"cidr": "10.0.0.1/32"}]}'],
  ["operand-of-cidr", '{"a": [{"cidr": "10.0.0.256/8"}]}'], ["operand-of-cidr", '{"a": [{"cidr": "1::2::3/8"}]}'],
  ["operand-of-numeric", '{"a": [{"numeric": "="}]}'], ["operand-of-numeric", '{"a": [{"numeric": ["=", "1"]}]}'],
  ["operand-of-numeric", '{"a": [{"numeric": ["<", 1, ">", 0]}]}'], ["operand-of-numeric", '{"a": [{"numeric": [">", 0, "<", 1, 2]}]}'],
  ["incomparable-number", '{"a": [{"numeric": ["<", 1e309]}]}'], ["empty-numeric-range", '{"a": [{"numeric": [">", 1, "<", 1]}]}'],
  ["operand-of-anything-but", '{"a": [{"anything-but": ["a", 1]}]}'], ["operand-of-anything-but", '{"a": [{"anything-but": null}]}'],
  ["operand-of-anything-but", '{"a": [{"anything-but": []}]}'], ["operand-of-anything-but", '{"a": [{"anything-but": {"prefix": ""}}]}'],
  ["operand-of-anything-but", '{"a": [{"anything-but": {"exists": true}}]}'], ["operand-of-anything-but", '{"a": [{"anything-but": {"wildcard": 1}}]}'],
  ["incomparable-number", '{"a": [{"anything-but": 1e400}]}'], ["consecutive-wildcards", '{"a": [{"wildcard": "a**"}]}'],
  ["invalid-escape", '{"a": [{"wildcard": "a\\\\b"}]}'], ["too-complex", '{"a": [{"wildcard": "*:*:*:*:*:event-bus/*"}]}'],
  ["or-needs-objects", '{"$or": {"a": [1]}}'], ["or-needs-objects", '{"$or": [{"a": [1]}, 1]}'], ["or-needs-two", '{"$or": [{"a": [1]}]}'],
  ["or-reserved-field", '{"$or": [{"numeric": [1]}, {"b": [2]}]}'],
] as const)("refuses with %s: %s", (reason, pattern) => {
  expect(compilePattern(pattern)).toMatchObject({ refused: reason });
});

test("refuses $or that multiplies into more than a thousand combinations", () => {
  const digits = (name: string): object[] => Array.from({ length: 11 }, (_, digit) => ({ [name]: [digit] }));
  const pattern = { x: { $or: digits("a") }, y: { $or: digits("b") }, z: { $or: digits("c") } };
  expect(compilePattern(JSON.stringify(pattern))).toMatchObject({ refused: "or-too-many-combinations" });
});
