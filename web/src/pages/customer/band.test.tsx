// @vitest-environment jsdom
import '../../i18n'
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Customer, Journey } from '../../api/types'
import { Band } from './band'
import { type CustomerView, CustomerViewContext } from './view'

const journey: Journey = {
  id: 'j',
  customer_id: 'c',
  customer_name: 'Jan de Vries',
  intent: 'start_date',
  intent_label: 'When a plan starts',
  title: 'Text plan',
  state: 'waiting_for_us',
  state_reason: 'She asked when the plan starts and phoned about it.',
  opened_at: '2026-03-01T10:00:00Z',
  last_at: '2026-03-04T10:00:00Z',
  waiting_since: '2026-03-01T12:00:00Z',
  channels: ['web', 'mail', 'phone'],
  contacts: 3,
  interactions: 4,
  switches: 2,
  effort: 72,
  effort_parts: [{ name: 'switches', label: 'Channel switches', count: 2, points: 18 }],
  first_response_s: 0,
  longest_wait_s: 0,
  unanswered: [{ text: 'When does it start?', interaction_id: 'i3', asked_at: '2026-03-01T12:00:00Z' }],
  leaving: false,
  repeat: { within_7: true, within_14: true, within_30: true },
}
const customer: Customer = {
  id: 'c',
  name: 'Jan de Vries',
  identifiers: [],
  first_at: journey.opened_at,
  last_at: journey.last_at,
  last_channel: 'phone',
  last_direction: 'in',
  last_text: '',
  contacts: 3,
  open_journeys: 1,
  waiting: 1,
  leaving: false,
  unread: false,
  profiles: 1,
  identifier_list: [],
  merges: [],
  suggestions: [],
  never_link: [],
}

function show(folded: boolean, changed: Partial<Journey> = {}) {
  const j = { ...journey, ...changed }
  const view: CustomerView = {
    customer,
    firm: 'Halden Mobile',
    journeys: new Map([[j.id, j]]),
    hue: () => 'red',
    only: '',
    setOnly: vi.fn(),
    isFolded: () => folded,
    setFolded: vi.fn(),
    jump: vi.fn(),
    show: vi.fn(),
    shown: undefined,
    channelOf: () => 'mail',
    why: '',
    setWhy: vi.fn(),
    showRaw: vi.fn(),
    contactActions: () => [],
    journeyActions: () => [],
  }
  render(
    <Tooltip.Provider>
      <CustomerViewContext value={view}>
        <Band journey={j} folded={folded} />
      </CustomerViewContext>
    </Tooltip.Provider>,
  )
  return view
}

beforeAll(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
})
afterEach(cleanup)

test('says whose turn it is, what it took and what is not answered', () => {
  const view = show(false)
  const band = screen.getByRole('region', { name: 'Journey: When a plan starts' })
  expect(band.textContent).toContain('Waiting for us')
  expect(band.textContent).toContain('3 contacts')
  expect(band.textContent).toContain('2 channel switches')
  expect(
    within(band)
      .getAllByRole('img')
      .map((g) => g.getAttribute('aria-label')),
  ).toEqual(['Web site', 'Mail', 'Phone'])
  const question = within(screen.getByRole('list', { name: 'Not answered yet' })).getByRole('button')
  expect(question.textContent).toMatch(/When does it start\? asked .* by mail, not answered/)
  fireEvent.click(question)
  expect(view.jump).toHaveBeenCalledWith({ contact: 'i3' })
})

test('the effort score opens its terms', () => {
  show(false)
  fireEvent.click(screen.getByRole('button', { name: /^Effort/ }))
  const row = screen.getByRole('row', { name: /Channel switches/ })
  expect(
    within(row)
      .getAllByRole('cell')
      .map((c) => c.textContent),
  ).toEqual(['Channel switches', '2', '18'])
})

test('folded it is one line, and opens again', () => {
  const view = show(true)
  expect(screen.queryByRole('list', { name: 'Not answered yet' })).toBeNull()
  fireEvent.click(screen.getByRole('button', { expanded: false, name: 'When a plan starts' }))
  expect(view.setFolded).toHaveBeenCalledWith('j', false)
})

test('a journey without an intent takes its title, and one without anything says so', () => {
  show(false, { intent_label: '' })
  expect(screen.getByRole('region', { name: 'Journey: Text plan' })).toBeTruthy()
  cleanup()
  show(false, { intent_label: '', title: '', unanswered: [], channels: [], effort_parts: [] })
  expect(screen.getByRole('region', { name: /Not yet clear/ })).toBeTruthy()
})
