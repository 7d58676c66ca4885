import { expect } from '@playwright/test'
import { editor, mail, unique } from './desk'
import { noViolations, test } from './signed-in'

test('what happens after an answer is chosen, taken back, and kept by the server', async ({ page, baseURL }) => {
  await page.goto('/settings')
  const after = page.getByRole('combobox', { name: 'After sending' })
  await expect(after).toHaveValue('stay')
  await after.selectOption('next')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(after).toHaveValue('stay')
  await after.selectOption('list')
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  await noViolations(page, 'the own settings')
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
