// The official client.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { setTimeout as sleep } from 'node:timers/promises';
import { MODEL, READ_FILE, answerSchema, assertGoneWithinASecond, asked, toolWords } from './requests.mjs';

export function openaiCases(stage) {
  const client = new OpenAI({ baseURL: stage.v1, apiKey: 'any', maxRetries: 0 });
  const chat = (body, options) => client.chat.completions.create({ model: MODEL, ...body }, options);

  return {
    async 'models: list, and one with a slash in its name'() {
      const names = [];
      for await (const model of client.models.list()) names.push(model.id);
      assert.ok(names.includes('cline-memory-router') && names.includes('cline-memory-router/default'));
      assert.equal((await client.models.retrieve('cline-memory-router/default')).object, 'model');
    },

    async 'chat'() {
      const answer = await chat({ messages: asked('Hello') });
      assert.match(answer.choices[0].message.content, /^I am qwen3/);
      assert.equal(answer.choices[0].finish_reason, 'stop');
      assert.ok(answer.usage.total_tokens > 0);
      assert.match(answer._request_id, /^req_/);
    },

    async 'chat: stream with usage'() {
      const stream = await chat({
        messages: asked('count word to 50'), stream: true, stream_options: { include_usage: true },
      });
      let text = '';
      let last;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        last = chunk;
      }
      assert.ok(text.startsWith('word-1 word-2 ') && text.includes('word-50'));
      assert.ok(last.usage.completion_tokens > 0);
    },

    async 'chat: stream added up by the helper'() {
      const stream = client.chat.completions.stream({
        model: MODEL, messages: asked('Hello'), stream_options: { include_usage: true },
      });
      assert.match(await stream.finalContent(), /^I am qwen3/);
      assert.ok((await stream.totalUsage()).total_tokens > 0);
    },

    async 'tools: round trip, whole'() {
      const runner = client.chat.completions.runTools(withTool());
      assert.match(await runner.finalContent(), /got 3 messages/);
    },

    async 'tools: round trip, streamed'() {
      const runner = client.chat.completions.runTools({ ...withTool(), stream: true });
      assert.match(await runner.finalContent(), /got 3 messages/);
    },

    async 'structured output: parsed by its schema'() {
      const answer = await client.chat.completions.parse({
        model: MODEL, messages: asked('Hello'), response_format: zodResponseFormat(answerSchema, 'answer'),
      });
      assert.equal(answer.choices[0].message.parsed.messages, 1);
    },

    async 'embeddings: base64 by default, and floats'() {
      const create = (more) => client.embeddings.create({ model: 'all-minilm-l6-v2', input: ['a', 'b'], ...more });
      const coded = await create({});
      const floats = await create({ encoding_format: 'float' });
      assert.equal(coded.data.length, 2);
      assert.equal(coded.data[0].embedding.length, 384);
      coded.data[0].embedding.forEach((x, i) => assert.ok(Math.abs(x - floats.data[0].embedding[i]) < 1e-6));
    },

    async 'legacy completion, whole and streamed'() {
      const answer = await client.completions.create({ model: MODEL, prompt: 'Hello' });
      assert.match(answer.choices[0].text, /^I am qwen3/);
      let text = '';
      for await (const chunk of await client.completions.create({ model: MODEL, prompt: 'Hello', stream: true })) {
        text += chunk.choices[0].text;
      }
      assert.equal(text, answer.choices[0].text);
    },

    async 'abort in mid-stream ends the upstream call'() {
      await stage.fault('hang-mid-stream');
      const stream = await chat({ messages: asked('count word to 50'), stream: true });
      await stream[Symbol.asyncIterator]().next();
      stream.controller.abort();
      await assertGoneWithinASecond(stage);
    },

    async 'abort before the first byte ends the upstream call'() {
      await stage.fault('hang');
      const abort = new AbortController();
      const call = chat({ messages: asked('Hello'), stream: true }, { signal: abort.signal });
      const refused = assert.rejects(call, OpenAI.APIUserAbortError);
      while ((await stage.state()).open === 0) await sleep(10);
      abort.abort();
      await refused;
      await assertGoneWithinASecond(stage);
    },

    async 'errors: 404, 400, 400 of an overflow, 405'() {
      const refused = async (call, type, code) => assert.rejects(call, (error) => {
        assert.ok(error instanceof type, `${error}`);
        assert.equal(error.code, code);
        assert.match(error.requestID, /^req_/);
        return true;
      });
      await refused(chat({ model: 'nothing', messages: asked('x') }), OpenAI.NotFoundError, 'model_not_found');
      await refused(chat({ messages: asked('x'), n: 2 }), OpenAI.BadRequestError, null);
      const long = 'word '.repeat(150_000);
      await refused(chat({ messages: asked(long) }), OpenAI.BadRequestError, 'context_length_exceeded');
      await refused(client.get('/chat/completions'), OpenAI.APIError, 'method_not_allowed');
    },

    async 'errors: a stream that breaks off throws'() {
      await stage.fault('drop-mid-stream');
      const stream = await chat({ messages: asked('count word to 50'), stream: true });
      await assert.rejects(async () => {
        for await (const chunk of stream) assert.ok(chunk.choices);
      }, OpenAI.APIError);
    },

    async 'retries: never where the server says so'() {
      const counted = counting(client, 2);
      await assert.rejects(counted.call('nothing'), OpenAI.NotFoundError);
      assert.equal(counted.responses.length, 1);
      assert.equal(counted.responses[0].headers.get('x-should-retry'), 'false');
    },

    async 'retries: after as long as the server says'() {
      await stage.fault('server-error');
      const counted = counting(client, 1, () => stage.fault());
      const answer = await counted.call(MODEL);
      const [first, second] = counted.responses;
      assert.match(answer.choices[0].message.content, /^I am qwen/);
      assert.equal(first.headers.get('x-should-retry'), 'true');
      const asked = 1000 * Number(first.headers.get('retry-after'));
      assert.ok(asked > 0 && second.begun - first.ended >= asked - 100, `${second.begun - first.ended} of ${asked} ms`);
    },
  };

  function withTool() {
    const read = { ...READ_FILE, function: { ...READ_FILE.function, parse: JSON.parse, function: ({ path }) => `text of ${path}` } };
    return { model: MODEL, messages: asked(toolWords('notes.md')), tools: [read] };
  }
}

/** A client that remembers its HTTP answers. */
function counting(client, maxRetries, beforeRetry = async () => {}) {
  const responses = [];
  const remembering = client.withOptions({
    maxRetries,
    async fetch(url, init) {
      if (responses.length > 0) await beforeRetry();
      const begun = performance.now();
      const response = await fetch(url, init);
      responses.push(Object.assign(response, { begun, ended: performance.now() }));
      return response;
    },
  });
  const call = (model) => remembering.chat.completions.create({ model, messages: asked('Hello') });
  return { responses, call };
}
