/** The closed union of everything that can change the world, and the waits between. */
import type { TaskSize } from "./service.ts";

/** A container's own limits after a raise; containers not listed keep theirs. */
export interface ContainerLimits {
  readonly name: string;
  readonly memoryMiB?: number;
  readonly memoryReservationMiB?: number;
}

export type Step =
  /** Registers a revision like `basedOn` with at least this size, images pinned to the digests that run now. */
  | {
      readonly do: "raise-memory";
      readonly basedOn: string;
      readonly size: TaskSize;
      readonly containers: readonly ContainerLimits[];
      /** `repository@digest` by container name; a container not listed keeps its reference. */
      readonly pins: Readonly<Record<string, string>>;
    }
  /** Registers a copy of a revision with the images of another, so that a revert ships no new code either. */
  | { readonly do: "copy-revision"; readonly of: string; readonly imagesOf: string }
  /** Makes the service run the revision that the step before registered. */
  | {
      readonly do: "deploy-revision";
      /** The revision that must still run, else somebody else's change is kept. */
      readonly replaces: string;
      /** The service revision whose digests were pinned; another one means that somebody deployed meanwhile. */
      readonly serviceRevision?: string;
      /** Earlier revisions of this very plan, which may run as well. */
      readonly ours?: readonly string[];
      /** Images that an undo goes back to, by container; without it an undo keeps the images of the new revision. */
      readonly backTo?: Readonly<Record<string, string>>;
    }
  | { readonly do: "wait-until-steady"; readonly atMostSeconds: number }
  /** Registers a copy of `basedOn` with these images, `repository@digest` by container, and nothing else changed. */
  | {
      readonly do: "deploy-image";
      readonly basedOn: string;
      readonly images: Readonly<Record<string, string>>;
      /** The service ran these images before: the revision says so, and the gate never stands in its way. */
      readonly goesBack?: true;
    }
  /** Answers a PAUSE hook that holds a service deployment. */
  | {
      readonly do: "continue-deployment";
      readonly deployment: string;
      readonly hookId: string;
      readonly action: "CONTINUE" | "ROLLBACK";
    }
  /** Stops a service deployment that goes on and lets ECS go back to the last completed one. */
  | { readonly do: "stop-deployment"; readonly deployment: string }
  /** Ends when a stopped service deployment has gone back. */
  | { readonly do: "wait-until-rolled-back"; readonly deployment: string; readonly atMostSeconds: number }
  /** Ends well when no task of the new revision is killed for memory in this time. */
  | { readonly do: "watch-for-kills"; readonly forSeconds: number };

export type StepName = Step["do"];
export type StepOf<Name extends StepName> = Extract<Step, { do: Name }>;
