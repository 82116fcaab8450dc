import NNDrawing

/// A layered layout of boxes connected by arrows, all of which point down (Sugiyama's method).
///
/// The row of a box is the length of the longest path from a source; boxes with slack are placed
/// directly above their successors. Arrows over several rows pass through dummy nodes, so none
/// crosses a box. Rows are ordered by the barycenters of their neighbours. Then every box moves
/// below the mean of its neighbours, as far as the boxes on both sides allow.
///
/// Source: Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system
/// structures", IEEE Transactions on Systems, Man, and Cybernetics 11, 1981.
package struct LayeredLayout {
  /// The size of a box.
  package struct Size {
    package var width: Double
    package var height: Double

    package init(width: Double, height: Double) {
      self.width = width
      self.height = height
    }
  }

  /// A point, in pixels.
  package struct Point: Equatable {
    package var x: Double
    package var y: Double
  }

  /// The distance between boxes of a row.
  package static let columnGap = 24.0
  /// The distance between rows.
  package static let rowGap = 28.0

  /// The centre of each box.
  package private(set) var centers: [Point] = []
  /// The corners of each arrow, from the lower edge of one box to the upper edge of another.
  package private(set) var routes: [[Point]] = []
  /// The size of the drawing.
  package private(set) var size = Size(width: 0, height: 0)

  /// A box, or a dummy node where an arrow passes through a row.
  private struct Item {
    var width: Double
    var isBox: Bool
    var above: [Int] = []
    var below: [Int] = []
    var x = 0.0
  }

  private var items: [Item] = []
  private var rows: [[Int]] = []

  /// Computes a layout.
  ///
  /// - Parameters:
  ///   - sizes: The boxes.
  ///   - edges: Arrows between them, by index; they form no cycle.
  package init(_ sizes: [Size], edges: [(from: Int, to: Int)]) {
    guard !sizes.isEmpty else { return }
    let rowOf = Self.rows(count: sizes.count, edges)
    items = sizes.map { Item(width: $0.width, isBox: true) }
    rows = [[Int]](repeating: [], count: (rowOf.max() ?? 0) + 1)
    for (index, row) in rowOf.enumerated() { rows[row].append(index) }
    let chains = edges.map { chain($0, rowOf) }
    order()
    align()
    place(sizes, chains: chains)
  }

  /// The row of each box.
  private static func rows(count: Int, _ edges: [(from: Int, to: Int)]) -> [Int] {
    var rows = [Int](repeating: 0, count: count)
    // A path through all boxes has fewer arrows than there are boxes.
    for _ in 0..<count {
      var isSettled = true
      for (from, to) in edges where rows[to] <= rows[from] {
        rows[to] = rows[from] + 1
        isSettled = false
      }
      if isSettled { break }
    }
    for _ in 0..<count {
      var isSettled = true
      for box in 0..<count {
        guard let next = edges.filter({ $0.from == box }).map({ rows[$0.to] }).min() else {
          continue
        }
        if rows[box] < next - 1 {
          rows[box] = next - 1
          isSettled = false
        }
      }
      if isSettled { break }
    }
    return rows
  }

  /// Connects two boxes through dummy nodes in the rows between them.
  private mutating func chain(_ edge: (from: Int, to: Int), _ rowOf: [Int]) -> [Int] {
    var chain = [edge.from]
    for row in rowOf[edge.from] + 1..<max(rowOf[edge.from] + 1, rowOf[edge.to]) {
      items.append(Item(width: 6, isBox: false))
      rows[row].append(items.count - 1)
      chain.append(items.count - 1)
    }
    chain.append(edge.to)
    for (upper, lower) in zip(chain, chain.dropFirst()) {
      items[upper].below.append(lower)
      items[lower].above.append(upper)
    }
    return chain
  }

  /// Orders each row by the barycenters of its neighbours, downwards and upwards in turn.
  private mutating func order() {
    var places = [Double](repeating: 0, count: items.count)
    func note(_ row: [Int]) {
      for (place, item) in row.enumerated() { places[item] = Double(place) }
    }
    rows.forEach(note)
    for sweep in 0..<8 {
      let isDown = sweep % 2 == 0
      for row in isDown ? Array(rows.indices) : rows.indices.reversed() {
        let keys = rows[row].map { item in
          let neighbours = isDown ? items[item].above : items[item].below
          return neighbours.isEmpty
            ? places[item] : neighbours.reduce(0) { $0 + places[$1] } / Double(neighbours.count)
        }
        let sorted = rows[row].indices.sorted {
          keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1]
        }
        rows[row] = sorted.map { rows[row][$0] }
        note(rows[row])
      }
    }
  }

  /// Moves every item towards the mean of its neighbours.
  private mutating func align() {
    for row in rows {
      var x = 0.0
      for item in row {
        items[item].x = x + items[item].width / 2
        x += items[item].width + Self.columnGap
      }
      let middle = (x - Self.columnGap) / 2
      for item in row { items[item].x -= middle }
    }
    for sweep in 0..<24 {
      let isDown = sweep % 2 == 0
      for row in isDown ? Array(rows.indices) : rows.indices.reversed() {
        let wanted = rows[row].map { item in
          let near = isDown ? items[item].above : items[item].below
          return mean(near.isEmpty ? items[item].above + items[item].below : near)
            ?? items[item].x
        }
        settle(rows[row], at: wanted)
      }
    }
  }

  /// The mean position of items; boxes outweigh arrows, so that aligned boxes stay aligned.
  private func mean(_ neighbours: [Int]) -> Double? {
    guard !neighbours.isEmpty else { return nil }
    let weights = neighbours.map { Self.weight(items[$0]) }
    let sum = zip(neighbours, weights).reduce(0) { $0 + items[$1.0].x * $1.1 }
    return sum / weights.reduce(0, +)
  }

  /// Boxes weigh more than arrows.
  private static func weight(_ item: Item) -> Double { item.isBox ? 1000 : 1 }

  /// Assigns the items of a row the positions nearest to those wanted, in their order and far
  /// enough apart: least squares under these constraints, by pooling adjacent violators.
  private mutating func settle(_ row: [Int], at wanted: [Double]) {
    struct Pool {
      var sum: Double
      var weight: Double
      var count: Int
      var mean: Double { sum / weight }
    }
    var offsets: [Double] = []
    for (index, item) in row.enumerated() {
      guard index > 0, let last = offsets.last else {
        offsets.append(0)
        continue
      }
      let half = (items[row[index - 1]].width + items[item].width) / 2
      offsets.append(last + half + Self.columnGap)
    }
    var pools: [Pool] = []
    for (index, item) in row.enumerated() {
      let weight = Self.weight(items[item])
      pools.append(Pool(sum: weight * (wanted[index] - offsets[index]), weight: weight, count: 1))
      while pools.count > 1, pools[pools.count - 2].mean > pools[pools.count - 1].mean {
        let last = pools.removeLast()
        pools[pools.count - 1].sum += last.sum
        pools[pools.count - 1].weight += last.weight
        pools[pools.count - 1].count += last.count
      }
    }
    var index = 0
    for pool in pools {
      for _ in 0..<pool.count {
        items[row[index]].x = pool.mean + offsets[index]
        index += 1
      }
    }
  }

  /// Converts rows to pixels and items to points.
  private mutating func place(_ sizes: [Size], chains: [[Int]]) {
    let left = items.map { $0.x - $0.width / 2 }.min() ?? 0
    let right = items.map { $0.x + $0.width / 2 }.max() ?? 0
    let heights = rows.map { row in
      row.filter { items[$0].isBox }.map { sizes[$0].height }.max() ?? 0
    }
    var tops: [Double] = []
    var y = 0.0
    for height in heights {
      tops.append(y)
      y += height + Self.rowGap
    }
    size = Size(width: right - left, height: max(0, y - Self.rowGap))
    var rowOfItem = [Int](repeating: 0, count: items.count)
    for (index, row) in rows.enumerated() {
      for item in row { rowOfItem[item] = index }
    }
    centers = sizes.indices.map { box in
      let row = rowOfItem[box]
      return Point(x: items[box].x - left, y: tops[row] + heights[row] / 2)
    }
    routes = chains.map { chain in
      chain.enumerated().flatMap { index, item -> [Point] in
        let x = items[item].x - left
        if index == 0 { return [Point(x: x, y: centers[item].y + sizes[item].height / 2)] }
        if index == chain.count - 1 {
          return [Point(x: x, y: centers[item].y - sizes[item].height / 2)]
        }
        let row = rowOfItem[item]
        return [Point(x: x, y: tops[row]), Point(x: x, y: tops[row] + heights[row])]
      }
    }
  }
}
