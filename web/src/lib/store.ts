import { useSyncExternalStore } from 'react'

/** A value outside React that components can read and follow. */
export interface Store<T> {
  readonly get: () => T
  readonly set: (next: T | ((old: T) => T)) => void
  readonly subscribe: (listener: () => void) => () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      const made = typeof next === 'function' ? (next as (old: T) => T)(value) : next
      if (Object.is(made, value)) return
      value = made
      for (const listener of [...listeners]) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get)
}

/** Reads a JSON value that this browser keeps; anything unreadable counts as absent. */
export function recall<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`rapport.${key}`)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`rapport.${key}`, JSON.stringify(value))
  } catch {
    // Private windows may refuse storage; the choice then lasts as long as the page.
  }
}

/** A store whose value this browser keeps. */
export function createKeptStore<T>(key: string, fallback: T): Store<T> {
  const store = createStore<T>(recall(key, fallback))
  store.subscribe(() => remember(key, store.get()))
  return store
}
