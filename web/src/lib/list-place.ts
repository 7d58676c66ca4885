import { createStore } from './store'

/** The row that the person is at and the order they came through, kept while they look at a customer. */
export const listPlace = createStore<{ readonly active: string; readonly ids: readonly string[] }>({
  active: '',
  ids: [],
})
export const journeyPlace = createStore('')
