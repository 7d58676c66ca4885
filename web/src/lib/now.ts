import { createStore, useStore } from './store'

const moment = createStore(Date.now())
let ticking = false

const followed = {
  ...moment,
  subscribe: (listener: () => void) => {
    if (!ticking) {
      ticking = true
      setInterval(() => moment.set(Date.now()), 20_000)
    }
    return moment.subscribe(listener)
  },
}

/** The time, refreshed often enough for words such as "5 min ago". */
export const useNow = (): number => useStore(followed)
