// Composes with @theguild/federation-composition. One JSON line in: {"subgraphs": [{"name", "url", "sdl"}]};
// one out: {"supergraph": SDL or null, "errors": [{"code", "message"}]}.
import { createInterface } from "node:readline";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

function compose(subgraphs) {
  const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
  const { supergraphSdl, errors } = composeServices(services);
  return {
    supergraph: supergraphSdl ?? null,
    errors: (errors ?? []).map(({ message, extensions }) => ({ code: extensions?.code ?? "NONE", message })),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = compose(JSON.parse(line).subgraphs);
  } catch (error) {
    answer = { supergraph: null, errors: [{ code: "CRASH", message: String(error) }] };
  }
  console.log(JSON.stringify(answer));
}
