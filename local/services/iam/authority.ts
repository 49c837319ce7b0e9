/** Decides for the whole cloud: identity policies, boundaries, resource policies, and the keys every request carries. */
import type { Cloud, JsonObject, Need, Principal } from "../../contract.ts";
import type { IamDoor } from "../../neighbours.ts";
import { concerning, contextOf, judge, type Verdict } from "./evaluate.ts";
import type { RequestContext } from "./pattern.ts";
import type { IamState, StatementUse } from "./state.ts";
import { compilePolicy, type Statement } from "./statement.ts";

/** A decision with the sentence AWS would add to a refusal. */
export interface Authorisation {
  readonly allowed: boolean;
  readonly statement: string | undefined;
  readonly because: string;
}

const NOTHING: Verdict = { effect: "none", statement: undefined, allowing: [] };

/** IAM's door, and what only the front door may ask. */
export class Authority implements IamDoor {
  readonly #cloud: Cloud;
  readonly #state: IamState;
  readonly #resourcePolicies = new WeakMap<JsonObject, readonly Statement[]>();

  constructor(cloud: Cloud, state: IamState) {
    this.#cloud = cloud;
    this.#state = state;
  }

  role(roleArn: string): ReturnType<IamDoor["role"]> {
    const role = this.#state.roles.get(roleArn);
    return (
      role && {
        arn: role.arn,
        name: role.name,
        trust: role.trust,
        statements: role.statements.map((each) => each.document),
      }
    );
  }

  decide(principal: Principal, action: string, resource: string, context: JsonObject): ReturnType<IamDoor["decide"]> {
    const request = { action, resource, context: this.#context(principal, resource, context) };
    const { effect, statement } = this.#identity(principal, request);
    return { allowed: effect === "allow", statement: statement?.id };
  }

  decideByResourcePolicy(
    policy: JsonObject | undefined,
    principal: Principal,
    action: string,
    resource: string,
    context: JsonObject,
  ): "allow" | "deny" | "none" {
    return this.#byResource(policy, principal, {
      action,
      resource,
      context: this.#context(principal, resource, context),
    }).effect;
  }

  trusts(roleArn: string, service: string, sourceArn = ""): boolean {
    const role = this.#state.roles.get(roleArn);
    if (!role) return false;
    const principal: Principal = { kind: "service", service, sourceArn };
    const request = { action: "sts:AssumeRole", resource: roleArn, context: this.#context(principal, roleArn, {}) };
    return judge(concerning(role.trustStatements, principal, this.#cloud.account), request).effect === "allow";
  }

  /** Decides one need of a real call, and remembers which statements it rested on. */
  authorise(principal: Principal, { action, resource, context = {}, resourcePolicy }: Need): Authorisation {
    const request = { action, resource, context: this.#context(principal, resource, context) };
    const identity = this.#identity(principal, request);
    const byResource = this.#byResource(resourcePolicy, principal, request);
    const denying = [identity, byResource].find(({ effect }) => effect === "deny");
    if (denying) {
      const kind = denying === identity ? "an identity-based policy" : "a resource-based policy";
      return { allowed: false, statement: denying.statement?.id, because: `with an explicit deny in ${kind}` };
    }
    const allowing = [identity, byResource].find(({ effect }) => effect === "allow");
    if (!allowing) {
      const kind = principal.kind === "service" ? "resource-based" : "identity-based";
      return { allowed: false, statement: undefined, because: `because no ${kind} policy allows the ${action} action` };
    }
    this.#state.count(identity.allowing, identity.allowing.length === 1 && byResource.effect !== "allow");
    return { allowed: true, statement: allowing.statement?.id, because: "" };
  }

  /** Every statement of every role, with how often it was needed. */
  uses(): readonly StatementUse[] {
    return this.#state.uses();
  }

  #identity(principal: Principal, request: { action: string; resource: string; context: RequestContext }): Verdict {
    if (principal.kind === "owner") return { effect: "allow", statement: undefined, allowing: [] };
    if (principal.kind === "service") return NOTHING;
    const role = this.#state.roles.get(principal.roleArn);
    if (!role) return NOTHING;
    const verdict = judge(role.statements, request);
    if (!role.boundary || verdict.effect === "deny") return verdict;
    const bound = judge(role.boundary, request);
    if (bound.effect === "deny") return bound;
    return bound.effect === "allow" ? verdict : NOTHING;
  }

  #byResource(
    policy: JsonObject | undefined,
    principal: Principal,
    request: { action: string; resource: string; context: RequestContext },
  ): Verdict {
    if (!policy) return NOTHING;
    let statements = this.#resourcePolicies.get(policy);
    if (!statements) {
      statements = compilePolicy(typeof policy.Id === "string" ? policy.Id : "resource-policy", policy);
      this.#resourcePolicies.set(policy, statements);
    }
    return judge(concerning(statements, principal, this.#cloud.account), request);
  }

  /** Global condition keys. Source: IAM user guide, "AWS global condition context keys". Plain HTTP here stands for TLS there. */
  #context(principal: Principal, resource: string, given: Readonly<Record<string, unknown>>): RequestContext {
    const { account, clock, region } = this.#cloud;
    const owner = resource.split(":")[4];
    const common = {
      "aws:SecureTransport": true,
      "aws:CurrentTime": new Date(clock.now()).toISOString(),
      "aws:EpochTime": Math.floor(clock.now() / 1000),
      "aws:RequestedRegion": region,
      "aws:PrincipalIsAWSService": principal.kind === "service",
      "aws:ResourceAccount": owner === "" || owner === undefined ? account : owner,
    };
    if (principal.kind === "service")
      return contextOf({
        ...common,
        "aws:PrincipalServiceName": principal.service,
        "aws:SourceArn": principal.sourceArn === "" ? undefined : principal.sourceArn,
        "aws:SourceAccount": account,
        ...given,
      });
    const isRole = principal.kind === "role";
    const tags = isRole ? (this.#state.roles.get(principal.roleArn)?.tags ?? {}) : {};
    return contextOf({
      ...common,
      "aws:PrincipalAccount": account,
      "aws:PrincipalArn": isRole ? principal.roleArn : `arn:${this.#cloud.partition}:iam::${account}:root`,
      "aws:PrincipalType": isRole ? "AssumedRole" : "Account",
      "aws:userid": isRole ? `AROA:${principal.sessionName}` : account,
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
      ...given,
    });
  }
}
