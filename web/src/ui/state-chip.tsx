import { t } from 'i18next'
import { Check, CircleDashed, Clock, Hourglass, MoonStar } from 'lucide-react'
import type { JourneyState } from '../api/types'
import { stateLabel } from '../lib/words'
import { Chip } from './chip'

const LOOK = {
  open: ['accent', CircleDashed],
  waiting_for_us: ['warning', Hourglass],
  waiting_for_them: ['plain', Clock],
  resolved: ['success', Check],
  abandoned: ['danger', MoonStar],
} as const

export function StateChip({ state, title }: { readonly state: JourneyState; readonly title?: string }) {
  const [tone, icon] = LOOK[state] ?? LOOK.open
  return (
    <Chip tone={tone} icon={icon} {...(title ? { title } : {})}>
      {t(stateLabel(state))}
    </Chip>
  )
}
