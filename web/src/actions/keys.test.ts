import { expect, test } from 'vitest'
import { caps, isLetterKey, match, type Pressed, pressName } from './keys'
import type { KeyedAction } from './registry'

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})
const action = (id: string, keys: string): KeyedAction => ({ id, label: id, section: 'Here', keys, run: () => {} })

test('presses are named by what they write', () => {
  expect(pressName(press('j'))).toBe('j')
  expect(pressName(press('F', { shiftKey: true }))).toBe('shift+f')
  expect(pressName(press('?', { shiftKey: true }))).toBe('?')
  expect(pressName(press('k', { metaKey: true }))).toBe('mod+k')
  expect(pressName(press('k', { ctrlKey: true }))).toBe('mod+k')
  expect(pressName(press('Escape'))).toBe('escape')
})

test('on a layout without Latin letters the place of the key counts', () => {
  expect(pressName(press('о', { code: 'KeyJ' }))).toBe('j')
  expect(pressName(press('ö', { code: 'Semicolon' }))).toBe('ö')
})

test('a sequence waits for its second key', () => {
  const all = [action('customers', 'g c'), action('next', 'j'), action('end', 'shift+g / end')]
  expect(match(all, 'g')).toBe('wait')
  expect(match(all, 'g c')).toBe(all[0])
  expect(match(all, 'g x')).toBeUndefined()
  expect(match(all, 'end')).toBe(all[2])
})

test('only bare letters and signs can be switched off', () => {
  expect(['j', '?', 'shift+f'].map(isLetterKey)).toEqual([true, true, true])
  expect(['mod+k', 'escape', 'enter'].map(isLetterKey)).toEqual([false, false, false])
})

test('keys are drawn as caps', () => {
  expect(caps('g c')).toEqual([['G'], ['C']])
  expect(caps('shift+f / x')).toEqual([['⇧', 'F']])
})
