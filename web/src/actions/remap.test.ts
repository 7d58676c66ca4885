import { expect, test } from 'vitest'
import { type ActionId, keysOf, USUAL_KEYS } from './keymap'
import { assign, CHOOSABLE, clash, isReserved, takenBy } from './remap'

test('the usual keys get in nobody’s way', () => {
  for (const id of CHOOSABLE) {
    if (USUAL_KEYS[id] !== '') expect([id, takenBy({}, id, USUAL_KEYS[id])]).toEqual([id, []])
  }
})

test('what can be done at one place shares no keys; at two places it may', () => {
  expect(takenBy({}, 'case-snooze', 'e')).toEqual(['case-done'])
  expect(takenBy({}, 'contact-why', 'z')).toEqual([])
  expect(takenBy({}, 'contact-why', 'g i')).toEqual(['/inbox'])
})

test('a key that begins a sequence is taken by it, both ways round', () => {
  expect(clash('g', 'g i')).toBe(true)
  expect(clash('g i', 'g')).toBe(true)
  expect(clash('g i', 'g c')).toBe(false)
  expect(clash('g', 'go')).toBe(false)
  expect(takenBy({}, 'case-done', 'g')).toContain('/inbox')
  expect(takenBy({}, 'case-done', 'g')).toContain('go-mine')
  expect(takenBy({}, 'case-done', 'e x')).toEqual([])
  expect(takenBy({}, 'case-done', 'x e')).toEqual(['case-select'])
})

test('an action gets its keys, and what had them keeps the rest', () => {
  const map = assign({}, 'case-done', ']')
  expect(map).toEqual({ 'case-done': ']', 'case-next': 'j' })
  expect(takenBy(map, 'case-done', ']')).toEqual([])
  const more = assign(map, 'case-label', 'j')
  expect(keysOf('case-next', more)).toBe('')
  // The lists of other pages are not concerned.
  expect(keysOf('list-next', more)).toBe('j')
})

test('the usual keys are not kept as a change, and come back by taking them', () => {
  const swapped = assign(assign({}, 'case-done', 'z'), 'case-snooze', 'e')
  expect(swapped).toEqual({ 'case-done': 'z', 'case-snooze': 'e' })
  const back = assign(swapped, 'case-done', USUAL_KEYS['case-done'])
  expect(back).toEqual({ 'case-snooze': '' })
  expect(assign(back, 'case-snooze', 'z')).toEqual({})
})

test('what turns an action round has the same keys', () => {
  const map = assign({}, 'journey-resolve', 'd')
  expect(keysOf('journey-open', map)).toBe('d')
  expect(keysOf('journey-open', assign(map, 'contact-why', 'd'))).toBe('')
})

test('no keys is a choice too', () => {
  const map = assign({}, 'undo', '')
  expect(keysOf('undo', map)).toBe('')
  expect(keysOf('unknown' as ActionId)).toBe('')
})

test('keys of the browser, of lists and of writing are not given away', () => {
  for (const press of [
    'tab',
    'shift+tab',
    'enter',
    'escape',
    ' ',
    'arrowdown',
    'mod+c',
    'mod+w',
    'mod+enter',
    'f5',
    'shift',
  ])
    expect([press, isReserved(press)]).toEqual([press, true])
  for (const press of ['a', '?', '1', 'shift+f', 'mod+k', 'mod+shift+k', 'alt+d'])
    expect([press, isReserved(press)]).toEqual([press, false])
})
