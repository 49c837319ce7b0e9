/** The page under `/_local/`: plain HTML, its own style for light and dark, a small script that asks every second. */

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2326, #dfe6e9); --paper: light-dark(#f7f8f6, #14191b);
  --card: light-dark(#fff, #1d2427); --line: light-dark(#d9dfdc, #313b3f); --dim: light-dark(#5d6a6f, #93a1a6);
  --good: light-dark(#1a7f4b, #54c48a); --bad: light-dark(#b3261e, #ff8a80); --mark: light-dark(#0b6e8f, #62c4e3); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline;
  padding: .6rem 1rem; background: var(--card); border-bottom: 1px solid var(--line); }
h1 { font-size: 1rem; margin: 0; } h2 { font-size: .95rem; margin: 0 0 .5rem; }
#now { font-variant-numeric: tabular-nums; color: var(--mark); }
form { display: flex; gap: .4rem; margin-left: auto; } input { width: 6rem; }
input, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .15rem .5rem; }
main { display: grid; gap: 1rem; padding: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem; min-width: 0; }
section.wide { grid-column: 1 / -1; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; } th { text-align: left; font-weight: 600; color: var(--dim); }
th, td { padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
td.num { font-variant-numeric: tabular-nums; } td.wrap { white-space: normal; overflow-wrap: anywhere; min-width: 12rem; }
.bad { color: var(--bad); } .good { color: var(--good); } .dim { color: var(--dim); } .empty { color: var(--dim); }
meter { width: 7rem; vertical-align: middle; }
`;

const SCRIPT = `
const byId = (id) => document.getElementById(id);
const cell = (value, kind = "") => {
  const td = document.createElement("td");
  td.className = kind;
  if (value instanceof Node) td.append(value); else td.textContent = value ?? "";
  return td;
};
const fill = (id, head, rows) => {
  const box = byId(id);
  if (rows.length === 0) { box.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: "none yet" })); return; }
  const table = document.createElement("table");
  const top = table.createTHead().insertRow();
  for (const name of head) top.append(Object.assign(document.createElement("th"), { textContent: name }));
  const body = table.createTBody();
  for (const row of rows) body.insertRow().append(...row);
  box.replaceChildren(table);
};
const last = (arn) => String(arn ?? "").split("/").at(-1);
const clock = (at) => String(at).slice(11, 19);
const memory = (task) => {
  const span = document.createElement("span");
  const meter = Object.assign(document.createElement("meter"), { min: 0, max: task.memoryLimitMiB, high: task.memoryLimitMiB * 0.9, optimum: 0, value: task.memoryUsedMiB });
  span.append(meter, " " + Math.round(task.memoryUsedMiB) + " / " + task.memoryLimitMiB + " MiB");
  return span;
};
const show = (world) => {
  byId("now").textContent = world.now.replace("T", " ").slice(0, 19) + " UTC";
  byId("held").textContent = world.heldBy.length ? "working: " + world.heldBy.join(", ") : "idle";
  fill("services", ["service", "running", "desired", "revision", "memory of its first task"], world.services.map((s) => {
    const task = s.tasks.find((t) => t.lastStatus === "RUNNING") ?? s.tasks[0];
    return [cell(s.cluster + "/" + s.name), cell(s.runningCount, "num " + (s.runningCount < s.desiredCount ? "bad" : "good")), cell(s.desiredCount, "num"), cell(last(s.taskDefinitionArn)), cell(task ? memory(task) : "no task")];
  }));
  fill("queues", ["queue", "visible", "in flight", "delayed", "oldest"], world.queues.map((q) =>
    [cell(q.name), cell(q.visible, "num"), cell(q.inFlight, "num"), cell(q.delayed, "num"), cell(Math.round(q.oldestAgeSeconds) + " s", "num")]));
  fill("slack", ["when", "channel", "message"], world.slack.toReversed().map((m) =>
    [cell(clock(new Date(Number(m.ts) * 1000).toISOString())), cell(m.channel), cell(m.text + (m.edits ? " (edited " + m.edits + "x)" : ""), "wrap")]));
  fill("reactions", ["function", "calls", "errors", "last call", "at"], world.reactions.map((r) =>
    [cell(r.name), cell(r.calls, "num"), cell(r.errors, "num " + (r.errors ? "bad" : "")), cell(r.last), cell(clock(r.at))]));
  fill("calls", ["at", "by", "call", "resource", "allowed by", "error"], world.calls.toReversed().map((c) =>
    [cell(clock(c.at)), cell(c.functionName ?? last(c.principal)), cell(c.service + ":" + c.operation), cell(c.resource), cell(c.allowed ? c.statement ?? "" : "refused", c.allowed ? "dim" : "bad"), cell(c.error, "bad")]));
  fill("stacks", ["stack", "status"], world.stacks.map((s) => [cell(s.name), cell(s.status)]));
};
const ask = async () => {
  try { show(await (await fetch("/_local/world")).json()); byId("problem").textContent = ""; }
  catch (error) { byId("problem").textContent = "no answer: " + error.message; }
  setTimeout(ask, 1000);
};
byId("advance").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/_local/clock", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ advanceSeconds: Number(byId("seconds").value) }) });
  if (!answer.ok) byId("problem").textContent = (await answer.json()).error;
});
ask();
`;

const section = (id: string, title: string, kind = ""): string =>
  `<section class="${kind}"><h2>${title}</h2><div class="scroll" id="${id}"></div></section>`;

/** The whole page. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ecs-reflex, local cloud</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Local cloud</h1><span id="now"></span><span id="held" class="dim"></span><span id="problem" class="bad" role="status"></span>
<form id="advance"><label class="dim" for="seconds">seconds</label><input id="seconds" type="number" min="0" value="60"><button>Advance</button></form>
</header>
<main>
${section("services", "Services")}
${section("queues", "Queues")}
${section("slack", "Slack")}
${section("reactions", "Functions")}
${section("stacks", "Stacks")}
${section("calls", "Last calls", "wide")}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
