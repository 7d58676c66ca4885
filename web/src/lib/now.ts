import { createStore, useStore } from './store'

const minute = createStore(Date.now())
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  timer ??= setInterval(() => minute.set(Date.now()), 20_000)
  return minute.subscribe(listener)
}

const followed = { ...minute, subscribe }

/** The time, refreshed often enough for words such as "5 min ago". */
export function useNow(): number {
  return Math.max(useStore(followed), 0)
}
