/** A service in mode act whose deployment brings one image with a finished scan: what the gate's functions read of it. */
import { ACCOUNT, type Acting, CLUSTER, ecsArn, REGION, SERVICE, SERVICE_ARN } from "./acting.ts";

const DIGEST = `sha256:${"5b".repeat(32)}`;
const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${SERVICE}:v1.1.0`;

/** The revision of the task definition that the deployment brings. */
export const BROUGHT = ecsArn(`task-definition/${SERVICE}:8`);
export const DEPLOYMENT = ecsArn(`service-deployment/${CLUSTER}/${SERVICE}/NCWGC2ZR-taawPAYrIaU5`);
export const SERVICE_REVISION = ecsArn(`service-revision/${CLUSTER}/${SERVICE}/4980306466373577095`);

const service = {
  serviceArn: SERVICE_ARN,
  serviceName: SERVICE,
  clusterArn: ecsArn(`cluster/${CLUSTER}`),
  status: "ACTIVE",
  launchType: "FARGATE",
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  taskDefinition: BROUGHT,
  currentServiceDeployment: DEPLOYMENT,
  currentServiceRevisions: [{ arn: SERVICE_REVISION, requestedTaskCount: 2, runningTaskCount: 0 }],
  tags: [
    { key: "reflex:gate:mode", value: "act" },
    { key: "reflex:gate:answers-pause-hooks", value: "true" },
  ],
};

const finding = {
  severity: "LOW",
  status: "ACTIVE",
  fixAvailable: "NO",
  exploitAvailable: "NO",
  title: "CVE-2026-0001 - zlib",
  packageVulnerabilityDetails: {
    vulnerabilityId: "CVE-2026-0001",
    vulnerablePackages: [{ name: "zlib", version: "1.3", fixedInVersion: "NotAvailable" }],
  },
};

/** Nothing is known in the ledger; ECS and ECR tell of a deployment that may go on. */
export const answers: Acting["answers"] = {
  "dynamodb.GetItem": {},
  "dynamodb.PutItem": {},
  "dynamodb.Query": { Items: [], Count: 0 },
  "ecs.DescribeServices": { services: [service], failures: [] },
  "ecs.DescribeServiceRevisions": {
    serviceRevisions: [
      {
        serviceRevisionArn: SERVICE_REVISION,
        serviceArn: SERVICE_ARN,
        taskDefinition: BROUGHT,
        containerImages: [{ containerName: "app", image: IMAGE, imageDigest: DIGEST }],
      },
    ],
    failures: [],
  },
  "ecs.DescribeTaskDefinition": {
    taskDefinition: {
      taskDefinitionArn: BROUGHT,
      family: SERVICE,
      revision: 8,
      status: "ACTIVE",
      cpu: "512",
      memory: "1024",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      containerDefinitions: [{ name: "app", image: IMAGE, essential: true }],
    },
    tags: [],
  },
  "ecr.BatchGetImage": {
    images: [
      {
        imageId: { imageDigest: DIGEST, imageTag: "v1.1.0" },
        imageManifest: JSON.stringify({ schemaVersion: 2 }),
        imageManifestMediaType: "application/vnd.oci.image.manifest.v1+json",
      },
    ],
    failures: [],
  },
  "ecr.DescribeImageScanFindings": {
    imageScanStatus: { status: "ACTIVE", description: "Continuous scan is selected for image." },
    imageScanFindings: {
      imageScanCompletedAt: 1_790_000_000,
      findingSeverityCounts: { LOW: 1 },
      enhancedFindings: [finding],
    },
  },
  "events.PutEvents": { FailedEntryCount: 0, Entries: [{ EventId: "1" }] },
};
