import type { ReactNode } from 'react'
import type { Rail } from '../../lib/rows'

/** Distance between two rails, and from the edge to the first. */
const PITCH = 28
const EDGE = 18
/** Where a row's node sits, from its top. */
const NODE_Y = 20

export const gutterWidth = (lanes: number): number => EDGE * 2 + (lanes - 1) * PITCH

const x = (lane: number): number => EDGE + lane * PITCH

interface RailsProps {
  readonly rails: readonly Rail[]
  readonly hue: (journeyId: string) => string
  /** The lane and drawing of this row's node. */
  readonly lane?: number
  readonly node?: ReactNode
}

/** The lines of the journeys that pass a row, and the row's own node on its line. */
export function Rails({ rails, hue, lane, node }: RailsProps) {
  return (
    <div aria-hidden className="absolute inset-y-0 left-0">
      {rails.map((rail) => {
        const own = rail.lane === lane && node !== undefined
        const top = rail.up ? 0 : NODE_Y
        if (!rail.up && !rail.down) return null
        return (
          <div
            key={rail.lane}
            className="absolute w-0.5 rounded-full"
            style={{
              left: x(rail.lane) - 1,
              top,
              ...(rail.down ? { bottom: 0 } : { height: own ? NODE_Y - top : NODE_Y }),
              background: `color-mix(in oklab, ${hue(rail.journeyId)} 55%, var(--bg))`,
            }}
          />
        )
      })}
      {node !== undefined && lane !== undefined ? (
        <div className="absolute flex size-6 items-center justify-center" style={{ left: x(lane) - 12, top: NODE_Y - 12 }}>
          {node}
        </div>
      ) : null}
    </div>
  )
}
