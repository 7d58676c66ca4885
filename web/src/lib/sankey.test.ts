import { expect, test } from 'vitest'
import { outline, sankey, together } from './sankey'

const nodes = [
  { id: '0:web', step: 0, name: 'web', n: 60 },
  { id: '0:mail', step: 0, name: 'mail', n: 40 },
  { id: '1:phone', step: 1, name: 'phone', n: 30 },
  { id: '5:end:resolved', step: 5, name: 'resolved', n: 99 },
  { id: '5:end:open', step: 5, name: 'open', n: 1 },
]
const edges = [
  { from: '0:web', to: '1:phone', n: 30 },
  { from: '0:web', to: '5:end:resolved', n: 30 },
  { from: '0:mail', to: '5:end:resolved', n: 39 },
  { from: '0:mail', to: '5:end:open', n: 1 },
  { from: '1:phone', to: '5:end:resolved', n: 30 },
]

test('heights are numbers of journeys, and nothing leaves the drawing', () => {
  const d = sankey(nodes, edges, 600, 300)
  const web = d.blocks.find((b) => b.node.id === '0:web')
  const mail = d.blocks.find((b) => b.node.id === '0:mail')
  expect((web?.height ?? 0) / (mail?.height ?? 1)).toBeCloseTo(1.5)
  for (const b of d.blocks) {
    expect(b.x).toBeGreaterThanOrEqual(0)
    expect(b.x).toBeLessThanOrEqual(600 - 12)
    expect(b.y + b.height).toBeLessThanOrEqual(302)
  }
  const leaving = d.ribbons.filter((r) => r.edge.from === '0:web').reduce((sum, r) => sum + r.width, 0)
  expect(leaving).toBeCloseTo(web?.height ?? 0)
  expect(outline(d.ribbons[0] as (typeof d.ribbons)[number])).toMatch(/^M12,/)
})

test('small places are drawn together and lose nobody', () => {
  const small = together([...nodes, { id: '1:chat', step: 1, name: 'chat', n: 1 }], edges)
  expect(small.nodes.find((n) => n.id === '1:other')?.n).toBe(1)
  expect(small.nodes.find((n) => n.id === '5:other')?.n).toBe(1)
  expect(small.edges.reduce((sum, e) => sum + e.n, 0)).toBe(130)
})

test('nothing at all draws nothing', () => {
  expect(sankey([], [], 600, 300)).toEqual({ blocks: [], ribbons: [] })
})
