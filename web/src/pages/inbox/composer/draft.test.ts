import { expect, test } from 'vitest'
import type { Draft } from '../../../api/desk'
import { begin, isEmpty } from './draft'

const server = (html: string, version: number): Draft => ({
  content: { html },
  version,
  author: 'Ben',
  author_id: 'ben',
  updated_at: '2026-03-01T08:00:00Z',
})

test('what was typed here and not saved wins over an older draft', () => {
  expect(begin(undefined, undefined)).toEqual({ content: undefined, conflict: undefined, dirty: false })
  expect(begin(server('<p>a</p>', 3), undefined).content?.html).toBe('<p>a</p>')
  expect(begin(undefined, { content: { html: '<p>mine</p>' }, base: 0 })).toMatchObject({
    dirty: true,
    conflict: undefined,
  })
  expect(begin(server('<p>a</p>', 3), { content: { html: '<p>mine</p>' }, base: 3 })).toMatchObject({
    content: { html: '<p>mine</p>' },
    conflict: undefined,
    dirty: true,
  })
})

test('a colleague’s newer draft is never overwritten unseen', () => {
  const both = begin(server('<p>Ben’s</p>', 5), { content: { html: '<p>mine</p>' }, base: 3 })
  expect(both.content?.html).toBe('<p>mine</p>')
  expect(both.conflict?.author).toBe('Ben')
  expect(begin(server('<p>same</p>', 5), { content: { html: '<p>same</p>' }, base: 3 })).toMatchObject({
    conflict: undefined,
    dirty: false,
  })
})

test('a draft of nothing is none', () => {
  expect(isEmpty({ html: '<p></p>' })).toBe(true)
  expect(isEmpty({ html: '<p> &nbsp;</p>' })).toBe(true)
  expect(isEmpty({ html: '<p>x</p>' })).toBe(false)
  expect(isEmpty({ html: '', attachments: [{ id: 'f', name: 'f', content_type: '', size: 1, url: '' }] })).toBe(false)
})
