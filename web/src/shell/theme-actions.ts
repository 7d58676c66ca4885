import { Monitor, Moon, Rows3, Sun } from 'lucide-react'
import type { Action } from '../actions/registry'
import { type Density, density, type Theme, theme } from '../lib/prefs'

const THEMES: readonly (readonly [Theme, string, typeof Sun])[] = [
  ['system', 'Colours: as the system', Monitor],
  ['light', 'Colours: light', Sun],
  ['dark', 'Colours: dark', Moon],
]
const DENSITIES: readonly (readonly [Density, string])[] = [
  ['compact', 'Rows: compact'],
  ['normal', 'Rows: normal'],
  ['comfortable', 'Rows: comfortable'],
]

export const viewActions: readonly Action[] = [
  ...THEMES.map(
    ([value, label, icon]): Action => ({
      id: `theme-${value}`,
      label,
      section: 'View',
      icon,
      run: () => theme.set(value),
    }),
  ),
  ...DENSITIES.map(
    ([value, label]): Action => ({
      id: `density-${value}`,
      label,
      section: 'View',
      icon: Rows3,
      run: () => density.set(value),
    }),
  ),
]
