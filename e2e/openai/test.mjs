// Talks to the endpoint of the tests with the vendor's own library, unmodified.
//
//   ENDPOINT  where it is, with /v1; its key is sk-test
import assert from 'node:assert/strict'
import test from 'node:test'
import OpenAI, { toFile } from 'openai'

const baseURL = process.env.ENDPOINT
assert.ok(baseURL, 'ENDPOINT is needed')
const client = new OpenAI({ baseURL, apiKey: 'sk-test', maxRetries: 0 })
const wav = () => toFile(Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(40)]), 'call.wav', { type: 'audio/wav' })

const schema = {
  type: 'object',
  properties: { intent: { type: 'string', enum: ['refund', 'none'] }, evidence: { type: 'array', items: { type: 'string' } } },
  required: ['intent', 'evidence'],
  additionalProperties: false,
}

test('a chat with structured output', async () => {
  const got = await client.chat.completions.parse({
    model: 'small',
    messages: [{ role: 'system', content: 'Sort it.' }, { role: 'user', content: '{"message":"My money back, please."}' }],
    max_completion_tokens: 2000,
    response_format: { type: 'json_schema', json_schema: { name: 'intent', strict: true, schema } },
  })
  assert.equal(got.object, 'chat.completion')
  assert.equal(got.choices[0].finish_reason, 'stop')
  assert.deepEqual(JSON.parse(got.choices[0].message.content), { intent: 'refund', evidence: ['money back'] })
  assert.equal(got.usage.total_tokens, 900)
})

test('what is wrong is told as the vendor does', async () => {
  const messages = [{ role: 'user', content: 'x' }]
  await assert.rejects(new OpenAI({ baseURL, apiKey: 'wrong', maxRetries: 0 }).chat.completions.create({ model: 'm', messages }), (e) => {
    assert.ok(e instanceof OpenAI.AuthenticationError)
    assert.equal(e.code, 'invalid_api_key')
    return true
  })
  await assert.rejects(client.chat.completions.create({ model: 'limited', messages }), (e) => {
    assert.ok(e instanceof OpenAI.RateLimitError)
    assert.equal(e.headers.get('retry-after'), '7')
    return true
  })
  await assert.rejects(client.chat.completions.create({ model: 'broken', messages }), OpenAI.InternalServerError)
  await assert.rejects(client.chat.completions.create({ model: 'm', messages, max_tokens: 1, max_completion_tokens: 1 }), OpenAI.BadRequestError)
  const open = { ...schema, additionalProperties: true }
  const format = { type: 'json_schema', json_schema: { name: 'intent', strict: true, schema: open } }
  await assert.rejects(client.chat.completions.create({ model: 'm', messages, response_format: format }), OpenAI.BadRequestError)
  await assert.rejects(client.embeddings.create({ model: 'm', input: 'x' }), OpenAI.NotFoundError)
})

test('transcriptions with segments, by speaker, and as text alone', async () => {
  const plain = await client.audio.transcriptions.create({
    file: await wav(), model: 'whisper-1', response_format: 'verbose_json', timestamp_granularities: ['segment'],
  })
  assert.equal(plain.duration, 9.5)
  assert.equal(plain.language, 'english')
  assert.deepEqual(plain.segments.map((s) => [s.start, s.end, s.text.trim()]), [[0, 4, 'Halden, good morning.'], [4.5, 9.5, 'Where is my phone?']])
  assert.deepEqual(plain.usage, { type: 'duration', seconds: 9.5 })

  const spoken = await client.audio.transcriptions.create({
    file: await wav(), model: 'gpt-4o-transcribe-diarize', response_format: 'diarized_json', chunking_strategy: 'auto',
  })
  assert.deepEqual(spoken.segments.map((s) => s.speaker), ['A', 'B'])
  assert.ok(spoken.segments.every((s) => s.type === 'transcript.text.segment'))

  const text = await client.audio.transcriptions.create({ file: await wav(), model: 'gpt-4o-transcribe', response_format: 'json' })
  assert.equal(text.text, 'Halden, good morning. Where is my phone?')
})

test('recordings and forms that the vendor refuses', async () => {
  const create = async (more) => client.audio.transcriptions.create({ file: await wav(), model: 'whisper-1', ...more })
  await assert.rejects(create({ model: 'gpt-4o-transcribe', response_format: 'verbose_json' }), OpenAI.BadRequestError)
  await assert.rejects(create({ response_format: 'diarized_json' }), OpenAI.BadRequestError)
  await assert.rejects(create({ model: 'gpt-4o-transcribe-diarize', response_format: 'diarized_json' }), OpenAI.BadRequestError)
  await assert.rejects(create({ file: await toFile(Buffer.from('x'), 'call.exe') }), OpenAI.BadRequestError)
})
