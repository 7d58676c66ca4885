import type { ReactNode } from 'react'
import type { Rail } from '../../lib/rows'

// --pitch is the distance between two rails and --edge that to the first; the
// timeline sets both, smaller on a narrow screen.
/** Where a row's node sits, from its top. */
const NODE_Y = 20

export const gutterWidth = (lanes: number): string => `calc(2 * var(--edge) + ${lanes - 1} * var(--pitch))`

const x = (lane: number, shift: number): string => `calc(var(--edge) + ${lane} * var(--pitch) - ${shift}px)`

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
            className="absolute w-0.5"
            style={{
              left: x(rail.lane, 1),
              top,
              ...(rail.down ? { bottom: 0 } : { height: own ? NODE_Y - top : NODE_Y }),
              background: `color-mix(in oklab, ${hue(rail.journeyId)} 55%, var(--bg))`,
            }}
          />
        )
      })}
      {node !== undefined && lane !== undefined ? (
        <div
          className="absolute flex size-6 items-center justify-center"
          style={{ left: x(lane, 12), top: NODE_Y - 12 }}
        >
          {node}
        </div>
      ) : null}
    </div>
  )
}
