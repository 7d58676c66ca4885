import { afterEach, describe, expect, test, vi } from 'vitest'
import { ApiError, address, asApiError, call, whenSignedOut } from './client'

function answer(status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(status === 204 ? null : text, { status })),
  )
}

async function failure(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it did not fail')
}

afterEach(() => {
  vi.unstubAllGlobals()
  whenSignedOut(() => {})
})

describe('call', () => {
  test('gives what the server answered', async () => {
    answer(200, { items: [1], next: '' })
    expect(await call('GET', '/v1/customers')).toEqual({ items: [1], next: '' })
    answer(204, '')
    expect(await call('DELETE', '/v1/session')).toBeUndefined()
  })

  test('keeps title, detail and the places of a problem', async () => {
    answer(422, {
      type: 'about:blank',
      title: 'Not accepted',
      status: 422,
      detail: 'Two values are wrong.',
      errors: [{ message: 'is required', location: 'body.name' }],
      instance: 'urn:request:r-1',
    })
    const e = await failure(call('POST', '/v1/keys', { body: {} }))
    expect(e).toMatchObject({
      status: 422,
      code: 'invalid',
      title: 'Not accepted',
      detail: 'Two values are wrong.',
      requestId: 'r-1',
      transient: false,
    })
    expect(e.fields).toEqual([{ message: 'is required', location: 'body.name' }])
    expect(e.message).toBe('Two values are wrong.')
  })

  test('names the code that the server gave, else the one of the status', async () => {
    answer(409, { title: 'Changed meanwhile', code: 'conflict' })
    expect((await failure(call('POST', '/x'))).code).toBe('conflict')
    for (const [status, code, transient] of [
      [404, 'not_found', false],
      [429, 'busy', true],
      [503, 'internal', true],
    ] as const) {
      answer(status, '<html>proxy</html>')
      expect(await failure(call('GET', '/x'))).toMatchObject({ code, transient })
    }
  })

  test('a server that can’t be reached is an error of its own', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('failed'))),
    )
    expect(await failure(call('GET', '/x'))).toMatchObject({ status: 0, code: 'unreachable', transient: true })
  })

  test('an abort stays an abort', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new DOMException('stop', 'AbortError'))),
    )
    await expect(call('GET', '/x')).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('an answer that is no JSON is an error, not a page', async () => {
    answer(200, '<!doctype html>')
    expect((await failure(call('GET', '/x'))).code).toBe('internal')
  })

  test('says when the session has ended', async () => {
    const ended = vi.fn()
    whenSignedOut(ended)
    answer(401, { title: 'Not signed in' })
    expect((await failure(call('GET', '/x'))).code).toBe('unauthorized')
    expect(ended).toHaveBeenCalledOnce()
  })
})

test('empty values are left out of an address', () => {
  expect(
    address('/v1/customers', { q: 'Zoë & co', filter: '', channel: undefined, limit: 50, unanswered: false }),
  ).toBe('/v1/customers?q=Zo%C3%AB+%26+co&limit=50')
  expect(address('/v1/keys')).toBe('/v1/keys')
})

test('anything thrown becomes an ApiError', () => {
  const known = new ApiError(404, {})
  expect(asApiError(known)).toBe(known)
  expect(asApiError(new Error('odd')).detail).toBe('odd')
  expect(asApiError('odd').detail).toBe('odd')
})
