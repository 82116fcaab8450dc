import NNReports
import Testing

@Suite struct LayeredLayoutTests {
  private typealias Edges = [(from: Int, to: Int)]

  private func layout(_ count: Int, _ edges: Edges, width: Double = 100) -> LayeredLayout {
    LayeredLayout(
      (0..<count).map { .init(width: width + Double($0 % 3) * 20, height: 40) }, edges: edges)
  }

  /// Boxes are apart, inside the drawing, and every arrow goes down between them.
  private func expectReadable(
    _ count: Int, _ edges: Edges, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let layout = layout(count, edges)
    #expect(layout.centers.count == count, sourceLocation: sourceLocation)
    #expect(layout.routes.count == edges.count, sourceLocation: sourceLocation)
    func half(_ box: Int) -> Double { (100 + Double(box % 3) * 20) / 2 }
    for a in 0..<count {
      let (x, y) = (layout.centers[a].x, layout.centers[a].y)
      #expect(x - half(a) >= -1e-6 && x + half(a) <= layout.size.width + 1e-6)
      #expect(y >= 20 - 1e-6 && y + 20 <= layout.size.height + 1e-6)
      for b in 0..<a where layout.centers[b].y == y {
        #expect(
          abs(layout.centers[b].x - x) >= half(a) + half(b) + LayeredLayout.columnGap - 1e-6,
          "boxes \(a) and \(b)", sourceLocation: sourceLocation)
      }
    }
    for (route, edge) in zip(layout.routes, edges) {
      #expect(zip(route, route.dropFirst()).allSatisfy { $0.y < $1.y + 1e-9 })
      #expect(route.first?.x == layout.centers[edge.from].x)
      #expect(route.last?.x == layout.centers[edge.to].x)
      #expect(route.first?.y == layout.centers[edge.from].y + 20)
      #expect(route.last?.y == layout.centers[edge.to].y - 20)
      for point in route.dropFirst().dropLast() {
        for box in 0..<count where abs(layout.centers[box].y - point.y) < 20 {
          #expect(
            abs(layout.centers[box].x - point.x) > half(box),
            "the arrow \(edge) meets box \(box)", sourceLocation: sourceLocation)
        }
      }
    }
  }

  @Test func chainIsStraight() {
    let layout = layout(5, [(0, 1), (1, 2), (2, 3), (3, 4)])
    #expect(layout.centers.allSatisfy { abs($0.x - layout.centers[0].x) < 1e-6 })
    #expect(layout.routes.allSatisfy { $0.count == 2 })
    #expect(layout.size.height == 5 * 40 + 4 * LayeredLayout.rowGap)
    #expect(layout.size.width == 140)
  }

  @Test func residualGoesAround() {
    let edges: Edges = [(0, 1), (1, 2), (2, 3), (3, 4), (1, 4)]
    expectReadable(5, edges)
    let layout = layout(5, edges)
    // The layers stay in one column; the arrow around them bends.
    #expect(layout.centers.allSatisfy { abs($0.x - layout.centers[0].x) < 1 })
    #expect(layout.routes[4].count == 6)
  }

  @Test func branches() {
    expectReadable(6, [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4), (4, 5)])
    let layout = layout(6, [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4), (4, 5)])
    #expect(Set(layout.centers[1...3].map(\.y)).count == 1)
    #expect(Set(layout.centers[1...3].map(\.x)).count == 3)
  }

  /// A source that is read late is directly above its reader.
  @Test func lateSource() {
    let edges: Edges = [(0, 1), (1, 2), (2, 4), (3, 4)]
    expectReadable(5, edges)
    let layout = layout(5, edges)
    #expect(layout.centers[3].y == layout.centers[2].y)
  }

  @Test func oddOnes() {
    let none = LayeredLayout([], edges: [])
    #expect(none.centers.isEmpty && none.size.width == 0 && none.size.height == 0)
    expectReadable(1, [])
    expectReadable(3, [])
    expectReadable(4, [(0, 3), (0, 2), (1, 2), (1, 3)])
    // Every box reads all before it.
    expectReadable(7, (0..<7).flatMap { to in (0..<to).map { (from: $0, to: to) } })
  }
}
