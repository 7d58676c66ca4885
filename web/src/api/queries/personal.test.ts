import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keymap } from '../../actions/keymap'
import { density, letterKeys, theme } from '../../lib/prefs'
import { timeZone } from '../../lib/zone'
import type { MySettings } from '../desk'
import { mySettingsQuery } from './desk'
import { brought, changed, choose, difference, followPersonal } from './personal'

const usual: MySettings = {
  theme: 'system',
  density: 'normal',
  letter_keys: true,
  language: '',
  keymap: {},
  time_zone: '',
  browser_zone: 'Europe/Berlin',
  undo_s: 10,
}
const mine = { theme: 'dark', density: 'normal', letter_keys: true, language: 'de', keymap: {}, time_zone: '' } as const

/** A server that keeps the settings, as far as these calls see it. */
let kept: MySettings
let asked: unknown[]
let broken = false
beforeEach(() => {
  kept = usual
  asked = []
  broken = false
  theme.set('system')
  density.set('normal')
  letterKeys.set(true)
  keymap.set({})
  timeZone.set('')
  vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
    if (init.method === 'PATCH') {
      if (broken) return new Response('{"title":"No"}', { status: 422 })
      const change = JSON.parse(String(init.body))
      asked.push(change)
      kept = changed(kept, change)
    }
    return new Response(JSON.stringify(kept))
  })
})
afterEach(() => vi.unstubAllGlobals())

const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

test('a change leaves the rest, notifications too', () => {
  expect(changed(usual, { theme: 'dark' })).toEqual({ ...usual, theme: 'dark' })
  const told = {
    ...usual,
    notifications: { browser: false, sound: false, mail: 'off', kinds: {}, quiet: { from: '', to: '' } },
  } as const
  expect(changed(told, { notifications: { sound: true } }).notifications).toEqual({
    ...told.notifications,
    sound: true,
  })
})

test('only what differs is sent', () => {
  expect(difference(mine, usual)).toEqual({ theme: 'dark', language: 'de' })
  expect(difference(mine, { ...usual, theme: 'dark', language: 'de' })).toEqual({})
})

test('what was chosen before signing in is brought along, over nothing that was chosen before', () => {
  expect(brought(mine, usual)).toEqual({ theme: 'dark', language: 'de' })
  expect(brought(mine, { ...usual, theme: 'light', keymap: { undo: '' } })).toEqual({ language: 'de' })
})

test('the choices of the server come here, and a change here goes there alone', async () => {
  kept = { ...usual, theme: 'dark', keymap: { 'case-done': 'd' } }
  const client = new QueryClient()
  const end = followPersonal(client, 'u1', (error) => expect(error).toBeUndefined())
  await settled()
  expect(theme.get()).toBe('dark')
  expect(keymap.get()).toEqual({ 'case-done': 'd' })
  density.set('compact')
  await settled()
  expect(asked).toEqual([{ density: 'compact' }])
  end()
  density.set('normal')
  await settled()
  expect(asked).toHaveLength(1)
})

test('the time zone follows the person, and the browser’s is said to the server once', async () => {
  kept = { ...usual, time_zone: 'Asia/Tokyo', browser_zone: 'Africa/Lagos' }
  const client = new QueryClient()
  const end = followPersonal(client, 'u1', (error) => expect(error).toBeUndefined())
  await settled()
  expect(timeZone.get()).toBe('Asia/Tokyo')
  expect(asked).toEqual([{ browser_zone: 'Europe/Berlin' }])
  timeZone.set('')
  await settled()
  expect(asked.slice(1)).toEqual([{ time_zone: '' }])
  end()
})

test('what is chosen before the server has answered is kept', async () => {
  kept = { ...usual, theme: 'dark' }
  const end = followPersonal(new QueryClient(), 'u1', (error) => expect(error).toBeUndefined())
  density.set('compact')
  await settled()
  expect(density.get()).toBe('compact')
  expect(theme.get()).toBe('dark')
  expect(asked).toEqual([{ density: 'compact' }])
  end()
})

test('a choice that the server refuses goes back and says so', async () => {
  const client = new QueryClient()
  const failures: unknown[] = []
  const end = followPersonal(client, 'u1', (error) => failures.push(error))
  await settled()
  broken = true
  theme.set('dark')
  // Nobody looks at the settings here, so the query is asked again by hand.
  await settled()
  await client.fetchQuery({ ...mySettingsQuery, staleTime: 0 })
  expect(failures).toHaveLength(1)
  expect(theme.get()).toBe('system')
  end()
})

test('two quick choices are both kept', async () => {
  const client = new QueryClient()
  await client.prefetchQuery(mySettingsQuery)
  await Promise.all([choose(client, { undo_s: 20 }), choose(client, { after_send: 'next' })])
  expect(client.getQueryData(mySettingsQuery.queryKey)).toMatchObject({ undo_s: 20, after_send: 'next' })
})
