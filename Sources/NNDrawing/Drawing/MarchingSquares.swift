/// Lines of equal value through a grid of values (marching squares).
package enum MarchingSquares {
  /// The lines along which a function, linear between neighbours, has a value.
  ///
  /// A line that ends where it began has its first point again at its end. Cells with a value that
  /// is not finite are left out. Where a cell's corners are high and low in turn (a saddle), the
  /// mean of all four decides which ones are connected.
  ///
  /// - Parameters:
  ///   - values: The values row by row.
  ///   - columns: Values in a row.
  ///   - rows: Rows.
  ///   - level: The value of the lines.
  /// - Returns: Joined lines; x counts columns and y rows.
  package static func paths(
    _ values: [Double], columns: Int, rows: Int, level: Double
  ) -> [[Point]] {
    guard columns > 1, rows > 1 else { return [] }
    var walk = Walk(edges: 2 * columns * rows)
    for row in 0..<(rows - 1) {
      for column in 0..<(columns - 1) {
        let corner = row * columns + column
        let corners = [
          values[corner], values[corner + 1], values[corner + columns + 1],
          values[corner + columns],
        ]
        guard corners.allSatisfy(\.isFinite) else { continue }
        // Even edges run along the row from their corner, odd ones along the column.
        let bottom = 2 * corner
        let right = 2 * (corner + 1) + 1
        let top = 2 * (corner + columns)
        let left = 2 * corner + 1
        let isHigh = corners.map { $0 >= level }
        let edges = [bottom, right, top, left]
        let crossed = (0..<4).filter { isHigh[$0] != isHigh[($0 + 1) % 4] }
        if crossed.count == 2 {
          walk.join(edges[crossed[0]], edges[crossed[1]])
        } else if crossed.count == 4 {
          let isMeanHigh = corners.reduce(0) { $0 + $1 / 4 } >= level
          // The lines cut off the two corners that differ from the mean.
          if isMeanHigh == isHigh[0] {
            walk.join(bottom, right)
            walk.join(top, left)
          } else {
            walk.join(left, bottom)
            walk.join(right, top)
          }
        }
      }
    }
    return walk.chains().map { chain in
      chain.map { edge in
        let corner = edge / 2
        let other = edge.isMultiple(of: 2) ? corner + 1 : corner + columns
        let part = (level - values[corner]) / (values[other] - values[corner])
        let (column, row) = (Double(corner % columns), Double(corner / columns))
        return edge.isMultiple(of: 2) ? Point(column + part, row) : Point(column, row + part)
      }
    }
  }

  /// Joins crossed edges into paths.
  private struct Walk {
    private var neighbours: [(Int, Int)]

    init(edges: Int) { neighbours = Array(repeating: (-1, -1), count: edges) }

    mutating func join(_ first: Int, _ second: Int) {
      attach(second, to: first)
      attach(first, to: second)
    }

    private mutating func attach(_ edge: Int, to other: Int) {
      if neighbours[other].0 < 0 {
        neighbours[other].0 = edge
      } else {
        neighbours[other].1 = edge
      }
    }

    /// All edges in chains: first those with two ends, then the closed ones.
    func chains() -> [[Int]] {
      var isUsed = [Bool](repeating: false, count: neighbours.count)
      var chains: [[Int]] = []
      func follow(_ start: Int) {
        var chain = [start]
        isUsed[start] = true
        var edge = start
        while let next = [neighbours[edge].0, neighbours[edge].1].first(where: {
          $0 >= 0 && !isUsed[$0]
        }) {
          chain.append(next)
          isUsed[next] = true
          edge = next
        }
        let isClosed =
          chain.count > 2 && (neighbours[edge].0 == start || neighbours[edge].1 == start)
        chains.append(isClosed ? chain + [start] : chain)
      }
      for edge in neighbours.indices
      where !isUsed[edge] && neighbours[edge].0 >= 0 && neighbours[edge].1 < 0 {
        follow(edge)
      }
      for edge in neighbours.indices where !isUsed[edge] && neighbours[edge].0 >= 0 {
        follow(edge)
      }
      return chains
    }
  }
}
