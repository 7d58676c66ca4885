import type { PathEdge, PathNode } from '../api/types'

export interface Block {
  readonly node: PathNode
  readonly x: number
  readonly y: number
  readonly height: number
}
export interface Ribbon {
  readonly edge: PathEdge
  readonly from: Block
  readonly to: Block
  /** Height of the ribbon, and where it leaves and arrives. */
  readonly width: number
  readonly y0: number
  readonly y1: number
}
export interface Drawing {
  readonly blocks: readonly Block[]
  readonly ribbons: readonly Ribbon[]
}

/** A place with fewer journeys than this share is drawn together with others of its step, as "other". */
const SMALL = 0.02

/** Lays out places in columns by their step; heights are numbers of journeys. */
export function sankey(
  nodes: readonly PathNode[],
  edges: readonly PathEdge[],
  width: number,
  height: number,
  gap = 10,
  bar = 12,
): Drawing {
  const total = Math.max(
    1,
    ...nodes.filter((n) => n.step === 0).map((n) => n.n),
    sumOf(nodes.filter((n) => n.step === 0)),
  )
  const steps = [...new Set(nodes.map((n) => n.step))].sort((a, b) => a - b)
  const columns = steps.map((s) =>
    nodes.filter((n) => n.step === s).sort((a, b) => b.n - a.n || (a.id < b.id ? -1 : 1)),
  )
  const most = Math.max(1, ...columns.map((c) => c.length))
  const scale = Math.max(0, height - gap * (most - 1)) / total
  const blocks = new Map<string, Block>()
  columns.forEach((column, i) => {
    let y = 0
    for (const node of column) {
      const h = Math.max(2, node.n * scale)
      blocks.set(node.id, {
        node,
        x: steps.length < 2 ? 0 : (i * (width - bar)) / (steps.length - 1),
        y,
        height: h,
      })
      y += h + gap
    }
  })
  const place = (id: string) => blocks.get(id)?.y ?? 0
  const left = new Map<string, number>()
  const right = new Map<string, number>()
  const ribbons = [...edges]
    .sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to))
    .flatMap((edge): Ribbon[] => {
      const from = blocks.get(edge.from)
      const to = blocks.get(edge.to)
      if (!from || !to) return []
      const w = Math.max(1, edge.n * scale)
      const out = right.get(edge.from) ?? 0
      const into = left.get(edge.to) ?? 0
      right.set(edge.from, out + w)
      left.set(edge.to, into + w)
      return [{ edge, from, to, width: w, y0: from.y + out, y1: to.y + into }]
    })
  return { blocks: [...blocks.values()], ribbons }
}

const sumOf = (nodes: readonly PathNode[]): number => nodes.reduce((sum, n) => sum + n.n, 0)

/** Draws small places of a step together, so that a step has few of them. */
export function together(
  nodes: readonly PathNode[],
  edges: readonly PathEdge[],
): { readonly nodes: PathNode[]; readonly edges: PathEdge[] } {
  const total = sumOf(nodes.filter((n) => n.step === 0))
  const name = new Map(nodes.map((n) => [n.id, n.n < total * SMALL ? `${n.step}:other` : n.id]))
  const out = new Map<string, PathNode>()
  for (const n of nodes) {
    const id = name.get(n.id) ?? n.id
    const old = out.get(id)
    out.set(id, old ? { ...old, n: old.n + n.n } : { ...n, id, name: id === n.id ? n.name : 'other' })
  }
  const sums = new Map<string, PathEdge>()
  for (const e of edges) {
    const from = name.get(e.from) ?? e.from
    const to = name.get(e.to) ?? e.to
    const key = `${from} ${to}`
    const old = sums.get(key)
    sums.set(key, { from, to, n: (old?.n ?? 0) + e.n })
  }
  return { nodes: [...out.values()], edges: [...sums.values()] }
}

/** The outline of a ribbon as the d of an SVG path. */
export function outline(r: Ribbon, bar = 12): string {
  const x0 = r.from.x + bar
  const x1 = r.to.x
  const mid = (x0 + x1) / 2
  return `M${x0},${r.y0}C${mid},${r.y0} ${mid},${r.y1} ${x1},${r.y1}V${r.y1 + r.width}C${mid},${r.y1 + r.width} ${mid},${r.y0 + r.width} ${x0},${r.y0 + r.width}Z`
}
