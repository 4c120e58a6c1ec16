// Audits a server with graphql-http. One JSON line in: {"url": address}; one out: [{"name", "status", "reason"}].
import { createInterface } from "node:readline";
import { auditServer } from "graphql-http";

for await (const line of createInterface({ input: process.stdin })) {
  const results = await auditServer({ url: JSON.parse(line).url });
  console.log(JSON.stringify(results.map(({ name, status, reason }) => ({ name, status, reason: reason ?? "" }))));
}
