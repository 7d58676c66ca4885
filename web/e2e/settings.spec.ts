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
