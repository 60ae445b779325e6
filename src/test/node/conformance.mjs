// Runs unmodified clients against the running server and prints what they made of it.
// Usage: node conformance.mjs PROJECT-FOLDER
import { resolve } from 'node:path';
import { raise } from './stage.mjs';
import { openaiCases } from './openai-client.mjs';
import { aiSdkCases } from './ai-sdk-client.mjs';
import { fetchCases } from './fetch-client.mjs';

const stage = await raise(resolve(process.argv[2]));
const failures = [];
let passed = 0;
try {
  const suites = { openai: openaiCases(stage), 'ai sdk': aiSdkCases(stage), fetch: fetchCases(stage) };
  for (const [client, cases] of Object.entries(suites)) {
    for (const [name, run] of Object.entries(cases)) {
      await report(client, name, run);
    }
  }
} finally {
  await stage.strike();
}
failures.forEach(({ client, name, error }) => console.log(`\n${client}: ${name}\n${error.stack}`));
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function report(client, name, run) {
  const start = performance.now();
  let result = 'ok';
  try {
    await run();
    passed++;
  } catch (error) {
    result = 'FAILED';
    failures.push({ client, name, error });
  } finally {
    await stage.fault();
  }
  const milliseconds = Math.round(performance.now() - start);
  console.log(`${client.padEnd(8)} ${name.padEnd(48)} ${result.padEnd(7)} ${milliseconds} ms`);
}
