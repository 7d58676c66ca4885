import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from '@playwright/test'
import { api, thread, unique } from './desk'
import { noViolations, test } from './signed-in'

const KEY = process.env.KEY ?? ''

interface Taken {
  readonly status: string
  readonly conversation_id: string
  readonly customer_id: string
  readonly id: string
  readonly problem?: { readonly detail: string }
}

/** A call, as a telephone system reports it. */
async function call(base: string, transcript: string): Promise<Taken> {
  const source = unique('pbx').replace(/\s/g, '')
  const res = await fetch(`${base}/v1/interactions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      source,
      external_id: '1',
      channel: 'phone',
      kind: 'call',
      occurred_at: new Date(Date.now() - 60_000).toISOString(),
      participants: [
        { role: 'from', kind: 'email', value: `${source}@example.org`, name: 'Jan Meijer' },
        { role: 'agent', kind: 'email', value: 'anna@halden.example', name: 'Anna de Vries' },
      ],
      text: 'He called from abroad.',
      transcript: { text: transcript },
    }),
  })
  const body = (await res.json()) as { results?: readonly Taken[] }
  const first = body.results?.[0]
  if (!first) throw new Error(`the call was not taken: ${res.status} ${JSON.stringify(body)}`)
  return first
}

const lines = Array.from(
  { length: 40 },
  (_, n) =>
    `0${Math.floor(n / 6)}:${n % 6}5.000 --> 0${Math.floor(n / 6)}:${n % 6}9.000\n<v ${n % 2 ? 'Anna' : 'Jan Meijer'}>Line ${n} of the talk.\n`,
).join('\n')
const TALK = `WEBVTT

00:01.000 --> 00:04.000
<v Anna>Halden Mobile, this is Anna.

00:05.000 --> 00:09.000
<v Jan Meijer>My invoice is wrong &amp; I am furious. When will you correct it?

${lines}
59:00.000 --> 59:02.000
<v Somebody>Bye.
`

test('a call with a transcript shows who said what, and when', async ({ page, baseURL }) => {
  const c = await call(baseURL ?? '', TALK)
  await page.goto(`/inbox/${c.conversation_id}?queue=all`)
  const talk = thread(page).getByRole('list', { name: 'Transcript' })
  await expect(thread(page).getByText('He called from abroad.')).toBeVisible()
  const first = talk.getByRole('listitem').nth(1)
  await expect(first).toContainText('0:05')
  await expect(first).toContainText('Jan Meijer')
  await expect(first).toContainText('Customer')
  await expect(first).toContainText('My invoice is wrong & I am furious.')
  await expect(talk.getByRole('listitem').first()).toContainText('Colleague')
  await expect(talk.getByText('Somebody')).toHaveCount(0)
  await noViolations(page, 'a call')
  await thread(page).getByRole('button', { name: 'Show all of it' }).click()
  await expect(talk.getByRole('listitem').last()).toContainText('59:00')
  await expect(talk.getByText('side not known')).toHaveCount(1)

  // What Rapport read marks the words of the customer where they stand.
  await thread(page)
    .getByRole('button', { name: /When will you correct it/ })
    .hover()
  await expect(talk.locator('mark')).toHaveText('When will you correct it?')

  await page.goto(`/customers/${c.customer_id}`)
  await expect(page.getByRole('list', { name: 'Transcript' })).toBeVisible()
  await noViolations(page, 'a call on the timeline')
  await page.setViewportSize({ width: 400, height: 860 })
  await page.reload()
  await page.getByRole('list', { name: 'Transcript' }).waitFor()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wide).toBeLessThanOrEqual(0)
})

test('a transcript that can’t be read is kept, with the reason', async ({ page, baseURL }) => {
  const c = await call(baseURL ?? '', '1\n00:00:01,000 --> 00:00:02,000\nHello')
  expect(c.status).toBe('quarantined')
  await page.goto('/quarantine')
  await expect(page.getByText(/The transcript can't be read: it is no WebVTT file/).first()).toBeVisible()
})

test.describe('by hand', () => {
  // The server refuses the file that is no WebVTT.
  test.use({ mayLog: /status of 422/ })
  test('a colleague logs a call with its transcript', async ({ page, baseURL }) => {
    const c = await call(baseURL ?? '', TALK)
    await page.goto(`/customers/${c.customer_id}`)
    await page.getByRole('list', { name: 'Transcript' }).waitFor()
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('Log a call')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /Log a call with/ })
    const save = dialog.getByRole('button', { name: 'Log the call' })
    await expect(save).toBeDisabled()
    await dialog.getByText('We called them').click()
    await dialog.getByLabel('What it was about').fill('Told him about the invoice.')
    const add = (name: string, text: string) =>
      dialog
        .getByLabel('Transcript (WebVTT)')
        .setInputFiles({ name, mimeType: 'text/vtt', buffer: Buffer.from(text, 'utf8') })
    await add('call.srt.vtt', '1\n00:00:01,000 --> 00:00:02,000\nHello')
    await save.click()
    await expect(dialog.getByRole('alert')).toContainText('it is no WebVTT file')
    await expect(dialog.getByLabel('What it was about')).toHaveValue('Told him about the invoice.')
    await dialog.getByRole('button', { name: 'Take the transcript away' }).click()
    await add(
      'call.vtt',
      'WEBVTT\n\n00:01.000 --> 00:02.000\n<v One>We corrected it.\n\n00:03.000 --> 00:04.000\n<v Two>Fine.\n',
    )
    await dialog.getByLabel('Who is One?').selectOption({ label: 'Colleague' })
    await dialog.getByLabel('Who is Two?').selectOption({ label: 'Customer' })
    await noViolations(page, 'logging a call')
    await save.click()
    await expect(dialog).toBeHidden()
    const talk = page.getByRole('list', { name: 'Transcript' }).last()
    await expect(talk.getByRole('listitem')).toHaveCount(2)
    await expect(talk.getByRole('listitem').first()).toContainText('Colleague')
    await expect(talk.getByRole('listitem').last()).toContainText('Customer')
    await expect(page.getByText('Told him about the invoice.')).toBeVisible()
  })
})

/** An endpoint that writes recordings down, as the OpenAI API describes one; it works when `up` says so. */
async function listener(up: () => boolean) {
  const server = createServer((req, res) => {
    req.resume()
    req.on('end', () => {
      const segment = (start: number, end: number, speaker: string, text: string) => ({
        type: 'transcript.text.segment',
        id: `seg_${start}`,
        start,
        end,
        speaker,
        text,
      })
      res.writeHead(up() ? 200 : 400, { 'Content-Type': 'application/json' })
      res.end(
        JSON.stringify({
          task: 'transcribe',
          duration: 9,
          text: '',
          segments: [
            segment(0, 4, 'A', 'Halden Mobile, this is Anna.'),
            segment(5, 9, 'B', 'When does my plan start?'),
          ],
          usage: { type: 'duration', seconds: 9 },
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a recording is written down, after a failure too, and read by who is who', async ({ page, baseURL }) => {
  let up = false
  const { server, url } = await listener(() => up)
  const off = { on: false, model: '', requests: 0, units: 0 }
  await api(baseURL ?? '', 'PUT', '/v1/second-reader', {
    base_url: url,
    timeout_s: 10,
    languages: [],
    version: 0,
    reading: off,
    transcription: { ...off, on: true, model: 'gpt-4o-transcribe-diarize' },
  })
  try {
    const c = await call(baseURL ?? '', TALK)
    await page.goto(`/customers/${c.customer_id}`)
    await page.getByRole('list', { name: 'Transcript' }).waitFor()
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('Log a call')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /Log a call with/ })
    const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(64)])
    await dialog.getByLabel('Recording').setInputFiles({ name: 'second.wav', mimeType: 'audio/wav', buffer: wav })
    await expect(dialog.getByText('second.wav')).toBeVisible()
    await noViolations(page, 'logging a call with a recording')
    await dialog.getByRole('button', { name: 'Log the call' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText(/The recording was not written down\. It did not take the request/)).toBeVisible()
    await noViolations(page, 'a recording that failed')
    up = true
    await page.getByRole('button', { name: 'Try again' }).click()
    const talk = page.getByRole('list', { name: 'Transcript' }).last()
    await expect(talk.getByRole('listitem')).toHaveCount(2)
    await expect(talk.getByRole('listitem').last()).toContainText('Customer')
    await page.getByRole('button', { name: /Who is who/ }).click()
    await page.getByLabel('Who is A?').selectOption({ label: 'Customer' })
    await page.getByLabel('Who is B?').selectOption({ label: 'Colleague' })
    await noViolations(page, 'who is who in a recording')
    await page.getByRole('button', { name: 'Read it again' }).click()
    await expect(talk.getByRole('listitem').first()).toContainText('Customer')
  } finally {
    server.close()
  }
})
