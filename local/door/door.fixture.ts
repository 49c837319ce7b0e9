/** A control door over neighbours that only remember what they were told. */
import { createCloud, type LocalCloud } from "../cloud.ts";
import type { Cloud, Service } from "../contract.ts";
import { AwsError } from "../contract.ts";
import { createCloudFormationService } from "../services/cloudformation/service.ts";
import { createIamService } from "../services/iam/service.ts";
import { ControlDoor } from "./control.ts";
import { serveDoor } from "./door.ts";

/** A door, what its neighbours were told, and a way to ask it over HTTP's shape. */
export interface DoorFixture {
  readonly local: LocalCloud;
  readonly told: unknown[][];
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
}

const QUEUE = { arn: "arn:aws:sqs:us-east-1:111122223333:jobs", name: "jobs", url: "", visibilitySeconds: 30 };

/** A fresh fixture at noon of a Monday. */
export function doorFixture(): DoorFixture {
  const told: unknown[][] = [];
  const tell =
    (name: string) =>
    (...what: unknown[]): void => {
      told.push([name, ...what]);
    };
  const view = (cluster: string, name: string) => ({ cluster, name, desiredCount: 1, runningCount: 1, tasks: [] });
  const neighbours = (cloud: Cloud): Service => {
    cloud.expose("events", { deliver: tell("event") });
    cloud.expose("ecr", {
      push: (image: { repositoryName: string }) => {
        if (image.repositoryName === "none")
          throw new AwsError("RepositoryNotFoundException", "there is no repository none");
        tell("push")(image);
        return { digest: "sha256:1" };
      },
    });
    cloud.expose("ecs", {
      services: () => [view("production", "api")],
      service: (cluster: string, name: string) =>
        `${cluster}/${name}` === "production/api" ? view(cluster, name) : undefined,
      suffer: tell("suffer"),
      consume: tell("consume"),
    });
    cloud.expose("sqs", {
      queues: () => [QUEUE],
      counts: () => ({ visible: 2, inFlight: 1, delayed: 0, oldestAgeSeconds: 3 }),
      load: tell("load"),
    });
    cloud.expose("slack", {
      messages: () => [
        { ts: "1.1", threadTs: undefined, channel: "#ops", text: "hello", blocks: [], edits: 0, deletedAt: undefined },
      ],
      click: async (click: unknown) => {
        tell("click")(click);
        return { status: 200 };
      },
      setDown: tell("slack down"),
    });
    const operations = {
      UpdateService: { needs: () => [], run: () => ({}) },
      ListServices: { needs: () => [], run: () => ({}) },
    };
    return { name: "ecs", operations, resources: {} };
  };
  const named = (name: string) => (): Service => ({ name, operations: {}, resources: {} });
  const services = [createIamService, createCloudFormationService, neighbours, named("sqs"), named("slack")];
  const local = createCloud({ startAtMs: Date.parse("2026-03-02T12:00:00Z"), services });
  const serve = serveDoor(local, new ControlDoor(local));
  return {
    local,
    told,
    async ask(method, path, body, headers = {}) {
      const written = typeof body === "string" ? body : JSON.stringify(body ?? null);
      const answer = await serve({
        method,
        path: `/_local${path}`,
        headers: { host: "127.0.0.1:4566", ...headers },
        body: written,
      });
      if (answer === "reset") throw new Error("the door dropped the connection");
      const isJson = answer.headers?.["content-type"] === undefined;
      return { status: answer.status, body: isJson ? JSON.parse(answer.body) : answer.body };
    },
  };
}
