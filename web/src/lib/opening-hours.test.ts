import { expect, test } from 'vitest'
import { draftOf, hoursOf, usualHours, withSpan } from './opening-hours'

test('hours go through the form unchanged, midnight and closed days included', () => {
  const hours = {
    id: '1',
    name: 'Shop',
    time_zone: 'Europe/Amsterdam',
    hours: [
      [
        { from: 540, to: 720 },
        { from: 780, to: 1440 },
      ],
      [],
      [{ from: 0, to: 1440 }],
      [],
      [],
      [],
      [],
    ],
    holidays: ['2026-12-25', '2026-12-26'],
  }
  const { id: _, ...rest } = hours
  expect(draftOf(hours).days[0]).toEqual([
    { from: '09:00', to: '12:00' },
    { from: '13:00', to: '00:00' },
  ])
  expect(hoursOf(draftOf(hours))).toEqual(rest)
})

test('an emptied time is told to the server as one, not as midnight', () => {
  const draft = usualHours('Shop', 'UTC')
  const days = [[{ from: '', to: '17:00' }], ...draft.days.slice(1)]
  expect(hoursOf({ ...draft, days }).hours[0]).toEqual([{ from: -1, to: 1020 }])
})

test('one more span comes after the others and ends with the day', () => {
  expect(withSpan([])).toEqual([{ from: '09:00', to: '17:00' }])
  expect(withSpan([{ from: '09:00', to: '12:00' }])[1]).toEqual({ from: '13:00', to: '17:00' })
  expect(withSpan([{ from: '09:00', to: '22:00' }])[1]).toEqual({ from: '23:00', to: '00:00' })
})
