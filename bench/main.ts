/** The benches: `npm run bench -- scale ...`, `reactions ...`, `burst ...`, `gate ...`. */
const benches = ["burst", "gate", "scale", "reactions"] as const;

const [name = "", ...args] = process.argv.slice(2);
if (!benches.some((bench) => bench === name)) {
  console.error(`choosing a bench: there is none named "${name}"; fine would be ${benches.join(" or ")}`);
  process.exit(2);
}
const bench: { main(args: readonly string[]): Promise<number> } = await import(
  new URL(`./${name}/main.ts`, import.meta.url).href
);
process.exitCode = await bench.main(args);
