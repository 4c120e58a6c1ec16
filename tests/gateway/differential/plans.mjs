// Plans with @graphql-hive/router-query-planner. One JSON line in: {"supergraph": SDL, "queries": [text]};
// one out: [{"fetches", "waves"} or {"error"}], one for each query.
import { spawnSync } from "node:child_process";
import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { QueryPlanner } from "@graphql-hive/router-query-planner";

const NOTHING = { fetches: 0, waves: 0 };
// The number drawn for `percent(x)` labels: above every share, so that none of them is active.
const OVER_ALL_SHARES = 100_000_000_000;

function measure(node) {
  switch (node?.kind) {
    case undefined:
      return NOTHING;
    case "Fetch":
    case "BatchFetch":
      return { fetches: 1, waves: 1 };
    case "Sequence":
      return node.nodes.map(measure).reduce((a, b) => ({ fetches: a.fetches + b.fetches, waves: a.waves + b.waves }), NOTHING);
    case "Parallel":
      return node.nodes
        .map(measure)
        .reduce((a, b) => ({ fetches: a.fetches + b.fetches, waves: Math.max(a.waves, b.waves) }), NOTHING);
    case "Flatten":
      return measure(node.node);
    case "Condition":
      return measure({ kind: "Parallel", nodes: [node.ifClause, node.elseClause] });
    default:
      throw new Error(`unknown plan node ${node.kind}`);
  }
}

function answer(planner, query) {
  try {
    return measure(planner.plan(query, null, new Set(), OVER_ALL_SHARES).node);
  } catch (error) {
    return { error: String(error) };
  }
}

/** A bug in the native planner ends its process: every supergraph is planned in one of its own, begun anew after the query at fault. */
function plans({ supergraph, queries }) {
  const answers = [];
  while (answers.length < queries.length) {
    const input = JSON.stringify({ supergraph, queries: queries.slice(answers.length) });
    const worker = spawnSync(process.execPath, [process.argv[1], "worker"], { input, encoding: "utf8" });
    const lines = worker.stdout.split("\n").filter(Boolean);
    answers.push(...lines.map((line) => JSON.parse(line)));
    if (answers.length < queries.length) answers.push({ error: "the planner died" });
  }
  return answers;
}

if (process.argv[2] === "worker") {
  const { supergraph, queries } = JSON.parse(readFileSync(0, "utf8"));
  const planner = new QueryPlanner(supergraph);
  for (const query of queries) writeSync(1, `${JSON.stringify(answer(planner, query))}\n`);
} else {
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(plans(JSON.parse(line))));
}
