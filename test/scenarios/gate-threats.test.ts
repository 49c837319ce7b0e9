/** What only Inspector's finding events tell, on its way to a verdict. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../local/contract.ts";
import { basicScan, enhancedScan, push, release, settled, toldOf } from "./gate.fixture.ts";
import { startWorld } from "./world.ts";

const SERVICE = "user-service";
const SHARED = "CVE-2026-1000";

/** An enhanced scan of which Inspector's events tell a probability of exploitation; ECR's pages never do. */
const likelyExploited = (): JsonObject => {
  const scan = enhancedScan("LOW");
  const { enhancedFindings } = scan.imageScanFindings as { readonly enhancedFindings: readonly JsonObject[] };
  const packageVulnerabilityDetails = { vulnerabilityId: SHARED, vulnerablePackages: [] };
  const told = enhancedFindings.map((each) => ({ ...each, packageVulnerabilityDetails, epss: { score: 0.93 } }));
  return { ...scan, imageScanFindings: { enhancedFindings: told } };
};

test("EPSS that an event told of one image holds the deployment of another with the vulnerability, and is told as such", async () => {
  const world = await startWorld();
  await settled(world, SERVICE);
  push(world, "order-service", "v9.0.0", likelyExploited());
  await world.pass(300);
  await release(world, SERVICE, "v1.1.0", basicScan("LOW"));
  await world.until("asked", () => toldOf(world, "likely-exploited") !== "[]");
  const told = toldOf(world, "likely-exploited");
  expect(told).toContain("waits for approval");
  expect(told).toContain(`${SHARED} EPSS 0.93, says Inspector of 2026-11-23`);
});
