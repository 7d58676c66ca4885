import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from '@playwright/test'
import { composer, editor, mail, thread, unique } from './desk'
import { noViolations, test } from './signed-in'

// A name that is refused is logged by the browser.
test.use({ mayLog: /status of 422/ })

test('what happens after an answer is chosen, taken back, and kept by the server', async ({ page, baseURL }) => {
  await page.goto('/settings')
  const after = page.getByRole('combobox', { name: 'After sending' })
  await expect(after).toHaveValue('stay')
  await after.selectOption('next')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(after).toHaveValue('stay')
  await after.selectOption('list')
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  await page.reload()
  await expect(after).toHaveValue('list')

  const subject = unique('After an answer')
  const sent = await mail(baseURL ?? '', { from: 'kim@example.org', name: 'Kim After', subject, text: 'Is it open?' })
  await page.goto(`/inbox/${sent.conversation_id}?queue=all&status=any`)
  await page.getByRole('heading', { level: 2, name: subject }).waitFor()
  await page.keyboard.press('r')
  await expect(editor(page)).toBeFocused()
  await page.keyboard.type('Yes, until six.')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(page).not.toHaveURL(new RegExp(sent.conversation_id))
})

test('name, picture, signature and time zone are one’s own, and show wherever they should', async ({
  page,
  baseURL,
}) => {
  test.slow()
  await page.goto('/settings')
  const you = page.getByRole('region', { name: 'You', exact: true })
  await you.getByRole('textbox', { name: 'Name' }).fill(' ')
  await you.getByRole('button', { name: 'Save' }).click()
  await expect(you.getByText('A person needs a name.')).toBeVisible()
  await you.getByRole('textbox', { name: 'Name' }).fill('Dana Demo')
  await you.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' }).getByText('Dana Demo')).toBeVisible()

  // What is no picture is told apart; one that is dropped is looked at first.
  const file = you.locator('input[type=file]')
  const give = (mimeType: string, buffer: Buffer) => file.setInputFiles({ name: 'me', mimeType, buffer })
  await give('image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))
  await expect(you.getByRole('alert')).toContainText('not a picture that can be shown')
  await give('image/png', Buffer.alloc(10 * 1024 * 1024 + 1))
  await expect(you.getByRole('alert')).toContainText('larger than 10 MB')
  await give('image/png', Buffer.from('hello'))
  await expect(you.getByRole('alert')).toContainText('may be damaged')
  const dropped = await page.evaluateHandle(async () => {
    const canvas = new OffscreenCanvas(320, 200)
    const pen = canvas.getContext('2d')
    if (pen) pen.fillStyle = 'rebeccapurple'
    pen?.fillRect(0, 0, 320, 200)
    const data = new DataTransfer()
    data.items.add(new File([await canvas.convertToBlob()], 'me.png', { type: 'image/png' }))
    return data
  })
  const drop = () => you.getByText('Or drop one here.').dispatchEvent('drop', { dataTransfer: dropped })
  await give('image/gif', Buffer.from('R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'))
  await expect(you.getByRole('img', { name: 'The new picture' })).toBeVisible()
  await you.getByRole('button', { name: 'Leave it as it was' }).click()
  await expect(you.getByRole('img', { name: 'You have no picture yet' })).toBeVisible()
  await drop()
  await you.getByRole('button', { name: 'Use this picture' }).click()
  const mine = you.getByRole('img', { name: 'Your picture' })
  await expect(mine.locator('img')).toHaveJSProperty('naturalWidth', 256)
  await you.getByRole('button', { name: 'Remove the picture' }).click()
  await expect(you.getByRole('img', { name: 'You have no picture yet' })).toBeVisible()
  await page
    .locator('[data-sonner-toast]', { hasText: 'Your picture is removed' })
    .getByRole('button', { name: 'Undo' })
    .click()
  await expect(mine.locator('img')).toHaveJSProperty('naturalWidth', 256)

  await page.getByRole('textbox', { name: 'Signature' }).click()
  await page.keyboard.type('Dana ')
  await page.keyboard.press('ControlOrMeta+b')
  await page.keyboard.type('Demo')
  await page.getByRole('button', { name: 'Save the signature' }).click()
  await expect(page.getByRole('button', { name: 'Save the signature' })).toBeDisabled()
  const preview = page.getByRole('region', { name: 'How it stands under an answer' })
  await expect(preview.getByText('Dana Demo', { exact: true }).locator('strong')).toHaveText('Demo')

  await page.getByRole('button', { name: 'Time zone: As the browser: Europe/Berlin' }).click()
  await page.keyboard.type('tokyo')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Time zone: Asia/Tokyo' })).toBeFocused()

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 400]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await noViolations(page, `the page You, ${colorScheme}, ${width} wide`)
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    }
  await page.setViewportSize({ width: 1440, height: 900 })

  const subject = unique('Who answers')
  const sent = await mail(baseURL ?? '', { from: 'lee@example.org', name: 'Lee', subject, text: 'Who are you?' })
  await page.goto(`/inbox/${sent.conversation_id}?queue=all&status=any`)
  const time = thread(page).getByRole('article').first().locator('time')
  const at = new Date((await time.getAttribute('datetime')) ?? '')
  await expect(time).toHaveText(
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Tokyo' }).format(at),
  )
  await page.keyboard.press('i')
  await expect(page.getByTitle('Assigned to Dana Demo').locator('img').first()).toHaveJSProperty('naturalWidth', 256)
  await page.keyboard.press('r')
  await expect(composer(page).getByTitle('The signature is added when it is sent')).toHaveText('Dana Demo')
})

