import { expect } from '@playwright/test'
import { editor, mail, moveTo, openQueue, row, thread, unique } from './desk'
import { test } from './signed-in'

const NEWEST = 'queue=unassigned&sort=newest'

/** Thirty people write; the newest stands first in the queue of what nobody has. */
async function thirty(base: string, tag: string): Promise<void> {
  for (let n = 1; n <= 30; n++) {
    // Every fifth person writes twice about different things, so that there is something to merge.
    const who = n % 5 === 0 ? n - 1 : n
    await mail(base, {
      from: `${tag}${who}@example.org`,
      name: `Person ${tag} ${who}`,
      subject: `${tag} question ${n}`,
      text: `Hello, this is question ${n}. When does my plan start? I have asked twice.`,
      ago: (30 - n) * 3,
    })
  }
}

test('triage thirty conversations by keyboard alone', async ({ page, baseURL }) => {
  test.setTimeout(240_000)
  const tag = unique('triage').replace(/\s/g, '')
  await thirty(baseURL ?? '', tag)
  await openQueue(page, NEWEST)
  await expect(row(page, new RegExp(`${tag} question 30\\b`))).toBeVisible()
  // Nothing below touches the mouse.
  await moveTo(page, new RegExp(`${tag} question 30\\b`))

  let undone = 0
  for (let n = 30; n >= 1; n--) {
    await expect(page.getByRole('heading', { level: 2, name: new RegExp(`${tag} question ${n}$`) })).toBeVisible()
    await expect(thread(page).getByText(`this is question ${n}.`)).toBeVisible()
    switch (n % 6) {
      case 0: // answer and close
        await page.keyboard.press('r')
        await expect(editor(page)).toBeFocused()
        await page.keyboard.type(`It starts tonight, number ${n}.`)
        await page.keyboard.press('ControlOrMeta+Shift+Enter')
        break
      case 1: // a note for a colleague, then mine and done
        await page.keyboard.press('n')
        await expect(editor(page)).toBeFocused()
        await page.keyboard.type(`Checked the provisioning of ${n}`)
        await page.keyboard.press('ControlOrMeta+Enter')
        await expect(thread(page).getByText(`Checked the provisioning of ${n}`)).toBeVisible()
        await page.keyboard.press('e')
        break
      case 2: // come back tomorrow
        await page.keyboard.press('z')
        await page.getByRole('dialog', { name: 'Snooze' }).waitFor()
        await page.keyboard.type('tomorrow')
        await page.getByRole('dialog', { name: 'Snooze' }).getByRole('option').first().waitFor()
        await page.keyboard.press('Enter')
        break
      case 3: // mine: it leaves this queue, the next one stands where it was
        await page.keyboard.press('a')
        await page.getByRole('dialog', { name: 'Assign' }).getByRole('option').first().waitFor()
        await page.keyboard.press('Enter')
        await expect(row(page, new RegExp(`${tag} question ${n}\\b`))).toHaveCount(0)
        await page.keyboard.press('j')
        break
      case 4: // merge with the other one of the same person, where there is one
        if (n % 5 === 4) {
          await page.keyboard.press('ControlOrMeta+k')
          await page.keyboard.type('Merge')
          await page.keyboard.press('Enter')
          await page.getByRole('dialog', { name: 'Merge' }).waitFor()
          await page.getByRole('dialog', { name: 'Merge' }).getByRole('option').first().waitFor()
          await page.keyboard.press('Enter')
        } else await page.keyboard.press('e')
        break
      default: // done, and now and then by mistake
        await page.keyboard.press('e')
        if (undone < 2) {
          undone += 1
          await expect(page.getByRole('heading', { level: 2, name: new RegExp(`${tag} question ${n}$`) })).toHaveCount(
            0,
          )
          await page.keyboard.press('ControlOrMeta+z')
          await expect(page.getByRole('heading', { level: 2, name: new RegExp(`${tag} question ${n}$`) })).toBeVisible()
          await page.keyboard.press('e')
        }
    }
    await expect(row(page, new RegExp(`${tag} question ${n}\\b`))).toHaveCount(0)
  }
  // What took another up has come back, since something in it is open again.
  await openQueue(page, NEWEST)
  await moveTo(page, new RegExp(`${tag} question 5\\b`))
  await page.keyboard.press('e')
  await expect(row(page, new RegExp(tag))).toHaveCount(0)

  // What was done shows where it belongs.
  await openQueue(page, 'queue=all&status=done&sort=newest')
  await expect(row(page, new RegExp(`${tag} question 30\\b`))).toBeVisible()
  await openQueue(page, 'queue=all&status=snoozed&sort=newest')
  await expect(row(page, new RegExp(`${tag} question 26\\b`))).toBeVisible()
  await openQueue(page, 'sort=newest')
  await expect(row(page, new RegExp(`${tag} question 27\\b`))).toBeVisible()
})
