import { expect } from '@playwright/test'
import { composer, editor, mail, openQueue, thread, unique } from './desk'
import { noViolations, test } from './signed-in'

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1440, 900],
    [400, 860],
  ] as const) {
    test(`axe finds nothing in the inbox: ${colorScheme}, ${width} wide`, async ({ page, baseURL }) => {
      test.setTimeout(120_000)
      const subject = unique('Axe')
      const m = await mail(baseURL ?? '', {
        from: `${subject.replace(/\s/g, '')}@example.org`,
        name: 'Axel Axe',
        subject,
        text: 'I am angry. When does it start?',
      })
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height })
      await openQueue(page, 'queue=all&sort=newest')
      await noViolations(page, 'the list')
      await page.getByRole('button', { name: /^Everything/ }).click()
      await page.getByRole('menu').waitFor()
      await noViolations(page, 'the queues')
      await page.keyboard.press('Escape')
      await page.goto(`/inbox/${m.conversation_id}?queue=all&sort=newest`)
      await thread(page).getByText('I am angry.').waitFor()
      await noViolations(page, 'a conversation')
      await page.keyboard.press('r')
      await editor(page).waitFor()
      await page.keyboard.type('Hello')
      await noViolations(page, 'an answer')
      await page.keyboard.press('Escape')
      await page.keyboard.press('n')
      await expect(composer(page)).toHaveAttribute('data-composer', 'note')
      await editor(page).waitFor()
      await page.keyboard.type('Hello')
      await noViolations(page, 'a note')
      await page.keyboard.press('Escape')
      await expect(composer(page)).toHaveCount(0)
      for (const [key, name] of [
        ['a', 'Assign'],
        ['z', 'Snooze'],
        ['l', 'Label'],
        ['p', 'Priority'],
        ['s', 'Status'],
      ] as const) {
        await page.keyboard.press(key)
        await page.getByRole('dialog', { name }).waitFor()
        await noViolations(page, name)
        await page.keyboard.press('Escape')
      }
      if (width < 1080) {
        await page.getByRole('button', { name: 'Show or hide the customer' }).click()
        await page.getByRole('dialog', { name: 'Customer' }).waitFor()
        await noViolations(page, 'the customer as a sheet')
        await page.keyboard.press('Escape')
      }
      await page.goto('/search')
      await page.getByRole('combobox', { name: 'Search everything that was said' }).fill('fro')
      await page.getByRole('listbox', { name: 'Suggestions' }).waitFor()
      await noViolations(page, 'search')
      await page.goto('/inbox?queue=all&tag=00000000-0000-4000-8000-0000000000ff')
      await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
      await noViolations(page, 'an empty queue')
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
    })
  }
}