/** A model server, as the OpenAI API describes one: it reads every message as a fault of the device. */
async function modelServer(seen: string[]) {
  const server = createServer((req, res) => {
    const parts: Buffer[] = []
    req.on('data', (part: Buffer) => parts.push(part))
    req.on('end', () => {
      const asked = JSON.parse(Buffer.concat(parts).toString('utf8')) as { messages: { content: string }[] }
      const { message } = JSON.parse(asked.messages.at(-1)?.content ?? '{}') as { message: string }
      seen.push(message)
      const content = JSON.stringify({
        intent: 'technical_fault',
        evidence: [message.includes('hums all night') ? 'hums all night' : 'Where is my parcel'],
      })
      res.writeHead(200, { 'Content-Type': 'application/json' })
      res.end(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 1,
          model: 'lamp-7b',
          choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 900, completion_tokens: 30, total_tokens: 930 },
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a second reader is set up, tried, and reads what was not clear', async ({ page, baseURL }) => {
  const seen: string[] = []
  const { server, url } = await modelServer(seen)
  try {
    await page.goto('/settings/reading')
    const part = page.getByRole('region', { name: 'Second reader' })
    const test = part.getByRole('button', { name: 'Test the connection' })
    const intents = part.getByRole('group', { name: 'Intents that are not clear' })
    await expect(test).toBeDisabled()
    await part.getByLabel('Address of the endpoint').fill('http://169.254.169.254/v1')
    await part.getByLabel('Read them a second time').check()
    await intents.getByLabel('Model', { exact: true }).fill('lamp')
    await part.getByRole('button', { name: 'Save' }).click()
    await expect(part.getByText(/one of cloud metadata/)).toBeVisible()
    await part.getByLabel('Address of the endpoint').fill(url)
    await part.getByLabel('Key', { exact: true }).fill('sk-not-shown')
    await intents.getByLabel('Requests a month, at most').fill('50')
    await part.getByRole('button', { name: 'Save' }).click()
    await expect(part.getByLabel('Address of the endpoint')).toHaveValue(`${url}/v1`)
    await expect(part.getByLabel('Key', { exact: true })).toHaveValue('')
    await test.click()
    await expect(part.getByText(/It works\. The model read/)).toBeVisible()
    await expect(intents.getByText('1 of 50')).toBeVisible()
    await noViolations(page, 'the second reader')

    const subject = unique('Night')
    const sent = await mail(baseURL ?? '', {
      from: 'noor@example.org',
      name: 'Noor Lamp',
      subject,
      text: 'The thing with the blue lamp hums all night and the neighbours dance to it. Noor Lamp, +31 6 1234 5678.',
    })
    await page.goto(`/inbox/${sent.conversation_id}?queue=all`)
    await thread(page).getByRole('button', { name: 'Something does not work' }).click()
    const why = page.getByRole('dialog')
    await expect(why.getByText(/Read by the second reader, lamp,/)).toBeVisible()
    await expect(why.getByText(/% sure/)).toHaveCount(0)
    await noViolations(page, 'what a second reader read')
    expect(seen).toHaveLength(2)
    expect(seen[1]).not.toMatch(/Noor|1234|5678/)
    await page.goto('/settings/reading')
    await part.getByLabel('Read them a second time').uncheck()
    await part.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  } finally {
    server.close()
  }
})
