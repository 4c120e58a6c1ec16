// Hive Gateway; BENCH_SHARED=true answers identical requests under way once, of clients and to subgraphs.
import { defineConfig } from '@graphql-hive/gateway';

const shared = process.env.BENCH_SHARED === 'true';

export const gatewayConfig = defineConfig({
  supergraph: process.env.BENCH_SUPERGRAPH,
  logging: 'error',
  inboundInflightRequestDeduplication: shared,
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: shared } } },
});
