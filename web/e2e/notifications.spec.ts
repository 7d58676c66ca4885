import { expect } from '@playwright/test'
import { api, mail, unique } from './desk'
import { noViolations, test } from './signed-in'

/** Gives a conversation to the person who is signed in, in the name of a program. */
async function give(base: string, id: string, to: string): Promise<void> {
  await api(base, 'POST', '/v1/cases/changes', { ids: [id], set: { assignee_id: to } })
}

test('what concerns me is told, read by the keyboard, and gone from the count', async ({ page, baseURL }) => {
  const base = baseURL ?? ''
  await page.goto('/inbox')
  const bell = page.getByRole('button', { name: /^Notifications/ })
  await expect(bell).toBeVisible()
  const me = await page.evaluate(
    async () => ((await (await fetch('/v1/session')).json()) as { user_id: string }).user_id,
  )
  const unread = () =>
    page.evaluate(async () => ((await (await fetch('/v1/notifications')).json()) as { unread: number }).unread)
  const before = await unread()

  const subject = unique('A parcel that is lost')
  const sent = await mail(base, { from: 'kim@example.org', name: 'Kim Notice', subject, text: 'Where is it?' })
  await give(base, sent.conversation_id, me)
  await expect.poll(unread).toBe(before + 1)
  // It is on the bell by itself.
  await expect(bell).toHaveAccessibleName(new RegExp(`${before + 1} Unread`))

  await page.keyboard.press('g')
  await page.keyboard.press('n')
  const list = page.getByRole('listbox', { name: 'Notifications' })
  const first = list.getByRole('option').first()
  await expect(first).toContainText(subject)
  await noViolations(page, 'notifications')
  await list.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press(' ')
  await expect.poll(unread).toBe(before)
  await page.keyboard.press(' ')
  await expect.poll(unread).toBe(before + 1)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(sent.conversation_id))
  await expect.poll(unread).toBe(before)

  // What comes while it is open is seen at once.
  await mail(base, { from: 'kim@example.org', name: 'Kim Notice', subject: `Re: ${subject}`, text: 'It came!' })
  await expect.poll(unread).toBe(before)
})

test('how I am told is kept by the server', async ({ page }) => {
  await page.goto('/settings/notifications')
  const mailChoice = page.getByRole('combobox', { name: 'Mail' })
  await mailChoice.selectOption('daily')
  const box = page.getByRole('checkbox', { name: 'Somebody mentions me: Sound' })
  await box.uncheck()
  await page.getByLabel('From').fill('19:00')
  await page.getByLabel('Until').fill('07:30')
  await page.getByLabel('Until').blur()
  await expect(page.getByRole('button', { name: 'No quiet hours' })).toBeVisible()
  await noViolations(page, 'notifications')
  await page.reload()
  await expect(mailChoice).toHaveValue('daily')
  await expect(box).not.toBeChecked()
  await expect(page.getByLabel('From')).toHaveValue('19:00')
  await mailChoice.selectOption('off')
  await box.check()
  await page.getByRole('button', { name: 'No quiet hours' }).click()
  await expect(page.getByLabel('From')).toHaveValue('')
})
