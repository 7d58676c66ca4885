// What a person typed and could not send yet outlives a reload. It is sealed with a
// key that scripts can use but not read, and goes when they sign out.

const DB = 'rapport'
const STORE = 'vault'
const memory = new Map<string, unknown>()

interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>
  readonly data: ArrayBuffer
}

let opening: Promise<IDBDatabase> | undefined
function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DB, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opening
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open()
  return new Promise((resolve, reject) => {
    const request = work(db.transaction(STORE, mode).objectStore(STORE))
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Without a secure context (plain http to another machine) there is no key: memory has to do. */
const possible = (): boolean => typeof indexedDB !== 'undefined' && globalThis.crypto?.subtle !== undefined

const KEY = 'key'
let making: Promise<CryptoKey> | undefined
function key(): Promise<CryptoKey> {
  making ??= (async () => {
    const old = await run<CryptoKey | undefined>('readonly', (s) => s.get(KEY))
    if (old) return old
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    await run('readwrite', (s) => s.put(made, KEY))
    return made
  })()
  return making
}

export async function keep(name: string, value: unknown): Promise<void> {
  memory.set(name, value)
  if (!possible()) return
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const plain = new TextEncoder().encode(JSON.stringify(value))
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), plain)
  const sealed: Sealed = { iv, data }
  await run('readwrite', (s) => s.put(sealed, name))
}

/** What was kept under the name; what can't be read counts as absent. */
export async function kept<T>(name: string): Promise<T | undefined> {
  if (memory.has(name)) return memory.get(name) as T
  if (!possible()) return undefined
  try {
    const sealed = await run<Sealed | undefined>('readonly', (s) => s.get(name))
    if (!sealed) return undefined
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, await key(), sealed.data)
    const value = JSON.parse(new TextDecoder().decode(plain)) as T
    memory.set(name, value)
    return value
  } catch {
    return undefined
  }
}

export async function forget(name: string): Promise<void> {
  memory.delete(name)
  if (possible()) await run('readwrite', (s) => s.delete(name))
}

/** Everything and its key: at the end of a session. */
export async function wipe(): Promise<void> {
  memory.clear()
  making = undefined
  if (possible()) await run('readwrite', (s) => s.clear()).catch(() => undefined)
}
