import { expect, test } from 'vitest'
import { sla } from './sla'

const at = (hour: number, minute = 0): number => Date.UTC(2026, 2, 1, hour, minute)
const iso = (hour: number, minute = 0): string => new Date(at(hour, minute)).toISOString()

test('a target is quiet, warns under a quarter, and says by how much it was missed', () => {
  expect(sla(iso(8), iso(12), at(9))).toEqual({ state: 'ok', left: 0.75, text: '3 h' })
  expect(sla(iso(8), iso(12), at(11, 30))).toEqual({ state: 'soon', left: 0.125, text: '30 min' })
  expect(sla(iso(8), iso(12), at(12, 12))).toEqual({ state: 'late', left: 0, text: '−12 min' })
})

test('nothing runs, or the beginning is not known', () => {
  expect(sla(iso(8), undefined, at(9)).state).toBe('none')
  expect(sla(iso(8), '', at(9)).state).toBe('none')
  expect(sla(undefined, iso(12), at(9))).toEqual({ state: 'ok', left: 1, text: '3 h' })
})
