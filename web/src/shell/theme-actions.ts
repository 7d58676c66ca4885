import type { TFunction } from 'i18next'
import { Monitor, Moon, Rows3, Sun } from 'lucide-react'
import type { Action } from '../actions/registry'
import { say } from '../i18n/mark'
import { type Density, density, type Theme, theme } from '../lib/prefs'

const THEMES: readonly (readonly [Theme, string, typeof Sun])[] = [
  ['system', say('Colours: as the system'), Monitor],
  ['light', say('Colours: light'), Sun],
  ['dark', say('Colours: dark'), Moon],
]
const DENSITIES: readonly (readonly [Density, string])[] = [
  ['compact', say('Rows: compact')],
  ['normal', say('Rows: normal')],
  ['comfortable', say('Rows: comfortable')],
]

/** What changes how the console looks. */
export const viewActions = (t: TFunction): readonly Action[] => [
  ...THEMES.map(
    ([value, label, icon]): Action => ({
      id: `theme-${value}`,
      label: t(label),
      section: 'View',
      icon,
      run: () => theme.set(value),
    }),
  ),
  ...DENSITIES.map(
    ([value, label]): Action => ({
      id: `density-${value}`,
      label: t(label),
      section: 'View',
      icon: Rows3,
      run: () => density.set(value),
    }),
  ),
]
