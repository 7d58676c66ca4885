import { createStore, useStore } from './store'
import { timeZone } from './zone'

const moment = createStore(Date.now())
let ticking = false

const followed = {
  ...moment,
  subscribe: (listener: () => void) => {
    if (!ticking) {
      ticking = true
      setInterval(() => moment.set(Date.now()), 20_000)
      // What was said in another time zone is said anew.
      timeZone.subscribe(() => moment.set(Date.now()))
    }
    return moment.subscribe(listener)
  },
}

/** The time, refreshed often enough for words such as "5 min ago". */
export const useNow = (): number => useStore(followed)
