/** Why the gate does nothing now, or calls a person; each with its meaning for the reference page. */

/** The closed list of holds. */
export type GateHold =
  | "not-enrolled"
  | "not-our-hook"
  | "paused"
  | "service-gone"
  | "other-controller"
  | "deployment-over"
  | "scan-in-progress"
  | "hooked"
  | "rolling-back"
  | "unchanged"
  | "goes-back"
  | "break-glass"
  | "passed"
  | "already-under-way"
  | "deployment-in-progress"
  | "cooldown"
  | "already-runs"
  | "not-newer"
  | "not-passed"
  | "container-unknown";

/** The closed list of escalations. */
export type GateEscalation =
  | "nothing-to-go-back-to"
  | "no-better-target"
  | "bad-image-runs"
  | "digest-unknown"
  | "waiver-ends";

/** What each hold means, in a sentence. */
export const holdMeanings: Readonly<Record<GateHold, string>> = {
  "not-enrolled": "The service's mode is off: nothing is decided for it.",
  "not-our-hook": "The service does not say that its PAUSE hook is the gate's to answer.",
  paused: "The account's pause switch is on, or the service's tag or block says paused; a hook waits for its timeout.",
  "service-gone": "The service does not exist any more or is being deleted.",
  "other-controller": "CodeDeploy or an external controller decides what this service runs.",
  "deployment-over": "The deployment has ended or another one has begun.",
  "scan-in-progress": "The scan of an image is not there yet; it is judged as soon as it is.",
  hooked: "A hook of the gate judges this service's deployments before their first task starts.",
  "rolling-back": "The deployment goes back to what ran before; the gate never stands in the way of that.",
  unchanged: "Every image of the deployment runs already: a changed size or variable is never blocked.",
  "goes-back":
    "The revision takes the service back to images that it ran before; the gate never stands in the way of that.",
  "break-glass": "The revision says why it must be deployed whatever the verdict.",
  passed: "The verdict is that it may run.",
  "already-under-way": "A plan for this service is under way.",
  "deployment-in-progress": "A deployment is under way; the image is promoted once it has ended.",
  cooldown: "The service was changed a short while ago and has to show its effect first.",
  "already-runs": "The service runs this image.",
  "not-newer": "The service runs a newer image than this one.",
  "not-passed": "The verdict of the image does not let it run, so it is not promoted.",
  "container-unknown": "No container of the service runs the repository, or more than one does and none is named.",
};

/** What each escalation means, in a sentence. */
export const escalationMeanings: Readonly<Record<GateEscalation, string>> = {
  "nothing-to-go-back-to": "An image that may not run is being deployed, and no earlier deployment was ever completed.",
  "no-better-target": "An image that may not run is being deployed, and what ran before is judged no better.",
  "bad-image-runs": "An image that runs now is judged as one that may not run.",
  "digest-unknown": "What code the service runs now is not known by digest, so a new revision might ship other code.",
  "waiver-ends": "A waiver ends soon; after that its finding counts again.",
};
