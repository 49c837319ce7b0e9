// `npm run format`: writes every file as the formatter would have it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
const { status } = spawnSync(process.execPath, [biome, "check", "--write", "."], { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;
